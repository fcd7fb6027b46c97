"""The SQLite store: one connection, explicit transactions, snapshots by `Connection.backup()`."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files

SCHEMA_VERSION = 3


class StoreError(Exception):
    """The database file cannot be used: what is wrong with it, and what to do."""


def connect(path: str) -> sqlite3.Connection:
    """Open or create the store at `path` (`:memory:` or a file; WAL, synchronous=NORMAL).

    Transactions are begun by hand only. Raises StoreError when the file belongs to something else.
    """
    conn: sqlite3.Connection | None = None
    try:
        conn = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        conn.row_factory = sqlite3.Row
        conn.execute("pragma foreign_keys = on")
        if path != ":memory:":
            conn.execute("pragma journal_mode = wal")
            conn.execute("pragma synchronous = normal")
        if conn.execute("select count(*) from sqlite_master").fetchone()[0] == 0:
            _create(conn)
        version = conn.execute("pragma user_version").fetchone()[0]
    except sqlite3.Error as error:
        if conn is not None:
            conn.close()
        raise unusable(path, error) from None
    if version != SCHEMA_VERSION:
        conn.close()
        raise StoreError(f"{path} is not a sandbox database of this version; choose another file")
    return conn


def unusable(path: str, error: sqlite3.Error) -> StoreError:
    """What to say of a file on which SQLite fails."""
    if getattr(error, "sqlite_errorname", "").startswith("SQLITE_BUSY"):
        return StoreError(f"{path} is in use: wait until that sandbox is ready, or choose another file")
    return StoreError(f"{path} cannot be used as a sandbox database ({error}); choose another file")


def _create(conn: sqlite3.Connection) -> None:
    schema = files(__package__).joinpath("schema.sql").read_text(encoding="utf-8")
    try:
        conn.executescript(f"begin immediate; {schema} pragma user_version = {SCHEMA_VERSION}; commit;")
    except sqlite3.OperationalError:
        if conn.in_transaction:
            conn.execute("rollback")
        if conn.execute("select count(*) from sqlite_master").fetchone()[0] == 0:
            raise  # else another process was quicker


@contextmanager
def transaction(conn: sqlite3.Connection, *, keep: bool = True) -> Iterator[None]:
    """Run the block in one `begin immediate` transaction; roll back on an error, or when `keep` is false.

    Inside a transaction already begun (the demo world's bulk work) a savepoint is used instead.
    """
    nested = conn.in_transaction
    conn.execute("savepoint inner_work" if nested else "begin immediate")
    try:
        yield
    except BaseException:
        conn.execute("rollback to inner_work" if nested else "rollback")
        if nested:
            conn.execute("release inner_work")
        raise
    if nested:
        if not keep:
            conn.execute("rollback to inner_work")
        conn.execute("release inner_work")
    else:
        conn.execute("commit" if keep else "rollback")


def copy(source: sqlite3.Connection) -> sqlite3.Connection:
    """A copy of the whole database in memory."""
    target = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    source.backup(target)
    return target


def latest_write(conn: sqlite3.Connection) -> int:
    """The instant of the last row of the ledger or event, 0 when there is none."""
    row = conn.execute(
        "select max(coalesce((select max(created) from entry), 0), coalesce((select max(created) from event), 0))"
    ).fetchone()
    return int(row[0])
