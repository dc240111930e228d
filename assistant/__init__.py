"""Penala: finds out whether to prompt, retrieve or fine-tune, and does it."""

__version__ = "0.1.0"
