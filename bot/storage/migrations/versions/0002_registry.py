"""The registry of recruiters, reports about them, and watches."""

import sqlalchemy as sa
from alembic import op

from bot.storage.database import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "registry_snapshots",
        sa.Column("id", ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("source", sa.String(48), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("published", sa.Date),
        sa.Column("imported_at", UtcDateTime, nullable=False),
        sa.Column("imported_by", sa.String(80), nullable=False),
        sa.Column("decided_at", UtcDateTime),
        sa.Column("decided_by", sa.String(80)),
        sa.Column("decision_note", sa.Text, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("broken_rows", sa.JSON, nullable=False),
        sa.Column("broken_count", sa.Integer, nullable=False),
        sa.Column("added", sa.Integer, nullable=False),
        sa.Column("changed", sa.Integer, nullable=False),
        sa.Column("removed", sa.Integer, nullable=False),
        sa.Column("hold_reason", sa.Text, nullable=False),
        sa.Column("names_version", sa.String(16), nullable=False),
    )
    op.create_index("ix_registry_snapshots_source", "registry_snapshots", ["source"])
    op.create_table(
        "registry_entries",
        sa.Column("id", ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("source", sa.String(48), nullable=False),
        sa.Column("since_id", ROW_ID, sa.ForeignKey("registry_snapshots.id", ondelete="CASCADE"), nullable=False),
        sa.Column("until_id", ROW_ID, sa.ForeignKey("registry_snapshots.id")),
        sa.Column("staged", sa.Boolean, nullable=False),
        sa.Column("identity", sa.String(24), nullable=False),
        sa.Column("digest", sa.String(24), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("other_names", sa.JSON, nullable=False),
        sa.Column("licence", sa.String(160), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("status_words", sa.String(200), nullable=False),
        sa.Column("as_of", sa.Date),
        sa.Column("expires", sa.Date),
        sa.Column("city", sa.String(200), nullable=False),
        sa.Column("phones", sa.JSON, nullable=False),
        sa.Column("details", sa.String(300), nullable=False),
    )
    op.create_index("ix_registry_entries_identity", "registry_entries", ["source", "identity", "since_id"])
    op.create_table(
        "registry_keys",
        sa.Column("id", ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("entry_id", ROW_ID, sa.ForeignKey("registry_entries.id", ondelete="CASCADE"), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("value", sa.String(300), nullable=False),
        sa.Column("spelled", sa.String(320), nullable=False),
    )
    op.create_index("ix_registry_keys_value", "registry_keys", ["value", "kind"])
    op.create_index("ix_registry_keys_entry", "registry_keys", ["entry_id"])
    op.create_table(
        "recruiter_reports",
        sa.Column("id", ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("reference", sa.String(12), nullable=False, unique=True),
        sa.Column("contact_id", sa.String(32), sa.ForeignKey("contacts.id", ondelete="SET NULL")),
        sa.Column("language", sa.String(8)),
        sa.Column("told", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "registry_watches",
        sa.Column("contact_id", sa.String(32), sa.ForeignKey("contacts.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("source", sa.String(48), primary_key=True),
        sa.Column("identity", sa.String(24), primary_key=True),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
    )


def downgrade() -> None:
    for table in ("registry_watches", "recruiter_reports", "registry_keys", "registry_entries", "registry_snapshots"):
        op.drop_table(table)
