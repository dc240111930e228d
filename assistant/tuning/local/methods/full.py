"""Full tuning: every weight learns. The most memory, and the easiest way to forget what the base knew."""

from typing import Any

from assistant.tuning.local.methods.own import OwnWeights
from assistant.tuning.plan import Plan


def wrap(model: Any, plan: Plan) -> Any:
    return OwnWeights(model, lambda name: True)
