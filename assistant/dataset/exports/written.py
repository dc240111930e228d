"""Rows as the bytes of a file: JSON lines, JSON, CSV, Excel, Parquet; knows nothing of who reads them."""

import csv
import io
import json
from collections.abc import Sequence

from assistant.dataset.cells import inert
from assistant.dataset.exports.records import Record


def written(rows: Sequence[Record], suffix: str, bom: bool = False) -> bytes:
    """The file's bytes; `bom`: with the mark by which some programs know UTF-8 (text files only)."""
    if suffix == ".xlsx":
        return _xlsx(rows)
    if suffix == ".parquet":
        return _parquet(rows)
    text = {".jsonl": _jsonl, ".json": _json, ".csv": _csv}[suffix](rows)
    return text.encode("utf-8-sig" if bom else "utf-8")


def _jsonl(rows: Sequence[Record]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _json(rows: Sequence[Record]) -> str:
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def _csv(rows: Sequence[Record]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows({name: inert(cell) for name, cell in row.items()} for row in rows)
    return out.getvalue()


def _xlsx(rows: Sequence[Record]) -> bytes:
    """Every cell a text, whatever it looks like."""
    from xlsxwriter import Workbook

    out = io.BytesIO()
    book = Workbook(out, {"constant_memory": True})
    sheet = book.add_worksheet("Penala")
    bold = book.add_format({"bold": True})
    sheet.freeze_panes(1, 0)
    sheet.set_column(1, 3, 50)
    for column, name in enumerate(rows[0]):
        sheet.write_string(0, column, name, bold)
    for number, row in enumerate(rows, 1):
        for column, cell in enumerate(row.values()):
            sheet.write_string(number, column, cell)
    book.close()
    return out.getvalue()


def _parquet(rows: Sequence[Record]) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    texts = [(name, pa.string()) for name in rows[0] if name not in ("tags", "place")]
    schema = pa.schema([*texts, ("tags", pa.list_(pa.string())), ("place", pa.string())])
    flat = [
        {**row, "place": json.dumps(row["place"], ensure_ascii=False) if row["place"] else None}
        for row in rows
    ]
    out = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(flat, schema), out)
    return out.getvalue()
