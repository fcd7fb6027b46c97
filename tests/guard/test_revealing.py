"""Revealing a masked field: who may, for how long, and what of it is written down."""

import json
from datetime import timedelta

import pytest

from desk.applications import Application
from desk.guard import Actor, Guard, Role, Target
from talon_client import NotAllowed
from tests.guard.conftest import AGENT, ON_SQLITE, SUPERVISOR, Bench

MARIA = Target("profile", "maria")


@pytest.mark.parametrize("actor", [AGENT, SUPERVISOR, Actor("a", Role.AGENT)], ids=str)
def test_agents_and_supervisors_may_for_a_minute(bench: Bench, guard: Guard, actor: Actor) -> None:
    until = guard.reveal("shop", actor, MARIA, "Email")
    assert until - bench.clock() == timedelta(minutes=1)
    (row,) = guard.audit.rows(subject=MARIA)
    assert (row.operation, row.outcome, row.actor) == ("reveal", "done", actor.name)
    assert json.loads(row.detail or "") == {
        "field": "Email",
        "subject_kind": "profile",
        "subject_id": "maria",
    }


@ON_SQLITE
@pytest.mark.parametrize("live", [False, True])
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("signed_in", [False, True])
def test_everybody_else_is_refused_and_that_is_written_down(
    bench: Bench, application: Application, live: bool, role: Role, signed_in: bool
) -> None:
    guard = bench.guard(application.model_copy(update={"live": live}))
    actor = Actor("somebody", role, signed_in=signed_in)
    allowed = role in (Role.AGENT, Role.SUPERVISOR) and (signed_in or not live)
    assert (guard.may_reveal("shop", actor) is True) is allowed
    if allowed:
        guard.reveal("shop", actor, MARIA, "Email")
    else:
        with pytest.raises(NotAllowed):
            guard.reveal("shop", actor, MARIA, "Email")
    (row,) = guard.audit.rows()
    assert (row.operation, row.outcome) == ("reveal", "done" if allowed else "not_allowed")
