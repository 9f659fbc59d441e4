"""How far housekeeping has come, erasures, look-ups by verdict, and figures of past days."""

import sqlalchemy as sa
from alembic import op

from bot.storage.database import UtcDateTime

revision = "0007_protect"
down_revision = "0006_content_revisions"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "housekeeping_progress",
        sa.Column("job", sa.String(32), primary_key=True),
        sa.Column("until", UtcDateTime, nullable=False),
    )
    op.create_table(
        "erasures",
        sa.Column("id", ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("by", sa.String(8), nullable=False),
        sa.Column("texts", sa.Integer, nullable=False),
        sa.Column("scrubbed_at", UtcDateTime),
    )
    op.create_index("ix_erasures_at", "erasures", ["at"])
    op.create_table(
        "registry_lookups",
        sa.Column("id", ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("ruling", sa.String(24), nullable=False),
        sa.Column("language", sa.String(8)),
    )
    op.create_index("ix_registry_lookups_at", "registry_lookups", ["at"])
    op.create_table(
        "day_figures",
        sa.Column("figure", sa.String(16), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("channel", sa.String(16), primary_key=True),
        sa.Column("language", sa.String(8), primary_key=True),
        sa.Column("part", sa.String(64), primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
    )
    op.create_index("ix_messages_created", "messages", ["created_at"])
    op.create_index("ix_conversations_opened", "conversations", ["opened_at"])
    op.create_index("ix_recruiter_reports_created", "recruiter_reports", ["created_at"])


def downgrade() -> None:
    op.drop_index("ix_recruiter_reports_created", "recruiter_reports")
    op.drop_index("ix_conversations_opened", "conversations")
    op.drop_index("ix_messages_created", "messages")
    for table in ("day_figures", "registry_lookups", "erasures", "housekeeping_progress"):
        op.drop_table(table)
