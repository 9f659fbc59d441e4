"""Salama: the application. See docs/architecture.md for the way a message takes."""
