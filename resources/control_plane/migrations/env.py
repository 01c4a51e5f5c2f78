"""Runs the migrations on the connection that the control plane hands in."""

from alembic import context

from resources.control_plane.models import Model

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Model.metadata,
)
with context.begin_transaction():
    context.run_migrations()
