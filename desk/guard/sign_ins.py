"""Sign-ins: who it is by the provider's token, and until when. The server decides, whatever the browser still holds."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from desk.guard.audit import Audit, Entry
from desk.guard.database import Database
from desk.guard.errors import GuardError
from desk.guard.keys import AuditKey
from desk.guard.roles import Actor
from desk.guard.tables import SIGN_IN
from desk.guard.wire import canonical
from desk.policy import Policy, Role

NOTED = timedelta(seconds=30)
"""Activity is written down no more often than this."""

_TELLS = ("iss", "sub", "aud", "iat", "nonce", "sid", "jti")
# What makes two sign-ins of one person different.

WORDS = {
    "idle": "You were away for more than {idle} minutes, so you were signed out.",
    "over": "A sign-in lasts {hours} hours at most, and this one is over.",
    "signed_out": "You have signed out.",
    "no_role": "You are signed in, but nobody has given you a role at this desk. Ask whoever runs it.",
}


class SignInEnded(GuardError):
    """Nothing may be read or written under this sign-in. `why`: `idle`, `over`, `signed_out` or `no_role`."""

    def __init__(self, text: str, why: str) -> None:
        super().__init__(text)
        self.why = why


class SignIns:
    """Keeps sign-ins in the desk's database, so that a restart, a second replica or a copied cookie changes nothing."""

    def __init__(
        self,
        database: Database,
        key: AuditKey,
        audit: Audit,
        policy: Policy,
        clock: Callable[[], datetime],
        *,
        required: bool = False,
    ) -> None:
        self.required = required
        """Whether nobody may do anything without one (`[auth]` is configured)."""
        self._database, self._key, self._audit = database, key, audit
        self._policy, self._clock = policy, clock

    def enter(self, claims: Mapping[str, object]) -> Actor:
        """Who this is, by the claims of a token that the provider has vouched for. Counts as activity.

        Raises `SignInEnded` for somebody without a role, and after sign-out, the idle or the absolute limit.
        """
        id_ = self._id(claims)
        role = self._policy.role_of(dict(claims))
        row = self._row(id_) or self._begin(id_, claims, role)
        now = self._clock()
        if row.ended is None and role is None:
            self._end(row, "no_role")
            raise self._ended("no_role")
        self._check(row, now)
        named = role or Role.VIEWER
        if now - row.seen >= NOTED or row.role != named.value:  # who is what may have been changed since
            with self._database.write() as connection:
                values = {"seen": now, "role": named.value}
                connection.execute(update(SIGN_IN).where(SIGN_IN.c.id == id_).values(values))
        return Actor(row.actor, named, signed_in=True, sign_in=id_)

    def refusal(self, actor: Actor) -> str | None:
        """Why this person may not do anything (any more), or None. Asked again just before each request is sent."""
        if not actor.sign_in:
            return "Sign in first." if self.required else None
        row = self._row(actor.sign_in)
        if row is None or (row.actor, row.role) != (actor.name, actor.role.value):
            return "Sign in first."  # also for a name or a role that is not the one that signed in
        try:
            self._check(row, self._clock())
        except SignInEnded as ended:
            return str(ended)
        return None

    def end(self, actor: Actor) -> None:
        """Signed out: whatever still holds the cookie is refused from now on."""
        row = self._row(actor.sign_in) if actor.sign_in else None
        if row is not None and row.ended is None:
            self._end(row, "signed_out")

    def _check(self, row: Row[tuple[object, ...]], now: datetime) -> None:
        if row.ended is not None:
            raise self._ended(row.why or "signed_out")
        why = ""
        if now - row.begun > timedelta(hours=self._policy.sign_in_hours):
            why = "over"
        elif now - row.seen > timedelta(minutes=self._policy.idle_minutes):
            why = "idle"
        if why:
            self._end(row, why)
            raise self._ended(why)

    def _ended(self, why: str) -> SignInEnded:
        text = WORDS.get(why, "This sign-in has ended.")
        return SignInEnded(text.format(idle=self._policy.idle_minutes, hours=self._policy.sign_in_hours), why)

    def _id(self, claims: Mapping[str, object]) -> str:
        told = {name: str(claims[name]) for name in _TELLS if claims.get(name) is not None}
        return self._key.subject("sign_in", canonical(told))

    def _row(self, id_: str) -> Row[tuple[object, ...]] | None:
        with self._database.read() as connection:
            return connection.execute(select(SIGN_IN).where(SIGN_IN.c.id == id_)).one_or_none()

    def _begin(self, id_: str, claims: Mapping[str, object], role: Role | None) -> Row[tuple[object, ...]]:
        now = self._clock()
        begun = min(now, _issued(claims) or now)
        values = {
            "id": id_,
            "actor": _name(claims),
            "role": role.value if role else "none",
            "begun": begun,
            "seen": now,
        }
        try:
            with self._database.write() as connection:
                connection.execute(insert(SIGN_IN).values(values))
                self._note(str(values["actor"]), str(values["role"]), "sign_in", "done", connection)
        except IntegrityError:
            pass  # another tab was quicker
        row = self._row(id_)
        assert row is not None
        return row

    def _end(self, row: Row[tuple[object, ...]], why: str) -> None:
        with self._database.write() as connection:
            result = connection.execute(
                update(SIGN_IN)
                .where(SIGN_IN.c.id == row.id, SIGN_IN.c.ended.is_(None))
                .values(ended=self._clock(), why=why)
            )
            if result.rowcount:
                outcome = {"no_role": "not_allowed", "signed_out": "done"}.get(why, why)
                operation = "sign_in" if why == "no_role" else "sign_out"
                self._note(row.actor, row.role, operation, outcome, connection)

    def _note(self, actor: str, role: str, operation: str, outcome: str, connection: object) -> None:
        entry = Entry(actor=actor, role=role, application="", operation=operation, outcome=outcome)
        self._audit.append(entry, connection)  # type: ignore[arg-type]


def _name(claims: Mapping[str, object]) -> str:
    """What the trail calls somebody: the address where there is one, else what the provider calls them."""
    for name in ("email", "preferred_username", "name", "sub"):
        if claims.get(name):
            return str(claims[name])
    return "somebody without a name"


def _issued(claims: Mapping[str, object]) -> datetime | None:
    issued = claims.get("iat")
    if isinstance(issued, (int, float)) and not isinstance(issued, bool) and 0 < issued < 1e11:
        return datetime.fromtimestamp(issued, UTC)
    return None
