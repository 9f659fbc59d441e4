"""Translations: the texts last seen and which are behind, and who signed which text off."""

import sqlalchemy as sa
from alembic import op

from bot.storage.database import UtcDateTime

revision = "0009_translations"
down_revision = "0008_teaching"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "content_translation_marks",
        sa.Column("path", sa.String(160), primary_key=True),
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("language", sa.String(8), primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("behind", sa.JSON, nullable=False),
        sa.Column("seen_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "content_sign_offs",
        sa.Column("id", ROW_ID, primary_key=True),
        sa.Column("path", sa.String(160), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("text_hash", sa.String(64), nullable=False),
        sa.Column("staff_id", sa.String(64), nullable=False),
        sa.Column("staff", sa.String(120), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )
    op.create_index("ix_content_sign_offs_path", "content_sign_offs", ["path", "language", "id"])


def downgrade() -> None:
    op.drop_table("content_sign_offs")
    op.drop_table("content_translation_marks")
