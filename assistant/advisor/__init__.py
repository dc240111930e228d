"""Step 1, decide: interview, understanding, decision and its record; knows nothing of documents, data or training."""
