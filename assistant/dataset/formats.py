"""The shapes in which examples come: columns under many names, conversations, and pairs of a better and a worse answer."""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.dataset import conversations as talk
from assistant.errors import PenalaError

Values = Mapping[str, Any]

USUAL: Mapping[str, tuple[str, ...]] = {
    "input": (
        "input", "prompt", "text_input", "question", "instruction", "query", "utterance", "message", "user", "human",
        "request", "text", "sentence", "review", "comment", "content", "body", "description", "ticket", "customer",
        "masukan", "pertanyaan", "instruksi", "pesan", "permintaan", "keluhan", "teks", "kalimat", "ulasan", "komentar",
        "soal", "konten", "deskripsi", "tiket", "pelanggan", "tanya", "q",
    ),
    "output": (
        "output", "completion", "ideal", "ideal_answer", "answer", "response", "reply", "assistant", "expected",
        "reference", "label", "category", "intent", "target", "class", "sentiment", "solution", "summary", "gpt", "bot",
        "chosen", "keluaran", "jawaban", "jawaban_ideal", "balasan", "tanggapan", "respons", "kategori", "kelas",
        "sentimen", "hasil", "ringkasan", "solusi", "jawab", "a",
    ),
    "source": (
        "source", "group", "conversation", "document", "chunk", "passage", "sumber", "percakapan", "dokumen", "potongan",
        "source_id", "group_id", "conversation_id", "document_id", "doc_id", "chunk_id", "passage_id", "thread_id", "id_sumber",
        "id_percakapan", "id_dokumen", "doc", "thread",
    ),
    "tags": ("tags", "tag", "tagar", "penanda"),
    "rejected": ("rejected", "rejected_text", "rejected_output", "rejected_answer", "ditolak", "jawaban_ditolak"),
    "note": ("note", "notes", "catatan"),
}  # fmt: skip
_TURNS = ("messages", "conversations", "contents", "conversation", "dialog", "dialogue", "turns")
_MOSTLY = 0.9  # of a column's values are text: then a number among them is a mistake
_OURS = {"id", "input", "output", "source", "split", "origin", "status"}


@dataclass(frozen=True)
class Taken:
    input: str
    output: str
    rejected: str = ""
    instructed: bool = False  # the row brought instructions of its own (a system turn), which are left out


@dataclass(frozen=True)
class Reader:
    """How the rows of one file are read: the shape's name, what takes a row apart, and the columns that were found
    (input, output, source, tags, rejected, note)."""

    shape: str
    take: Callable[[Values], Taken]
    columns: Mapping[str, str] = field(default_factory=dict)

    def text(self, row: Values, column: str) -> str:
        """A column's text; "" where there is no such column or it holds no text."""
        value = row.get(self.columns[column]) if column in self.columns else None
        return plain(value).strip() if isinstance(value, str | int | float) else ""


def reader(
    sample: Sequence[Values], given: Mapping[str, str | None], name: str, typed: bool = False
) -> Reader:
    """How rows like these are read; `given`: columns that the user named, by input, output, source, tags, rejected;
    `typed`: whoever wrote the file told numbers from text (JSON does, a spreadsheet does not).

    Raises PenalaError("column_missing") naming the columns found.
    """
    times = Counter(str(column) for row in sample for column in row)
    columns, common = list(times), {column for column in times if times[column] * 2 >= len(sample)}
    named = {what: column for what, column in given.items() if column}
    found = {what: _column(columns, column, what, name) for what, column in named.items()}
    free = [column for column in columns if column not in found.values()]
    for what in ("source", "tags", "rejected", "note"):
        if what not in found and (column := _usual(free, what, exactly=True)):
            found[what] = column
    if common >= _OURS and not named:
        return Reader("penala", _two_columns(found | {"input": "input", "output": "output"}), found)
    shape, fitting = _shape(sample) if not {"input", "output"} & set(named) else ("", 0)
    if fitting and fitting * 2 >= len(sample):
        return Reader(shape, _SHAPES[shape][1], found)
    for what in ("input", "output"):
        free = [column for column in columns if column not in found.values()]
        often = [
            column for column in free if column in common
        ]  # a name that few rows use is those rows' mistake
        column = found.get(what) or _usual(often, what) or _usual(free, what)
        if column is None and fitting:  # few rows have a known shape, but there is no other way to read any
            return Reader(shape, _SHAPES[shape][1], found)
        found[what] = column or _missing(name, what, columns)
    objects = _made_of(sample, found, (dict, list), 0.5)
    words = _made_of(sample, found, (str,), _MOSTLY) if typed else frozenset[str]()
    return Reader("columns", _two_columns(found, objects, words), found)


def guess(columns: Sequence[str]) -> dict[str, str]:
    """The columns that have usual names, by what they hold."""
    found: dict[str, str] = {}
    for what in ("source", "tags", "rejected", "note", "input", "output"):
        free = [column for column in columns if column not in found.values()]
        if column := _usual(free, what, exactly=what not in ("input", "output")):
            found[what] = column
    return found


