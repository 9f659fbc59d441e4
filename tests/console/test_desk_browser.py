"""A counsellor's day in a real browser, with a person who writes in the web chat of the same gateway."""

import asyncio
import threading
import time

import pytest
from playwright.sync_api import expect

from bot.conversations.turn import Turn
from bot.knowledge.reply import Reply
from bot.safety.encryption import AddressVault
from tests.console.conftest import HASHED, PASSWORD, add_staff
from tests.console.walking import Walk
from tests.conversations.desk import Engine, Office, turn

CRY = "help me he is beating me"
FEES = "how much can an agent charge"
ANSWERS = {
    CRY: Turn((Reply("Call 999 now.", (), "utter_emergency"),), "{}", "en", "emergency", 1.0),
    FEES: Turn(
        (Reply("You pay nothing for the job.", (), "recruitment_fees"),),
        "{}",
        "en",
        "recruitment_fees",
        0.43,
        alternatives=(("recruitment_fees", 0.43), ("refund_of_fees", 0.31)),
    ),
    "talk": turn("talk_to_person", "utter_talk_to_person"),
}


@pytest.fixture
def working(served, store):
    """The gateway, with a worker that answers by heart."""
    settings, database = served
    office = Office(database, AddressVault(settings.address_secret()), store, Engine(**ANSWERS))
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(office.worker.run(stop)))
    thread.start()
    yield settings, database, office
    loop.call_soon_threadsafe(stop.set)
    thread.join()
    loop.close()


def ask(person, text):
    person.get_by_label("Your message").fill(text)
    person.keyboard.press("Enter")


def test_a_counsellors_day(working, browser):
    settings, database, office = working
    base = f"http://127.0.0.1:{settings.port}"
    for name in ("amina", "baraka"):
        add_staff(database, name, "counsellor", password_hash=HASHED)
    desk, phone = browser.new_context(), browser.new_context(viewport={"width": 360, "height": 640})
    walk = Walk(desk, base)
    page, person = walk.page, phone.new_page()
    person.goto(f"{base}/chat")
    ask(person, FEES)
    expect(person.locator("#log")).to_contain_text("You pay nothing")

    walk.sign_in("amina", PASSWORD)
    page.get_by_role("link", name="Queues", exact=True).first.click()
    expect(page.locator("#waiting")).to_contain_text("Nobody waits here")
    walk.look("queues-empty")

    ask(person, CRY)  # nothing is reloaded: it arrives live
    expect(page.get_by_role("alert")).to_contain_text("nobody has looked at: 1")
    expect(page.locator("#waiting")).to_contain_text(CRY)
    expect(page).to_have_title("(1) EMERGENCY · Emergencies · Salama staff console")
    walk.look("queues-emergency")

    page.locator("#waiting a.code").click()
    walk.look("conversation")
    expect(page.locator("#thread")).to_contain_text("43 % sure")
    walk.press("Take over")
    expect(person.locator("#log")).to_contain_text("A person from our office")
    page.select_option("#canned", "are_you_safe")
    walk.press("Insert")
    expect(page.locator("#text")).to_have_value(
        "Are you safe right now? Can you write freely? Answer only yes or no if somebody is near."
    )
    walk.look("replying")
    walk.press("Send to the person")
    expect(person.locator("#log")).to_contain_text("Are you safe right now?")
    ask(person, "yes, I am in the kitchen <b>now</b>")
    expect(page.locator("#thread")).to_contain_text("in the kitchen <b>now</b>")
    expect(person.locator("#log .message:not(.mine)")).to_have_count(4)  # the machine is silent

    page.fill("#text", "Stay there")
    page.locator("#text").press("Tab")
    page.keyboard.press("Enter")
    expect(person.locator("#log")).to_contain_text("Stay there")

    other = Walk(browser.new_context(), base)
    other.shot = 30
    other.sign_in("baraka", PASSWORD)
    other.go(page.url.removeprefix(base).split("#")[0])
    expect(other.page.get_by_role("button", name="Send to the person")).to_have_count(0)
    expect(other.page.locator("#status")).to_contain_text("amina answers this person now")
    other.look("held-by-a-colleague")

    walk.press("Hand back to the machine")
    expect(person.locator("#log")).to_contain_text("answer again")
    page.fill("#tag", "Violence at work")
    walk.press("Add tag")
    page.fill("#note", "Call her on Monday")
    walk.press("Add note")
    page.get_by_role("link", name="This should have been another topic").first.click()
    page.select_option("#topic", "unpaid_wages")
    walk.look("teach")
    walk.press("Suggest")
    expect(page.locator("#thread")).to_contain_text("should have been:")
    page.fill("#reason", "to call the police for her")
    walk.press("Show everything")
    walk.look("unmasked")
    page.get_by_role("link", name="Mask again").click()
    walk.press("Close")
    walk.look("closed")
    walk.go("/console/queues")
    expect(page.locator("#waiting")).to_contain_text("Nobody waits here")

    page.get_by_role("link", name="Search", exact=True).first.click()
    page.fill("#words", "kitchen")
    page.fill("#tag", "violence-at-work")
    walk.press("Find")
    walk.look("search")
    page.locator("a.code").click()
    expect(page.locator("#thread")).to_contain_text("in the kitchen")
    assert [m.intent for m in office.messages() if m.direction == "in"] == [
        "recruitment_fees",
        "emergency",
        "with_person",
    ]

    small = Walk(
        browser.new_context(
            **{"viewport": {"width": 360, "height": 740}, "color_scheme": "dark"}, storage_state=desk.storage_state()
        ),
        base,
    )
    small.shot = 60
    for name in ("queues/all", "conversations/1", "search?words=kitchen"):
        small.go(f"/console/{name}")
        small.look(f"phone-{name.split('/')[0].split('?')[0]}")
    for context in (desk, phone, other.page.context, small.page.context):
        context.close()


