"""Count in how many runs in a row a host's circuit opened; index no text of any length."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.migrations.losses import refuse_loss

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Nothing asks by them, and PostgreSQL cannot take a row whose text is too long for an index.
UNLIMITED = (
    ("ix_assertions_field_value", "assertions", ["field", "value"]),
    ("ix_relations_doc_no", "relations", ["doc_no"]),
)
LONGEST = 2600

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("hosts", sa.Column("trips", BIG, nullable=False, server_default="0"))
    for name, table, _ in UNLIMITED:
        op.drop_index(name, table_name=table)


def downgrade() -> None:
    refuse_loss("SELECT count(*) FROM hosts WHERE trips <> 0", "hosts whose circuit opened")
    if op.get_bind().dialect.name == "postgresql":
        for _, table, columns in UNLIMITED:
            size = " + ".join(f"octet_length({column})" for column in columns)
            query = f"SELECT count(*) FROM {table} WHERE {size} > {LONGEST}"  # noqa: S608
            refuse_loss(query, f"{table} too long for the older index")
    # Not in a batch: that would make the table anew, while others refer to it.
    op.drop_column("hosts", "trips")
    for name, table, columns in UNLIMITED:
        op.create_index(name, table, columns)
