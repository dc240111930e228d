"""What a chat model proposes, step by step, for the commands that draft; knows nothing of what is drafted."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from assistant import texts
from assistant.commands import Call


class Step(Protocol):
    """How far it is, and what was made so far."""

    @property
    def counts(self) -> Mapping[str, int]: ...

    @property
    def made(self) -> Sequence[Any]: ...


def by_model(call: Call, propose: Callable[..., Iterator[Step]], nothing: Step) -> Sequence[Any]:
    """What `propose` makes with the model named by --model (`nothing`: its state before the first step); how far it is,
    and how much was dropped, goes to stderr."""
    from assistant.models import registry

    asked, project = call.arguments, call.project
    model, now = registry.open_model(asked.model, call.settings), nothing
    for now in propose(project, model, asked.count, asked.seed):
        call.say(texts.say(call.language, "retrieval.proposing.step", **now.counts))
    call.say(texts.say(call.language, "retrieval.proposing.done", model=model.name, **now.counts))
    return now.made
