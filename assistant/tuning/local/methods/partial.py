"""Partial tuning: the last layers learn, the lower ones and the vocabulary stay as they are."""

from typing import Any

from assistant.errors import PenalaError
from assistant.models import changes
from assistant.tuning.local.methods.own import OwnWeights, decoder_name
from assistant.tuning.plan import Plan


def wrap(model: Any, plan: Plan) -> Any:
    """The last `plan.layers` layers (0: a third of them). Raises PenalaError: method_misfit, bad_plan."""
    count = len(changes.layers(model))
    if not count:
        raise PenalaError("method_misfit", method=plan.method)
    chosen = plan.layers or max(1, count // 3)
    if chosen > count:
        raise PenalaError("bad_plan", name="layers", value=str(chosen), low="1", high=str(count))
    starts = tuple(f"{decoder_name(model)}.layers.{n}." for n in range(count - chosen, count))
    return OwnWeights(model, lambda name: name.startswith(starts))