def plain(value: Any, structured: bool = False) -> str:
    """A value as text; an object or a list only where the column is made of them, then as JSON.

    Raises PenalaError("row_not_text").
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    if structured:
        return json.dumps(value, ensure_ascii=False)
    raise PenalaError("row_not_text")


def normal(column: str) -> str:
    """A column's name without case, spaces, hyphens and quotation marks: "Jawaban Ideal" is jawaban_ideal."""
    return re.sub(r"[\W_]+", "_", str(column).casefold()).strip("_")


def _column(columns: Sequence[str], wanted: str, what: str, name: str) -> str:
    """The column the user named, whatever its case and spacing."""
    for same in (str, normal):
        found = next((c for c in columns if same(c) == same(wanted)), None)
        if found is not None:
            return found
    return _missing(name, wanted, columns)


def _missing(name: str, column: str, columns: Sequence[str]) -> str:
    wanted = " / ".join(USUAL[column][:3]) if column in USUAL else column
    raise PenalaError("column_missing", name=name, column=wanted, found=", ".join(columns))


def _usual(columns: Sequence[str], what: str, exactly: bool = False) -> str | None:
    """The column with a usual name for it; else, unless `exactly`, the one that has such a name as a word of its own."""
    by_name = {normal(column): column for column in reversed(columns)}
    found = next((by_name[name] for name in USUAL[what] if name in by_name), None)
    if found or exactly:
        return found
    words = {column: normal(column).split("_") for column in columns}
    return next((c for name in USUAL[what] if len(name) > 1 for c in columns if name in words[c]), None)


def _made_of(
    sample: Sequence[Values], found: Mapping[str, str], kinds: tuple[type, ...], share: float
) -> frozenset[str]:
    """The columns among input and output more than `share` of whose values are of these kinds."""
    made = set()
    for column in (found["input"], found["output"]):
        values = [row[column] for row in sample if row.get(column) not in (None, "")]
        if sum(isinstance(value, kinds) for value in values) > share * len(values):
            made.add(column)
    return frozenset(made)


def _two_columns(
    found: Mapping[str, str], objects: frozenset[str] = frozenset(), words: frozenset[str] = frozenset()
) -> Callable[[Values], Taken]:
    """`objects`: columns made of objects or lists; `words`: columns in which a number is a mistake."""
    first, second, worse = found["input"], found["output"], found.get("rejected")

    def take(row: Values) -> Taken:
        for column in words:
            if isinstance(row.get(column), int | float):
                raise PenalaError("row_number", column=column)
        text, answer = (plain(row.get(column), column in objects) for column in (first, second))
        return Taken(text, answer, plain(row.get(worse)) if worse else "")

    return take


def _shape(sample: Sequence[Values]) -> tuple[str, int]:
    """The shape that most rows have (the first of those that as many have), and how many have it."""
    counts = {name: sum(map(test, sample)) for name, (test, _) in _SHAPES.items()}
    best = max(counts, key=lambda name: counts[name])
    return best, counts[best]


def _listed(value: Any) -> list[Mapping[str, Any]] | None:
    """Turns: a list of objects, or such a list as text, as in a table's cell; None for anything else."""
    if isinstance(value, str) and value.lstrip().startswith("[{"):
        try:
            value = json.loads(value)
        except ValueError:
            return None
    if isinstance(value, list) and value and all(isinstance(turn, dict) for turn in value):
        return value
    return None


def _is_turns(value: Any) -> bool:
    found = _listed(value)
    return found is not None and all({"role", "from"} & set(turn) for turn in found)


def _key(row: Values) -> str | None:
    by_name = {str(name).strip().lower(): str(name) for name in row}
    return next((by_name[name] for name in _TURNS if name in by_name and _is_turns(row[by_name[name]])), None)


def _said(value: Any, role: str = "user") -> list[talk.Turn]:
    """Turns from a list of them, one turn as an object, or a bare text said by `role`."""
    if isinstance(value, dict):
        value = [value]
    found = _listed(value)
    return talk.turns(found) if found is not None else [talk.Turn(role, plain(value))] if value else []


def _is_conversation(row: Values) -> bool:
    return _key(row) is not None


def _conversation(row: Values) -> Taken:
    """messages (OpenAI, TRL), conversations (ShareGPT), contents (Vertex AI); LLaMA-Factory's pairs beside them."""
    key = _key(row)
    said = _said(row[key]) if key else []
    system = bool(row.get("system") or row.get("systemInstruction") or row.get("system_instruction"))
    if row.get("chosen") and row.get("rejected"):
        return _pair(said, _said(row["chosen"], "assistant"), _said(row["rejected"], "assistant"), system)
    return _taken(said, system)


def _taken(said: Sequence[talk.Turn], system: bool = False) -> Taken:
    asked, answer = talk.exchange(said)
    return Taken(asked, answer, "", system or any(turn.role == "system" for turn in said))


def _pair(
    before: Sequence[talk.Turn], better: Sequence[talk.Turn], worse: Sequence[talk.Turn], system: bool = False
) -> Taken:
    """A better and a worse answer; turns that both begin with belong to what was asked."""
    shared = 0
    while shared < min(len(better), len(worse)) - 1 and better[shared] == worse[shared]:
        shared += 1
    asked = [*before, *better[:shared]]
    good, bad = (talk.exchange(side[shared:])[1] for side in (better, worse))
    return Taken(talk.written(asked), good, bad, system or any(turn.role == "system" for turn in asked))


