"""What a desk process of the tests does: confirm plans that others made, until it is done or killed."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier

import httpx
from sqlalchemy import Connection

from desk.applications import Application
from desk.guard import Actor, AuditKey, Change, Database, Guard, Role
from desk.guard.tools import Timing
from desk.policy import Policy
from talon_client import TalonClient

AGENT = Actor("agnes", Role.AGENT, signed_in=True)
KEY = AuditKey(b"k" * 32)
EASY = Policy(reason_required=())
TIMING = Timing(poll=timedelta(milliseconds=2))


@dataclass(frozen=True)
class Desk:
    """Where a desk process finds everything."""

    database_url: str
    base_url: str
    api_key: str

    def application(self) -> Application:
        """The sandbox as an Application."""
        return Application.model_validate(
            {"name": "shop", "base_url": self.base_url, "api_key": self.api_key, "live": False}
        )

    def guard(self, database: Database, http: httpx.Client | None = None) -> tuple[Guard, TalonClient]:
        """A guard as a process has it, and its client."""
        client = TalonClient(self.base_url, self.api_key, http=http)
        application = self.application()
        return Guard(
            database, KEY, {"shop": application}, lambda _: client, timing=TIMING, policy=EASY
        ), client


def confirm_all(
    desk: Desk, plans: list[tuple[str, str]], barrier: Barrier, results: "Queue[tuple[str, str, str]]"
) -> None:
    """Confirm plans (id and digest) one after another, each at the same moment as the other process."""
    database = Database(desk.database_url)
    guard, client = desk.guard(database)
    for plan_id, digest in plans:
        barrier.wait(60)
        try:
            receipt = guard.confirm(plan_id, AGENT, digest=digest)
        except Exception as error:
            results.put((plan_id, "raised", repr(error)))
        else:
            results.put((plan_id, receipt.outcome.value, receipt.words))
    client.close()
    database.close()


class Doom:
    """Ends this process, as `kill -9` does, at the n-th moment before or after a request or a transaction."""

    def __init__(self, at: int) -> None:
        self.left = at

    def step(self) -> None:
        self.left -= 1
        if self.left < 0:
            os.kill(os.getpid(), signal.SIGKILL)


class MortalDatabase(Database):
    """A database whose process dies around a transaction."""

    doom: Doom

    @contextmanager
    def write(self) -> Iterator[Connection]:
        self.doom.step()
        with super().write() as connection:
            yield connection
        self.doom.step()


class MortalTransport(httpx.HTTPTransport):
    """A transport whose process dies before it sends or before it hears the answer."""

    doom: Doom

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.doom.step()
        response = super().handle_request(request)
        self.doom.step()
        return response


def make_and_die(desk: Desk, change: Change, actor: Actor, at: int) -> None:
    """Plan, preview and confirm a change, and die at that step."""
    database, transport = MortalDatabase(desk.database_url), MortalTransport()
    database.doom = transport.doom = Doom(at)
    with httpx.Client(transport=transport) as http:
        guard, client = desk.guard(database, http)
        preview = guard.preview(guard.plan("shop", actor, change).id, actor)
        guard.confirm(preview.plan_id, actor, digest=preview.digest)
        client.close()
    database.close()


def migrate(url: str) -> None:
    """Bring a database to the newest version."""
    database = Database(url)
    database.migrate()
    database.close()
