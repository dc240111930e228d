"""Reads whether a target is met, where a sentence gives a score and the score that is wanted; knows no signals."""

import re

from assistant.advisor.facts import Fact

_SCORE = re.compile(r"(\d{1,3}(?:[.,]\d{1,2})?) ?(?:%|persen|percent|(?:dari|out of) 100)")
_AIM = re.compile(
    r"\b(target\w*|goal|need(?:s|ed)?|aim\w*|want(?:s|ed)?|at least|butuh|perlu|harus\w*|minimal|maunya|inginnya|pengen\w*|syarat\w*)"
    r"\W+(?:\w+\W+){0,3}?(\d{1,3}(?:[.,]\d{1,2})?)(?![\d.,]*\d)"
)


def aimed(text: str) -> list[Fact]:
    """The fact target_met, at most one."""
    for sentence in re.split(r"(?<=[.!?;\n])\s+", text):
        plain = sentence.casefold()
        aim = _AIM.search(plain)
        scores = [
            m for m in _SCORE.finditer(plain) if aim is None or not aim.start() <= m.start() < aim.end()
        ]
        if aim and len(scores) == 1 and (wanted := _share(aim.group(2))) <= 100:
            met = "yes" if _share(scores[0].group(1)) >= wanted else "no"
            return [Fact("target_met", met, sentence.strip(), "inferred")]
    return []


def _share(figure: str) -> float:
    return float(figure.replace(",", "."))
