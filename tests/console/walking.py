"""Walking through the console in a real browser; axe and the browser's own complaints are looked at on every page.

SCREENSHOTS=/some/folder keeps what the browser showed.
"""

import os
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


class Walk:
    """One browser tab that checks every page it comes to."""

    def __init__(self, context, base):
        self.page, self.base, self.shot = context.new_page(), base, 0
        self.complaints = []
        self.page.on(
            "console", lambda message: self.complaints.append(message.text) if message.type == "error" else None
        )
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def look(self, name, expected_errors=0):
        """Axe finds nothing, and the browser complains of nothing (a refused form shows as an error in its console)."""
        found = Axe().run(self.page, options=RULES).response["violations"]
        assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found] == [], name
        assert len(self.complaints) == expected_errors, self.complaints
        self.complaints.clear()
        width = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert width[0] <= width[1], f"{name} is wider than the screen"
        if folder := os.environ.get("SCREENSHOTS"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.shot += 1
            self.page.screenshot(path=f"{folder}/{self.shot:02}-{name}.png", full_page=True)

    def go(self, path):
        self.page.goto(self.base + path)

    def press(self, name):
        self.page.get_by_role("button", name=name, exact=True).click()

    def fill(self, **fields):
        for id, value in fields.items():
            self.page.fill(f"#{id}", value)

    def sign_in(self, name, password):
        self.go("/console/")
        self.fill(name=name, password=password)
        self.press("Sign in")
