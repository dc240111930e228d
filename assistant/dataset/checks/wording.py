"""Words that a model should not learn to write (knowledge/checks.yaml), and labels that fall unevenly on the groups of
people which the user names."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cache
from itertools import groupby

from assistant.dataset.checks import Data, Finding, Named
from assistant.dataset.examples import Example
from assistant.dataset.lists import lists

_LEAST, _GAP, _CHANCE = (
    10,
    0.15,
    0.01,
)  # rows that name a group; difference of shares; p below which it is no accident
_WORDS = re.compile(r"[\w%#'*-]+")
_FIGURES = str.maketrans("013457", "oieast")
_ENDING = re.compile(r"(?<=[a-z]{4})(?:nya|lah|kah|mu|ku)$")


def check(data: Data) -> list[Finding]:
    answers, inputs = list[str](), list[str]()
    sorts: dict[str, Counter[str]] = {"": Counter(), "input": Counter()}
    for e in data.examples:
        for text, rows, side in ((e.output, answers, ""), (e.input, inputs, "input")):
            if (found := _sorts(text)) and (not rows or rows[-1] != e.id):
                rows.append(e.id)
                sorts[side].update(found)
    told = set(answers)
    found_rows = [
        Finding("wording", "warning", tuple(answers), {"sorts": Named(sorts[""], "wording")}),
        Finding(
            "wording",
            "note",
            tuple(i for i in inputs if i not in told),
            {"sorts": Named(sorts["input"], "wording")},
            "input",
        ),
    ]
    return [*(f for f in found_rows if f.rows), *_skew(data)]


def _sorts(text: str) -> set[str]:
    words = _words(text)
    found = set[str]()
    for at, word in enumerate([*words, *_parted(words)]):
        for sort, rest in _by_first_word().get(word, ()):
            if words[at + 1 : at + 1 + len(rest)] == list(rest):
                found.add(sort)
    return found


@cache
def _by_first_word() -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """The phrases by their first word: their sort and the words that follow. A hidden letter may be any but the first."""
    found = defaultdict[str, list[tuple[str, tuple[str, ...]]]](list)
    for sort, phrases in lists().wording.items():
        for phrase in phrases:
            first, *rest = _words(phrase)
            found[first].append((sort, tuple(rest)))
            if sort == "insult" and not rest and len(first) > 3:
                for at in range(1, len(first)):
                    found[f"{first[:at]}*{first[at + 1 :]}"].append((sort, ()))
    return dict(found)


def _words(text: str) -> list[str]:
    return [_plain(word) for word in _tokens(text)]


def _tokens(text: str) -> list[str]:
    return _WORDS.findall(text.lower().replace("’", "'"))


def _plain(word: str) -> str:
    """A word without Indonesian endings, its figures read as the letters that they stand for (b0dohnya)."""
    if not word.isalpha() and any(letter.isalpha() for letter in word):
        word = word.translate(_FIGURES)
    return _ENDING.sub("", word) if len(word) > 6 else word


def _parted(words: Sequence[str]) -> list[str]:
    """Words spelt letter by letter (a s u)."""
    return ["".join(some) for single, some in groupby(words, lambda word: len(word) == 1) if single]


def _skew(data: Data) -> list[Finding]:
    """For each group and label: is the label's share among rows that name the group another than elsewhere?"""
    if data.kind != "labels":
        return []
    from scipy.stats import fisher_exact

    found = []
    for group, words in data.groups.items():
        naming = [e for e in data.examples if _names(e, words)]
        others = len(data.examples) - len(naming)
        if len(naming) < _LEAST or others < _LEAST:
            continue
        whole, part = (Counter(e.output.strip() for e in rows) for rows in (data.examples, naming))
        for label, count in part.items():
            rest = whole[label] - count
            gap = count / len(naming) - rest / others
            table = [[count, len(naming) - count], [rest, others - rest]]
            if gap > _GAP and fisher_exact(table).pvalue < _CHANCE:
                rows = tuple(e.id for e in naming if e.output.strip() == label)
                shares = {"here": round(100 * count / len(naming)), "there": round(100 * rest / others)}
                found.append(
                    Finding("wording", "warning", rows, {"group": group, "label": label, **shares}, "skew")
                )
    return found


def _names(e: Example, words: Sequence[str]) -> bool:
    said = f" {' '.join(_tokens(e.input))} "
    return any(f" {word.lower()} " in said for word in words)
