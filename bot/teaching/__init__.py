"""Teaching: from questions that were missed to a new model in force. Knows nothing of Rasa."""
