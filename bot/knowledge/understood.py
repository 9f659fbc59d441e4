"""Names for what a message was understood as, where content has no topic for it."""

EMERGENCY = "emergency"
FALLBACK = "nlu_fallback"
OUT_OF_SCOPE = "out_of_scope"
SMALLTALK = ("greet", "thank", "goodbye", "affirm", "deny", "unsure", "stop")
