"""One client for each Application, shared by all threads of the process, with its budget."""

import threading
from collections.abc import Mapping

from desk.applications import Application
from desk.lookup.budget import Budget
from talon_client import TalonClient

IN_FLIGHT = 16


class Connections:
    """Opens each Application's client when it is first needed, and keeps it."""

    def __init__(self, applications: Mapping[str, Application]) -> None:
        self.applications = dict(applications)
        self._guard = threading.Lock()
        self._clients: dict[str, TalonClient] = {}
        self._budgets: dict[str, Budget] = {}

    def client(self, application: str) -> TalonClient:
        """The unrestricted client; `KeyError` for an unknown name, `ConfigError` for unusable settings."""
        with self._guard:
            if application not in self._clients:
                settings = self.applications[application]
                budget = Budget()
                self._clients[application] = TalonClient(
                    settings.base_url,
                    settings.api_key.get_secret_value(),
                    max_in_flight=IN_FLIGHT,
                    idempotency_keys=settings.idempotency_keys,
                    hooks=(budget,),
                )
                self._budgets[application] = budget
            return self._clients[application]

    def slowed(self, application: str) -> bool:
        """Whether the desk has slowed down because the API asked for it."""
        budget = self._budgets.get(application)
        return budget is not None and budget.slowed

    def close(self) -> None:
        """Closes every client."""
        with self._guard:
            for client in self._clients.values():
                client.close()
            self._clients.clear()
