"""What channels add: opt-out, reachability, the 24-hour window; delivery reports, and what MORE brings."""

import sqlalchemy as sa
from alembic import op

from bot.storage.database import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("contacts") as table:
        table.add_column(sa.Column("opted_out_at", UtcDateTime))
        table.add_column(sa.Column("unreachable_at", UtcDateTime))
        table.add_column(sa.Column("last_inbound_at", UtcDateTime))
    with op.batch_alter_table("messages") as table:
        table.add_column(sa.Column("rest", sa.JSON))
        table.add_column(sa.Column("delivery", sa.String(16)))
        table.add_column(sa.Column("cut_off", sa.Integer, nullable=False, server_default="0"))
    op.execute(
        "UPDATE contacts SET last_inbound_at = (SELECT max(m.created_at) FROM messages m"
        " WHERE m.contact_id = contacts.id AND m.direction = 'in')"
    )


def downgrade() -> None:
    with op.batch_alter_table("messages") as table:
        for name in ("rest", "delivery", "cut_off"):
            table.drop_column(name)
    with op.batch_alter_table("contacts") as table:
        for name in ("opted_out_at", "unreachable_at", "last_inbound_at"):
            table.drop_column(name)
