"""What the page that runs right now works with: the person, the Application, the reading and the writing."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TypeVar

import streamlit as st

from desk.applications import Application
from desk.guard.guard import Guard
from desk.guard.masking import Masking
from desk.guard.roles import Actor, Role, may
from desk.insight.investigation import Investigation
from desk.lookup import Found, Lookup, Progress, Reader
from desk.settings import Settings
from desk.ui import place
from desk.ui.formats import Formats
from desk.ui.place import Place
from desk.ui.replies import Replies, load
from desk.ui.strip import Example, formats_of, mark_of
from desk.ui.theme import Mark
from talon_client import Call

F = TypeVar("F")
SLOT = "desk-current"
SLOW = 1.0
SURE = timedelta(seconds=10)


@dataclass(frozen=True)
class Process:
    """What all people of this server share; made once by `app.py`."""

    settings: Settings
    reader: Reader
    guard: Guard
    examples: tuple[Example, ...] = ()
    endings: tuple[Callable[[], None], ...] = ()
    replies: Replies = field(default_factory=load)

    def close(self) -> None:
        """Ends what was started: clients, database, the embedded sandbox. Runs when the server forgets the process."""
        self.reader.close()
        for end in self.endings:
            end()

    @cached_property
    def masking(self) -> Masking:
        """What the policy counts as personal; made once."""
        return Masking.of(self.settings.policy)


@dataclass(frozen=True)
class Desk:
    """One person's desk in one run."""

    process: Process
    actor: Actor
    application: Application
    lookup: Lookup

    @property
    def mark(self) -> Mark:
        """The Application's name and colour."""
        return mark_of(self.application)

    @property
    def guard(self) -> Guard:
        """The one write path."""
        return self.process.guard

    @property
    def formats(self) -> Formats:
        """How this Application writes numbers and money; times in the browser's zone."""
        return formats_of(self.application, st.context.timezone or "")

    def formats_in(self, zone: str) -> Formats:
        """The same with times in a program's zone."""
        return formats_of(self.application, zone)

    @property
    def may_write(self) -> bool:
        """Whether changes are offered at all; the write path decides again."""
        writes = self.actor.role in (Role.AGENT, Role.SUPERVISOR)
        return writes and (not self.application.live or self.actor.signed_in)

    @property
    def may_dry_run(self) -> bool:
        """Whether "what if" questions are offered."""
        return self.actor.role is not Role.VIEWER and (not self.application.live or self.actor.signed_in)

    @property
    def masking(self) -> Masking:
        """What may be shown of a customer's attributes."""
        return self.process.masking

    def find_out(
        self, what: str, investigation: Callable[[], Investigation[F]], *, fresh: bool = False
    ) -> Found[F]:
        """Runs an investigation in the open Application and says what is being fetched when it takes longer."""
        line = st.empty()

        def progress(now: Progress) -> None:
            rows = f", {self.formats.count(now.rows, 'row')} so far" if now.rows else ""
            line.caption(f"{what}: {now.done} of {now.total} answered{rows}")

        started = datetime.now(UTC)

        def patient(now: Progress) -> None:
            if (datetime.now(UTC) - started).total_seconds() > SLOW:
                progress(now)

        found = self.lookup.run(investigation(), self.application.name, fresh=fresh, progress=patient)
        line.empty()
        return found


def cache_role(actor: Actor) -> str:
    """Under what answers are cached: those of a sign-in go when it ends."""
    return f"{actor.role.value}/{actor.sign_in or actor.signed_in}"


def enter(process: Process, actor: Actor, application: Application) -> Desk:
    """Makes the desk of this run; `app.py` calls it before any page."""

    entered = datetime.now(UTC)
    refused: set[str] = set()  # written down once a run

    def allow(name: str, call: Call[object]) -> bool | str:
        # A fragment may run long after the page: then it is asked anew whether the sign-in still holds.
        if datetime.now(UTC) - entered > SURE:
            ended = process.guard.sign_ins.refusal(actor)
            if ended is not None:
                return ended
        verdict = may(actor, process.settings.application(name))(call)
        if verdict is not True and call.operation.id not in refused:
            refused.add(call.operation.id)
            why = verdict if isinstance(verdict, str) else "not allowed"
            process.guard.refused(name, actor, call, why)
        return verdict

    lookup = Lookup(process.reader, role=cache_role(actor), allow=allow)
    desk = Desk(process, actor, application, lookup)
    st.session_state[SLOT] = desk
    return desk


def current() -> Desk:
    """The desk of this run."""
    desk: Desk = st.session_state[SLOT]
    return desk


def here() -> Place:
    """The place of this run, its Application filled in."""
    return replace(place.here(), application=current().application.name)
