"""The list of undocumented choices and the code agree, and every operation says how far it is played."""

import re
from pathlib import Path

import talon_sandbox
from talon_sandbox.api import HANDLERS
from talon_sandbox.choices import CHOICES, COVERAGE

ROOM = Path(talon_sandbox.__file__).parent


def test_every_choice_that_the_code_quotes_is_listed_once() -> None:
    quoted: set[str] = set()
    for path in ROOM.rglob("*.py"):
        quoted |= set(re.findall(r"choices\.py, ([a-z-]+)", path.read_text(encoding="utf-8")))
    listed = [choice["id"] for choice in CHOICES]
    assert len(set(listed)) == len(listed)
    assert quoted <= set(listed)
    assert all(choice["choice"] and choice["why"] for choice in CHOICES)


def test_every_operation_of_the_core_is_in_the_coverage_list() -> None:
    assert sorted(entry["operation"] for entry in COVERAGE) == sorted(HANDLERS)


CORE = (
    "amounts api apply attributes cards carts catalog choices clock contract coupons customers durations eligibility"
    " events idempotency identity imports inventory ledger ledger_read loyalty profiles returns session_rows"
    " sessions state store tiers undo world"
)


def test_the_core_knows_nothing_of_server_client_and_desk() -> None:
    for path in [*(ROOM / f"{name}.py" for name in CORE.split()), *(ROOM / "rules").glob("*.py")]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(
            r"^\s*(from|import) (starlette|uvicorn|talon_client|desk)\b", text, re.MULTILINE
        ), path
