"""The console in a real browser: an administrator's first hour, every page looked at by axe, also on a phone."""

import re

import pyotp

from bot.console.commands import first_link
from tests.console.conftest import PASSWORD
from tests.console.walking import Walk

MOST_BYTES = 100_000


def test_the_first_hour_of_an_administrator(served, browser):
    settings, database = served
    base = f"http://127.0.0.1:{settings.port}"
    walk = Walk(browser.new_context(), base)
    page = walk.page
    invitation = first_link(settings, database)
    page.goto(invitation.split()[-1])
    walk.fill(password="short", again="short")
    walk.press("Set password")
    walk.look("welcome-refused", expected_errors=1)
    walk.fill(password=PASSWORD, again=PASSWORD)
    walk.press("Set password")
    assert page.get_by_role("status").inner_text() == "Your password is set. Sign in with it now."
    walk.look("sign-in")
    page.goto(invitation.split()[-1])
    walk.look("link-used", expected_errors=1)
    assert first_link(settings, database) is None

    walk.sign_in("admin", "not the password")
    walk.look("sign-in-refused", expected_errors=1)
    walk.go("/console/staff?x=1")
    walk.fill(name="Admin", password=PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/staff?x=1")
    walk.go("/console/")
    walk.look("home")

    page.get_by_role("link", name="Turn it on").click()
    walk.look("second-step")
    totp = pyotp.TOTP(page.locator("code").inner_text().replace(" ", ""))
    walk.fill(code=totp.now(), password=PASSWORD)
    walk.press("Turn on")
    walk.look("recovery-codes")
    recovery = page.locator(".codes code").first.inner_text()
    page.get_by_role("link", name="I have written them down").click()
    walk.look("account")
    walk.press("Sign out")
    walk.sign_in("admin", PASSWORD)
    walk.look("code")
    walk.fill(code="000000")
    walk.press("Sign in")
    walk.look("code-refused", expected_errors=1)
    walk.fill(code=recovery)
    walk.press("Sign in")
    assert page.get_by_role("heading", level=1).inner_text() == "Welcome, admin"

    page.get_by_role("link", name="Staff", exact=True).first.click()
    walk.fill(name="amina")
    walk.press("Add")
    link = page.locator("#link").input_value()
    walk.look("link")
    assert link.startswith(f"{base}/console/welcome/")
    page.get_by_role("link", name="Staff", exact=True).last.click()
    walk.look("staff")
    page.get_by_role("link", name="admin", exact=True).last.click()
    walk.press("Disable")
    assert "last administrator" in page.get_by_role("alert").inner_text()
    walk.look("person-refused", expected_errors=1)
    walk.go("/console/audit")
    walk.look("audit")
    acts = page.locator("tbody tr td:nth-child(3)").all_inner_texts()
    assert acts[:4] == ["made a one-time link", "added a colleague", "signed in", "signed in with a recovery code"]
    page.select_option("#act", "staff_added")
    walk.press("Show")
    assert page.locator("tbody tr").count() == 2
    walk.look("audit-filtered")
    walk.go("/console/nowhere")
    walk.look("not-found", expected_errors=1)

    phone = Walk(browser.new_context(viewport={"width": 360, "height": 740}, color_scheme="dark"), base)
    phone.shot = 50
    phone.page.goto(link)
    phone.look("welcome-phone")
    phone.fill(password=PASSWORD, again=PASSWORD)
    phone.press("Set password")
    phone.sign_in("amina", PASSWORD)
    phone.look("home-phone")
    phone.go("/console/staff")
    assert "You may not do this" in phone.page.inner_text("h1")
    phone.look("forbidden-phone", expected_errors=1)
    phone.go("/console/account")
    phone.page.select_option("#language", "sw")
    phone.press("Save")
    phone.look("account-phone")
    context = browser.new_context(viewport={"width": 360, "height": 740}, storage_state=page.context.storage_state())
    small = Walk(context, base)
    small.shot = 60
    for name in ("", "staff", "staff/1", "audit", "account"):
        small.go(f"/console/{name}")
        small.look(f"admin-phone-{name.replace('/', '-')}")


def test_without_script_by_keyboard_and_light_enough(served, browser):
    settings, database = served
    context = browser.new_context(java_script_enabled=False)
    page, received = context.new_page(), []
    page.on("response", lambda response: received.append(len(response.body())) if response.status == 200 else None)
    page.goto(first_link(settings, database).split()[-1])
    for _ in range(2):  # the skip link, then the first field
        page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in")
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.type("admin")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/")
    received.clear()
    page.reload()
    page.wait_for_load_state("networkidle")
    assert 0 < sum(received) < MOST_BYTES
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert re.search(r"#main$", page.url)
