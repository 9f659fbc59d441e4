"""The dialogue engine: everything that imports Rasa, behind `Assistant.answer`."""
