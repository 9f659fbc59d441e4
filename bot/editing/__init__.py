"""Revisions of the content: editors draft, review, publish and roll back texts without an engineer."""
