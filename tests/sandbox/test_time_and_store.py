"""Durations, the clock, snapshots, the database file, and the triggers that guard the ledger."""

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from talon_sandbox.catalog import CatalogError
from talon_sandbox.clock import ClockError, to_datetime, to_micros, to_wire
from talon_sandbox.durations import add_duration, is_duration, period_at
from talon_sandbox.store import StoreError, transaction
from talon_sandbox.world import World
from tests.sandbox.shop import START, Shop, line

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("2026-11-20T09:30:15", "90s", "2026-11-20T09:31:45"),
        ("2026-11-20T09:30:15", "5m", "2026-11-20T09:35:15"),
        ("2026-11-20T09:30:15", "36h", "2026-11-21T21:30:15"),
        ("2026-11-20T09:30:15", "14D", "2026-12-04T09:30:15"),
        ("2026-11-20T09:30:15", "2W", "2026-12-04T09:30:15"),
        ("2026-11-20T09:30:15", "12M", "2027-11-20T09:30:15"),
        ("2026-11-20T09:30:15", "1Y", "2027-11-20T09:30:15"),
        ("2027-01-31T12:00:00", "1M", "2027-02-28T12:00:00"),
        ("2028-02-29T12:00:00", "1Y", "2029-02-28T12:00:00"),
        ("2026-11-20T09:30:15", "1D_D", "2026-11-21T00:00:00"),
        ("2026-11-20T09:30:15", "1D_U", "2026-11-22T00:00:00"),
        ("2026-11-20T09:30:15", "1W_U", "2026-11-30T00:00:00"),
        ("2026-11-20T09:30:15", "1M_U", "2027-01-01T00:00:00"),
        ("2026-11-20T09:30:15", "1Y_U", "2028-01-01T00:00:00"),
        ("2027-03-27T02:30:00", "1D", "2027-03-28T03:30:00"),  # the hour that spring skips
        ("2027-03-27T12:00:00", "24h", "2027-03-28T13:00:00"),
        ("2027-03-27T12:00:00", "1D", "2027-03-28T12:00:00"),
    ],
)
def test_durations_count_on_the_calendar_of_the_zone(start: str, duration: str, end: str) -> None:
    found = add_duration(to_micros(datetime.fromisoformat(start).replace(tzinfo=BERLIN)), duration, BERLIN)
    assert to_datetime(found, BERLIN).replace(tzinfo=None) == datetime.fromisoformat(end)


@pytest.mark.parametrize("text", ["", "5", "D", "-1D", "1.5D", "1d", "1D_X", "1h_D", "1W_D", "1s_U"])
def test_other_forms_are_no_durations(text: str) -> None:
    assert not is_duration(text)
    with pytest.raises(ValueError, match="not a duration"):
        add_duration(0, text, BERLIN)


@pytest.mark.parametrize(
    ("length", "at", "starts", "ends"),
    [
        ("1M", "2026-08-30T00:00:00", "2026-08-31T00:00:00", "2026-09-30T00:00:00"),
        ("1M", "2026-09-29T23:59:59", "2026-08-31T00:00:00", "2026-09-30T00:00:00"),
        ("1M", "2026-09-30T00:00:00", "2026-09-30T00:00:00", "2026-10-31T00:00:00"),
        ("1M", "2026-10-31T00:00:00", "2026-10-31T00:00:00", "2026-11-30T00:00:00"),
        ("1M_U", "2026-12-24T00:00:00", "2026-12-01T00:00:00", "2027-02-01T00:00:00"),
        ("5m", "2026-08-31T00:04:59", "2026-08-31T00:00:00", "2026-08-31T00:05:00"),
        ("5m", "2036-08-31T00:05:00", "2036-08-31T00:05:00", "2036-08-31T00:10:00"),
        ("0D", "2026-12-24T00:00:00", "2026-08-31T00:00:00", "2026-08-31T00:00:00"),
    ],
)
def test_periods_follow_each_other(length: str, at: str, starts: str, ends: str) -> None:
    utc = ZoneInfo("UTC")
    start, asked = (to_micros(datetime.fromisoformat(each + "Z")) for each in ("2026-08-31T00:00:00", at))
    found = period_at(start, length, asked, utc)
    assert [to_datetime(each).isoformat() for each in found] == [f"{each}+00:00" for each in (starts, ends)]


