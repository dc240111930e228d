"""Tuning: plans, estimates, runs and adapters; knows nothing of documents, examples tables or pages."""
