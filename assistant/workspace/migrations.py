"""The project database's schema, one numbered step after another; a step that has been released never changes."""

import sqlite3
from collections.abc import Callable

_M001 = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE facts (
    signal TEXT PRIMARY KEY, value TEXT NOT NULL, quote TEXT, origin TEXT NOT NULL, at TEXT NOT NULL
);
CREATE TABLE turns (id INTEGER PRIMARY KEY, role TEXT NOT NULL, text TEXT NOT NULL, asks TEXT, at TEXT NOT NULL);
CREATE TABLE decisions (id INTEGER PRIMARY KEY, approach TEXT NOT NULL, record TEXT NOT NULL, at TEXT NOT NULL);

CREATE TABLE documents (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, file TEXT NOT NULL UNIQUE, status TEXT NOT NULL,
    reason TEXT, pages INTEGER NOT NULL DEFAULT 0, text TEXT NOT NULL DEFAULT '', at TEXT NOT NULL
);
CREATE TABLE chunks (
    id INTEGER PRIMARY KEY, document INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
    page INTEGER, heading TEXT NOT NULL DEFAULT '', start INTEGER NOT NULL, stop INTEGER NOT NULL,
    text TEXT NOT NULL, hash TEXT NOT NULL, terms TEXT NOT NULL DEFAULT ''
);
CREATE INDEX chunks_document ON chunks(document);
CREATE VIRTUAL TABLE chunks_text USING fts5(terms, content='chunks', content_rowid='id', tokenize='unicode61 remove_diacritics 2');
CREATE TRIGGER chunks_added AFTER INSERT ON chunks BEGIN
    INSERT INTO chunks_text(rowid, terms) VALUES (new.id, new.terms);
END;
CREATE TRIGGER chunks_removed AFTER DELETE ON chunks BEGIN
    INSERT INTO chunks_text(chunks_text, rowid, terms) VALUES ('delete', old.id, old.terms);
END;
CREATE TABLE embeddings (hash TEXT NOT NULL, model TEXT NOT NULL, vector BLOB NOT NULL, PRIMARY KEY (hash, model));

CREATE TABLE prompts (
    kind TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL, note TEXT NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (kind, version)
);
CREATE TABLE questions (
    id TEXT PRIMARY KEY, question TEXT NOT NULL, answers TEXT NOT NULL, document TEXT, answerable INTEGER NOT NULL,
    origin TEXT NOT NULL, at TEXT NOT NULL
);

CREATE TABLE examples (
    id TEXT PRIMARY KEY, input TEXT NOT NULL, output TEXT NOT NULL, source TEXT NOT NULL DEFAULT '',
    split TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT '', origin TEXT NOT NULL, at TEXT NOT NULL
);
CREATE TABLE versions (
    name TEXT PRIMARY KEY, hash TEXT NOT NULL, parent TEXT, rows INTEGER NOT NULL, note TEXT NOT NULL, at TEXT NOT NULL
);

CREATE TABLE jobs (id TEXT PRIMARY KEY, kind TEXT NOT NULL, folder TEXT NOT NULL, at TEXT NOT NULL);
"""


def m001_first_tables(database: sqlite3.Connection) -> None:
    for statement in _statements(_M001):
        database.execute(statement)


def m002_facts_before_each_turn(database: sqlite3.Connection) -> None:
    """The facts as they stood before what the user said (JSON), so that a step can be undone."""
    database.execute("ALTER TABLE turns ADD COLUMN facts TEXT")


def m003_where_documents_came_from(database: sqlite3.Connection) -> None:
    """`source`: where a document's file stood, so that a changed, renamed or deleted file is known again.
    `leaving`: copies of removed documents whose bytes may still be on disk. Chunks of before have old terms."""
    database.execute("ALTER TABLE documents ADD COLUMN source TEXT NOT NULL DEFAULT ''")
    database.execute("CREATE TABLE leaving (file TEXT PRIMARY KEY)")
    database.execute("INSERT INTO meta SELECT 'retrieval.terms', '2' WHERE NOT EXISTS (SELECT 1 FROM chunks)")


def m004_where_answers_stand(database: sqlite3.Connection) -> None:
    """`start` and `stop`: the characters of a question's document that hold its answer; NULL where unknown."""
    database.execute("ALTER TABLE questions ADD COLUMN start INTEGER")
    database.execute("ALTER TABLE questions ADD COLUMN stop INTEGER")


def m005_examples_know_where_they_came_from(database: sqlite3.Connection) -> None:
    """`place` (JSON): the file's row, document's span or model an example came from. `status`: accepted, draft or
    rejected; only accepted ones count. `rejected`: the worse answer of a preference pair. `revision`: rises with each
    edit, so that two people who edit at once notice."""
    for column in (
        "tags TEXT NOT NULL DEFAULT '[]'", "author TEXT NOT NULL DEFAULT ''", "place TEXT",
        "status TEXT NOT NULL DEFAULT 'accepted'", "rejected TEXT NOT NULL DEFAULT ''",
        "revision INTEGER NOT NULL DEFAULT 1",
    ):  # fmt: skip
        database.execute(f"ALTER TABLE examples ADD COLUMN {column}")
    database.execute("ALTER TABLE versions ADD COLUMN author TEXT NOT NULL DEFAULT ''")


