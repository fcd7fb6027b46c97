"""The desk's own database: SQLite in the user's state directory, or PostgreSQL for a team; migrated at start."""

import os
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from desk.settings import Mode, Settings

MIGRATIONS = "desk.guard:migrations"
NEWEST = "0002"
"""The last step in `desk/guard/migrations/versions`; a database that has it is ready."""

MIGRATION_LOCK = 7_306_115_620_231
"""Arbitrary, and the same in every replica: PostgreSQL's advisory lock for migrations."""

BUSY_SECONDS = 15.0
"""How long a SQLite writer waits for another one."""

_WRITES = "desk_writes"
_migrating = threading.Lock()  # Alembic keeps its context in a module, so one thread at a time.


class DatabaseError(Exception):
    """The desk's database cannot be used. The text says what to do and holds no password."""


class Database:
    """An engine with two kinds of transactions. Thread-safe; one a process."""

    def __init__(self, url: str) -> None:
        try:
            parsed = make_url(url)
        except ArgumentError as error:
            raise DatabaseError(
                "DESK_DATABASE_URL is no database URL; it looks like postgresql+psycopg://user@host/name."
            ) from error
        backend = parsed.get_backend_name()
        if backend not in ("sqlite", "postgresql"):
            raise DatabaseError(f"DESK_DATABASE_URL names {backend}; the desk knows postgresql and sqlite.")
        if backend == "sqlite" and parsed.database in (None, "", ":memory:"):
            raise DatabaseError("A SQLite database must be a file: receipts outlive the process.")
        self.backend = backend
        self.directory = Path(parsed.database or "").parent if backend == "sqlite" else None
        """Where the file is, for SQLite."""
        self.location = parsed.render_as_string(hide_password=True)
        self.engine: Engine = _sqlite(url) if backend == "sqlite" else create_engine(url, pool_pre_ping=True)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads; never waits for a writer."""
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A transaction that sees one moment however much it reads."""
        # SQLite in WAL mode gives every transaction one moment; PostgreSQL has to be asked.
        options = {} if self.backend == "sqlite" else {"isolation_level": "REPEATABLE READ"}
        with self.engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that writes: committed at the end, rolled back when anything is raised.

        On SQLite it takes the write lock at once, so that it never fails half-way with "database is locked".
        """
        with self.engine.connect().execution_options(**{_WRITES: True}) as connection, connection.begin():
            yield connection

    def migrate(self) -> None:
        """Bring the tables to this version. Safe in several processes at once: the first does it, the others wait."""
        try:
            if not self._is_newest():
                self._upgrade()
        except SQLAlchemyError as error:
            raise DatabaseError(
                f"{self.location} cannot be used ({type(error).__name__}). Check that it can be reached and "
                "written to."
            ) from error

    def _is_newest(self) -> bool:
        with self.read() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return False
            return connection.execute(text("select version_num from alembic_version")).scalar() == NEWEST

    def _upgrade(self) -> None:
        # Alembic takes as long to import as everything else here, and is needed only this once.
        from alembic import command
        from alembic.config import Config
        from alembic.util import CommandError

        config = Config()
        config.set_main_option("script_location", MIGRATIONS)
        config.set_main_option("path_separator", "os")
        try:
            with _migrating, self.write() as connection:
                if self.backend == "postgresql":
                    connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except CommandError as error:
            raise DatabaseError(
                f"{self.location} was made by a newer version of the desk. Start that version, or use another "
                "database."
            ) from error

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def state_directory(environ: Mapping[str, str]) -> Path:
    """Where the desk keeps its files: `$XDG_STATE_HOME/talon-desk`, by default `~/.local/state/talon-desk`."""
    home = environ.get("XDG_STATE_HOME") or ""
    # The base directory specification tells programs to ignore a path that is not absolute.
    base = (
        Path(home) if os.path.isabs(home) else Path(environ.get("HOME") or Path.home()) / ".local" / "state"
    )
    return base / "talon-desk"


def open_database(settings: Settings, environ: Mapping[str, str]) -> Database:
    """The database of these settings, migrated and ready.

    The embedded sandbox has a file of its own (`demo.sqlite3`), so that a trail of live changes never holds demo
    ones; where the state directory cannot be written, the demo makes do with a temporary one.
    """
    if settings.database_url is not None:
        database = Database(settings.database_url)
    else:
        demo = settings.mode is Mode.EMBEDDED
        directory = _writable(state_directory(environ), demo)
        database = Database(f"sqlite:///{directory / ('demo.sqlite3' if demo else 'desk.sqlite3')}")
    database.migrate()
    return database


def _writable(directory: Path, demo: bool) -> Path:
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            return directory
    except OSError as error:
        if demo:
            return Path(tempfile.mkdtemp(prefix="talon-desk-"))
        raise DatabaseError(
            f"The desk cannot write to {directory}. Make it writable, set XDG_STATE_HOME, or set DESK_DATABASE_URL."
        ) from error


def _sqlite(url: str) -> Engine:
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _connected(connection: object, record: object) -> None:
        # The driver must not begin transactions by itself: `_begin` decides which kind.
        connection.isolation_level = None  # type: ignore[attr-defined]
        cursor = connection.cursor()  # type: ignore[attr-defined]
        # A record must survive a power cut once it is written, so synchronous stays FULL.
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
