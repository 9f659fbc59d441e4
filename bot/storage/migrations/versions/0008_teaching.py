"""Runs of teaching, and decisions about questions that were missed."""

import sqlalchemy as sa
from alembic import op

from bot.storage.database import UtcDateTime

revision = "0008_teaching"
down_revision = "0007_protect"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "teaching_runs",
        sa.Column("id", ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("active", sa.Boolean),
        sa.Column("progress", sa.Integer, nullable=False),
        sa.Column("asked_by", ROW_ID),
        sa.Column("asked_at", UtcDateTime, nullable=False),
        sa.Column("claim", sa.String(32)),
        sa.Column("started_at", UtcDateTime),
        sa.Column("seen_at", UtcDateTime),
        sa.Column("trained_at", UtcDateTime),
        sa.Column("ended_at", UtcDateTime),
        sa.Column("model", sa.String(80)),
        sa.Column("compared_with", sa.String(80)),
        sa.Column("shipped", sa.String(64)),
        sa.Column("comparison", sa.JSON),
        sa.Column("error", sa.Text),
        sa.Column("put_in_force_by", ROW_ID),
        sa.Column("put_in_force_at", UtcDateTime),
        sa.Column("reason", sa.Text),
    )
    op.create_index("uq_teaching_runs_active", "teaching_runs", ["active"], unique=True)
    op.create_table(
        "question_decisions",
        sa.Column("text_hash", sa.String(64), primary_key=True),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("topic", sa.String(64)),
        sa.Column("staff_id", ROW_ID, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("question_decisions")
    op.drop_table("teaching_runs")
