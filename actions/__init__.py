"""rasa-sdk actions: thin glue between a turn of the dialogue and `bot.knowledge`. Texts come from the NLG."""
