"""Replaces personal data by stand-ins, the same one for the same value, and lifts them again; knows no project."""

import re
from collections import Counter
from collections.abc import Mapping

from assistant.dataset.personal import find

_STAND_IN = re.compile(r"\[[A-Z]{2,12}_\d{1,9}\]")


class Masks:
    """`known`: stand-in → [value in the form in which it is compared, value as first written]. Grows as it masks."""

    def __init__(self, known: Mapping[str, list[str]]) -> None:
        self.known = dict(known)
        self._names = {(name[1:].rpartition("_")[0], value[0]): name for name, value in self.known.items()}
        self._counts = Counter(kind for kind, _ in self._names)

    def masked(self, text: str) -> str:
        out, at = list[str](), 0
        for span in find(text):
            out += [text[at : span.start], self._stand_in(span.kind.upper(), text[span.start : span.stop])]
            at = span.stop
        return "".join([*out, text[at:]])

    def lifted(self, text: str) -> str:
        return _STAND_IN.sub(lambda found: self.known.get(found[0], ["", found[0]])[1], text)

    def _stand_in(self, kind: str, written: str) -> str:
        bare = re.sub(r"[\W_]", "", written).casefold()
        if kind == "PHONE":  # one number, with its country or without
            bare = re.sub(r"^(?:0062|62|0)", "0", bare)
        if (kind, bare) not in self._names:
            self._counts[kind] += 1
            name = f"[{kind}_{self._counts[kind]}]"
            self._names[kind, bare], self.known[name] = name, [bare, written]
        return self._names[kind, bare]
