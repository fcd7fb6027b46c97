"""Achievements: progress as steps that can be taken back, and the periods that follow from them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from . import profiles
from .amounts import to_decimal
from .clock import to_micros, to_wire
from .contract import Answer, Request, not_found
from .definitions import Achievement
from .durations import add_duration, period_at

if TYPE_CHECKING:
    from .world import World

Wire = dict[str, object]
_UTC = ZoneInfo("UTC")
_DEFAULT_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Tracker:
    """The progress of one customer in one period, in hundredths; instants in microseconds UTC.

    Its id is that of the first step of the period, also once that step has been taken back. `steps`: all of them.
    """

    id: int
    starts: int
    ends: int | None
    value: int = 0
    completed: int | None = None
    steps: tuple[int, ...] = ()

    def status_at(self, now: int) -> str:
        """What people see of it."""
        if self.completed is not None:
            return "completed"
        return "expired" if self.ends is not None and now >= self.ends else "inprogress"


_Step = tuple[int, int, int]  # id, instant, hundredths: 0 once it has been taken back


def trackers(
    world: "World", achievement: Achievement, profile: int, planned: Sequence[_Step] = ()
) -> list[Tracker]:
    """The periods of a customer, oldest first. A step that was taken back counts nothing, but its period stays;
    `planned`: steps that will be kept when the session closes."""
    rows = world.conn.execute(
        "select id, at, iif(undone is null, delta, 0) from achievement_step"
        " where achievement_id = ? and profile_id = ? order by at, id",
        (achievement.id, profile),
    )
    found: list[Tracker] = []
    for step, at, delta in (*rows, *planned):
        if not found or _is_over(achievement, found[-1], at):
            found.append(_new(achievement, step, at))
        last = found[-1]
        value = last.value + delta
        done = at if last.completed is None and value >= achievement.target else last.completed
        found[-1] = replace(last, value=value, completed=done, steps=(*last.steps, step))
    return found


def _is_over(achievement: Achievement, last: Tracker, at: int) -> bool:
    if achievement.recurrence == "on_completion" and last.completed is not None:
        return True
    return achievement.recurrence == "on_expiration" and last.ends is not None and at >= last.ends


def _new(achievement: Achievement, step: int, at: int) -> Tracker:
    """The period that a first step at that instant begins, or, on a fixed schedule, falls into."""
    starts, period = at, achievement.period
    if achievement.activation == "fixed_schedule" and achievement.starts is not None:
        starts = achievement.starts
    if not period:
        return Tracker(step, starts, achievement.ends)
    if achievement.recurrence == "on_expiration":
        return Tracker(step, *period_at(starts, period, at, _UTC))
    return Tracker(step, starts, add_duration(starts, period, _UTC))


def next_step(
    world: "World", achievement: Achievement, profile: int, now: int, steps: Sequence[tuple[int, int]]
) -> Tracker | None:
    """The period that a step would count for now, None when there is nothing to be done any more.

    `steps`: those that this evaluation has given so far, of any achievement: (its id, hundredths).
    """
    if achievement.status_at(now) != "active":
        return None
    top = int(world.conn.execute("select coalesce(max(id), 0) from achievement_step").fetchone()[0])
    numbered = enumerate(steps, top + 1)
    planned = [(step, now, delta) for step, (number, delta) in numbered if number == achievement.id]
    found = trackers(world, achievement, profile, planned)
    if not found or _is_over(achievement, found[-1], now):
        found.append(_new(achievement, top + len(steps) + 1, now))
    last = found[-1]
    over = last.completed is not None or (last.ends is not None and now >= last.ends)
    return None if over else last


def step(world: "World", props: Wire, value: int, profile: int, session: int | None, closing: int) -> None:
    """Keeps one step."""
    world.conn.execute(
        "insert into achievement_step (achievement_id, profile_id, session_id, closing, at, delta)"
        " values (?, ?, ?, ?, ?, ?)",
        (props["achievementId"], profile, session, closing, world.now(), value),
    )


def take_back(
    world: "World", props: Wire, value: int, session: int, closing: int, profile: int
) -> Wire | None:
    """Takes one step of a session back; None where the achievement keeps what is completed (effects.md)."""
    achievement = world.catalog.achievements[cast(int, props["achievementId"])]
    before = trackers(world, achievement, profile)
    mine = next((each for each in before if each.id == props["progressTrackerId"]), None)
    if mine is None or (mine.completed is not None and not achievement.may_roll_back):
        return None
    rows = world.conn.execute(
        "select id from achievement_step where achievement_id = ? and profile_id = ? and session_id = ?"
        " and closing = ? and delta = ? and undone is null order by id",
        (achievement.id, profile, session, closing, value),
    )
    step = next((row[0] for row in rows if row[0] in mine.steps), None)
    if step is None:
        return None
    world.conn.execute("update achievement_step set undone = ? where id = ?", (world.now(), step))
    after = {each.id: each.value for each in trackers(world, achievement, profile)}
    return {
        "achievementId": achievement.id,
        "achievementName": achievement.name,
        "progressTrackerId": mine.id,
        "decreaseProgressBy": props["delta"],
        "currentProgress": to_decimal(after[mine.id]),
        "target": to_decimal(achievement.target),
    }


# What the API shows


def get_all(world: "World", request: Request) -> Answer:
    """`get_customer_achievements`: active ones unless asked otherwise."""
    profile, now = profiles.need(world.conn, request.text("integration_id")), world.now()
    query = request.query
    wanted = cast("Sequence[str]", query.get("achievement_status") or ("active",))
    rows = []
    for achievement in world.catalog.achievements.values():
        if achievement.status_at(now) not in wanted:
            continue
        if not _named(query.get("achievement_ids"), achievement.id):
            continue
        if not _named(query.get("campaign_ids"), achievement.campaign_id):
            continue
        entry = _entry(world, achievement, profile.id, now)
        progress = cast("Wire", entry.get("currentProgress") or {"status": "not_started"})
        if query.get("current_progress_status") and progress["status"] not in cast(
            "Sequence[str]", query["current_progress_status"]
        ):
            continue
        rows.append(entry)
    return _page(request, rows)


def get_history(world: "World", request: Request) -> Answer:
    """`get_customer_achievement_history`: the periods, newest first (choices.py, achievement-history)."""
    profile, now = profiles.need(world.conn, request.text("integration_id")), world.now()
    achievement = world.catalog.achievements.get(request.number("achievement_id"))
    if achievement is None:
        raise not_found(f"achievement {request.number('achievement_id')}")
    wanted = cast("Sequence[str] | None", request.query.get("progress_status"))
    since, until = request.query.get("start_date"), request.query.get("end_date")
    rows = [
        _progress(each, now)
        for each in reversed(trackers(world, achievement, profile.id))
        if (wanted is None or each.status_at(now) in wanted)
        and (not isinstance(since, datetime) or each.starts >= to_micros(since))
        and (not isinstance(until, datetime) or each.starts <= to_micros(until))
    ]
    return _page(request, rows)


def of_profile(world: "World", profile: int) -> list[Wire]:
    """The inventory's block: what the customer has begun (choices.py, inventory-achievements)."""
    now, rows = world.now(), []
    for achievement in world.catalog.achievements.values():
        if achievement.status_at(now) != "active":
            continue
        found = trackers(world, achievement, profile)
        if not found:
            continue
        rows.append(
            {
                **_progress(found[-1], now),
                "achievementId": achievement.id,
                "name": achievement.name,
                "title": achievement.title,
                "description": achievement.description,
                "campaignId": achievement.campaign_id,
                "target": to_decimal(achievement.target),
                "achievementRecurrencePolicy": achievement.recurrence,
                "achievementActivationPolicy": achievement.activation,
                "achievementAllowRollbackAfterCompletion": achievement.may_roll_back,
                **_dates(achievement, "achievementFixedStartDate", "achievementEndDate"),
            }
        )
    return rows


