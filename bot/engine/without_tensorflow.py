"""Imports Rasa without TensorFlow, and without what else it imports for servers, channels and stores of its own.

Rasa 3.6 imports TensorFlow for components that our pipeline does not use; that costs 350 MB and two seconds a
process (measured: 538 against 192 MB, 3.3 against 1.6 s); the rest 70 MB and a second and a half.
Import this module before rasa: names under
`tensorflow` and `keras` become empty classes, enough for Rasa's modules to be defined. Rasa 3.6.21 is the last
open release, so nothing moves underneath. `rasa train` on the command line still sees the real TensorFlow.
"""

from __future__ import annotations

import sys
from abc import ABCMeta
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from itertools import accumulate
from types import ModuleType
from typing import Any

ABSENT = {
    *("tensorflow", "tensorflow_hub", "tensorflow_text", "tensorflow_addons", "keras", "h5py"),
    # its own channels, servers and chats in the terminal
    *("sanic", "sanic_cors", "sanic_jwt", "aiogram", "slack_sdk", "webexteamssdk", "fbmessenger", "google"),
    *("cachecontrol", "socketio", "rocketchat_API", "prompt_toolkit", "questionary"),
    # other stores and brokers than ours, and reminders
    *("pymongo", "redis", "boto3", "botocore", "aio_pika", "aiormq", "confluent_kafka", "apscheduler"),
    # parts of libraries that only commands and other models use
    *("rasa.utils.plotting", "spacy.cli", "scipy.stats"),
}


class _Nothing(ABCMeta):
    """A class that has every attribute, each another such class."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Nothing(name, (), {})

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return type.__call__(object)  # an empty object; no constructor of a subclass may run


class _EmptyModule(ModuleType):
    __path__ = ()  # type: ignore[assignment]  # being a package is all that counts

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = _Nothing(name, (), {})
        setattr(self, name, value)
        return value


class _Finder(MetaPathFinder, Loader):
    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> Any:
        names = accumulate(fullname.split("."), lambda package, name: f"{package}.{name}")
        return None if ABSENT.isdisjoint(names) else ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _EmptyModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run."""


if "tensorflow" not in sys.modules:
    sys.meta_path.insert(0, _Finder())
