"""The desk of the staff: conversations, queues, notes, tags, suggestions, and the index of what was written."""

import sqlalchemy as sa
from alembic import op

from bot.storage.database import UtcDateTime

revision = "0005_desk"
down_revision = "0004_staff"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INDEXED = "({row}.direction = 'in' OR {row}.staff_id IS NOT NULL)"
FOLDED = "to_tsvector('simple', translate(lower(text), 'àáâãäåçèéêëìíîïñòóôõöùúûüýÿ', 'aaaaaaceeeeiiiinooooouuuuyy'))"


def where(condition: str) -> dict[str, sa.sql.elements.TextClause]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    _conversations()
    op.create_table(
        "queue_entries",
        sa.Column("id", ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("conversation_id", ROW_ID, sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
        sa.Column("queue", sa.String(16), nullable=False),
        sa.Column("since", UtcDateTime, nullable=False),
        sa.Column("seen_at", UtcDateTime),
        sa.Column("seen_by", ROW_ID),
        sa.Column("left_at", UtcDateTime),
    )
    waiting = where("left_at IS NULL")
    op.create_index("ix_queue_entries_waiting", "queue_entries", ["queue", "since", "id"], **waiting)
    op.create_index("uq_queue_entries_once", "queue_entries", ["conversation_id", "queue"], unique=True, **waiting)
    op.create_index("ix_queue_entries_conversation", "queue_entries", ["conversation_id"])
    op.create_index("ix_queue_entries_since", "queue_entries", ["queue", "since"])
    op.create_table(
        "conversation_notes",
        sa.Column("id", ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("conversation_id", ROW_ID, sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
        sa.Column("staff_id", ROW_ID, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
    )
    op.create_index("ix_conversation_notes_conversation_id", "conversation_notes", ["conversation_id"])
    op.create_table(
        "conversation_tags",
        sa.Column("conversation_id", ROW_ID, sa.ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("tag", sa.String(32), primary_key=True),
    )
    op.create_index("ix_conversation_tags_tag", "conversation_tags", ["tag", "conversation_id"])
    op.create_table(
        "suggestions",
        sa.Column("id", ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("message_id", ROW_ID, sa.ForeignKey("messages.id", ondelete="CASCADE"), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("topic", sa.String(64), nullable=False),
        sa.Column("by", ROW_ID, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
    )
    op.create_index("ix_suggestions_message_id", "suggestions", ["message_id"])
    op.create_index("ix_suggestions_state", "suggestions", ["state", "id"])
    _index_of_texts()


def _conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("contact_id", sa.String(32), sa.ForeignKey("contacts.id", ondelete="CASCADE"), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("language", sa.String(8)),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("topic", sa.String(64)),
        sa.Column("opened_at", UtcDateTime, nullable=False),
        sa.Column("last_at", UtcDateTime, nullable=False),
        sa.Column("closed_at", UtcDateTime),
        sa.Column("holder_id", ROW_ID),
        sa.Column("held_until", UtcDateTime),
        sa.Column("assigned_id", ROW_ID),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index("ix_conversations_contact", "conversations", ["contact_id", "id"])
    op.create_index("ix_conversations_last", "conversations", ["last_at", "id"])
    op.create_index("ix_conversations_state", "conversations", ["state", "last_at", "id"])
    op.create_index("ix_conversations_assigned", "conversations", ["assigned_id", "last_at"], **where("state = 'open'"))
    op.create_index("ix_conversations_held", "conversations", ["held_until"], **where("holder_id IS NOT NULL"))
    op.add_column("contacts", sa.Column("conversation_id", ROW_ID))
    # without a foreign key, for which SQLite would copy the whole table
    op.add_column("messages", sa.Column("conversation_id", ROW_ID))
    op.add_column("messages", sa.Column("alternatives", sa.JSON))
    op.add_column("messages", sa.Column("staff_id", ROW_ID))
    # what was written before is one closed conversation a contact
    op.execute(
        "INSERT INTO conversations (contact_id, channel, language, state, opened_at, last_at, closed_at, version)"
        " SELECT c.id, c.channel, c.language, 'closed', min(m.created_at), max(m.created_at), max(m.created_at), 1"
        " FROM contacts c JOIN messages m ON m.contact_id = c.id GROUP BY c.id, c.channel, c.language"
    )
    op.execute(
        "UPDATE messages SET conversation_id ="
        " (SELECT c.id FROM conversations c WHERE c.contact_id = messages.contact_id)"
    )
    op.create_index("ix_messages_conversation", "messages", ["conversation_id", "id"])
    op.create_index("ix_messages_intent", "messages", ["intent", "id"], **where("intent IS NOT NULL"))


def _index_of_texts() -> None:
    """Of what people and staff wrote; the bot's own texts are in content/. It follows the table by itself."""
    if op.get_bind().dialect.name == "postgresql":
        words = f"CASE WHEN direction = 'in' OR staff_id IS NOT NULL THEN {FOLDED} END"
        op.execute(f"ALTER TABLE messages ADD COLUMN messages_search tsvector GENERATED ALWAYS AS ({words}) STORED")
        op.execute("CREATE INDEX messages_search_words ON messages USING gin (messages_search)")
        return
    op.execute(
        "CREATE VIRTUAL TABLE messages_search USING fts5"
        "(text, content='messages', content_rowid='id', tokenize='unicode61 remove_diacritics 2', detail=none)"
    )
    op.execute(
        "INSERT INTO messages_search (rowid, text) SELECT id, text FROM messages WHERE "
        + INDEXED.format(row="messages")
    )
    added = "INSERT INTO messages_search (rowid, text) VALUES (new.id, new.text);"
    removed = "INSERT INTO messages_search (messages_search, rowid, text) VALUES ('delete', old.id, old.text);"
    new, old = INDEXED.format(row="new"), INDEXED.format(row="old")
    op.execute(f"CREATE TRIGGER messages_search_insert AFTER INSERT ON messages WHEN {new} BEGIN {added} END")
    op.execute(f"CREATE TRIGGER messages_search_delete AFTER DELETE ON messages WHEN {old} BEGIN {removed} END")
    op.execute(
        f"CREATE TRIGGER messages_search_update AFTER UPDATE OF text ON messages WHEN {old} BEGIN {removed} {added} END"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in ("insert", "delete", "update"):
            op.execute(f"DROP TRIGGER messages_search_{name}")
        op.drop_table("messages_search")
    else:
        op.drop_column("messages", "messages_search")
    for table in ("suggestions", "conversation_tags", "conversation_notes", "queue_entries"):
        op.drop_table(table)
    for index in ("ix_messages_conversation", "ix_messages_intent"):
        op.drop_index(index, "messages")
    with op.batch_alter_table("messages") as messages:
        for name in ("conversation_id", "alternatives", "staff_id"):
            messages.drop_column(name)
    with op.batch_alter_table("contacts") as contacts:
        contacts.drop_column("conversation_id")
    op.drop_table("conversations")
