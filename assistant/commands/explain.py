"""`penala explain`: a question answered from the guides, with citations."""

from assistant.advisor import explaining
from assistant.commands import Call
from assistant.models.embedding import open_embedder


def explain(call: Call) -> int:
    """One answer, or one a line of stdin; exit 0 also when the guides do not hold it."""
    embedder = open_embedder(call.settings)
    for question in call.queries(call.arguments.question):
        found = explaining.explain(question, embedder, call.language)
        cited = [
            f"[{n}] {c.title}: {c.section} ({', '.join(c.source)})" for n, c in enumerate(found.citations, 1)
        ]
        call.show(found.to_json(), "\n".join([found.answer, *cited]))
    return 0
