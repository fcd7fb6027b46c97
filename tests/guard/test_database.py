"""The database: where it is, how it migrates, what it refuses, and its key."""

import pickle
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select, text

from desk.guard import AuditKey, Database, DatabaseError, open_database, open_key, state_directory
from desk.guard.database import MIGRATIONS, NEWEST
from desk.guard.tables import AUDIT_HEAD, METADATA
from desk.settings import load_settings
from tests.guard.conftest import ON_SQLITE, postgres_schema

SHOP = {"connections": {"shop": {"base_url": "https://shop.example", "api_key": "k"}}}


def test_the_tables_are_what_the_migrations_make(database: Database) -> None:
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
        assert connection.execute(select(AUDIT_HEAD.c.sequence)).scalars().all() == [0]
    config = Config()
    config.set_main_option("script_location", MIGRATIONS)
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [NEWEST]
    with database.read() as connection:
        indexes = {index["name"]: index for index in inspect(connection).get_indexes("change")}
    assert indexes["one_open_change_per_target"]["unique"]


def test_migrating_again_changes_nothing(database: Database) -> None:
    database.migrate()
    database.migrate()


def test_threads_migrate_together(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.sqlite3'}"

    def migrate(_: int) -> None:
        database = Database(url)
        database.migrate()
        database.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(migrate, range(4)))


@ON_SQLITE
def test_a_database_of_a_newer_version_is_left_alone(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(DatabaseError, match="newer version"):
        database.migrate()


@pytest.mark.parametrize("url", ["nonsense", "mysql://u:MARKER@h/d", "sqlite://", "sqlite:///:memory:"])
def test_what_is_no_database_of_ours(url: str) -> None:
    with pytest.raises(DatabaseError) as caught:
        Database(url)
    assert "MARKER" not in str(caught.value)


def test_a_database_that_cannot_be_reached_says_so_without_its_password() -> None:
    database = Database("postgresql+psycopg://u:MARKER@127.0.0.1:1/none?connect_timeout=2")
    with pytest.raises(DatabaseError) as caught:
        database.migrate()
    database.close()
    assert "127.0.0.1:1" in str(caught.value)
    assert "MARKER" not in str(caught.value) + database.location


def test_the_demo_has_a_file_of_its_own(tmp_path: Path) -> None:
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    for secrets in (None, SHOP):
        open_database(load_settings(secrets, environ), environ).close()
    directory = state_directory(environ)
    assert directory == tmp_path / "talon-desk"
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert {path.name for path in directory.glob("*.sqlite3")} == {"demo.sqlite3", "desk.sqlite3"}


def test_the_state_directory_follows_the_base_directory_specification(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert state_directory({"HOME": str(home)}) == home / ".local" / "state" / "talon-desk"
    assert state_directory({"HOME": str(home), "XDG_STATE_HOME": "relative"}).parent.parent == home / ".local"


def test_a_directory_that_cannot_be_written(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    environ = {"XDG_STATE_HOME": str(blocked)}
    with pytest.raises(DatabaseError, match="XDG_STATE_HOME"):
        open_database(load_settings(SHOP, environ), environ)
    demo = open_database(load_settings(None, environ), environ)
    assert str(blocked) not in demo.location
    demo.close()
    path = Path(demo.location.removeprefix("sqlite:///"))
    for file in path.parent.iterdir():
        file.unlink()
    path.parent.rmdir()


@ON_SQLITE
def test_the_key_is_made_once_and_is_private(database: Database, tmp_path: Path) -> None:
    key = open_key(database, {})
    path = tmp_path / "audit.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert open_key(database, {}).id == key.id
    assert [each.name for each in tmp_path.glob("audit.key*")] == ["audit.key"]
    secret = path.read_text()
    assert secret not in repr(key) + str(vars(key).get("id"))
    with pytest.raises(TypeError):
        pickle.dumps(key)
    path.unlink()
    with pytest.raises(DatabaseError, match=r"audit\.key"):
        open_key(database, {})


@ON_SQLITE
def test_many_processes_make_one_key(database: Database, tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: open_key(database, {}).id, range(8)))
    assert len(set(keys)) == 1


@pytest.mark.postgres
def test_replicas_on_postgresql_must_share_a_key() -> None:
    with postgres_schema() as url:
        database = Database(url)
        database.migrate()
        with pytest.raises(DatabaseError, match="DESK_AUDIT_KEY is missing"):
            open_key(database, {})
        open_key(database, {"DESK_AUDIT_KEY": "k" * 32})
        with pytest.raises(DatabaseError, match="another audit key"):
            open_key(database, {"DESK_AUDIT_KEY": "x" * 32})
        database.close()


def test_a_short_key_is_no_key() -> None:
    with pytest.raises(DatabaseError, match="32"):
        AuditKey(b"short")


def test_subjects_are_framed() -> None:
    key = AuditKey(b"k" * 32)
    assert key.subject("a", "bc") != key.subject("ab", "c")
    assert key.subject("a", "b", "c") != key.subject("a", "bc")
    assert key.subject("profile", "\ud800") == key.subject("profile", "\ud800")
    assert key.subject("profile", "maria") != key.seal("maria")