def test_instants_on_the_wire() -> None:
    moment = datetime(2026, 11, 20, 9, 0, 0, 120_000, tzinfo=UTC)
    assert to_wire(to_micros(moment)) == "2026-11-20T09:00:00.120000Z"
    assert to_wire(to_micros(START), BERLIN) == "2026-11-20T10:00:00+01:00"
    assert to_wire(to_micros(datetime(1, 1, 1, tzinfo=UTC))) == "0001-01-01T00:00:00Z"


def test_a_clock_that_follows_is_told_to_follow_again_or_to_advance_by_nothing() -> None:
    ticks = count(to_micros(START), 3)
    world = World(wall=lambda: next(ticks))  # each look at it is later than the one before
    world.follow_wall_clock()
    world.advance(timedelta(0))
    assert not world.frozen
    assert world.now() > to_micros(START)


def test_the_clock_goes_forward_only() -> None:
    wall = [to_micros(START)]
    world = World(wall=lambda: wall[0])
    assert (world.now(), world.frozen) == (to_micros(START), False)
    wall[0] += 5
    assert world.now() == to_micros(START) + 5
    world.advance(timedelta(days=1))
    wall[0] += 5
    assert to_datetime(world.now()) == START + timedelta(days=1, microseconds=10)
    world.freeze(START + timedelta(days=2))
    wall[0] += 10**12
    assert to_datetime(world.now()) == START + timedelta(days=2)
    with pytest.raises(ClockError):
        world.freeze(START)
    with pytest.raises(ClockError):
        world.advance(-timedelta(seconds=1))
    with pytest.raises(ClockError):
        world.freeze(datetime(9500, 1, 1, tzinfo=UTC))
    world.advance(timedelta(hours=1))
    assert world.frozen
    world.follow_wall_clock()
    wall[0] += 7
    assert to_datetime(world.now()) == START + timedelta(days=2, hours=1, microseconds=7)
    wall[0] -= 10**9  # the machine's clock is set back
    assert to_datetime(world.now()) >= START + timedelta(days=2, hours=1)
    world.close()


def test_one_request_is_one_instant_and_writes_never_go_back(tmp_path: Path) -> None:
    ticks = [to_micros(START)]

    def wall() -> int:
        ticks[0] += 1
        return ticks[0]

    world = World(str(tmp_path / "w.db"), wall=wall)
    shop = Shop(world)
    shop.close("s", [line("50", 2, "Shoes")], attributes={"PointsToSpend": 0})
    rows = shop.transactions("eve")["data"]
    assert len(rows) == 3
    assert len({row["created"] for row in rows}) == 1
    ticks[0] -= 10**9  # the machine's clock is set back
    shop.cancel("s")
    assert shop.figures("eve") == (0, 0, 0, 0, 0)
    latest = world.now()
    world.close()
    ticks[0] -= 10**9
    world = World(str(tmp_path / "w.db"), wall=wall)
    assert latest - 10**6 < world.now() <= latest
    with pytest.raises(ClockError):
        World(str(tmp_path / "w.db"), now=START - timedelta(days=1))
    world.close()


def test_reset_and_snapshots_take_the_clock_along(shop: Shop) -> None:
    world = shop.world
    world.add_points(1, "eve", 100)
    world.mark_baseline()
    world.advance(timedelta(days=1))
    world.add_points(1, "eve", 100)
    world.snapshot("two")
    world.advance(timedelta(days=1))
    world.add_points(1, "eve", 100)
    assert shop.figures("eve")[0] == 3
    world.restore("two")
    assert (shop.figures("eve")[0], to_datetime(world.now())) == (2, START + timedelta(days=1))
    world.reset()
    assert (shop.figures("eve")[0], to_datetime(world.now())) == (1, START)
    world.restore("two")
    assert shop.figures("eve")[0] == 2
    assert world.snapshots == ("two",)
    with pytest.raises(KeyError):
        world.restore("nope")


def test_a_file_is_taken_up_again(tmp_path: Path) -> None:
    path = str(tmp_path / "world.db")
    world = World(path, now=START)
    Shop(world).close("s", [line("50")])
    assert world.conn.execute("pragma journal_mode").fetchone()[0] == "wal"
    world.close()
    world = World(path)
    assert to_datetime(world.now()) == START
    assert Shop(world).figures("eve") == (0, 500, 0, 0, 0)
    world.reset()
    assert Shop(world).figures("eve") == (0, 500, 0, 0, 0)
    world.close()


