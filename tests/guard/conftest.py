"""A database for each test (SQLite always, PostgreSQL where there is one), a shop and a guard between them."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from desk.applications import Application
from desk.guard import Actor, AuditKey, Change, Database, Guard, Preview, Role
from desk.guard.tools import Timing
from desk.policy import Policy
from talon_client import TalonClient
from tests.guard.shop import Shop
from tests.support.surroundings import DATABASE_URL

AGENT = Actor("agnes", Role.AGENT, signed_in=True)
SUPERVISOR = Actor("sven", Role.SUPERVISOR, signed_in=True)
VIEWER = Actor("vera", Role.VIEWER, signed_in=True)
KEY = AuditKey(b"k" * 32)
EASY = Policy(reason_required=())
"""For tests that are not about reasons."""


@dataclass
class Clock:
    """Stands still unless it is told otherwise."""

    at: datetime = datetime(2026, 11, 20, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **by: float) -> None:
        self.at += timedelta(**by)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy: migrating once a test would cost more than the tests."""
    path = tmp_path_factory.mktemp("template") / "desk.sqlite3"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.close()
    return path


@contextmanager
def postgres_schema() -> Iterator[str]:
    """A schema of its own on the PostgreSQL server, dropped afterwards."""
    schema = f"desk_{uuid.uuid4().hex}"
    engine = create_engine(DATABASE_URL)
    with engine.begin() as connection:
        connection.execute(text(f"create schema {schema}"))
    url = make_url(DATABASE_URL).update_query_dict({"options": f"-csearch_path={schema}"})
    yield url.render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.execute(text(f"drop schema {schema} cascade"))
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A migrated schema, emptied by whoever uses it."""
    with postgres_schema() as url:
        database = Database(url)
        database.migrate()
        database.close()
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path, template: Path) -> str:
    """Where a fresh, migrated database is."""
    if request.param == "sqlite":
        path = tmp_path / "desk.sqlite3"
        shutil.copy(template, path)
        return f"sqlite:///{path}"
    url: str = request.getfixturevalue("postgres_url")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(
            text("truncate plan, change, change_subject, audit, audit_detail, waiting, sign_in")
        )
        connection.execute(text("update audit_head set sequence = 0, mac = '', key_id = ''"))
    engine.dispose()
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An open database."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shop() -> Shop:
    return Shop()


@dataclass
class Bench:
    """A guard on a shop, with the short cuts that tests need."""

    shop: Shop
    clock: Clock
    database: Database
    application: Application
    timing: Timing = field(default_factory=lambda: Timing(poll=timedelta(milliseconds=2)))
    clients: list[TalonClient] = field(default_factory=list)
    policy: Policy = EASY
    required: bool = False
    """Whether everybody has to sign in."""

    def guard(self, application: Application | None = None) -> Guard:
        """Another guard on the same database: a replica, or the desk after a restart."""
        application = application or self.application
        client = TalonClient(
            "http://127.0.0.1:1",
            "demo-key",
            http=self.shop.http(),
            idempotency_keys=application.idempotency_keys,
            sleep=lambda seconds: None,
        )
        self.clients.append(client)
        return Guard(
            self.database,
            KEY,
            {application.name: application},
            lambda wanted: client,
            clock=self.clock,
            timing=self.timing,
            policy=self.policy,
            sign_in_required=self.required,
        )

    def previewed(self, guard: Guard, change: Change, actor: Actor = AGENT) -> Preview:
        """The preview of a new plan."""
        return guard.preview(guard.plan("shop", actor, change).id, actor)


@pytest.fixture
def application() -> Application:
    return Application(
        name="shop", base_url="http://127.0.0.1:1", api_key="demo-key", label="Shop", live=False
    )


@pytest.fixture
def bench(shop: Shop, clock: Clock, database: Database, application: Application) -> Iterator[Bench]:
    made = Bench(shop, clock, database, application)
    yield made
    for client in made.clients:
        client.close()


@pytest.fixture
def guard(bench: Bench) -> Guard:
    return bench.guard()


ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For tables that are about the rules and not about the database."""
