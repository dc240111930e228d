"""Reads facts out of what the user writes, offline; takes text as evidence only, never as an instruction.

In order of trust: the button's code or label, a plain yes/no/number for the question asked, counts, what the
reader is sure of (patterns and counts are its evidence too); last, as guesses, what it finds likelier than not.
Without an embedder there is no reader: then patterns count, and likeness to the checklist's example sentences.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from assistant.advisor.facts import Fact, Origin, is_guess
from assistant.advisor.hearing import media, orders, slips
from assistant.advisor.hearing.aims import aimed
from assistant.advisor.hearing.bills import is_bill
from assistant.advisor.hearing.clauses import clauses as clauses_of
from assistant.advisor.hearing.counting import NOT_FOR_TRAINING, counts_examples
from assistant.advisor.hearing.likeness import ByWords, Example, examples, words
from assistant.advisor.hearing.quantities import per_day, quantities
from assistant.advisor.hearing.staying import stays
from assistant.advisor.hearing.trying import is_over
from assistant.advisor.hearing.weighing import weighed
from assistant.advisor.signals import UNKNOWN, Answer, Checklist, Signal, Value
from assistant.models.values import Embedder

_LONGEST = 6000  # characters that are read; more is a document, not an answer
_BARE = 5  # words that hold no more than that one does not know
_MANY = 40  # clauses that are compared
_MADE: dict[str, ByWords] = {}

_ASKING = re.compile(
    r"(apa(kah)?|bagaimana(kah)?|gimana|kenapa|mengapa|kapan|berapa|bedanya|bisakah|bolehkah|perlukah|haruskah|siapa|mana|"
    r"what|how|why|when|which|who|is|are|do|does|can|could|should|must|will|would|"
    r"((coba|tolong|mohon|bisa) )?(di)?(jelasin|jelaskan|terangin|terangkan)( dong| ya| kak)* (apa|kenapa|mengapa|bagaimana|gimana|kapan|beda\w*)|"
    r"(please )?explain (to me )?(what|why|how|when|the difference))\b"
)
_YES = re.compile(
    r"(ya+|iya+h?|yup|yep|yes|yeah|sure|betul|benar|bener|sudah|udah|ada|oke?|okay|correct|of course|tentu|pasti|punya)\b"
)
_NO = re.compile(
    r"(tidak|tdk|tak|nggak|ngga|enggak|engga|gak|ga|gk|no|nope|nah|belum|blm|bukan|not yet|not really|never)\b"
)
_DENIAL = re.compile(
    r"\b(tidak|tdk|tak|tanpa|nggak|ngga|enggak|gak|ga|bukan|belum|blm|no|not|never|without|n.t)\W+(\w+\W+){0,2}$"
)
_CORRECTION = re.compile(
    r"\b(correction|actually|sorry|i mean|scratch that|not quite|ralat|koreksi|maaf|maksud(ku| saya| kami)|sebenarnya|sebenernya|sebetulnya|"
    r"eh|ternyata|salah (tulis|ketik))\b"
)
_NOT_REQUESTS = re.compile(  # a rate of something else: documents that come in or change
    r"\b(diperbarui|di-?update|bertambah|berubah|ganti|artikel|dokumen|halaman|updated?|refreshed|added|grows?|changes?|"
    r"articles?|documents?|pages?|products?|produk)\b"
)


@dataclass(frozen=True)
class Heard:
    """What one message holds: facts, and whether it answers the question asked."""

    facts: tuple[Fact, ...]
    answered: bool
    torn: tuple[Fact, Fact] | None = None  # two answers to one signal in one message


def understand(
    text: str, asked: str | None, checklist: Checklist, embedder: Embedder | None = None
) -> list[Fact]:
    """The facts in `text`, the answer to the signal `asked` first. Without an embedder, by words only."""
    return list(hear(text, asked, checklist, embedder).facts)


def _likeness(checklist: Checklist) -> ByWords:
    """Made once a process for each checklist."""
    if checklist.version not in _MADE:
        _MADE[checklist.version] = ByWords(examples(checklist))
    return _MADE[checklist.version]


def own_question(text: str) -> str | None:
    """The user's own question, when the message is one and little else; None for a description."""
    sentences = [part.strip() for part in re.split(r"(?<=[.!?\n])\s+", text.strip()) if part.strip()]
    if not sentences or len(sentences) > 3 or len(words(text)) > 40:
        return None
    last = sentences[-1]
    asks = last.endswith("?") or (len(sentences) == 1 and bool(_ASKING.match(_plain(last))))
    return last if asks and len(words(last)) >= 2 else None


