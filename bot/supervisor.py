"""Runs gateway, engine workers, senders and the rest as child processes, and starts again what dies."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.faults import Fault
from bot.settings import Settings
from bot.storage.database import Database
from bot.teaching.teacher import Teacher

STOP_S = 10.0
RESTART_WAITS_S = (1.0, 2.0, 5.0, 15.0, 30.0)
GIVE_UP_AFTER = 6
"""Deaths of one child within a minute of each start, after which the fault is not passing."""


class StartError(Fault):
    """The system cannot start; the message says why and what to do."""


@dataclass
class Child:
    """One child process: its name, when it was started last, and how often it died young."""

    name: str
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    start_at: float = field(default_factory=time.monotonic)


def check_port(settings: Settings) -> None:
    """Raise StartError when the gateway's port is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise StartError(
                f"{settings.host}:{settings.port} cannot be used ({error.strerror}): "
                "stop what listens there, or set SALAMA_PORT to another port"
            ) from None


def process_names(settings: Settings) -> list[str]:
    """The processes that the settings ask for; `engine-2` is the second engine."""
    engines = ["engine", *(f"engine-{number}" for number in range(2, settings.engine_workers + 1))]
    senders = ["sender", *(f"sender-{number}" for number in range(2, settings.senders + 1))]
    names = ["gateway", *engines[: settings.engine_workers], *senders[: settings.senders]]
    return names + ["poller"] * settings.telegram_polls + ["fakes"] * settings.fakes


class Supervisor:
    """Keeps the children alive until a signal asks to stop."""

    def __init__(self, settings: Settings, say: Callable[[str], None]) -> None:
        self._settings, self._say = settings, say
        self._children = [Child(name) for name in process_names(settings)]
        self._stopping = False

    def run(self) -> int:
        """Run until stopped; returns the exit code: 0 after a signal, 1 when a child keeps dying."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask_to_stop)
        announced = False
        stopped, teaching = self._begin_teaching()
        try:
            while not self._stopping:
                for child in self._children:
                    if not self._keep_alive(child):
                        return 1
                if not announced and self._is_ready():
                    announced = True
                    self._say(f"Salama is ready: {self._settings.chat_url}   (Ctrl-C stops it)")
                    self._say(f"Staff console: {self._settings.base_url}/console")
                    if self._settings.fakes:
                        self._say(f"Three phones: http://127.0.0.1:{self._settings.port + 1}/")
                time.sleep(0.1)
            return 0
        finally:
            stopped.set()
            self._stop_children()
            teaching.join(STOP_S)

    def _begin_teaching(self) -> tuple[threading.Event, threading.Thread]:
        """Models are trained where engine workers are; looking for work costs next to nothing, so it is no process."""
        stopped = threading.Event()
        teacher = Teacher(Database(self._settings.database))
        work = teacher.run if self._settings.engine_workers else threading.Event.wait
        thread = threading.Thread(target=work, args=(stopped,), daemon=True)
        thread.start()
        return stopped, thread

    def _keep_alive(self, child: Child) -> bool:
        now = time.monotonic()
        if child.process is None:
            if now >= child.start_at:
                self._start(child)
            return True
        code = child.process.poll()
        if code is None:
            return True
        child.process = None
        child.deaths = child.deaths + 1 if now - child.started < 60 else 1
        if child.deaths >= GIVE_UP_AFTER:
            self._say(f"{child.name} has died {child.deaths} times in a row: giving up. `salama doctor` may say why.")
            return False
        wait = RESTART_WAITS_S[min(child.deaths, len(RESTART_WAITS_S)) - 1]
        self._say(f"{child.name} ended with code {code}; starting it again in {wait:.0f} s")
        child.start_at = now + wait
        return True

    def _start(self, child: Child) -> None:
        environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false"}
        command = [sys.executable, "-m", "bot.cli", "process", child.name]
        child.process = subprocess.Popen(command, env=environment, start_new_session=True)
        child.started = time.monotonic()

    def _is_ready(self) -> bool:
        ready_file = self._settings.var_dir / "engine.ready"
        engine = next((child for child in self._children if child.name == "engine"), None)
        if engine is None:  # it runs on another machine
            return self._gateway_is_ready()
        if engine.process is None or not ready_file.exists() or ready_file.read_text() != str(engine.process.pid):
            return False
        return self._gateway_is_ready()

    def _gateway_is_ready(self) -> bool:
        host = "127.0.0.1" if self._settings.host in ("0.0.0.0", "::") else self._settings.host
        try:
            with urllib.request.urlopen(f"http://{host}:{self._settings.port}/readyz", timeout=1) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _ask_to_stop(self, _number: int, _frame: object) -> None:
        self._stopping = True

    def _stop_children(self) -> None:
        running = [child.process for child in self._children if child.process is not None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + STOP_S
        for process in running:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                process.wait()
