"""The project's prompts by version, and worked examples chosen for a prompt; knows nothing of models."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.errors import PenalaError
from assistant.models.prompt import Prompt, Shot, from_json
from assistant.models.values import Embedder, Vectors
from assistant.workspace.database import now
from assistant.workspace.project import Project

KINDS = ("task", "question")
EXAMPLES, MOST_EXAMPLES = 4, 8  # worked examples that an input gets by default, and at most
_LIKE, _CANDIDATES = 0.7, 24  # weight of likeness against variety (Carbonell and Goldstein 1998)


@dataclass(frozen=True)
class PromptVersion:
    """Version 0 is the prompt that the team used before: the one to beat."""

    kind: str
    version: int
    prompt: Prompt
    note: str
    at: str


def versions(project: Project, kind: str) -> list[PromptVersion]:
    """Oldest first."""
    with project.database() as db:
        rows = db.execute("SELECT * FROM prompts WHERE kind = ? ORDER BY version", (kind,)).fetchall()
    return [PromptVersion(r["kind"], r["version"], from_json(r["body"]), r["note"], r["at"]) for r in rows]


def current(project: Project, kind: str) -> PromptVersion | None:
    """The newest version; None before the first."""
    found = versions(project, kind)
    return found[-1] if found else None


def add(project: Project, kind: str, prompt: Prompt, note: str = "") -> PromptVersion:
    """Keep a prompt as the next version. Raises PenalaError: prompt_empty, prompt_schema, prompt_examples."""
    if not prompt.instructions.strip() and not prompt.shots:
        raise PenalaError("prompt_empty")
    if prompt.schema and not _schema(prompt.schema):
        raise PenalaError("prompt_schema")
    if not 0 <= prompt.examples <= MOST_EXAMPLES or (prompt.examples and kind != "task"):
        raise PenalaError("prompt_examples", most=MOST_EXAMPLES)
    with project.database() as db:
        taken = db.execute("SELECT max(version) FROM prompts WHERE kind = ?", (kind,)).fetchone()[0]
        number, at = 0 if taken is None else taken + 1, now()
        db.execute("INSERT INTO prompts VALUES (?,?,?,?,?)", (kind, number, prompt.to_json(), note, at))
    return PromptVersion(kind, number, prompt, note, at)


def version(project: Project, kind: str, number: int) -> PromptVersion:
    """Raises PenalaError("prompt_unknown")."""
    found = versions(project, kind)
    for one in found:
        if one.version == number:
            return one
    raise PenalaError(
        "prompt_unknown", version=number, known=", ".join(str(one.version) for one in found) or "–"
    )


def _schema(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def shots_for(
    texts: Sequence[str], pool: Sequence[Shot], embedder: Embedder, count: int = EXAMPLES
) -> list[tuple[Shot, ...]]:
    """For each text the worked examples most like it but unlike each other, the likest last.

    A pool entry with the very same input is left out: it would give the answer away.
    """
    if not pool or not texts:
        return [() for _ in texts]
    known, asked = embedder.queries([shot.input for shot in pool]), embedder.queries(texts)
    chosen = []
    for text, vector in zip(texts, asked, strict=True):
        free = [i for i, shot in enumerate(pool) if shot.input.strip() != text.strip()]
        picked = _varied(known[free], vector, count)
        chosen.append(tuple(pool[free[i]] for i in reversed(picked)))
    return chosen


def _varied(known: Vectors, asked: Vectors, count: int) -> list[int]:
    """Maximal marginal relevance: like the question, unlike what is picked already. Best first."""
    likeness = known @ asked
    left = [int(i) for i in np.argsort(-likeness)[:_CANDIDATES]]
    picked: list[int] = []
    while left and len(picked) < count:
        repeats = (known[left] @ known[picked].T).max(axis=1) if picked else np.zeros(len(left))
        best = left[int(np.argmax(_LIKE * likeness[left] - (1 - _LIKE) * repeats))]
        picked.append(best)
        left.remove(best)
    return picked
