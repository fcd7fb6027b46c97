"""What the kinds share: taking outcomes apart, and profiles that must exist before they are named."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import Field

from desk.guard.change import Wire
from desk.guard.model import Json, Note, Target
from desk.guard.wire import record
from desk.insight.investigation import Ask, Batch
from talon_client import Call
from talon_client.errors import NotFound, TalonError

ProfileId = Annotated[str, Field(min_length=1, max_length=1000)]


def batch(*calls: Call[Any]) -> Batch:
    """The reads of a target; nobody watches them one by one, so the title says only what they are for."""
    return Batch("What would change", tuple(Ask(call) for call in calls))


def answer(outcome: object) -> Wire:
    """The answer as JSON; raises it when it is an error."""
    if isinstance(outcome, BaseException):
        raise outcome
    return record(outcome)


def answer_or_missing(outcome: object) -> Wire | None:
    """The answer as JSON, or None when the API knows no such thing (404). Other errors are raised."""
    return None if isinstance(outcome, NotFound) else answer(outcome)


def known_profile(outcome: object) -> tuple[Note, ...]:
    """A block when the inventory that was asked for belongs to nobody.

    The API makes a ghost customer of a mistyped id (facts.md, Sessions), so the desk looks first.
    """
    if isinstance(outcome, NotFound):
        return (Note("profile_unknown"),)
    if isinstance(outcome, TalonError):
        raise outcome
    return ()


def profile(profile_id: str) -> Target:
    """A customer profile as a subject of a change."""
    return Target("profile", profile_id)


def card(program_id: int, card_id: str) -> Target:
    """A loyalty card; identifiers are unique within a program only."""
    return Target("card", f"{program_id}/{card_id}")


def objects(value: Json) -> Sequence[Wire]:
    """The objects of a list; nothing when it is no list."""
    if isinstance(value, str) or not isinstance(value, Sequence):
        return ()
    return [each for each in value if isinstance(each, Mapping)]


def child(value: Wire, name: str) -> Wire:
    """The object called `name`, or an empty one."""
    found = value.get(name)
    return found if isinstance(found, Mapping) else {}


def whole(value: Json) -> int:
    """A count; 0 when it is absent or no number."""
    found = number(value)
    return 0 if found is None else int(found)


def number(value: Json) -> Decimal | None:
    """An amount, or None when it is absent or no number."""
    if value is None or isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    try:
        found = Decimal(value)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def text(value: Json) -> str:
    """Text; empty when it is absent or something else."""
    return value if isinstance(value, str) else ""
