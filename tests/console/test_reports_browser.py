"""Reports about recruiters in a real browser, at a desk and on a phone; axe looks at each page."""

import datetime as dt

import pytest

from bot.registry import filing
from bot.registry.tables import Report
from bot.safety.encryption import AddressVault
from tests.console.conftest import add_staff, token_for
from tests.console.walking import Walk

NOW = dt.datetime(2026, 11, 25, 9, tzinfo=dt.timezone.utc)
TOLD = {
    "what": "He took 90000 shillings and my passport, my number is +254 719 123 456. " + "He threatened me. " * 120,
    "who": "an agent called Brian Otieno of Gulf Bridge Ltd, +254 719 123 456",
    "where": "Mombasa, Kenya",
    "money": "report_none",
    "contact": "report_anonymous",
}
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 740}


@pytest.mark.parametrize(("size", "language"), [(DESK, "en"), (PHONE, "en"), (PHONE, "fr"), (PHONE, "sw")])
def test_a_report_is_looked_up_read_and_dealt_with(served, browser, size, language):
    settings, database = served
    vault = AddressVault(settings.address_secret())
    reports = [("R7K3MQX", TOLD, vault), ("S8M4NRY", {**TOLD, "who": "x" * 300, "contact": "0719 123 456"}, vault),
               ("T9N5PSZ", TOLD, AddressVault("another secret that is long enough"))]  # fmt: skip
    with database.transaction() as session:
        for minutes, (reference, told, key) in enumerate(reports):
            stored = filing.report(key, told, True, "en").told
            at = NOW + dt.timedelta(minutes=minutes)
            session.add(Report(reference=reference, language="en", told=stored, state="new", created_at=at))
    base = f"http://127.0.0.1:{settings.port}"
    context = browser.new_context(viewport=size)
    token = token_for(database, add_staff(database, "amina", "counsellor", language=language))
    context.add_cookies([{"name": "salama_console", "value": token, "url": base}])
    walk = Walk(context, base)
    walk.shot = 200 + size["width"] // 10 + len(language)
    walk.go("/console/reports")
    walk.look(f"reports-{size['width']}-{language}")
    walk.fill(reference="r7k 3mqx")
    walk.page.locator("form[role=search] button").click()
    assert walk.page.locator("tbody tr").count() == 1
    walk.page.locator("a.code").click()
    walk.look(f"report-{size['width']}-{language}")
    walk.page.locator("form[action$='/seen'] button").click()
    walk.look(f"report-seen-{size['width']}-{language}")
    walk.page.locator("form[action$='/done'] button").click()
    walk.fill(reason="to warn the police")
    walk.page.locator("form[action$='/unmask'] button").click()
    assert "Brian Otieno" in walk.page.inner_text("main")
    walk.look(f"report-unmasked-{size['width']}-{language}")
    walk.go("/console/reports/3")
    walk.look(f"report-unreadable-{size['width']}-{language}")
