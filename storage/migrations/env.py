"""Run by alembic, inside the transaction that ``storage.migrations`` has opened."""

from alembic import context

from storage.tables.models import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite rolls back CREATE TABLE as well: a migration that is interrupted leaves nothing behind.
    transactional_ddl=True,
)
context.run_migrations()
