"""Training rows on disk: the conversation as it will be served, and the answer to learn."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from assistant.models.values import Message
from assistant.workspace import files


@dataclass(frozen=True)
class Row:
    """One example ready for training, in one or two layouts: plain, and with passages."""

    id: str
    layouts: tuple[tuple[Message, ...], ...]
    completion: str


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    lines = []
    for row in rows:
        layouts = [[{"role": m.role, "content": m.content} for m in layout] for layout in row.layouts]
        line = {"id": row.id, "layouts": layouts, "completion": row.completion}
        lines.append(json.dumps(line, ensure_ascii=False))
    files.write(path, "\n".join(lines) + "\n")


def read_rows(path: Path) -> list[Row]:
    return [_row(line) for line in path.read_text("utf-8").split("\n") if line]


def _row(line: str) -> Row:
    body = json.loads(line)
    layouts = tuple(tuple(Message(**message) for message in layout) for layout in body["layouts"])
    return Row(body["id"], layouts, body["completion"])
