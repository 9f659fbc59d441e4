"""`salama run` as a whole: started as its user starts it, talked to through a real browser, harmed on purpose."""

import os
import re
import subprocess
import sys
import urllib.request

import pytest
from playwright.sync_api import expect

from tests.running import System, ask


@pytest.fixture
def page(browser, system):
    context = browser.new_context(viewport={"width": 360, "height": 640})
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(error))
    page.goto(system.url)
    yield page
    assert errors == []
    context.close()


def test_the_fee_question_is_answered_with_its_source(page):
    ask(page, "how much can an agent charge me?")
    expect(page.locator("#log")).to_contain_text("Source: ILO")  # the first answer after a start


def test_a_choice_can_be_picked_with_the_keyboard_alone(page):
    ask(page, "hello")
    first = page.get_by_role("button", name=re.compile("^1 "))
    expect(first).to_be_visible()
    first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".mine")).to_have_count(2)
    expect(page.locator(".choices button").first).to_be_visible()


def test_the_page_fits_a_phone_and_every_field_has_a_name(page):
    ask(page, "hello")
    expect(page.locator(".choices")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.evaluate("[...document.querySelectorAll('button')].every(b => b.offsetHeight >= 44)")
    expect(page.get_by_role("log")).to_have_attribute("aria-live", "polite")


def test_a_message_written_offline_is_kept_over_a_reload_and_sent_once(page, system):
    ask(page, "hello")
    expect(page.locator(".choices")).to_be_visible()
    page.context.set_offline(True)
    ask(page, "can the agency keep my passport")
    expect(page.get_by_role("status")).to_be_visible()
    page.context.set_offline(False)
    page.reload()
    expect(page.locator(".mine.waiting")).to_have_count(0)
    expect(page.locator(".mine")).to_have_count(2)


def test_an_answer_that_was_cut_off_does_not_double_the_message(page):
    cut = []

    def cut_once(route):
        if route.request.method == "POST" and not cut:
            cut.append(route.fetch())  # the server has it, the browser never hears of it
            route.abort()
        else:
            route.continue_()

    page.route("**/chat/messages", cut_once)
    ask(page, "hello")
    expect(page.locator(".choices")).to_be_visible(timeout=15_000)
    expect(page.locator(".mine.waiting")).to_have_count(0)
    page.reload()
    expect(page.locator(".mine")).to_have_count(1)


def test_markup_is_shown_as_text(page):
    ask(page, "<img src=x onerror=alert(1)>")
    expect(page.locator(".mine")).to_contain_text("<img src=x")
    assert page.locator("#log img").count() == 0


def test_a_busy_port_is_one_clear_line(system, model_settings):
    environment = {**os.environ, "SALAMA_VAR_DIR": str(model_settings.var_dir), "SALAMA_PORT": str(system.port)}
    ran = subprocess.run([sys.executable, "-m", "bot.cli", "run"], env=environment, capture_output=True, text=True)
    assert ran.returncode == 1
    assert "SALAMA_PORT" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_killed_child_is_started_again_and_the_message_meanwhile_is_answered(page, system):
    killed = system.children()["engine"]
    killed.kill()
    ask(page, "hello")
    expect(page.locator(".choices")).to_be_visible(timeout=120_000)
    assert system.children()["engine"].pid != killed.pid


def test_no_trace_of_what_people_wrote_is_in_the_log(page, system):
    ask(page, "my name is Wanjiru and my number is +254 700 000 001")
    expect(page.locator(".choices")).to_be_visible()
    log = system.log.read_text()
    assert "Wanjiru" not in log
    assert "700 000 001" not in log
    assert "Traceback" not in log


def test_ctrl_c_stops_every_child(model_settings):
    system = System(model_settings.var_dir)
    system.wait_for("Salama is ready")
    children = system.children()
    assert children.keys() - {"load"} == {"gateway", "engine", "sender"}  # the long lists may still be loading
    with urllib.request.urlopen(system.url) as answer:
        assert answer.status == 200
    assert system.stop() == 0
    assert not any(child.is_running() for child in children.values())