def test_a_file_that_is_something_else_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "text.db"
    text.write_text("this is no database, and long enough to be looked at" * 100)
    with pytest.raises(StoreError, match="choose another file"):
        World(str(text))
    other = sqlite3.connect(tmp_path / "other.db")
    other.execute("create table t (x)")
    other.close()
    with pytest.raises(StoreError, match="not a sandbox database"):
        World(str(tmp_path / "other.db"))
    with pytest.raises(StoreError):
        World(str(tmp_path / "nowhere" / "x.db"))


def test_transactions_keep_all_or_nothing(world: World) -> None:
    def count() -> int:
        return int(world.conn.execute("select count(*) from audience where id > 100").fetchone()[0])

    with pytest.raises(RuntimeError), transaction(world.conn):
        world.create_audience(101, "a")
        raise RuntimeError
    assert count() == 0
    with transaction(world.conn):
        world.create_audience(101, "a")
        with transaction(world.conn, keep=False):
            world.create_audience(102, "b")
        with pytest.raises(RuntimeError), transaction(world.conn):
            world.create_audience(103, "c")
            raise RuntimeError
    assert count() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "update entry set amount = 1",
        "delete from entry",
        "update draw set amount = 1",
        "delete from draw",
        "delete from activation",
        "update activation set at = 1",
        "delete from void",
        "update void set at = 1",
    ],
)
def test_the_ledger_refuses_changes(shop: Shop, statement: str) -> None:
    world = shop.world
    world.add_points(1, "eve", 100)
    world.deduct_points(1, "eve", 50)
    world.conn.execute("insert into activation values (null, 1, ?, null)", (world.now(),))
    world.conn.execute("insert into void values (2, ?)", (world.now(),))
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        world.conn.execute(statement)


@pytest.mark.parametrize(
    ("lot", "subtraction", "amount", "shift"),
    [
        (1, 3, 101, 0),  # beyond the lot
        (1, 3, 61, 0),  # beyond the subtraction
        (2, 3, 10, 0),  # into another subledger
        (3, 1, 10, 0),  # the wrong way round
        (1, 3, 10, -1),  # before the lot
    ],
)
def test_the_database_itself_refuses_wrong_draws(
    shop: Shop, lot: int, subtraction: int, amount: int, shift: int
) -> None:
    world = shop.world
    world.add_points(1, "eve", 100)
    world.add_points(1, "eve", 100, subledger="shoes")
    world.conn.execute(
        "insert into entry (id, uuid, account, kind, cause, origin, amount, created, name)"
        " values (3, 'x', 1, 'subtraction', 'spend', 'manual', 60, ?, 'x')",
        (world.now(),),
    )
    with pytest.raises(sqlite3.IntegrityError):
        world.conn.execute(
            "insert into draw values (?, ?, ?, ?)", (lot, subtraction, amount, world.now() + shift)
        )


def test_voided_rows_are_hidden_in_every_figure_past_ones_too(shop: Shop) -> None:
    from talon_sandbox import ledger

    world = shop.world
    shop.world.add_points(1, "eve", 10_000)
    world.advance(timedelta(days=1))
    shop.close("s", [line("5")], attributes={"PointsToSpend": 3})
    assert shop.figures("eve") == (97, 50, 3, 0, 0)
    entries = [row[0] for row in world.conn.execute("select id from entry")]
    ledger.void(world.conn, entries, world.now())
    assert shop.figures("eve") == (0, 0, 0, 0, 0)
    assert shop.figures("eve", end_date=START) == (0, 0, 0, 0, 0)
    assert shop.transactions("eve")["data"] == shop.points("eve")["data"] == []
    world.add_points(1, "eve", 700)
    assert shop.figures("eve") == (7, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("without", "named"),
    [
        ("coupon", "campaign 102"),
        ("card", "program 2"),
        ("points", "program 1"),
        ("kind", "profile-based program 1"),
    ],
)
def test_a_file_is_not_opened_with_campaigns_that_lack_what_it_refers_to(
    tmp_path: Path, without: str, named: str
) -> None:
    path, campaigns = str(tmp_path / "world.db"), tmp_path / "campaigns.json"
    world = World(path, now=START)
    if without == "coupon":
        world.create_coupon("CODE-1", 102)
    elif without == "card":
        world.create_card(2, "CARD-1")
    else:
        world.add_points(1, "eve", 100)
    world.close()
    program = {"id": 1, "name": "p", "title": "P", "returnPolicy": "unlimited", "cardBased": True}
    campaigns.write_text(json.dumps({"programs": [program] if without == "kind" else []}))
    with pytest.raises(CatalogError, match=f"no {named}, which .* refers to: use the file"):
        World(path, campaigns=campaigns)
    World(path).close()
