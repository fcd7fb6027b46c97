"""The audit trail in words: every operation and outcome that the desk writes down, and what a check found."""

from types import SimpleNamespace
from typing import cast

import pytest

from desk.guard import Outcome, Role
from desk.guard.audit import Verification
from desk.guard.audit_rows import AuditRow, Head
from desk.guard.forgetting import ERASE, FORGET
from desk.guard.masking import Masking
from desk.guard.model import Verification as ReadBack
from desk.guard.outcome import WORDS
from desk.guard.revealing import OPERATION
from desk.guard.roles import BULK, SINGLE
from desk.guard.trail import READ
from desk.guard.waiting import State
from desk.guard.wire import canonical
from desk.ui.audit_detail import detail_of
from desk.ui.current import Desk
from desk.ui.formats import Formats
from desk.ui.waiting_view import over_text
from desk.ui.words import trail
from tests.guard.conftest import Clock

F = Formats("en-GB", "EUR", "Europe/Berlin")
HEAD = Head(5, "a" * 64)


@pytest.mark.parametrize(
    "key", sorted(SINGLE | BULK | {ERASE, FORGET, OPERATION, READ, "export", "sign_in", "sign_out"})
)
def test_everything_that_is_written_down_has_words(key: str) -> None:
    assert trail.operation(key).text != key


def test_a_read_that_was_refused_has_words_and_a_stranger_is_shown_by_its_name() -> None:
    assert trail.operation("get_loyalty_balances").text == "Look something up"
    assert trail.operation("brew_tea").text == "brew_tea"


def test_every_outcome_has_words() -> None:
    stale = {each for each in WORDS if each.startswith("stale.")}
    keys = {each.value for each in Outcome} - {"stale"} | {each.value for each in ReadBack} | stale
    for key in {*keys, "not_allowed", "idle", "over", *(each.value for each in State)}:
        assert trail.trail_outcome(key).text not in (key, ""), key


def test_a_check_in_words() -> None:
    def said(rows: int, blanked: int, deleted: int, *problems: tuple[int, str], against: bool = False) -> str:
        found = trail.checked(Verification(rows, blanked, deleted, problems, HEAD), F, against=against)
        return f"{found.text}: {found.detail}"

    assert said(5, 0, 0).startswith(
        "The trail is intact: 5 rows, each in its place and unchanged. All details"
    )
    assert "the seal of an earlier export" in said(5, 0, 0)
    assert "nothing up to there was cut off" in said(5, 0, 0, against=True)
    assert "Details are gone of 2 rows erased on request and 1 row deleted" in said(5, 3, 1)
    assert said(5, 0, 0, (3, "changed")) == "The trail was tampered with: 1 place in 5 rows do not fit. "
    assert said(0, 0, 0) == "The trail is empty: Nothing has been written down yet."


@pytest.mark.parametrize("what", ["missing", "changed", "order", "detail_changed", "head", "cut_off"])
def test_every_problem_names_its_row(what: str) -> None:
    text = trail.problem(1234, what, F)
    assert "1,234" in text
    assert what not in text.split()


def row(detail: str | None) -> AuditRow:
    return AuditRow(1, Clock()(), "a", "agent", "shop", "", "x", "", "done", None, detail, None, "0" * 64)


def test_details_are_masked_where_they_are_attributes() -> None:
    body = canonical({"attributes": {"Email": "maria@example.com", "Tier": "gold"}})
    found = detail_of(
        row(
            canonical(
                {
                    "request": ["PUT", "/v2/customer_profiles/maria@example.com", "", body],
                    "before": {"exists": True, "attributes": {"Email": "old@example.com", "Tier": None}},
                    "after": [["attribute", ["Email"], "maria@example.com"], ["attribute", ["Tier"], "gold"]],
                    "subject_kind": "profile",
                    "subject_id": "maria@example.com",
                    "reason": "=1+1",
                }
            )
        ),
        Masking(),
    )
    assert found.about == "customer maria@example.com", "an id is no attribute"
    assert found.before == (("attributes.Email", "o•••@•••"), ("attributes.Tier", "-"), ("exists", "yes"))
    assert [each[2] for each in found.after] == ["m•••@•••", "gold"]
    assert found.text.count("maria@example.com") == 2, "in the path and as the id only"
    assert "old@" not in found.text


@pytest.mark.parametrize("detail", ["{}", "[]", '"x"', '{"after": 3, "request": "x", "before": []}', None])
def test_details_of_any_shape_are_shown(detail: str | None) -> None:
    assert detail_of(row(detail), Masking()).there is (detail is not None)


def test_a_value_over_the_limit_that_is_not_known_is_called_so() -> None:
    found = detail_of(row(canonical({"over": [["value", None, "40"], ["points", "9", "8"]]})), Masking())
    desk = cast(Desk, SimpleNamespace(formats=F))
    assert over_text(desk, Role.AGENT, found.over, "return_cart_items") == (
        "What it takes back in money is not known, for a price is missing. An agent alone may take back up to €40.00; "
        "It takes back 9 points, more than the 8 points of an agent alone"
    )
