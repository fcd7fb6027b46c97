"""Durations as programs write them: `14D`, `12M`, `1Y_U`: an integer, a unit, perhaps a rounding."""

import re
from calendar import monthrange
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from .clock import to_datetime, to_micros

_FORM = re.compile(r"(\d{1,6})([smhDWMY])(_D|_U)?")
_RELATIVE = re.compile(r"now(?:([+-])(.+))?")
_UTC = ZoneInfo("UTC")
_FIXED = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1)}


def is_duration(text: str) -> bool:
    """Whether `text` has the documented form (facts.md, Loyalty ledger)."""
    match = _FORM.fullmatch(text)
    if match is None:
        return False
    return {"_D": match[2] == "D", "_U": match[2] in "DWMY", None: True}[match[3]]


def add_duration(start: int, text: str, zone: ZoneInfo) -> int:
    """The instant `text` after `start`, counted on the calendar of `zone`.

    `s m h` are exact; days and longer keep the local time of day; `_D` goes back to the start of that day,
    `_U` on to the end of that day, week (Sunday), month or year, that is to the start of the next one.
    Raises ValueError for another form.
    """
    count, unit, rounding = _read(text)
    return _after(start, count, unit, rounding, zone)


def period_at(start: int, text: str, at: int, zone: ZoneInfo) -> tuple[int, int]:
    """Start and end of the period that holds `at`, of those of length `text` that follow each other from `start` on.

    Months are counted from `start`, so that a period that began on a 31st begins on a 31st again where there is one.
    """
    count, unit, rounding = _read(text)
    starts, ends, number = start, _after(start, count, unit, rounding, zone), 1
    if unit in _FIXED and starts < ends <= at:
        number = (at - start) // (ends - start)
        ends = _after(start, count * number, unit, None, zone)
    while starts < ends <= at:
        number += 1
        starts = ends
        if rounding:
            ends = _after(starts, count, unit, rounding, zone)
        else:
            ends = _after(start, count * number, unit, None, zone)
    return starts, ends


def _read(text: str) -> tuple[int, str, str | None]:
    match = _FORM.fullmatch(text)
    if match is None or not is_duration(text):
        raise ValueError(f"{text!r} is not a duration such as 30D or 12M_U")
    return int(match[1]), match[2], match[3]


def _after(start: int, count: int, unit: str, rounding: str | None, zone: ZoneInfo) -> int:
    if unit in _FIXED:
        return start + (_FIXED[unit] * count) // timedelta(microseconds=1)
    local = to_datetime(start, zone).replace(tzinfo=None)
    if unit in "DW":
        local += timedelta(days=count * (7 if unit == "W" else 1))
    else:
        local = _add_months(local, count * (12 if unit == "Y" else 1))
    if rounding == "_D":
        local = _midnight(local)
    elif rounding == "_U":
        local = _next(local, unit)
    return to_micros(local.replace(tzinfo=zone))


def parse_relative(text: str, anchor: int) -> int:
    """The instant of `now`, `now+14D` or `now-3M`, where `now` is `anchor`, on the calendar of UTC.

    Later instants may be rounded (`now+1M_U`), earlier ones not. ValueError for another form.
    """
    match = _RELATIVE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not now, now+14D or now-3M")
    sign, duration = match.groups()
    if sign is None:
        return anchor
    if sign == "+":
        return add_duration(anchor, duration, _UTC)
    if "_" in duration:
        raise ValueError(f"{text!r}: what lies before now is not rounded")
    return _subtract(anchor, duration)


def _subtract(end: int, text: str) -> int:
    match = _FORM.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a duration such as 30D or 12M")
    count, unit = int(match[1]), match[2]
    if unit in _FIXED:
        return end - (_FIXED[unit] * count) // timedelta(microseconds=1)
    moment = to_datetime(end)
    if unit in "DW":
        return to_micros(moment - timedelta(days=count * (7 if unit == "W" else 1)))
    return to_micros(_add_months(moment, -count * (12 if unit == "Y" else 1)))


def _add_months(moment: datetime, months: int) -> datetime:
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _next(moment: datetime, unit: str) -> datetime:
    day = _midnight(moment)
    if unit == "D":
        return day + timedelta(days=1)
    if unit == "W":
        return day + timedelta(days=7 - day.weekday())
    first = day.replace(day=1) if unit == "M" else day.replace(month=1, day=1)
    return _add_months(first, 1 if unit == "M" else 12)
