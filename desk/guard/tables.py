"""The tables of changes and of the audit trail, as the newest migration leaves them."""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.types import TypeDecorator


class Instant(TypeDecorator[datetime]):
    """A point in time, always in UTC on both databases; SQLite would drop the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses a time without a zone: nobody could say when it was."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The same instant, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


METADATA = MetaData()

PLAN = Table(
    "plan",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("created", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("role", String(20), nullable=False),
    Column("application", String(64), nullable=False),
    Column("world", String(64), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("operation", String(64), nullable=False),
    Column("status", String(20), nullable=False),
    Column("target_kind", String(20), nullable=False),
    Column("target_id", Text),
    Column("lease", String(64), nullable=False),
    Column("arguments", Text),
    Column("call_digest", String(64), nullable=False),
    Column("renews", String(36), ForeignKey("plan.id")),
    Column("preview", Text),
    Column("preview_digest", String(64)),
    Column("previewed", Instant),
    Index("plan_by_time", "application", "created"),
)
"""What somebody means to do. `target_id`, `arguments` and `preview` hold personal data and can be blanked."""

CHANGE = Table(
    "change",
    METADATA,
    Column("id", String(36), ForeignKey("plan.id"), primary_key=True),
    Column("application", String(64), nullable=False),
    Column("world", String(64), nullable=False),
    Column("lease", String(64), nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("words", String(40), nullable=False),
    Column("actor", Text, nullable=False),
    Column("role", String(20), nullable=False),
    Column("reason_code", String(40)),
    Column("reason", Text),
    Column("ticket", Text),
    Column("confirmed", Instant, nullable=False),
    Column("lease_until", Instant, nullable=False),
    Column("sent", Instant),
    Column("finished", Instant),
    Column("attempts", Integer, nullable=False),
    Column("known_by", String(20), nullable=False),
    Column("verification", String(20), nullable=False),
    Column("problem", Text),
    Column("actual", Text),
    Column("effects", Text),
    Index(
        "one_open_change_per_target",
        "application",
        "world",
        "lease",
        unique=True,
        sqlite_where=text("outcome in ('sending', 'unknown')"),
        postgresql_where=text("outcome in ('sending', 'unknown')"),
    ),
    Index("change_by_time", "application", "confirmed"),
)
"""A plan that was confirmed: its id is the plan's (so a plan is sent once) and the idempotency key."""

CHANGE_SUBJECT = Table(
    "change_subject",
    METADATA,
    Column("change_id", String(36), ForeignKey("change.id"), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("subject", String(64), primary_key=True),
    Column("id", Text),
    Index("change_by_subject", "kind", "subject"),
)
"""What a change touched. `subject` is HMAC(id), so that it can be found without the id."""

AUDIT_HEAD = Table(
    "audit_head",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, nullable=False),
    Column("mac", String(64), nullable=False),
    Column("key_id", String(16), nullable=False),
)
"""One row: the end of the chain. Whoever appends locks it first."""

AUDIT = Table(
    "audit",
    METADATA,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("time", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("role", String(20), nullable=False),
    Column("application", String(64), nullable=False),
    Column("world", String(64), nullable=False),
    Column("operation", String(64), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("outcome", String(40), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("key_id", String(16), nullable=False),
    Column("previous", String(64), nullable=False),
    Column("mac", String(64), nullable=False),
    Index("audit_by_time", "time"),
    Index("audit_by_subject", "subject"),
)
"""The chain: no personal data of customers, so no row ever has to go."""

AUDIT_DETAIL = Table(
    "audit_detail",
    METADATA,
    Column("sequence", BigInteger, ForeignKey("audit.sequence"), primary_key=True, autoincrement=False),
    Column("change_id", String(36)),
    Column("salt", String(32)),
    Column("body", Text),
    Column("blanked", Instant),
    Index("audit_detail_by_change", "change_id"),
)
"""Ids, before and after, reason and ticket of an audit row. Erasure blanks it, retention deletes it."""

SIGN_IN = Table(
    "sign_in",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("actor", Text, nullable=False),
    Column("role", String(20), nullable=False),
    Column("begun", Instant, nullable=False),
    Column("seen", Instant, nullable=False),
    Column("ended", Instant),
    Column("why", String(20)),
)
"""Who signed in, when they were last active, and how it ended. `id` is an HMAC of what the token says of itself."""

WAITING = Table(
    "waiting",
    METADATA,
    Column("plan_id", String(36), ForeignKey("plan.id"), primary_key=True),
    Column("application", String(64), nullable=False),
    Column("world", String(64), nullable=False),
    Column("state", String(20), nullable=False),
    Column("actor", Text, nullable=False),
    Column("role", String(20), nullable=False),
    Column("asked", Instant, nullable=False),
    Column("over", Text, nullable=False),
    Column("reason_code", String(40), nullable=False),
    Column("reason", Text),
    Column("ticket", Text),
    Column("decided", Instant),
    Column("decided_by", Text),
    Column("note", Text),
    Column("change_id", String(36)),
    Index("waiting_by_state", "application", "world", "state", "asked"),
)
"""Plans above their author's limit, with the reason given, until a supervisor decides."""
