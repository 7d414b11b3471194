"""Count in how many runs in a row a host's circuit opened."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.migrations.losses import refuse_loss

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("hosts", sa.Column("trips", BIG, nullable=False, server_default="0"))


def downgrade() -> None:
    refuse_loss("SELECT count(*) FROM hosts WHERE trips <> 0", "hosts whose circuit opened")
    # Not in a batch: that would make the table anew, while others refer to it.
    op.drop_column("hosts", "trips")
