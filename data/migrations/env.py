"""How Alembic runs the migrations: on the connection that ``data.database`` hands over, all in its transaction."""

from alembic import context

from data.tables import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
context.run_migrations()
