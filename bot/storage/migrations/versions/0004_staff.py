"""Staff of the console, how they sign in, and an audit log that only grows."""

import sqlalchemy as sa
from alembic import op

from bot.storage.database import UtcDateTime

revision = "0004_staff"
down_revision = "0003"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
REFUSAL = "the audit log can only grow"


def upgrade() -> None:
    op.create_table(
        "staff",
        sa.Column("id", ROW_ID, primary_key=True),
        sa.Column("name", sa.String(40), nullable=False, unique=True),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("password_hash", sa.String(200)),
        sa.Column("totp_secret", sa.LargeBinary),
        sa.Column("totp_last_step", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("disabled_at", UtcDateTime),
        sa.Column("signed_in_at", UtcDateTime),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        _staff_id(),
        sa.Column("awaits_code", sa.Boolean, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("seen_at", UtcDateTime, nullable=False),
        sa.Column("browser", sa.String(200), nullable=False, server_default=""),
    )
    op.create_table(
        "staff_links",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        _staff_id(),
        sa.Column("expires_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "staff_recovery_codes",
        sa.Column("id", ROW_ID, primary_key=True),
        _staff_id(),
        sa.Column("code_hash", sa.String(64), nullable=False),
    )
    op.create_table(
        "staff_sign_in_attempts",
        sa.Column("id", ROW_ID, primary_key=True),
        sa.Column("at", UtcDateTime, nullable=False, index=True),
        sa.Column("account_hash", sa.String(64), nullable=False),
        sa.Column("address_hash", sa.String(64), nullable=False),
    )
    op.create_index("ix_staff_attempts_account", "staff_sign_in_attempts", ["account_hash", "at"])
    op.create_index("ix_staff_attempts_address", "staff_sign_in_attempts", ["address_hash", "at"])
    op.create_table(
        "audit_entries",
        sa.Column("id", ROW_ID, primary_key=True),
        sa.Column("at", UtcDateTime, nullable=False, index=True),
        sa.Column("staff_id", ROW_ID, sa.ForeignKey("staff.id")),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("target", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text),
    )
    op.create_index("ix_audit_staff", "audit_entries", ["staff_id", "id"])
    op.create_index("ix_audit_act", "audit_entries", ["act", "id"])
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
    else:
        _guard_postgresql()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_entries_append_only ON audit_entries")
        op.execute("DROP TRIGGER audit_entries_no_truncate ON audit_entries")
        op.execute("DROP FUNCTION audit_entries_refuse()")
    for name in (
        "audit_entries",
        "staff_sign_in_attempts",
        "staff_recovery_codes",
        "staff_links",
        "staff_sessions",
        "staff",
    ):
        op.drop_table(name)


def _staff_id() -> sa.Column:
    return sa.Column("staff_id", ROW_ID, sa.ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, index=True)


def _guard_sqlite() -> None:
    for what in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_entries_no_{what.lower()} BEFORE {what} ON audit_entries"
            f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )
    # INSERT OR REPLACE deletes without asking the trigger above
    op.execute(
        "CREATE TRIGGER audit_entries_no_replace BEFORE INSERT ON audit_entries"
        " WHEN EXISTS (SELECT 1 FROM audit_entries WHERE id = NEW.id)"
        f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    )


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION audit_entries_refuse() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE ON audit_entries"
        " FOR EACH ROW EXECUTE FUNCTION audit_entries_refuse()"
    )
    op.execute(
        "CREATE TRIGGER audit_entries_no_truncate BEFORE TRUNCATE ON audit_entries"
        " FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_refuse()"
    )
