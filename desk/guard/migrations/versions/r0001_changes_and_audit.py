"""Plans, changes with their locks, and the audit chain.

Written out and not imported from `desk.guard.tables`: a step never changes once it has run somewhere.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create everything."""
    op.create_table(
        "plan",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("created", INSTANT, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("application", sa.String(64), nullable=False),
        sa.Column("world", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("operation", sa.String(64), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("target_kind", sa.String(20), nullable=False),
        sa.Column("target_id", sa.Text),
        sa.Column("lease", sa.String(64), nullable=False),
        sa.Column("arguments", sa.Text),
        sa.Column("call_digest", sa.String(64), nullable=False),
        sa.Column("renews", sa.String(36), sa.ForeignKey("plan.id")),
        sa.Column("preview", sa.Text),
        sa.Column("preview_digest", sa.String(64)),
        sa.Column("previewed", INSTANT),
    )
    op.create_index("plan_by_time", "plan", ["application", "created"])
    op.create_table(
        "change",
        sa.Column("id", sa.String(36), sa.ForeignKey("plan.id"), primary_key=True),
        sa.Column("application", sa.String(64), nullable=False),
        sa.Column("world", sa.String(64), nullable=False),
        sa.Column("lease", sa.String(64), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("words", sa.String(40), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("ticket", sa.Text),
        sa.Column("confirmed", INSTANT, nullable=False),
        sa.Column("lease_until", INSTANT, nullable=False),
        sa.Column("sent", INSTANT),
        sa.Column("finished", INSTANT),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("known_by", sa.String(20), nullable=False),
        sa.Column("verification", sa.String(20), nullable=False),
        sa.Column("problem", sa.Text),
        sa.Column("actual", sa.Text),
        sa.Column("effects", sa.Text),
        sa.CheckConstraint(
            "outcome in ('sending', 'done', 'refused', 'failed', 'unknown', 'stale')", name="change_outcome"
        ),
    )
    # Two tabs, or two replicas, cannot both have a change of the same target under way.
    op.create_index(
        "one_open_change_per_target",
        "change",
        ["application", "world", "lease"],
        unique=True,
        sqlite_where=sa.text("outcome in ('sending', 'unknown')"),
        postgresql_where=sa.text("outcome in ('sending', 'unknown')"),
    )
    op.create_index("change_by_time", "change", ["application", "confirmed"])
    op.create_table(
        "change_subject",
        sa.Column("change_id", sa.String(36), sa.ForeignKey("change.id"), primary_key=True),
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("subject", sa.String(64), primary_key=True),
        sa.Column("id", sa.Text),
    )
    op.create_index("change_by_subject", "change_subject", ["kind", "subject"])
    _audit()


def _audit() -> None:
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("mac", sa.String(64), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.CheckConstraint("id = 1", name="audit_head_single"),
    )
    op.bulk_insert(head, [{"id": 1, "sequence": 0, "mac": "", "key_id": ""}])
    op.create_table(
        "audit",
        sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("time", INSTANT, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("application", sa.String(64), nullable=False),
        sa.Column("world", sa.String(64), nullable=False),
        sa.Column("operation", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("mac", sa.String(64), nullable=False),
    )
    op.create_index("audit_by_time", "audit", ["time"])
    op.create_index("audit_by_subject", "audit", ["subject"])
    op.create_table(
        "audit_detail",
        sa.Column(
            "sequence", sa.BigInteger, sa.ForeignKey("audit.sequence"), primary_key=True, autoincrement=False
        ),
        sa.Column("change_id", sa.String(36)),
        sa.Column("salt", sa.String(32)),
        sa.Column("body", sa.Text),
        sa.Column("blanked", INSTANT),
    )
    op.create_index("audit_detail_by_change", "audit_detail", ["change_id"])


def downgrade() -> None:
    """Nothing: receipts and the audit trail are never thrown away by a program."""
    raise RuntimeError("the audit trail is not taken down by a program; restore a backup instead")
