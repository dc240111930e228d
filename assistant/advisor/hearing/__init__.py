"""Reads facts out of what a user writes: by rules, by small trained models, by a chat model; decides nothing."""
