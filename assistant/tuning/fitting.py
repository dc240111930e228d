"""How much memory a run needs at the very least, from the shapes in the base's configuration; loads no weights."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant import texts
from assistant.models import catalogue
from assistant.settings import Settings
from assistant.tuning.plan import Plan

_PROCESS = 500_000_000  # the libraries alone, as measured on Linux with torch 2.13


def least(plan: Plan, settings: Settings) -> int:
    """Bytes that a run cannot do without: the base in 16 bits (4 for QLoRA) and for each weight that learns its float32
    copy, the best one, the optimiser's two numbers and its gradient twice (providers.md 6.5). 0 where nothing is known
    of the model. What the rows need comes on top; that is measured."""
    config = _config(plan.model, settings)
    if not config:
        return 0
    held = 0.52 if plan.method == "qlora" else 2.0
    return int(_PROCESS + held * _parameters(config) + 24 * _trained(plan, config))


def that_fit(plan: Plan, settings: Settings, free: int) -> list[Plan]:
    """Changes of a plan that would fit: LoRA in its place, a smaller rank, a smaller model that is known here."""
    smaller = [
        e.id
        for e in sorted(catalogue.entries(), key=lambda e: -e.parameters)
        if e.kind == "chat" and e.id != plan.model
    ]
    tried = [replace(plan, method="lora", rank=16, alpha=32), replace(plan, method="lora", rank=4, alpha=8)]
    tried += [replace(one, model=name) for name in smaller for one in (plan, tried[0])]
    return [one for one in dict.fromkeys(tried) if one != plan and 0 < least(one, settings) <= free][:3]


@dataclass(frozen=True)
class Ways:
    """Plans that would fit, in the reader's language."""

    plans: Sequence[Plan]

    def say(self, language: str) -> str:
        if not self.plans:
            return texts.say(language, "tuning.nothing_fits")
        said = [
            texts.say(
                language,
                "tuning.way",
                model=p.model,
                method=texts.say(language, f"tuning.method.{p.method}"),
                rank=p.rank,
            )
            for p in self.plans
        ]
        return texts.say(language, "tuning.ways", ways="; ".join(said))

    def __str__(self) -> str:
        return self.say("en")


def _config(model: str, settings: Settings) -> Mapping[str, Any]:
    folder = settings.weights / model if catalogue.known(model) else Path(model).expanduser()
    try:
        found = json.loads((folder / "config.json").read_text("utf-8"))
        return found if "hidden_size" in found and "num_hidden_layers" in found else {}
    except (OSError, ValueError):
        return {}


def _layer(config: Mapping[str, Any]) -> list[tuple[int, int]]:
    """The linear maps of one layer, (in, out) each: q, k, v, o, gate, up, down."""
    wide, heads = config["hidden_size"], config["num_attention_heads"]
    size = config.get("head_dim") or wide // heads
    fed, keys = config["intermediate_size"], size * config.get("num_key_value_heads", heads)
    return [
        (wide, heads * size),
        (wide, keys),
        (wide, keys),
        (heads * size, wide),
        (wide, fed),
        (wide, fed),
        (fed, wide),
    ]


def _parameters(config: Mapping[str, Any]) -> int:
    head = 1 if config.get("tie_word_embeddings", True) else 2
    inner = config["num_hidden_layers"] * sum(a * b for a, b in _layer(config))
    return int(inner + head * config["vocab_size"] * config["hidden_size"])


def _trained(plan: Plan, config: Mapping[str, Any]) -> int:
    """Weights that learn, by method."""
    layers = config["num_hidden_layers"]
    if plan.method == "full":
        return _parameters(config)
    if plan.method == "partial":
        return (plan.layers or max(1, layers // 3)) * sum(a * b for a, b in _layer(config))
    if plan.method == "bottleneck":
        return int(layers * 2 * plan.rank * config["hidden_size"])
    if plan.method in ("lora", "rslora", "dora", "qlora"):
        return (plan.layers or layers) * sum(plan.rank * (a + b) for a, b in _layer(config))
    return 0
