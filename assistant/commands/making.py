"""`penala data draft` and `augment`: examples that a machine made, for a person to accept or edit."""

from collections.abc import Sequence
from typing import Any

from assistant import texts
from assistant.commands import Call
from assistant.commands.proposed import by_model
from assistant.dataset.examples import Example
from assistant.journey import augmenting, drafting
from assistant.journey.augmenting import Augmented
from assistant.journey.drafting import Drafted


def draft(call: Call) -> int:
    """Question and answer drafted from the documents, without a model or by the one named."""
    asked = call.arguments
    if asked.model is None:
        return _listed(call, drafting.extract(call.project, asked.count, asked.seed))
    return _listed(call, by_model(call, drafting.propose, Drafted(0, 0)))


def augment(call: Call) -> int:
    """Paraphrases for labels with few examples, by rule or by the model named."""
    from assistant.models import registry
    from assistant.models.embedding import open_embedder

    asked, project, embedder = call.arguments, call.project, open_embedder(call.settings)
    model = registry.open_model(asked.model, call.settings) if asked.model else None
    now = Augmented(0, 0)
    for now in augmenting.augment(project, embedder, asked.to, asked.label, model, asked.seed):
        call.say(texts.say(call.language, "dataset.augmented", **now.counts))
    return _listed(call, now.made)


def _listed(call: Call, made: Sequence[Example]) -> int:
    rows = [_row(e) for e in made]
    return call.show_rows(rows, "\n".join(f"{e.id}  {e.input}  →  {e.output}" for e in made))


def _row(e: Example) -> dict[str, Any]:
    place = e.place
    where = {
        "document": place.document or None, "start": place.start, "stop": place.stop, "model": place.model or None,
    } if place else {}  # fmt: skip
    return {"id": e.id, "input": e.input, "output": e.output, "source": e.source, "status": e.status, **where}
