"""What stands in the details of a row of the audit trail, as it may be shown: attributes masked, ids not."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from desk.guard import Over
from desk.guard.audit_rows import AuditRow
from desk.guard.masking import Masking
from desk.guard.model import Scalar
from desk.ui.words.trail import kind

_SHOWN_APART = (
    *("subject_kind", "subject_id", "reason_code", "reason", "ticket", "before", "after"),
    *("over", "asked_by", "waited"),
)


@dataclass(frozen=True)
class Detail:
    """The details of one row. `there` is False once they were erased or deleted; then everything else is empty."""

    there: bool = False
    kind: str = ""
    id: str = ""
    code: str = ""
    """Of the reason that was chosen from the list."""
    reason: str = ""
    ticket: str = ""
    over: tuple[Over, ...] = ()
    """The limits that it exceeds, of a change that waits for a supervisor."""
    asked_by: str = ""
    waited: str = ""
    """Who had asked for the change, and the id of the plan that waited."""
    before: tuple[tuple[str, str], ...] = ()
    """Name and value of what was read before the change."""
    after: tuple[tuple[str, tuple[str, ...], Scalar], ...] = ()
    """Topic, which one, and value of what was read after it."""
    rest: tuple[tuple[str, str], ...] = ()
    raw: Mapping[str, object] = field(default_factory=dict)
    """All of it as JSON, masked."""

    @property
    def text(self) -> str:
        """All of it as JSON text; empty where there is nothing."""
        return json.dumps(self.raw, ensure_ascii=False, sort_keys=True) if self.raw else ""

    @property
    def about(self) -> str:
        """What the row is about, in a few words."""
        if not self.kind:
            return str(self.raw.get("what") or "")
        return f"{kind(self.kind)} {self.id}" if self.id else kind(self.kind)


def detail_of(row: AuditRow, masking: Masking) -> Detail:
    """The details of a row, masked."""
    if row.detail is None:
        return Detail()
    found = json.loads(row.detail)
    shown = _masked(found if isinstance(found, dict) else {}, masking)
    before = shown.get("before")
    return Detail(
        there=True,
        kind=_text(shown.get("subject_kind")),
        id=_text(shown.get("subject_id")),
        code=_text(shown.get("reason_code")),
        reason=_text(shown.get("reason")),
        ticket=_text(shown.get("ticket")),
        over=tuple(_limits(shown.get("over"))),
        asked_by=_text(shown.get("asked_by")),
        waited=_text(shown.get("waited")),
        before=tuple(_flat(before)) if isinstance(before, Mapping) else (),
        after=tuple(_facts(shown.get("after"))),
        rest=tuple((name, _written(each)) for name, each in shown.items() if name not in _SHOWN_APART),
        raw=shown,
    )


def _masked(found: Mapping[str, object], masking: Masking) -> dict[str, object]:
    shown = {name: masking.tree(each) for name, each in found.items()}
    if "asked_by" in found:
        shown["asked_by"] = found["asked_by"]  # somebody of the desk, not a customer
    request = found.get("request")
    if isinstance(request, list) and len(request) == 4:  # method, path, query, body
        body = masking.body(str(request[3]).encode()) or b""
        shown["request"] = [*request[:3], body.decode()]
    after = found.get("after")
    if isinstance(after, list):
        shown["after"] = [_fact(each, masking) for each in after]
    return shown


def _fact(found: object, masking: Masking) -> object:
    """Topic, which one, value: an attribute's value is masked."""
    if not (isinstance(found, list) and len(found) == 3 and found[0] == "attribute" and found[1]):
        return found
    return [found[0], found[1], None if found[2] is None else masking.value(str(found[1][0]), found[2])]


def _facts(found: object) -> list[tuple[str, tuple[str, ...], Scalar]]:
    if not isinstance(found, list):
        return []
    return [
        (str(each[0]), tuple(str(part) for part in each[1]), each[2])
        for each in found
        if isinstance(each, list) and len(each) == 3 and isinstance(each[1], list)
    ]


def _limits(found: object) -> Iterator[Over]:
    for each in found if isinstance(found, list) else ():
        match each:
            case [str(what), str() | None as is_, str(limit)]:
                yield Over(what, is_, limit)


def _flat(found: Mapping[str, object], prefix: str = "") -> list[tuple[str, str]]:
    """Names and values, objects taken apart."""
    flat: list[tuple[str, str]] = []
    for name, each in found.items():
        path = f"{prefix}{name}"
        flat += _flat(each, f"{path}.") if isinstance(each, Mapping) and each else [(path, _written(each))]
    return flat


def _written(found: object) -> str:
    if isinstance(found, bool):
        return "yes" if found else "no"
    if found is None:
        return "-"
    if isinstance(found, str | int):
        return str(found)
    if isinstance(found, Sequence) and all(isinstance(each, str | int) for each in found):
        return " ".join(str(each) for each in found)
    return json.dumps(found, ensure_ascii=False)


def _text(found: object) -> str:
    return found if isinstance(found, str) else ""
