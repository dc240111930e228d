"""Recognises questions about the decision itself; answers none."""

import re

_CHANGE = re.compile(
    r"\b(what|which (answer|fact)s?)\b.{0,20}\b(change|overturn|tip|turn)\b.{0,12}\b(mind|decision|choice|verdict|answer|recommendation|it)\b"
    r"|\bapa( saja| aja)? (yang|yg) (bisa|dapat|akan|bakal)?.{0,12}ubah (keputusan|pilihan|jawaban)"
)
_WHY_NOT = re.compile(
    r"\b(why (not|n.t)|kenapa (bukan|tidak|tdk|ga|gak|nggak|enggak)|mengapa (bukan|tidak))\b(.{0,60})$"
)
_NAMES = {
    "fine_tune": r"fine[- ]?tun\w*|tuning|penyetelan|disetel|menyetel|nyetel|train\w*|dilatih",
    "rag": r"\brag\b|retriev\w*|pencarian dokumen",
    "prompting": r"prompt\w*",
    "not_llm": r"(without|no) (a )?(language )?model|tanpa model|\brules?\b|aturan|kode biasa",
}


def about_decision(text: str) -> str | None:
    """ "change" where one asks what would change the choice, an approach where one asks why it is not that."""
    plain = text.casefold().strip(" \t\n?!.")
    if len(plain) > 90:
        return None
    if _CHANGE.search(plain):
        return "change"
    asked = _WHY_NOT.search(plain)
    found = [name for name, pattern in _NAMES.items() if asked and re.search(pattern, asked.group(0))]
    return found[0] if len(found) == 1 else None
