"""Makes of a follow-up question one that can be searched for alone; knows nothing of documents or pages."""

import re
from collections.abc import Sequence

from assistant.models.values import ChatModel, Decoding, Message
from assistant.retrieval.answering import reads
from assistant.texts.terms import STOP_WORDS, stem, words

_POINTING = re.compile(
    r"\b(?:it|its|they|them|their|theirs|he|him|his|she|her|hers|itu|tersebut|dia|ia|beliau|mereka|tadi)\b"
    r"|^(?:this|that|these|those)\b|\b(?:this|that|these|those|there|(?:di|ke) ?(?:sana|situ))$"
    r"|\b(?:about|of|for|with|from|in|on|to|is|are|was|were|do|does|did|can) (?:this|that|these|those)\b"
)  # words that stand for something; not "is there" nor "the fee that"
_OPENING = ("what about", "how about", "and ", "bagaimana dengan", "kalau ", "lalu ", "terus ", "dan ")
_FEW = 2  # words that carry meaning; a question with fewer leans on what was said before
_SHOWN, _LONGEST = 3, 300  # questions before, shown to a model; characters of a rewritten one
_ASK = """Rewrite the last question so that it can be understood alone: put in what "it", "that" or a missing subject
stands for. Keep its language, names, codes and numbers. Add nothing else. Reply with the question only.

{history}
Last question: {question}"""


def standalone(question: str, history: Sequence[str], model: ChatModel | None = None) -> str:
    """The question as it is, or, where it leans on the questions before it (oldest first), with what it leans on.

    A model that reads well enough writes it anew; without one, or where it writes no single question, the words of
    the last question that carry meaning are added. For search only: show the user's own words.
    Raises what the model raises.
    """
    if not history or not leans(question):
        return question
    if model is not None and reads(model):
        earlier = "\n".join(f"Earlier question: {text}" for text in history[-_SHOWN:])
        asked = [Message("user", _ASK.format(history=earlier, question=question))]
        [reply] = model.generate([asked], Decoding(max_tokens=80))
        written = reply.text.strip().strip('"')
        if written and len(written) <= _LONGEST and "\n" not in written:
            return written
    said = {stem(word) for word in words(question)}
    carried = [w for w in dict.fromkeys(_meaning(history[-1])) if stem(w) not in said]
    return " ".join([question, *carried])


def leans(question: str) -> bool:
    """Whether a question points back, or says too little to be searched for alone."""
    found = words(question)
    if not found:
        return False
    plain = " ".join(found)
    points = _POINTING.search(plain) is not None or plain.startswith(_OPENING)
    return points or len(_meaning(question)) < _FEW


def _meaning(text: str) -> list[str]:
    return [word for word in text.split() if any(w not in STOP_WORDS for w in words(word))]
