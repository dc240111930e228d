"""How a project reviews: opinions asked for on each example, and how many good examples it wants."""

from assistant.dataset.examples import writing
from assistant.dataset.reviews import deciding
from assistant.errors import PenalaError
from assistant.workspace.project import Project

MOST_OPINIONS = 9
TARGET = 100  # the working aim of checks/amount.py, until the project names its own
_TARGET = "review.target"


def opinions(project: Project) -> int:
    """How many people judge each example."""
    with project.database() as db:
        return deciding.needed(db)


def target(project: Project) -> int:
    """How many accepted, reviewed examples the project wants."""
    return int(project.get(_TARGET, TARGET))


def set_opinions(project: Project, count: int, person: str) -> None:
    """From now on each example needs so many opinions; what follows for those judged already is done at once.

    Raises PenalaError("review_count") outside 1 to MOST_OPINIONS.
    """
    _within(count, MOST_OPINIONS)
    with writing(project) as db:
        db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (deciding.OPINIONS, str(count)))
        deciding.apply_again(db, person)


def set_target(project: Project, count: int) -> None:
    """Raises PenalaError("review_count") below 1."""
    _within(count, 10_000_000)
    project.set(_TARGET, count)


def _within(count: int, most: int) -> None:
    if not 1 <= count <= most:
        raise PenalaError("review_count", count=count, most=most)
