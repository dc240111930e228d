"""Puts the five steps together for the pages and the commands; the only place where features meet."""
