"""Keep structure, file texts, rights and contact data, and corrections made by people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.migrations.losses import refuse_loss

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

ADDED = (
    ("markdown", sa.String()),
    ("images", sa.JSON()),
    ("contacts", sa.JSON()),
    ("rights", sa.JSON()),
    ("format", sa.String()),
    ("attachments", sa.JSON()),
)

# By these a relation finds its document; equality is all they serve, for text of any length.
RESOLVING = (
    ("ix_assertions_doc_no", "assertions", "value", "field = 'doc_no'"),
    ("ix_relations_doc_no", "relations", "doc_no", "doc_no IS NOT NULL"),
    ("ix_relations_url", "relations", "url", "url IS NOT NULL"),
)


def upgrade() -> None:
    for name, kind in ADDED:
        op.add_column("derivations", sa.Column(name, kind, nullable=True))
    op.create_table(
        "corrections",
        sa.Column("key", BIG, primary_key=True),
        sa.Column("public_id", sa.String(20), nullable=False),
        sa.Column("resource_key", BIG, nullable=False),
        sa.Column("version_key", BIG, nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=True),
        sa.Column("replaced", sa.String(), nullable=True),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("grounds", sa.String(), nullable=False),
        sa.Column("reopened_at", BIG, nullable=True),
        sa.Column("withdrawn_at", BIG, nullable=True),
        sa.UniqueConstraint("public_id", name="uq_corrections_public_id"),
        sa.ForeignKeyConstraint(
            ["resource_key"], ["resources.key"], name="fk_corrections_resource_key_resources"
        ),
        sa.ForeignKeyConstraint(
            ["version_key"], ["versions.key"], name="fk_corrections_version_key_versions"
        ),
    )
    op.create_index("ix_corrections_resource_key_field", "corrections", ["resource_key", "field"])
    for name, table, column, where in RESOLVING:
        op.create_index(
            name,
            table,
            [column],
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
            postgresql_using="hash",
        )


def downgrade() -> None:
    refuse_loss("SELECT count(*) FROM corrections", "corrections")
    known = " OR ".join(f"{name} IS NOT NULL" for name, _ in ADDED)
    refuse_loss(
        f"SELECT count(*) FROM derivations WHERE {known}",  # noqa: S608
        "derivations with structure, rights or contact data",
    )
    for name, table, _, _ in RESOLVING:
        op.drop_index(name, table_name=table)
    op.drop_index("ix_corrections_resource_key_field", table_name="corrections")
    op.drop_table("corrections")
    # Not in a batch: that would make the table anew, while others refer to it.
    for name, _ in reversed(ADDED):
        op.drop_column("derivations", name)
