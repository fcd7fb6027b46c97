"""Runs the steps on the connection that `desk.guard.database` hands over, inside its transaction."""

from alembic import context

from desk.guard.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
