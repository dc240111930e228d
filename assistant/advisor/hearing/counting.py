"""Tells whether a number in a clause counts examples; knows no signals."""

import re

from assistant.advisor.hearing.quantities import Quantity

_EXAMPLES = re.compile(
    r"\W{1,3}(?:[\w/-]+\W{1,2}){0,3}?(contoh|examples?|pasang(an)?|pairs?|samples?|sampel|data latih|training \w+|"
    r"(are|were|been|yang|yg|sudah|udah|udh) (labelled|labeled|annotated|dilabeli|berlabel)|(labelled|labeled|annotated) \w+|\w+ (yang )?(sudah )?(dilabeli|berlabel|labelled|labeled|annotated))\b"
)
_EXAMPLES_ARE = re.compile(
    r"\b(contoh|examples?|data latih)(nya)?( kami| kita| \w+ bagus| bagus)?:? +((ada|baru|cuma|hanya|sekitar|kira-kira|are|about|only|is|ribuan,|ratusan,) +){0,3}$"
)
_NOTHING_ELSE = re.compile(r"(an)?\s*+(buah|baris|rows|pasang|saja|aja|doang)?[\s.,;!]*+$")


NOT_FOR_TRAINING = re.compile(r"\b(uji|tests?|testing|eval\w*|prompts?)\b")  # other uses of examples
_FOR_TRAINING = re.compile(r"label|anotasi|annotat|approved|disetujui|pasang|pairs|latih|training")
_NO_SHOTS = 100  # so many are no examples in a prompt


def is_for_training(clause: str, count: float) -> bool:
    """Whether such a count is one of labelled or paired examples, in doubt no more: among our written messages .98 of
    them are (180 of 183)."""
    return count >= _NO_SHOTS and bool(_FOR_TRAINING.search(clause))


def counts_examples(clause: str, one: Quantity) -> bool:
    """ "3000 contoh", "contohnya ada sekitar 3000"."""
    told = _EXAMPLES_ARE.search(clause[: one.start]) and _NOTHING_ELSE.match(clause, one.stop)
    return bool(_EXAMPLES.match(clause, one.stop) or told)