def _is_prompt_completion(row: Values) -> bool:
    return _is_turns(row.get("prompt")) and "completion" in row


def _prompt_completion(row: Values) -> Taken:
    return _taken([*_said(row.get("prompt")), *_said(row.get("completion"), "assistant")])


def _is_preference(row: Values) -> bool:
    return bool(row.get("chosen") and row.get("rejected")) or bool(
        row.get("text") and row.get("rejected_text")
    )


def _preference(row: Values) -> Taken:
    """Pairs as TRL and AutoTrain take them: the prompt apart or at the beginning of both, as texts or as turns."""
    better, worse = row.get("chosen") or row.get("text"), row.get("rejected") or row.get("rejected_text")
    asked = next((row[key] for key in ("prompt", "question", "input", "instruction") if row.get(key)), None)
    if asked is None and isinstance(better, str) and isinstance(worse, str) and not _is_turns(better):
        return _joined(better, worse)
    system = bool(row.get("system"))
    return _pair(_said(asked), _said(better, "assistant"), _said(worse, "assistant"), system)


def _joined(better: str, worse: str) -> Taken:
    """Whole dialogues as texts, "Human: … Assistant: …", that part only in the last answer (Anthropic's HH-RLHF)."""
    mark = "\n\nAssistant:"
    at = better.rfind(mark)
    if at < 0 or not worse.startswith(better[:at]):
        raise PenalaError("row_no_input")
    said = re.split(r"\n\n(Human|Assistant):", better[:at])[1:]
    turns = [
        talk.Turn(talk.ROLES[role.lower()], text.strip())
        for role, text in zip(said[::2], said[1::2], strict=True)
    ]
    return Taken(talk.written(turns), better[at + len(mark) :].strip(), worse[at + len(mark) :].strip())


def _is_openai_preference(row: Values) -> bool:
    return "preferred_output" in row and "non_preferred_output" in row


def _openai_preference(row: Values) -> Taken:
    asked = row.get("input")
    before = _said(asked.get("messages") if isinstance(asked, dict) else asked)
    return _pair(
        before,
        _said(row.get("preferred_output"), "assistant"),
        _said(row.get("non_preferred_output"), "assistant"),
    )


def _is_vertex_preference(row: Values) -> bool:
    return _is_turns(row.get("contents")) and isinstance(row.get("completions"), list)


def _vertex_preference(row: Values) -> Taken:
    scored = [one for one in row.get("completions") or () if isinstance(one, dict)]
    ranked = sorted(scored, key=lambda one: -float(one.get("score") or 0))
    if len(ranked) != 2:
        raise PenalaError("row_not_two_answers", found=len(ranked))
    system = bool(row.get("systemInstruction") or row.get("system_instruction"))
    better, worse = (_said(one.get("completion"), "assistant") for one in ranked)
    return _pair(_said(row.get("contents")), better, worse, system)


def _is_alpaca(row: Values) -> bool:
    return "instruction" in row and (
        "output" in row or ("response" in row and ("context" in row or "input" in row))
    )


def _alpaca(row: Values) -> Taken:
    """instruction, input, output (Alpaca; Dolly says context and response; LLaMA-Factory adds system and history)."""
    parts = [plain(row.get("instruction")), plain(row.get("input", row.get("context")))]
    said = [
        talk.Turn(role, plain(text))
        for pair in row.get("history") or ()
        for role, text in zip(("user", "assistant"), pair, strict=False)
    ]
    said.append(talk.Turn("user", "\n".join(part for part in parts if part)))
    answer = plain(row.get("output", row.get("response")))
    return Taken(talk.written(said), answer, plain(row.get("rejected")), bool(row.get("system")))


def _is_judged(row: Values) -> bool:
    return isinstance(row.get("label"), bool) and "completion" in row and "prompt" in row


def _judged(row: Values) -> Taken:
    """KTO's rows: an answer that was marked bad is nothing to learn from."""
    if row.get("label") is False:
        raise PenalaError("row_marked_bad")
    return _taken([*_said(row.get("prompt")), *_said(row.get("completion"), "assistant")])


def _is_transcript(row: Values) -> bool:
    return len(row) <= 3 and _is_turns(row.get("text"))


def _transcript(row: Values) -> Taken:
    """AutoTrain's one column of turns."""
    return _taken(_said(row.get("text")))


_SHAPES: Mapping[str, tuple[Callable[[Values], bool], Callable[[Values], Taken]]] = {
    "vertex_preference": (_is_vertex_preference, _vertex_preference),
    "openai_preference": (_is_openai_preference, _openai_preference),
    "conversation": (_is_conversation, _conversation),
    "judged": (_is_judged, _judged),
    "prompt_completion": (_is_prompt_completion, _prompt_completion),
    "alpaca": (_is_alpaca, _alpaca),
    "preference": (_is_preference, _preference),
    "transcript": (_is_transcript, _transcript),
}
