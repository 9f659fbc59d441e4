"""Revisions of content files, their history, and the number that tells every process of a publication."""

import sqlalchemy as sa
from alembic import op

from bot.storage.database import UtcDateTime

revision = "0006_content_revisions"
down_revision = "0005_desk"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "content_revisions",
        sa.Column("id", ROW_ID, primary_key=True),
        sa.Column("path", sa.String(160), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("base_hash", sa.String(64), nullable=False),
        sa.Column("parent_id", ROW_ID, sa.ForeignKey("content_revisions.id")),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("author_id", sa.String(64), nullable=False),
        sa.Column("author", sa.String(120), nullable=False),
        sa.Column("reviewer_id", sa.String(64)),
        sa.Column("reviewer", sa.String(120)),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("publish_at", UtcDateTime),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.Column("published_at", UtcDateTime),
        sa.Column("exported_at", UtcDateTime),
    )
    published = sa.text("state = 'published'")
    op.create_index(
        "uq_content_revisions_published",
        "content_revisions",
        ["path"],
        unique=True,
        sqlite_where=published,
        postgresql_where=published,
    )
    op.create_index("ix_content_revisions_path", "content_revisions", ["path", "id"])
    op.create_index("ix_content_revisions_state", "content_revisions", ["state"])
    op.create_table(
        "content_saves",
        sa.Column("revision_id", ROW_ID, sa.ForeignKey("content_revisions.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_table(
        "content_revision_events",
        sa.Column("id", ROW_ID, primary_key=True),
        sa.Column("revision_id", ROW_ID, sa.ForeignKey("content_revisions.id", ondelete="CASCADE"), nullable=False),
        sa.Column("act", sa.String(16), nullable=False),
        sa.Column("staff_id", sa.String(64), nullable=False),
        sa.Column("staff", sa.String(120), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )
    op.create_index("ix_content_revision_events_revision_id", "content_revision_events", ["revision_id"])
    version = op.create_table(
        "content_version",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
    )
    op.bulk_insert(version, [{"id": 1, "number": 0}])
    op.create_table(
        "content_digests",
        sa.Column("week", sa.Date, primary_key=True),
        sa.Column("sent_at", UtcDateTime, nullable=False),
    )


def downgrade() -> None:
    for name in ("content_digests", "content_version", "content_revision_events", "content_saves", "content_revisions"):
        op.drop_table(name)
