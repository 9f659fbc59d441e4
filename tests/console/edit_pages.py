"""The pages on which editors change content, used as a browser without scripts does."""

import re

from lxml import html

TOPIC = "faq/recruitment/recruitment_fees.yml"
EDIT = f"/console/content/edit/{TOPIC}"
HISTORY = f"/console/content/history/{TOPIC}"


def fields(page):
    """What a browser would post of the edit form: every field with its value."""
    form = html.fromstring(page.content).xpath("//form[@data-check]")[0]
    return dict(form.form_values())


def bare(page):
    """The page's text: changed words are marked, which would tear a sentence apart."""
    return re.sub("<[^>]+>", "", page.text)


def save(browser, do, page=None, **changes):
    page = page or browser.get(EDIT)
    return browser.post(EDIT, data={**fields(page), "do": do, **changes})


def step(browser, location, do, page=None, **values):
    """Press a button of a revision's page, by default of the page as it is now."""
    page = page or browser.get(location)
    form = html.fromstring(page.content).xpath(f"//form[.//button[@value='{do}']]")[0]
    return browser.post(location, data={**dict(form.form_values()), "do": do, **values})


def back(browser, page=None, to="", **values):
    """Press "go back" to the text `to` (the file) in the history."""
    page = page or browser.get(HISTORY)
    form = html.fromstring(page.content).xpath(f"//form[input[@name='to'][@value='{to}']]")[0]
    return browser.post(HISTORY, data={**dict(form.form_values()), **values})
