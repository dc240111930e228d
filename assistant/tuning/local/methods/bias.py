"""BitFit: only the biases learn (Ben Zaken et al. 2022). Many models of today have none."""

from typing import Any

from assistant.errors import PenalaError
from assistant.tuning.local.methods.own import OwnWeights
from assistant.tuning.plan import Plan


def wrap(model: Any, plan: Plan) -> Any:
    """Raises PenalaError("method_no_biases") for a model that has none."""
    if not any(name.endswith(".bias") for name, _ in model.named_parameters()):
        raise PenalaError("method_no_biases", model=plan.model)
    return OwnWeights(model, lambda name: name.endswith(".bias"))
