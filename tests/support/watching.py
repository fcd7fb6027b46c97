"""Every answer that a sandbox gives in a test's process is held against the official description of its edition."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from talon_client import OPERATIONS
from talon_sandbox.server import Application
from tests.support import surroundings
from tests.support.openapi import Description

# Statuses that the API has and its description leaves out here and there (facts.md, Transport; effects.md, Slips),
# and faults of tests.
UNDECLARED = frozenset({204, 400, 401, 404, 405, 409, 413, 500})
# The API sends it since 2025, and the published SDK knows it; the description's list does not (effects.md, Slips).
NEWER_EFFECTS = ("'addNegativeLoyaltyPoints' is not one of",)
# Texts that decide which part of a schema is meant, or that have a list of values.
_TELLING = frozenset(
    {"effectType", "state", "status", "type", "frontendState", "recurrencePolicy", "failureCode"}
)

counts: Counter[str] = Counter()
problems: list[str] = []
_descriptions: dict[str, Description] = {}
_seen: set[object] = set()


def watch() -> None:
    """From now on every answer is looked at; one of a kind that was seen before only counts."""
    if surroundings.MISSING["description"]:
        return
    respond = Application._respond

    def watched(self: Application, *arguments: Any) -> Any:
        response = respond(self, *arguments)
        operation = arguments[-1].operation
        if operation is not None and not OPERATIONS[operation].legacy:
            _note(self.shell.edition.name, OPERATIONS[operation].wire_id, response.status, response.body)
        return response

    setattr(Application, "_respond", watched)  # noqa: B010  the type checker knows it as it was


def _note(edition: str, operation: str, status: int, body: bytes) -> None:
    counts["answers"] += 1
    value = json.loads(body) if body else None
    kind = (edition, operation, status, _shape(value))
    if kind in _seen:
        return
    _seen.add(kind)
    counts["kinds"] += 1
    if edition not in _descriptions:
        _descriptions[edition] = Description.load(edition)
    for problem in _descriptions[edition].problems(operation, status, value):
        if problem.endswith("is not declared") and status in UNDECLARED:
            counts["undeclared"] += 1
        elif any(text in problem for text in NEWER_EFFECTS):
            counts["newer"] += 1
        elif len(problems) < 20:
            problems.append(f"{edition} {problem}")


def _shape(value: object, name: str = "") -> object:
    """What decides whether an answer is as described: names and kinds, not the values."""
    if isinstance(value, Mapping):
        return tuple(sorted((key, _shape(each, key)) for key, each in value.items() if key != "attributes"))
    if isinstance(value, list):
        return frozenset(_shape(each) for each in value)
    if isinstance(value, str):
        return value if name in _TELLING else f"text {'T' in value[10:11]}"
    return type(value).__name__
