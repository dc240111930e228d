"""The full-text index of a project's chunks (FTS5): which hold a query's words, and how telling each word is.

Knows nothing of vectors.
"""

import json
import math
import re
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from assistant.retrieval import store
from assistant.texts.terms import search_terms
from assistant.workspace.project import Project

_TERMS, _RULES = "retrieval.terms", "2"  # which rules made the search terms
_SEARCHABLE = re.compile(r"\w")
_CHOSEN = "AND rowid IN (SELECT id FROM chunks WHERE document IN (SELECT value FROM json_each(?)))"


@dataclass(frozen=True)
class Words:
    """What full text finds of a query: (chunk, BM25), best first, and how telling each of its terms is.

    That is BM25's inverse document frequency, ln(1 + (N - n + 0.5) / (n + 0.5)), n of N chunks holding the term
    (Robertson and Zaragoza 2009)."""

    hits: tuple[tuple[int, float], ...]
    rarities: Mapping[str, float]


def lexical(
    project: Project, queries: Sequence[str], k: int, within: Collection[int] | None = None
) -> list[Words]:
    """For each query the k best chunks that hold a term of it; `within`: only these documents'."""
    chosen = "" if within is None else _CHOSEN
    query = f"""SELECT rowid, bm25(chunks_text) AS rank FROM chunks_text WHERE chunks_text MATCH ? {chosen}
                ORDER BY rank LIMIT ?"""
    scope = () if within is None else (json.dumps(list(within)),)
    asked = [list(dict.fromkeys(search_terms(text))) for text in queries]
    with project.database() as db:
        total = db.execute("SELECT count(*) FROM chunks").fetchone()[0]
        holding = _holding(db, list({term for words in asked for term in words}))
        found = []
        for words in asked:
            rows = db.execute(query, (match, *scope, k)) if (match := _match(words, holding, total)) else ()
            hits = tuple((row["rowid"], -row["rank"]) for row in rows)
            rare = {t: math.log1p((total - n + 0.5) / (n + 0.5)) for t in words for n in [holding.get(t, 0)]}
            found.append(Words(hits, rare))
    return found


def _holding(db: sqlite3.Connection, wanted: Sequence[str]) -> dict[str, int]:
    """How many chunks hold each term."""
    found: dict[str, int] = {}
    db.execute("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, chunks_text, row)")
    for part in store.slices(wanted):
        query = f"SELECT term, doc FROM temp.vocabulary WHERE term IN ({','.join('?' * len(part))})"
        found.update((row["term"], row["doc"]) for row in db.execute(query, tuple(part)))
    return found


def _match(words: Sequence[str], holding: Mapping[str, int], total: int) -> str:
    """An FTS5 query for any of the terms. One that most chunks hold weighs nothing there and costs the most time,
    so it counts only where there is no other."""
    held = [word for word in words if _SEARCHABLE.search(word) and (word in holding or not word.isascii())]
    rare = [word for word in held if 2 * holding.get(word, 0) <= total]
    return " OR ".join(f'"{word}"' for word in rare or held)


def refresh_terms(project: Project) -> None:
    """Bring the search terms of chunks that an earlier version saved to today's rules."""
    with project.database() as db:
        row = db.execute("SELECT value FROM meta WHERE key = ?", (_TERMS,)).fetchone()
        if row and row["value"] == _RULES:
            return
        rows = db.execute("SELECT id, heading, text FROM chunks").fetchall()
        made = [(" ".join(search_terms(store.embedded_text(r["heading"], r["text"]))), r["id"]) for r in rows]
        db.executemany("UPDATE chunks SET terms = ? WHERE id = ?", made)
        db.execute("INSERT INTO chunks_text(chunks_text) VALUES ('rebuild')")
        db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_TERMS, _RULES))
