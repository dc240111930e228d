"""Rows in another language than the rest, and answers in another language than their input."""

from collections import Counter
from collections.abc import Sequence

from assistant.dataset.checks import Data, Finding, Named
from assistant.dataset.languages import is_foreign, language_of

_MAIN = 0.6  # the share above which a language is the language of the data


def check(data: Data) -> list[Finding]:
    asked = [language_of(e.input) for e in data.examples]
    answered = [language_of(e.output) for e in data.examples]
    told = Counter(code for code in asked if code)
    if not told:
        return []
    main, most = told.most_common(1)[0]
    if most < _MAIN * told.total():
        return [
            Finding("language_mix", "note", (), {"languages": _named(told)}, "several"),
            *_crossed(data, asked, answered),
        ]
    other = [code != main and is_foreign(e.input, main) for e, code in zip(data.examples, asked, strict=True)]
    found = _found(data, other, asked, main, "")
    main_answer, most = (
        Counter(code for code in answered if code).most_common(1)[0] if any(answered) else ("", 0)
    )
    if most >= _MAIN * sum(map(bool, answered)):
        strange = [
            code != main_answer and not seen and is_foreign(e.output, main_answer)
            for e, code, seen in zip(data.examples, answered, other, strict=True)
        ]
        found += _found(data, strange, answered, main_answer, "answer")
    return found


def _found(
    data: Data, strange: Sequence[bool], codes: Sequence[str], main: str, variant: str
) -> list[Finding]:
    rows = tuple(e.id for e, odd in zip(data.examples, strange, strict=True) if odd)
    named = _named(Counter(code for code, odd in zip(codes, strange, strict=True) if odd))
    values = {"main": Named({main: 0}, "language"), "languages": named}
    return [Finding("language_mix", "warning", rows, values, variant)] if rows else []


def _crossed(data: Data, asked: Sequence[str], answered: Sequence[str]) -> list[Finding]:
    """Where the data has several languages, an answer should be in its input's."""
    rows = tuple(e.id for e, a, b in zip(data.examples, asked, answered, strict=True) if a and b and a != b)
    return [Finding("language_mix", "warning", rows, {}, "crossed")] if rows else []


def _named(codes: Counter[str]) -> Named:
    return Named(dict(codes.most_common(5)), "language")
