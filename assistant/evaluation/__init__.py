"""Step 5: several ways of answering on the same cases, measured, compared and put into a verdict."""
