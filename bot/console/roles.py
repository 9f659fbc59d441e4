"""Who may do what: every page names the right it needs, every role has a fixed set of rights."""

from __future__ import annotations

from enum import Enum


class Right(str, Enum):
    """What a page asks for. `PUBLIC` needs no sign-in; `OWN_ACCOUNT` every signed-in person has."""

    PUBLIC = "public"
    OWN_ACCOUNT = "own_account"
    VIEW_CONVERSATIONS = "view_conversations"
    ANSWER = "answer"
    UNMASK = "unmask"
    EXPORT = "export"
    ERASE = "erase"
    VIEW_CONTENT = "view_content"
    EDIT_CONTENT = "edit_content"
    REVIEW_CONTENT = "review_content"
    TEACH = "teach"
    VIEW_REGISTRY = "view_registry"
    EDIT_REGISTRY = "edit_registry"
    VIEW_DASHBOARD = "view_dashboard"
    MANAGE_STAFF = "manage_staff"
    READ_AUDIT = "read_audit"


class Role(str, Enum):
    """What a member of staff is."""

    VIEWER = "viewer"
    COUNSELLOR = "counsellor"
    EDITOR = "editor"
    REGISTRY = "registry"
    ADMIN = "admin"


_VIEWER = frozenset(
    {
        Right.PUBLIC,
        Right.OWN_ACCOUNT,
        Right.VIEW_CONVERSATIONS,
        Right.VIEW_CONTENT,
        Right.VIEW_REGISTRY,
        Right.VIEW_DASHBOARD,
    }
)
RIGHTS: dict[Role, frozenset[Right]] = {
    Role.VIEWER: _VIEWER,
    Role.COUNSELLOR: _VIEWER | {Right.ANSWER, Right.UNMASK},
    Role.EDITOR: _VIEWER | {Right.EDIT_CONTENT, Right.REVIEW_CONTENT, Right.TEACH},
    Role.REGISTRY: _VIEWER | {Right.EDIT_REGISTRY},
    Role.ADMIN: frozenset(Right),
}