_M006 = """
CREATE TABLE reviews (
    id INTEGER PRIMARY KEY, example TEXT NOT NULL, person TEXT NOT NULL, action TEXT NOT NULL, before TEXT, after TEXT,
    said TEXT, replaced TEXT, comment TEXT NOT NULL DEFAULT '', batch INTEGER, undoes INTEGER UNIQUE, at TEXT NOT NULL
);
CREATE INDEX reviews_example ON reviews(example);
CREATE INDEX reviews_person ON reviews(person);
CREATE TRIGGER reviews_never_change BEFORE UPDATE ON reviews BEGIN SELECT RAISE(ABORT, 'reviews only grow'); END;
CREATE TRIGGER reviews_never_go BEFORE DELETE ON reviews BEGIN SELECT RAISE(ABORT, 'reviews only grow'); END;

CREATE TABLE opinions (
    example TEXT NOT NULL, person TEXT NOT NULL, settles INTEGER NOT NULL DEFAULT 0, action TEXT NOT NULL,
    input TEXT NOT NULL, output TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (example, person, settles)
);
CREATE INDEX opinions_person ON opinions(person);
CREATE TABLE decided (
    example TEXT PRIMARY KEY, status TEXT NOT NULL, input TEXT NOT NULL, output TEXT NOT NULL,
    was_status TEXT NOT NULL, was_input TEXT NOT NULL, was_output TEXT NOT NULL
);
CREATE TABLE leases (
    example TEXT NOT NULL, person TEXT NOT NULL, until TEXT NOT NULL, PRIMARY KEY (example, person)
);
CREATE INDEX leases_person ON leases(person);

ALTER TABLE examples ADD COLUMN judged INTEGER NOT NULL DEFAULT 0;
CREATE INDEX examples_judged ON examples(status, judged);
CREATE TRIGGER opinions_added AFTER INSERT ON opinions BEGIN
    UPDATE examples SET judged = (SELECT count(*) FROM opinions o WHERE o.example = new.example
        AND o.action != 'skip' AND NOT o.settles) WHERE id = new.example;
END;
CREATE TRIGGER opinions_changed AFTER UPDATE OF action ON opinions WHEN (new.action = 'skip') != (old.action = 'skip') BEGIN
    UPDATE examples SET judged = (SELECT count(*) FROM opinions o WHERE o.example = new.example
        AND o.action != 'skip' AND NOT o.settles) WHERE id = new.example;
END;
CREATE TRIGGER opinions_removed AFTER DELETE ON opinions BEGIN
    UPDATE examples SET judged = (SELECT count(*) FROM opinions o WHERE o.example = old.example
        AND o.action != 'skip' AND NOT o.settles) WHERE id = old.example;
END;
CREATE TRIGGER examples_reworded AFTER UPDATE OF input, output ON examples
WHEN (new.input != old.input OR new.output != old.output) AND NOT EXISTS (
    SELECT 1 FROM decided d WHERE d.example = new.id AND ((d.input = new.input AND d.output = new.output)
        OR (d.was_input = new.input AND d.was_output = new.output))
) BEGIN
    DELETE FROM decided WHERE example = new.id;
    DELETE FROM opinions WHERE example = new.id;
END;
CREATE TRIGGER examples_deleted AFTER DELETE ON examples BEGIN
    DELETE FROM decided WHERE example = old.id;
    DELETE FROM opinions WHERE example = old.id;
    DELETE FROM leases WHERE example = old.id;
END;
"""


def m006_reviews(database: sqlite3.Connection) -> None:
    """`reviews`: the log of what each person did; it only grows. `opinions`: what each thinks now. `decided`: what
    their opinions made of an example, and what it was. `leases`: who has which example on the screen. An example's
    `judged` counts its opinions; when its words change in any other way, or it is deleted, its opinions are void."""
    for statement in _statements(_M006):
        database.execute(statement)


def m007_chunks_by_text_and_document(database: sqlite3.Connection) -> None:
    """All that a matrix of vectors needs of the chunks, without their texts. `language` of a document: id, en or
    other; NULL where an earlier version saved it and it was not yet looked at."""
    database.execute("CREATE INDEX chunks_hash ON chunks(hash, document)")
    database.execute("ALTER TABLE documents ADD COLUMN language TEXT")


def m008_examples_found_quickly(database: sqlite3.Connection) -> None:
    """All that the table filters by beside words, so that no row need be read to find those that fit."""
    database.execute("CREATE INDEX examples_found ON examples(status, split, author, origin, tags)")


def m009_remedies_that_can_be_taken_back(database: sqlite3.Connection) -> None:
    """`steps` (JSON): each example as it was, with the revision that the remedy made of it."""
    database.execute(
        "CREATE TABLE mends (id INTEGER PRIMARY KEY, name TEXT NOT NULL, author TEXT NOT NULL, at TEXT NOT NULL, steps TEXT NOT NULL)"
    )


def m010_votes(database: sqlite3.Connection) -> None:
    """Blind votes on a comparison: `first` and `second` are the arms by name, `left` the one that stood there."""
    database.execute(
        "CREATE TABLE votes (comparison TEXT NOT NULL, case_id TEXT NOT NULL, first TEXT NOT NULL, second TEXT NOT NULL,"
        " voter TEXT NOT NULL, repeat INTEGER NOT NULL, left TEXT NOT NULL, choice TEXT NOT NULL, reasons TEXT NOT NULL,"
        " at TEXT NOT NULL, UNIQUE (comparison, case_id, first, second, voter, repeat))"
    )


def _statements(script: str) -> list[str]:
    """Split a script so that it runs inside our transaction (executescript would commit it)."""
    found, part = [], ""
    for line in script.splitlines():
        part += line + "\n"
        if sqlite3.complete_statement(part):
            found.append(part)
            part = ""
    return found


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    m001_first_tables,
    m002_facts_before_each_turn,
    m003_where_documents_came_from,
    m004_where_answers_stand,
    m005_examples_know_where_they_came_from,
    m006_reviews,
    m007_chunks_by_text_and_document,
    m008_examples_found_quickly,
    m009_remedies_that_can_be_taken_back,
    m010_votes,
)