def test_what_arrives_while_a_page_loads_or_looks_is_shown_at_once(working, browser):
    """Sooner than the look that is taken every 30 s anyway."""
    settings, database, office = working
    add_staff(database, "amina", "counsellor", password_hash=HASHED)
    office.write(FEES, "m1")
    walk = Walk(browser.new_context(), f"http://127.0.0.1:{settings.port}")
    walk.sign_in("amina", PASSWORD)
    page, looks = walk.page, []

    def before_the_stream_opens(route):
        office.write("written while the page loads", "m2")
        route.continue_()

    def during_the_first_look(route):
        looks.append(route.request.url)
        seen = route.fetch()
        if len(looks) == 1:
            office.write("written while the page looks", "m3")
            time.sleep(1.5)  # the stream tells of it meanwhile
        route.fulfill(response=seen)

    page.route("**/console/live?conversation=1", before_the_stream_opens, times=1)
    page.route(lambda url: url.endswith("/conversations/1") and page.url == url, during_the_first_look)
    walk.go("/console/conversations/1")
    expect(page.locator("#thread")).to_contain_text("written while the page loads", timeout=15_000)
    expect(page.locator("#thread")).to_contain_text("written while the page looks", timeout=15_000)
    assert len(looks) <= 6
    page.context.close()


def test_the_desk_without_script(working, browser):
    settings, database, office = working
    base = f"http://127.0.0.1:{settings.port}"
    add_staff(database, "amina", "counsellor", password_hash=HASHED)
    office.write(CRY)
    plain = browser.new_context(java_script_enabled=False)
    page, received = plain.new_page(), []
    page.goto(f"{base}/console/")
    page.fill("#name", "amina")
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.on("response", lambda response: received.append(len(response.body())) if response.status == 200 else None)
    page.goto(f"{base}/console/queues")
    page.wait_for_load_state("networkidle")
    assert 0 < sum(received) < 100_000
    page.locator("#waiting a.code").click()
    page.get_by_role("button", name="Take over").click()
    page.select_option("#canned", "greeting")
    page.get_by_role("button", name="Insert").click()
    assert page.locator("#text").input_value().startswith("Hello, I am a counsellor")
    page.get_by_role("button", name="Send to the person").click()
    expect(page.locator("#thread")).to_contain_text("Hello, I am a counsellor")
    plain.close()
