"""The content for stock Rasa, with one of `STOCK_EVERY` examples: all of them take it hours to learn.

A smaller vocabulary makes stock faster, never slower, so that a comparison of speed flatters it.
"""

from __future__ import annotations

import os

from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.engine.importer import ContentImporter


class SomeContent(ContentImporter):
    """One of so many examples of the content."""

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """The examples that are left."""
        every = int(os.environ.get("STOCK_EVERY", "1"))
        return TrainingData(super().get_nlu_data(language).training_examples[::every])
