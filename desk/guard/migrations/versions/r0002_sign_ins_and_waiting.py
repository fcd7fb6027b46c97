"""Sign-ins with their limits, changes that wait for a supervisor, and the code of a reason."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add them."""
    op.add_column("change", sa.Column("reason_code", sa.String(40)))
    op.create_table(
        "sign_in",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("begun", INSTANT, nullable=False),
        sa.Column("seen", INSTANT, nullable=False),
        sa.Column("ended", INSTANT),
        sa.Column("why", sa.String(20)),
    )
    op.create_table(
        "waiting",
        sa.Column("plan_id", sa.String(36), sa.ForeignKey("plan.id"), primary_key=True),
        sa.Column("application", sa.String(64), nullable=False),
        sa.Column("world", sa.String(64), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("asked", INSTANT, nullable=False),
        sa.Column("over", sa.Text, nullable=False),
        sa.Column("reason_code", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("ticket", sa.Text),
        sa.Column("decided", INSTANT),
        sa.Column("decided_by", sa.Text),
        sa.Column("note", sa.Text),
        sa.Column("change_id", sa.String(36)),
    )
    op.create_index("waiting_by_state", "waiting", ["application", "world", "state", "asked"])
