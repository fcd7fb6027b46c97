"""Showing one masked field for a minute: who may, and that it is written down first."""

from datetime import datetime, timedelta

from desk.applications import Application
from desk.guard.audit import Entry
from desk.guard.model import Target
from desk.guard.roles import ACTING, Actor, Verdict
from desk.guard.tools import Tools
from talon_client import NotAllowed

OPERATION = "reveal"
SHOWN_FOR = timedelta(minutes=1)


def may_reveal(application: Application, actor: Actor) -> Verdict:
    """True, or why not (the roles table of design.md, "reveal a masked field")."""
    if actor.role not in ACTING:
        return f"A {actor.role.value} may not see what is masked."
    if application.live and not actor.signed_in:
        return f"{application.label} is live, so what is masked stays masked until you are signed in."
    return True


def reveal(tools: Tools, application: str, actor: Actor, target: Target, field: str) -> datetime:
    """Write down that somebody looks at one masked field, and give back until when it may be shown.

    The value is no business of the trail: subject and the field's name only. Raises `NotAllowed`, which is written
    down too.
    """
    settings = tools.application(application)
    verdict = may_reveal(settings, actor)
    tools.audit.append(
        Entry(
            actor=actor.name,
            role=actor.role.value,
            application=application,
            world=settings.world,
            operation=OPERATION,
            outcome="done" if verdict is True else "not_allowed",
            subject=target,
            detail={"field": field} if verdict is True else {"field": field, "why": verdict},
        )
    )
    if verdict is not True:
        raise NotAllowed(str(verdict), operation=OPERATION)
    return tools.clock() + SHOWN_FOR