def is_asking(text: str) -> bool:
    """Whether it begins as questions do."""
    return bool(_ASKING.match(_plain(text)))


def button(text: str, signal: Signal) -> Value | None:
    """The value, when it is an answer's code or label or its number in the list."""
    found = _direct(_plain(text), text, signal)
    return found.value if found else None


def tells_task(heard: "Heard") -> bool:
    return any(fact.signal == "task_type" and not is_guess(fact) for fact in heard.facts)


def hear(text: str, asked: str | None, checklist: Checklist, embedder: Embedder | None = None) -> Heard:
    """Read one message that may answer the signal `asked`."""
    text = text[:_LONGEST]
    told, own = slips.meant(text)
    heard = _heard(told, asked, checklist, embedder)
    if told == text:
        return heard
    quoted = (f if f.quote is None or f.quote in text else replace(f, quote=own) for f in heard.facts)
    return replace(heard, facts=tuple(quoted))


def _heard(text: str, asked: str | None, checklist: Checklist, embedder: Embedder | None) -> Heard:
    plain = _plain(text)
    signal = checklist.signals.get(asked) if asked else None
    if not plain:
        return Heard((), False)
    if signal:
        direct = _direct(plain, text, signal)
        if direct:
            return Heard((direct,), True)
    open_ended = signal is not None and _not_known(plain, signal)
    if signal and open_ended and len(plain.split()) <= _BARE:
        return Heard((Fact(signal.name, UNKNOWN, text.strip(), "said"),), True)
    clauses = list(clauses_of(text))
    found = _found(text, clauses, signal, checklist, embedder)
    if signal and not _elsewhere(found, signal) and (loose := _loose(plain, text, signal, embedder is None)):
        found[signal.name] = loose
    if signal and open_ended and (signal.name not in found or is_guess(found[signal.name])):
        found[signal.name] = Fact(
            signal.name, UNKNOWN, text.strip(), "said"
        )  # "no idea, but prices change daily"
    torn = None if corrects(text) else _torn(clauses, checklist)
    ordered = sorted(found.values(), key=lambda fact: fact.signal != asked)
    heard = tuple(fact for fact in ordered if torn is None or fact.signal != torn[0].signal)
    return Heard(heard, asked in found, torn=torn)


def _found(
    text: str,
    clauses: Sequence[str],
    signal: Signal | None,
    checklist: Checklist,
    embedder: Embedder | None,
) -> dict[str, Fact]:
    """The facts in a message, in the order of trust above; `signal` is the one that was asked for."""
    found: dict[str, Fact] = {}
    asked = signal.name if signal else None
    aims = aimed(text)
    for fact in (*_counted(clauses, asked, checklist), *aims, *_matched(clauses, checklist)):
        found.setdefault(fact.signal, fact)
    on_topic = None if signal is None or _elsewhere(found, signal) else signal
    if embedder:
        topic = asked if asked in found or on_topic else None
        found = weighed(text, found, topic, checklist, embedder) | {fact.signal: fact for fact in aims}
    else:
        for fact in _likened(clauses, on_topic, checklist):
            found.setdefault(fact.signal, fact)
    if "volume_per_day" in found and asked != "volume_per_day" and is_bill(found["volume_per_day"], clauses):
        del found["volume_per_day"]
    shown = [*media.facts(text, found), *stays(text, found)]
    found |= {fact.signal: fact for fact in shown if fact.signal != asked or asked not in found}
    if asked == "use_case_clear" and (told := _task(found)):
        found[asked] = Fact(asked, "yes", told.quote, "inferred")
    return found


