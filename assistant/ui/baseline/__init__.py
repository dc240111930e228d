"""The parts of the baseline page: documents, asking, the prompt, evaluation questions."""