def block(world: "World", profile: int) -> list[Wire]:
    """The `achievements` block of an update (`CustomerAchievement`)."""
    now, rows = world.now(), []
    for achievement in world.catalog.achievements.values():
        if achievement.status_at(now) == "active":
            entry = _entry(world, achievement, profile, now)
            for name in ("created", "campaignId", "status", "period"):
                entry.pop(name, None)
            rows.append({**entry, "isCappedByTarget": False})
    return rows


def _entry(world: "World", achievement: Achievement, profile: int, now: int) -> Wire:
    found = trackers(world, achievement, profile)
    entry: Wire = {
        "id": achievement.id,
        "created": to_wire(achievement.created),
        "name": achievement.name,
        "title": achievement.title,
        "description": achievement.description,
        "target": to_decimal(achievement.target),
        "recurrencePolicy": achievement.recurrence,
        "activationPolicy": achievement.activation,
        "allowRollbackAfterCompletion": achievement.may_roll_back,
        "campaignId": achievement.campaign_id,
        "status": achievement.status_at(now),
        **_dates(achievement, "fixedStartDate", "endDate"),
    }
    if achievement.period:
        entry["period"] = achievement.period
    if found:
        entry["currentProgress"] = _progress(found[-1], now)
    return entry


def _dates(achievement: Achievement, start: str, end: str) -> Wire:
    dates: Wire = {}
    if achievement.starts is not None:
        dates[start] = to_wire(achievement.starts)
    if achievement.ends is not None:
        dates[end] = to_wire(achievement.ends)
    return dates


def _progress(tracker: Tracker, now: int) -> Wire:
    shown: Wire = {
        "status": tracker.status_at(now),
        "progress": to_decimal(tracker.value),
        "startDate": to_wire(tracker.starts),
    }
    if tracker.completed is not None:
        shown["completionDate"] = to_wire(tracker.completed)
    if tracker.ends is not None:
        shown["endDate"] = to_wire(tracker.ends)
    return shown


def _named(wanted: object, number: int) -> bool:
    return not wanted or number in cast("Sequence[int]", wanted)


def _page(request: Request, rows: list[Wire]) -> Answer:
    skip = cast(int, request.query.get("skip", 0))
    size = cast(int, request.query.get("page_size", _DEFAULT_PAGE))
    return Answer(200, {"totalResultSize": len(rows), "data": rows[skip : skip + size]})
