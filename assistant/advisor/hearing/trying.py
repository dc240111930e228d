"""Tells whether a clause names something that was tried and is over, and so no plan; knows no signals."""

import re

_TRIED = re.compile(
    r"\b(?:tried|tested|trial+ed|sampled|experimented|played (?:around )?with|used to use|used|asked|gave \w+(?: \w+)? a (?:try|go)|had a go|last (?:week|month|year|spring|summer|autumn|winter)|yesterday|once"
    r"|(?:di|ng|me?n)?coba(?:in|kan|2|-coba)?|nyoba(?:in)?|mencoba|uji ?coba|diuji|dites|pernah|sempat|iseng|dulu|dulunya|kemarin|kemaren|kmrn|kmren|tadi|bulan lalu|tahun lalu|minggu lalu)\b"
)  # fmt: skip
_POOR = re.compile(
    r"\b(?:(?:was|were|is|are|did|does|turned out|came out)(?: \w+)? (?:poor|bad|badly|poorly|useless|terrible|rubbish|awful|hopeless|disappointing|wrong|off)|made (?:things |stuff |it |\w+ )?up|invented|hallucinated|failed"
    r"|jelek|ngaco|ngawur|ngarang|mengarang|payah|parah|gagal|mengecewakan|nggak nyambung|ga nyambung|gak nyambung|salah terus|zonk)\b"
)  # fmt: skip
_PLAN = re.compile(
    r"\b(?:plan(?:s|ned|ning)?|want(?:s)?|would like|will|going to|intend|prefer|decided|chosen?|stay(?:ing)? with|stick(?:ing)? (?:with|to)|must use|have to use|now|currently|mau|ingin|pengen|pingin|rencana\w*|berencana|akan|bakal|berniat|tetap|tetep|sekarang|skrg|lagi pakai|sedang|harus (?:pakai|pake)|hendak)\b"
)


def is_over(clause: str) -> bool:
    """ "we tried GPT-4", "dulu coba Gemini, jelek"; not "we plan to try GPT-4", "mau coba Gemini"."""
    plain = clause.casefold()
    return bool((_TRIED.search(plain) or _POOR.search(plain)) and not _PLAN.search(plain))