def _task(found: Mapping[str, Fact]) -> Fact | None:
    """The kind of task, if the message tells it and does not say that the task is unclear."""
    told, clear = found.get("task_type"), found.get("use_case_clear")
    return told if told and not is_guess(told) and (clear is None or is_guess(clear)) else None


def corrects(text: str) -> bool:
    """Whether a message takes something back: what it says replaces what was said."""
    return bool(_CORRECTION.search(text.casefold()))


def _torn(clauses: Sequence[str], checklist: Checklist) -> tuple[Fact, Fact] | None:
    """The first signal that two clauses answer differently, by sure signs."""
    for signal in checklist.signals.values():
        hits = {a.code: c for c in clauses for a in signal.choices if _matches(a, c.casefold())}
        if (
            signal.kind == "choice"
            and not _hindrance(signal, hits)
            and len(hits) == 2
            and len(set(hits.values())) == 2
        ):
            first, second = (Fact(signal.name, code, clause, "inferred") for code, clause in hits.items())
            return first, second
    return None


def _elsewhere(found: Mapping[str, Fact], signal: Signal) -> bool:
    """Whether the message answers the question already, or is about something else: "no test set" is no answer to
    what was tried in the prompt."""
    own = found.get(signal.name)
    if own is not None and not is_guess(own):
        return True
    return any(name != signal.name and not is_guess(fact) for name, fact in found.items())


def signs(text: str, checklist: Checklist) -> set[tuple[str, str]]:
    """What patterns and counts find in a text: signals with the code of the answer."""
    clauses = list(clauses_of(text[:_LONGEST]))
    facts = (*_counted(clauses, None, checklist), *_matched(clauses, checklist))
    return {(fact.signal, checklist.signals[fact.signal].code(fact.value)) for fact in facts}


def _not_known(plain: str, signal: Signal) -> bool:
    """That one does not know, said of the question: at the start, or in a few words."""
    guessed = signal.kind == "number" and next(quantities(plain), None) is not None  # "not sure, maybe 500"
    match = orders.NOT_KNOWN.search(plain)
    return not guessed and match is not None and (match.start() == 0 or len(plain.split()) <= 8)


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.casefold()).strip(" \t\n.,!?…\"'“”")


def _direct(plain: str, text: str, signal: Signal) -> Fact | None:
    """The code or label of a button, or its number in the list."""
    for position, answer in enumerate(signal.choices, start=1):
        names = {answer.code, _plain(answer.label.en), _plain(answer.label.id)}
        if signal.kind != "number":
            names.add(str(position))
        if plain in names:
            value = int(plain) if signal.kind == "number" and plain.isdigit() else signal.value(answer.code)
            return Fact(signal.name, value, text.strip(), "said")
    return Fact(signal.name, UNKNOWN, text.strip(), "said") if plain == UNKNOWN else None


def _loose(plain: str, text: str, signal: Signal, by_words: bool) -> Fact | None:
    """A bare yes or no, or, where nothing better reads here (`by_words`), a description of some length of the task."""
    means = "no" if _NO.match(plain) else "yes" if _YES.match(plain) else None
    short = len(plain.split()) <= 3 or re.match(r"\w+\s?[,.;:]", text.strip())
    if means and short:
        if signal.name == "examples" and means == "no":
            return Fact(signal.name, 0, text.strip(), "said")
        for answer in signal.choices:
            if answer.means == means:
                return Fact(signal.name, answer.code, text.strip(), "said")
    if by_words and signal.name == "use_case_clear" and len(words(plain)) >= 5:
        return Fact(signal.name, "yes", text.strip()[:200], "inferred")
    if signal.kind == "text" and len(words(plain)) <= 8 and not means:
        value = signal.parse(text)
        return Fact(signal.name, value, text.strip(), "said") if value is not None else None
    return None


