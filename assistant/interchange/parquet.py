"""Parquet files as rows; knows that a small file may hold more than a machine's memory."""

import math
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from assistant.errors import PenalaError

MOST_BYTES, MOST_ROWS = 1_000_000_000, 2_000_000  # unpacked


def read(path: Path, name: str) -> list[dict[str, Any]]:
    """Raises PenalaError: file_too_swollen, file_broken."""
    import pyarrow as pa
    from pyarrow import parquet

    pa.set_cpu_count(1)
    try:
        file = parquet.ParquetFile(path, memory_map=True)
        told = file.metadata
        size = sum(told.row_group(n).total_byte_size for n in range(told.num_row_groups))
        if told.num_rows > MOST_ROWS or size > MOST_BYTES:
            raise PenalaError("file_too_swollen", name=name)
        taken = 0
        rows: list[dict[str, Any]] = []
        for batch in file.iter_batches(batch_size=4096, use_threads=False):
            taken += batch.nbytes  # a dictionary's few bytes may stand for many
            if taken > MOST_BYTES:
                raise PenalaError("file_too_swollen", name=name)
            rows += [{str(key): _value(value) for key, value in row.items()} for row in batch.to_pylist()]
    except (pa.ArrowException, OSError, ValueError, OverflowError, KeyError) as error:
        raise PenalaError("file_broken", name=name, detail=type(error).__name__) from error
    except MemoryError as error:
        raise PenalaError("file_too_swollen", name=name) from error
    return rows


def _value(value: Any) -> Any:
    """A value as JSON holds it; bytes and other things that are no text become None."""
    if isinstance(value, str | bool | int) or value is None:
        return value
    if isinstance(value, float):
        if math.isnan(value) or math.isinf(value):
            return None
        return int(value) if value == int(value) and abs(value) < 2**53 else value
    if isinstance(value, Mapping):
        return {str(key): _value(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_value(one) for one in value]
    if isinstance(value, datetime | date | time | timedelta | Decimal):
        return str(value)
    return None
