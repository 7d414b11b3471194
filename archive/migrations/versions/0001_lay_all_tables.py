"""Lay all tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.migrations.losses import refuse_loss

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
CIRCLE = "fk_resources_last_capture_captures"
# All but meta: what names an archive is made anew with it.
FILLED = (
    "chain",
    "documents",
    "seeds",
    "warc_files",
    "runs",
    "hosts",
    "resources",
    "captures",
    "identity_log",
    "list_rows",
    "derivations",
    "assertions",
    "relations",
    "versions",
    "attachments",
    "events",
    "observations",
)


def upgrade() -> None:
    op.create_table(
        "chain",
        sa.Column("number", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_chain")),
        sa.UniqueConstraint("hash", name=op.f("uq_chain_hash")),
    )
    with op.batch_alter_table("chain", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_chain_subject"), ["subject"], unique=False)

    op.create_table(
        "documents",
        sa.Column("key", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("merged_into", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["merged_into"], ["documents.key"], name=op.f("fk_documents_merged_into_documents")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_documents")),
        sa.UniqueConstraint("public_id", name=op.f("uq_documents_public_id")),
    )
    op.create_table(
        "meta",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_meta")),
    )
    op.create_table(
        "seeds",
        sa.Column("key", BIG, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("publisher", sa.String(), nullable=True),
        sa.Column("region", sa.String(), nullable=True),
        sa.Column("rights", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("text_digest", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("first_seen_at", BIG, nullable=False),
        sa.Column("retired_at", BIG, nullable=True),
        sa.Column("paused_at", BIG, nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_seeds")),
        sa.UniqueConstraint("id", name=op.f("uq_seeds_id")),
    )
    op.create_table(
        "warc_files",
        sa.Column("key", BIG, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("committed_end", BIG, nullable=False),
        sa.Column("records", BIG, nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("sealed_at", BIG, nullable=True),
        sa.Column("digest", sa.String(), nullable=True),
        sa.Column("damage", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_warc_files")),
        sa.UniqueConstraint("name", name=op.f("uq_warc_files_name")),
    )
    op.create_table(
        "runs",
        sa.Column("id", BIG, nullable=False),
        sa.Column("seed_key", BIG, nullable=False),
        sa.Column("due_at", BIG, nullable=True),
        sa.Column("trigger", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("horizon_at", BIG, nullable=True),
        sa.Column("started_at", BIG, nullable=True),
        sa.Column("finished_at", BIG, nullable=True),
        sa.Column("heartbeat_at", BIG, nullable=True),
        sa.Column("lease_until", BIG, nullable=True),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("resumes", BIG, nullable=True),
        sa.Column("exit_code", sa.Integer(), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("seed_digest", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["resumes"], ["runs.id"], name=op.f("fk_runs_resumes_runs")),
        sa.ForeignKeyConstraint(["seed_key"], ["seeds.key"], name=op.f("fk_runs_seed_key_seeds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
        sa.UniqueConstraint("seed_key", "due_at", name=op.f("uq_runs_seed_key_due_at")),
    )
    with op.batch_alter_table("runs", schema=None) as batch_op:
        batch_op.create_index("ix_runs_state_due_at", ["state", "due_at"], unique=False)
        batch_op.create_index(
            "uq_runs_one_running",
            ["seed_key"],
            unique=True,
            sqlite_where=sa.text("state = 'running'"),
            postgresql_where=sa.text("state = 'running'"),
        )

    op.create_table(
        "hosts",
        sa.Column("key", BIG, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("leased_by", BIG, nullable=True),
        sa.Column("lease_until", BIG, nullable=True),
        sa.Column("day_first", sa.Boolean(), nullable=True),
        sa.Column("crawl_delay", sa.Double(), nullable=True),
        sa.Column("blocked_count", sa.Integer(), nullable=False),
        sa.Column("backoff_until", BIG, nullable=True),
        sa.Column("backoff_reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["leased_by"], ["runs.id"], name=op.f("fk_hosts_leased_by_runs")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_hosts")),
        sa.UniqueConstraint("name", name=op.f("uq_hosts_name")),
    )
    op.create_table(
        "resources",
        sa.Column("key", BIG, nullable=False),
        sa.Column("seed_key", BIG, nullable=False),
        sa.Column("host_key", BIG, nullable=False),
        sa.Column("document_key", BIG, nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("url_key", sa.String(), nullable=False),
        sa.Column("discovered_from", BIG, nullable=True),
        sa.Column("discovered_at", BIG, nullable=False),
        sa.Column("next_check_at", BIG, nullable=True),
        sa.Column("last_checked_at", BIG, nullable=True),
        sa.Column("last_run_id", BIG, nullable=True),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("last_capture_key", BIG, nullable=True),
        sa.Column("etag", sa.String(), nullable=True),
        sa.Column("last_modified", sa.String(), nullable=True),
        sa.Column("payload_digest", sa.String(), nullable=True),
        sa.Column("content_digest", sa.String(), nullable=True),
        sa.Column("rule_version", sa.String(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("lifecycle", sa.String(), nullable=False),
        sa.Column("lifecycle_at", BIG, nullable=True),
        sa.Column("moved_to", BIG, nullable=True),
        sa.Column("gone_since", BIG, nullable=True),
        sa.Column("version_count", BIG, nullable=False),
        sa.Column("led_to_at", BIG, nullable=True),
        sa.Column("next_page", sa.String(), nullable=True),
        sa.Column("pages", sa.JSON(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["discovered_from"],
            ["resources.key"],
            name=op.f("fk_resources_discovered_from_resources"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["document_key"], ["documents.key"], name=op.f("fk_resources_document_key_documents")
        ),
        sa.ForeignKeyConstraint(
            ["host_key"], ["hosts.key"], name=op.f("fk_resources_host_key_hosts")
        ),
        sa.ForeignKeyConstraint(
            ["last_capture_key"],
            ["captures.key"],
            name="fk_resources_last_capture_captures",
            initially="DEFERRED",
            deferrable=True,
            use_alter=True,
        ),
        sa.ForeignKeyConstraint(
            ["last_run_id"], ["runs.id"], name=op.f("fk_resources_last_run_id_runs")
        ),
        sa.ForeignKeyConstraint(
            ["moved_to"],
            ["resources.key"],
            name=op.f("fk_resources_moved_to_resources"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["seed_key"], ["seeds.key"], name=op.f("fk_resources_seed_key_seeds")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_resources")),
        sa.UniqueConstraint("url_key", name=op.f("uq_resources_url_key")),
    )
    with op.batch_alter_table("resources", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_resources_document_key"), ["document_key"], unique=False
        )
        batch_op.create_index("ix_resources_due", ["seed_key", "next_check_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_resources_host_key"), ["host_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_resources_moved_to"), ["moved_to"], unique=False)

    op.create_table(
        "captures",
        sa.Column("key", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("resource_key", BIG, nullable=False),
        sa.Column("run_id", BIG, nullable=True),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("fetched_at", BIG, nullable=False),
        sa.Column("warc_file_key", BIG, nullable=False),
        sa.Column("warc_offset", BIG, nullable=False),
        sa.Column("warc_length", BIG, nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("record_type", sa.String(), nullable=False),
        sa.Column("refers_to", BIG, nullable=True),
        sa.Column("led_to", BIG, nullable=True),
        sa.Column("payload_digest", sa.String(), nullable=False),
        sa.Column("payload_length", BIG, nullable=False),
        sa.Column("content_type", sa.String(), nullable=True),
        sa.Column("truncated", sa.String(), nullable=True),
        sa.Column("access", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["led_to"],
            ["captures.key"],
            name=op.f("fk_captures_led_to_captures"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["refers_to"],
            ["captures.key"],
            name=op.f("fk_captures_refers_to_captures"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["resource_key"], ["resources.key"], name=op.f("fk_captures_resource_key_resources")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_captures_run_id_runs")),
        sa.ForeignKeyConstraint(
            ["warc_file_key"], ["warc_files.key"], name=op.f("fk_captures_warc_file_key_warc_files")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_captures")),
        sa.UniqueConstraint("public_id", name=op.f("uq_captures_public_id")),
        sa.UniqueConstraint("record_id", name=op.f("uq_captures_record_id")),
    )
    with op.batch_alter_table("captures", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_captures_payload_digest"), ["payload_digest"], unique=False
        )
        batch_op.create_index(
            "ix_captures_resource_key_fetched_at", ["resource_key", "fetched_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_captures_warc_file_key"), ["warc_file_key"], unique=False
        )

    op.create_table(
        "identity_log",
        sa.Column("key", BIG, nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("resource_key", BIG, nullable=True),
        sa.Column("document_key", BIG, nullable=True),
        sa.Column("other_document_key", BIG, nullable=True),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("undoes", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["document_key"], ["documents.key"], name=op.f("fk_identity_log_document_key_documents")
        ),
        sa.ForeignKeyConstraint(
            ["other_document_key"],
            ["documents.key"],
            name=op.f("fk_identity_log_other_document_key_documents"),
        ),
        sa.ForeignKeyConstraint(
            ["resource_key"], ["resources.key"], name=op.f("fk_identity_log_resource_key_resources")
        ),
        sa.ForeignKeyConstraint(
            ["undoes"], ["identity_log.key"], name=op.f("fk_identity_log_undoes_identity_log")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_identity_log")),
    )
    op.create_table(
        "list_rows",
        sa.Column("key", BIG, nullable=False),
        sa.Column("seed_key", BIG, nullable=False),
        sa.Column("resource_key", BIG, nullable=False),
        sa.Column("list_key", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("date", sa.String(), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("first_seen_at", BIG, nullable=False),
        sa.Column("last_seen_at", BIG, nullable=False),
        sa.Column("gone_at", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["list_key"], ["resources.key"], name=op.f("fk_list_rows_list_key_resources")
        ),
        sa.ForeignKeyConstraint(
            ["resource_key"], ["resources.key"], name=op.f("fk_list_rows_resource_key_resources")
        ),
        sa.ForeignKeyConstraint(
            ["seed_key"], ["seeds.key"], name=op.f("fk_list_rows_seed_key_seeds")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_list_rows")),
        sa.UniqueConstraint(
            "seed_key", "resource_key", name=op.f("uq_list_rows_seed_key_resource_key")
        ),
    )
    with op.batch_alter_table("list_rows", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_list_rows_list_key"), ["list_key"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_list_rows_resource_key"), ["resource_key"], unique=False
        )

    op.create_table(
        "derivations",
        sa.Column("key", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("capture_key", BIG, nullable=False),
        sa.Column("rule_version", sa.String(), nullable=False),
        sa.Column("derived_at", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("family", sa.String(), nullable=False),
        sa.Column("encoding", sa.String(), nullable=False),
        sa.Column("encoding_evidence", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("text_digest", sa.String(), nullable=False),
        sa.Column("region_digest", sa.String(), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("conflicts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["capture_key"], ["captures.key"], name=op.f("fk_derivations_capture_key_captures")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_derivations")),
        sa.UniqueConstraint(
            "capture_key", "rule_version", name=op.f("uq_derivations_capture_key_rule_version")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_derivations_public_id")),
    )
    op.create_table(
        "assertions",
        sa.Column("key", BIG, nullable=False),
        sa.Column("derivation_key", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("raw", sa.String(), nullable=False),
        sa.Column("precision", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("locator", sa.String(), nullable=False),
        sa.Column("chosen", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["derivation_key"],
            ["derivations.key"],
            name=op.f("fk_assertions_derivation_key_derivations"),
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_assertions")),
    )
    with op.batch_alter_table("assertions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_assertions_derivation_key"), ["derivation_key"], unique=False
        )
        batch_op.create_index("ix_assertions_field_value", ["field", "value"], unique=False)

    op.create_table(
        "relations",
        sa.Column("key", BIG, nullable=False),
        sa.Column("derivation_key", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("doc_no", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("document_key", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["derivation_key"],
            ["derivations.key"],
            name=op.f("fk_relations_derivation_key_derivations"),
        ),
        sa.ForeignKeyConstraint(
            ["document_key"], ["documents.key"], name=op.f("fk_relations_document_key_documents")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_relations")),
    )
    with op.batch_alter_table("relations", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_relations_derivation_key"), ["derivation_key"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_relations_doc_no"), ["doc_no"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_relations_document_key"), ["document_key"], unique=False
        )

    op.create_table(
        "versions",
        sa.Column("key", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("resource_key", BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("capture_key", BIG, nullable=False),
        sa.Column("derivation_key", BIG, nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("change_class", sa.String(), nullable=False),
        sa.Column("changed_fields", sa.JSON(), nullable=False),
        sa.Column("reverts_to", sa.Integer(), nullable=True),
        sa.Column("withheld_at", BIG, nullable=True),
        sa.Column("purged_at", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["capture_key"], ["captures.key"], name=op.f("fk_versions_capture_key_captures")
        ),
        sa.ForeignKeyConstraint(
            ["derivation_key"],
            ["derivations.key"],
            name=op.f("fk_versions_derivation_key_derivations"),
        ),
        sa.ForeignKeyConstraint(
            ["resource_key"], ["resources.key"], name=op.f("fk_versions_resource_key_resources")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_versions")),
        sa.UniqueConstraint("public_id", name=op.f("uq_versions_public_id")),
        sa.UniqueConstraint("resource_key", "number", name=op.f("uq_versions_resource_key_number")),
    )
    with op.batch_alter_table("versions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_versions_content_hash"), ["content_hash"], unique=False
        )

    op.create_table(
        "attachments",
        sa.Column("key", BIG, nullable=False),
        sa.Column("version_key", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("resource_key", BIG, nullable=True),
        sa.Column("capture_key", BIG, nullable=True),
        sa.Column("payload_digest", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["capture_key"], ["captures.key"], name=op.f("fk_attachments_capture_key_captures")
        ),
        sa.ForeignKeyConstraint(
            ["resource_key"], ["resources.key"], name=op.f("fk_attachments_resource_key_resources")
        ),
        sa.ForeignKeyConstraint(
            ["version_key"], ["versions.key"], name=op.f("fk_attachments_version_key_versions")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_attachments")),
        sa.UniqueConstraint(
            "version_key", "position", name=op.f("uq_attachments_version_key_position")
        ),
    )
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_attachments_resource_key"), ["resource_key"], unique=False
        )

    op.create_table(
        "events",
        sa.Column("key", BIG, nullable=False),
        sa.Column("seed_key", BIG, nullable=False),
        sa.Column("resource_key", BIG, nullable=False),
        sa.Column("document_key", BIG, nullable=True),
        sa.Column("version_key", BIG, nullable=True),
        sa.Column("run_id", BIG, nullable=True),
        sa.Column("at", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("change_class", sa.String(), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_key"], ["documents.key"], name=op.f("fk_events_document_key_documents")
        ),
        sa.ForeignKeyConstraint(
            ["resource_key"], ["resources.key"], name=op.f("fk_events_resource_key_resources")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_events_run_id_runs")),
        sa.ForeignKeyConstraint(["seed_key"], ["seeds.key"], name=op.f("fk_events_seed_key_seeds")),
        sa.ForeignKeyConstraint(
            ["version_key"], ["versions.key"], name=op.f("fk_events_version_key_versions")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_events")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_events_document_key"), ["document_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_events_resource_key"), ["resource_key"], unique=False)
        batch_op.create_index("ix_events_seed_key_at", ["seed_key", "at"], unique=False)

    op.create_table(
        "observations",
        sa.Column("key", BIG, nullable=False),
        sa.Column("resource_key", BIG, nullable=False),
        sa.Column("run_id", BIG, nullable=True),
        sa.Column("capture_key", BIG, nullable=True),
        sa.Column("version_key", BIG, nullable=True),
        sa.Column("observed_at", BIG, nullable=False),
        sa.Column("observation", sa.String(), nullable=False),
        sa.Column("change_class", sa.String(), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["capture_key"], ["captures.key"], name=op.f("fk_observations_capture_key_captures")
        ),
        sa.ForeignKeyConstraint(
            ["resource_key"], ["resources.key"], name=op.f("fk_observations_resource_key_resources")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_observations_run_id_runs")),
        sa.ForeignKeyConstraint(
            ["version_key"], ["versions.key"], name=op.f("fk_observations_version_key_versions")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_observations")),
    )
    with op.batch_alter_table("observations", schema=None) as batch_op:
        batch_op.create_index(
            "ix_observations_resource_key_observed_at",
            ["resource_key", "observed_at"],
            unique=False,
        )
        batch_op.create_index("ix_observations_run_id", ["run_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_observations_version_key"), ["version_key"], unique=False
        )

    # SQLite keeps this circular key inside CREATE TABLE; elsewhere it follows both tables.
    if op.get_bind().dialect.name != "sqlite":
        op.create_foreign_key(
            CIRCLE,
            "resources",
            "captures",
            ["last_capture_key"],
            ["key"],
            deferrable=True,
            initially="DEFERRED",
        )


def downgrade() -> None:
    for table in FILLED:
        refuse_loss(f"SELECT count(*) FROM {table}", f"rows of {table}")  # noqa: S608
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(CIRCLE, "resources", type_="foreignkey")
    with op.batch_alter_table("observations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_observations_version_key"))
        batch_op.drop_index("ix_observations_run_id")
        batch_op.drop_index("ix_observations_resource_key_observed_at")

    op.drop_table("observations")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index("ix_events_seed_key_at")
        batch_op.drop_index(batch_op.f("ix_events_resource_key"))
        batch_op.drop_index(batch_op.f("ix_events_document_key"))

    op.drop_table("events")
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachments_resource_key"))

    op.drop_table("attachments")
    with op.batch_alter_table("versions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_versions_content_hash"))

    op.drop_table("versions")
    with op.batch_alter_table("relations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_relations_document_key"))
        batch_op.drop_index(batch_op.f("ix_relations_doc_no"))
        batch_op.drop_index(batch_op.f("ix_relations_derivation_key"))

    op.drop_table("relations")
    with op.batch_alter_table("assertions", schema=None) as batch_op:
        batch_op.drop_index("ix_assertions_field_value")
        batch_op.drop_index(batch_op.f("ix_assertions_derivation_key"))

    op.drop_table("assertions")
    op.drop_table("derivations")
    with op.batch_alter_table("list_rows", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_list_rows_resource_key"))
        batch_op.drop_index(batch_op.f("ix_list_rows_list_key"))

    op.drop_table("list_rows")
    op.drop_table("identity_log")
    with op.batch_alter_table("captures", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_captures_warc_file_key"))
        batch_op.drop_index("ix_captures_resource_key_fetched_at")
        batch_op.drop_index(batch_op.f("ix_captures_payload_digest"))

    op.drop_table("captures")
    with op.batch_alter_table("resources", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resources_moved_to"))
        batch_op.drop_index(batch_op.f("ix_resources_host_key"))
        batch_op.drop_index("ix_resources_due")
        batch_op.drop_index(batch_op.f("ix_resources_document_key"))

    op.drop_table("resources")
    op.drop_table("hosts")
    with op.batch_alter_table("runs", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_runs_one_running",
            sqlite_where=sa.text("state = 'running'"),
            postgresql_where=sa.text("state = 'running'"),
        )
        batch_op.drop_index("ix_runs_state_due_at")

    op.drop_table("runs")
    op.drop_table("warc_files")
    op.drop_table("seeds")
    op.drop_table("meta")
    op.drop_table("documents")
    with op.batch_alter_table("chain", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_chain_subject"))

    op.drop_table("chain")
