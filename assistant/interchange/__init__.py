"""Files of rows as they come, from spreadsheets to chat logs; knows nothing of examples or projects."""

from assistant.interchange.reading import AS_IT_IS, SUFFIXES, Options, paste, read
from assistant.interchange.rows import Row, Table

__all__ = ["AS_IT_IS", "SUFFIXES", "Options", "Row", "Table", "paste", "read"]
