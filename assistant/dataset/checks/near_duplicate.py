"""Inputs that differ from an earlier one in little: a word, its spelling or place, capitals, punctuation.

Those that are the same letter for letter are another check's.
"""

from assistant.dataset.checks import Data, Finding


def check(data: Data) -> list[Finding]:
    order = {form: place for place, form in enumerate(data.like.places)}
    later = {max(pair, key=order.__getitem__) for pair in data.like.pairs}
    seen: set[str] = set()
    first: dict[str, str] = {}
    rows = []
    for e, form in zip(data.examples, data.like.keys, strict=True):
        letters = e.input.strip()
        differs = first.setdefault(form, letters) != letters
        if form in later or (differs and letters not in seen):
            rows.append(e.id)
        seen.add(letters)
    return [Finding("near_duplicate", "note", tuple(rows))] if rows else []
