"""The one kind of error that a user or operator can mend."""


class Fault(Exception):
    """Says in one line what is wrong and what to do; commands print it and exit with 1, without a traceback."""
