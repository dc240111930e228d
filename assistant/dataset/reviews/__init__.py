"""People judge examples, many at once: who said what, what follows from it, how far they agree; knows no page."""
