"""Contacts, messages and dialogue states."""

import sqlalchemy as sa
from alembic import op

from bot.storage.database import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only in a column of type INTEGER
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "contacts",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("address_hash", sa.String(64), nullable=False),
        sa.Column("address_encrypted", sa.LargeBinary, nullable=False),
        sa.Column("language", sa.String(8)),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("channel", "address_hash", name="uq_contacts_address"),
    )
    op.create_table(
        "messages",
        sa.Column("id", ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("contact_id", sa.String(32), sa.ForeignKey("contacts.id", ondelete="CASCADE"), nullable=False),
        sa.Column("direction", sa.String(3), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("provider_id", sa.String(128)),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("payload", sa.Text),
        sa.Column("choices", sa.JSON, nullable=False),
        sa.Column("content_id", sa.String(64), nullable=False),
        sa.Column("reply_to", ROW_ID, sa.ForeignKey("messages.id", ondelete="CASCADE")),
        sa.Column("intent", sa.String(64)),
        sa.Column("confidence", sa.Float),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("claim", sa.String(32)),
        sa.Column("claimed_until", UtcDateTime),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_at", UtcDateTime),
        sa.Column("error", sa.String(200)),
        sa.UniqueConstraint("channel", "provider_id", "direction", name="uq_messages_provider_id"),
    )
    op.create_index("ix_messages_contact", "messages", ["contact_id", "id"])
    op.create_index("ix_messages_work", "messages", ["direction", "state", "id"])
    op.create_table(
        "dialogue_states",
        sa.Column("contact_id", sa.String(32), sa.ForeignKey("contacts.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("dialogue_states")
    op.drop_table("messages")
    op.drop_table("contacts")
