"""Salama: the application. See docs/architecture.md for the way a message takes."""

import os

# Rasa declares its tables in SQLAlchemy's old style and says so at every start
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
