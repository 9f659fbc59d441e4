"""Names for what a message was understood as, where content has no topic for it."""

EMERGENCY = "emergency"
FALLBACK = "nlu_fallback"
OUT_OF_SCOPE = "out_of_scope"
LONGEST_COMMAND = 2
"""Words of a wish for the menu; in more, the classifier takes names for one: "she is called Mercy"."""
SMALLTALK = ("greet", "thank", "goodbye", "affirm", "deny", "unsure", "stop")
