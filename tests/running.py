"""A running system to test: `salama run` on a port of its own, and a person who asks it something in the web chat."""

import os
import signal
import subprocess
import sys
import time

import psutil

from tests.channels.serving import free_port


class System:
    def __init__(self, var_dir):
        self.port, self.lines = free_port(), []
        environment = {**os.environ, "SALAMA_VAR_DIR": str(var_dir), "SALAMA_PORT": str(self.port), "COLUMNS": "200"}
        self.log = var_dir / "run.log"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot.cli", "run"],
            env=environment,
            stdout=self.log.open("wb"),
            stderr=subprocess.STDOUT,
        )
        self.url = f"http://127.0.0.1:{self.port}/chat"

    def wait_for(self, text, seconds=90):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if text in self.log.read_text():
                return
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.1)
        raise AssertionError(f"{text!r} not in {self.log.read_text()}")

    def children(self):
        return {p.cmdline()[-1]: p for p in psutil.Process(self.process.pid).children()}

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(20)


def ask(page, text):
    page.get_by_label("Your message").fill(text)
    page.keyboard.press("Enter")
