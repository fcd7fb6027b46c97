"""Two clients for each Application, shared by all threads of the process: one for requests, one for whole lists. Both
live within one budget."""

import threading
from collections.abc import Mapping
from typing import NamedTuple

from desk.applications import Application
from desk.lookup.budget import Budget
from talon_client import TalonClient

IN_FLIGHT = 16
LISTS_IN_FLIGHT = 8
"""Pages of all whole lists together: `budget` says why they are counted so."""


class _Open(NamedTuple):
    client: TalonClient
    lists: TalonClient
    budget: Budget


class Connections:
    """Opens each Application's clients when one is first needed, and keeps them."""

    def __init__(self, applications: Mapping[str, Application]) -> None:
        self.applications = dict(applications)
        self._guard = threading.Lock()
        self._opened: dict[str, _Open] = {}

    def client(self, application: str) -> TalonClient:
        """The unrestricted client; `KeyError` for an unknown name, `ConfigError` for unusable settings."""
        return self._open(application).client

    def lists(self, application: str) -> TalonClient:
        """The client that reads whole lists. Waits until it is the turn of one more; errors as above."""
        opened = self._open(application)
        opened.budget.begin_list()
        return opened.lists

    def _open(self, application: str) -> _Open:
        with self._guard:
            if application not in self._opened:
                settings = self.applications[application]
                budget = Budget()
                client = TalonClient(
                    settings.base_url,
                    settings.api_key.get_secret_value(),
                    max_in_flight=IN_FLIGHT,
                    idempotency_keys=settings.idempotency_keys,
                    hooks=(budget,),
                )
                lists = TalonClient(
                    settings.base_url,
                    settings.api_key.get_secret_value(),
                    max_in_flight=LISTS_IN_FLIGHT,
                    hooks=(budget.pages,),
                )
                self._opened[application] = _Open(client, lists, budget)
            return self._opened[application]

    def slowed(self, application: str) -> bool:
        """Whether the desk has slowed down because the API asked for it."""
        opened = self._opened.get(application)
        return opened is not None and opened.budget.slowed

    def close(self) -> None:
        """Closes every client."""
        with self._guard:
            for opened in self._opened.values():
                opened.client.close()
                opened.lists.close()
            self._opened.clear()
