"""Salama: the application. See docs/architecture.md for the way a message takes."""

import os

# Rasa declares its tables in SQLAlchemy's old style and says so at every start
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
# one message's vectors are short: a second thread of the number crunching only waits for the first, at full load
os.environ.setdefault("OMP_NUM_THREADS", "1")
