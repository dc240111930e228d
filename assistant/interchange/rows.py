"""What a file holds before anyone says what it means: rows by column, or why a row could not be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from assistant.errors import PenalaError

Kind = Literal["table", "excel", "json", "parquet", "chat"]


@dataclass(frozen=True, slots=True)
class Row:
    """Values by column name; `broken` says why a row could not be read, and `values` hold what is left of it."""

    values: Mapping[str, Any]
    broken: PenalaError | None = None


@dataclass(frozen=True)
class Table:
    """The rows in the file's order: the first is row 1; a header and blank lines are no rows.

    `sheets` and `sheet`: those of an Excel file and the one that was read; `speakers` and `speaker`: those of a
    chat log and the one whose messages are the answers. `notices`: what the user should know about the reading.
    """

    kind: Kind
    rows: Sequence[Row]
    sheets: tuple[str, ...] = ()
    sheet: str = ""
    speakers: tuple[str, ...] = ()
    speaker: str = ""
    notices: tuple[PenalaError, ...] = ()

    def names(self, most: int = 1000) -> list[str]:
        """The columns of the first `most` readable rows, in the order in which they come."""
        found: dict[str, None] = {}
        for row in [r for r in self.rows if r.broken is None][:most]:
            found.update(dict.fromkeys(row.values))
        return list(found)
