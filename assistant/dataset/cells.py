"""Texts as cells of a spreadsheet: what would run as a formula is made inert, and brought back alike."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def inert(cell: str) -> str:
    """With a leading apostrophe where a spreadsheet would run it (CWE-1236); `alive` takes it off again."""
    return f"'{cell}" if cell.lstrip("'").startswith(_FORMULA) else cell


def alive(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(_FORMULA) else cell