def _counted(clauses: Sequence[str], asked: str | None, checklist: Checklist) -> Iterator[Fact]:
    """Requests a day and numbers of examples, as far as the text names what is counted or it was asked."""
    for clause in clauses:
        for one in quantities(clause):
            rate = per_day(clause, one)
            if rate is not None:
                if asked == "volume_per_day" or not _NOT_REQUESTS.search(clause.casefold()):
                    said: Origin = "said" if asked == "volume_per_day" else "inferred"
                    yield Fact("volume_per_day", max(1, round(rate)) if rate else 0, clause, said)
                continue
            if counts_examples(clause.casefold(), one) and not NOT_FOR_TRAINING.search(clause.casefold()):
                yield Fact("examples", round(one.value), clause, "said")
            elif asked and checklist.signals[asked].kind == "number":
                yield Fact(asked, round(one.value), clause, "said")


def _matched(clauses: Sequence[str], checklist: Checklist) -> Iterator[Fact]:
    """Answers whose patterns match; two different answers to one signal are no answer."""
    for signal in checklist.signals.values():
        hits: dict[str, str] = {}
        for clause in clauses:
            if signal.kind == "text" and is_over(clause):
                continue
            for answer in signal.choices:
                if _matches(answer, clause.casefold()):
                    hits.setdefault(answer.code, clause)
        if signal.kind == "text":
            hits = dict(list(hits.items())[:1])  # the first listed is the most exact
        if worst := _hindrance(signal, hits):
            hits = {worst: hits[worst]}
        if len(hits) == 1:
            code, clause = next(iter(hits.items()))
            if signal.kind == "text" and clause.endswith("?"):  # to ask about a platform is not to choose it
                yield Fact(signal.name, signal.value(code), None, "assumed")
            else:
                yield Fact(signal.name, signal.value(code), clause, "inferred")


def _hindrance(signal: Signal, hits: Mapping[str, str]) -> str | None:
    """The gravest of several answers that each speak for waiting: labels may contradict each other and be in the test
    data as well."""
    holds = {code: signal.answers[code].effects.get("not_ready", 0.0) for code in hits}
    return max(holds, key=holds.__getitem__) if len(holds) > 1 and min(holds.values()) > 0 else None


def _matches(answer: Answer, clause: str) -> bool:
    for pattern in answer.patterns:
        match = pattern.search(clause)
        if match and not _DENIAL.search(clause[: match.start()]):
            return True
    return False


def _likened(clauses: Sequence[str], asked: Signal | None, checklist: Checklist) -> Iterator[Fact]:
    if not clauses:
        return
    known = examples(checklist)
    keys = np.array([f"{e.signal} {e.code}" for e in known])
    of_asked = np.array([asked is not None and e.signal == asked.name for e in known])
    open_to_all = np.array(
        [not e.is_label and not checklist.signals[e.signal].answers[e.code].rare for e in known]
    )
    like = _likeness(checklist)
    limits = like.bounds
    for clause, row in zip(clauses[:_MANY], like.scores(clauses[:_MANY]), strict=True):
        if asked is not None:
            best = _ahead(row, of_asked, keys, limits.asked, limits.asked_ahead)
            if best is not None:
                yield _fact(known[best], clause, checklist)
        best = _ahead(row, open_to_all & ~of_asked, keys, limits.other, limits.other_ahead)
        if best is not None and len(words(clause)) >= 2:
            yield _fact(known[best], clause, checklist)


def _fact(example: Example, clause: str, checklist: Checklist) -> Fact:
    signal = checklist.signals[example.signal]
    return Fact(signal.name, signal.value(example.code), clause, "inferred")


def _ahead(row: np.ndarray, mask: np.ndarray, keys: np.ndarray, least: float, ahead: float) -> int | None:
    """The best example within `mask`, if it is good enough and clearly ahead of every other answer."""
    best = int(np.argmax(np.where(mask, row, -2.0)))
    if not mask[best] or row[best] < least:
        return None
    rivals = row[mask & (keys != keys[best])]
    return best if not rivals.size or row[best] - rivals.max() >= ahead else None
