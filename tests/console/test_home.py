from tests.console.conftest import post


def test_home_is_for_who_is_signed_in(signed_in):
    browser = signed_in("viewer", "amina")
    page = browser.get("/console/")
    assert page.status_code == 200
    assert "amina" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert post(browser, "/console/sign-out").headers["location"] == "/console/sign-in"
    assert browser.get("/console/").headers["location"] == "/console/sign-in"
