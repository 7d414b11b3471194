"""Runs migrations on the connection that :mod:`archive.schema` hands over."""

from alembic import context

from archive.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    on_version_apply=lambda **_: context.config.attributes["step"]("migration_step"),
)
with context.begin_transaction():
    context.run_migrations()
