"""What people add by hand, with the passage it rests on: one example, or an answer put right; shows nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.dataset import examples
from assistant.dataset.examples import Example, Place
from assistant.dataset.similar import normal
from assistant.errors import PenalaError
from assistant.models.values import Embedder
from assistant.retrieval import questions, search, store
from assistant.retrieval.search import Passage
from assistant.workspace.project import Project

SHOWN = 5


def passages(project: Project, query: str, embedder: Embedder) -> list[Passage]:
    """The project's passages that fit a query best; none in a project without documents."""
    return search.search(project, query, embedder, SHOWN)


def place(passage: Passage) -> Place:
    return Place(document=passage.document, start=passage.start, stop=passage.stop)


def write(
    project: Project,
    author: str,
    text: str,
    answer: str,
    note: str = "",
    tags: Sequence[str] = (),
    passage: Place | None = None,
) -> Example:
    """One example by one person. Raises PenalaError("example_incomplete") without input or answer."""
    source = passage.passage if passage else ""
    made = Example("", text, answer, source, note=note, tags=tuple(tags), author=author, place=passage)
    return examples.add_all(project, [made])[0]


def quoted(project: Project, place: Place) -> str:
    """The text of a place in a document as it stands now; empty where the document is gone."""
    named = [d.id for d in store.documents(project) if d.name == place.document and d.status == "ready"]
    return store.content(project, named[0])[place.start or 0 : place.stop or 0] if named else ""


@dataclass(frozen=True)
class Said:
    """An answer that may be put right: which arm gave it, and where (`chat`, `live`, or a comparison's id).
    `passage`: what it cited, if anything."""

    question: str
    answer: str
    arm: str
    where: str
    passage: Place | None = None

    @property
    def place(self) -> Place:
        return replace(self.passage or Place(), context=f"{self.arm} ({self.where}): {self.answer}")


def improve(
    project: Project,
    author: str,
    said: Said,
    question: str,
    better: str,
    note: str = "",
    tags: Sequence[str] = (),
) -> Example:
    """An example that gives the answer which should have been given; the given one is its worse answer.

    What was asked as a test (a test or validation row, an evaluation question) goes to that side: trained on, it
    would make the next comparison look better than it is.
    Raises PenalaError: example_incomplete, improved_same.
    """
    if better.strip() == said.answer.strip():
        raise PenalaError("improved_same")
    source, split = _held(project, question)
    made = Example(
        "", question, better, source, split, note, "improved", tuple(tags), author, said.place,
        rejected=said.answer.strip(),
    )  # fmt: skip
    return examples.add_all(project, [made])[0]


def _held(project: Project, question: str) -> tuple[str, str]:
    """The group and the side of what the question was held out with; empty for any other question."""
    asked = normal(question)
    for e in examples.all_examples(project):
        if e.split in ("validation", "test") and normal(e.input) == asked:
            return e.group, e.split
    held = any(normal(q.question) == asked for q in questions.questions(project))
    return "", "test" if held else ""
