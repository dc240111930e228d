"""Real questions that no example is like, and examples that say nearly the same thing."""

import numpy as np

from assistant.dataset.checks import Data, Finding

_ALIKE = 0.4  # the share of examples like an earlier one above which they are said to be alike
_TOLD, _LETTERS = 3, 60
_LOWEST = 0.05  # the share of examples that are as far from all others; a question beyond has none like it


def check(data: Data) -> list[Finding]:
    return [*_asked(data), *_alike(data)]


def _asked(data: Data) -> list[Finding]:
    """A question has no example where its nearest one is farther than nearly all examples are from each other."""
    if data.embed is None or not data.asked or len(data.examples) < 20:
        return []
    forms = list(dict.fromkeys(e.input for e in data.examples))
    inputs, asked = data.embed(forms), data.embed(data.asked)
    sample = inputs[np.random.default_rng(0).permutation(len(inputs))[:2_000]]
    near = np.sort(sample @ inputs.T, axis=1)[:, -2] if len(inputs) > 1 else np.ones(1)
    alone = [
        q
        for q, best in zip(data.asked, (asked @ inputs.T).max(axis=1), strict=True)
        if best < np.quantile(near, _LOWEST)
    ]
    shown = "; ".join(q[:_LETTERS] for q in alone[:_TOLD])
    values = {"questions": len(alone), "asked": len(data.asked), "shown": shown}
    return [Finding("coverage", "note", (), values)] if alone else []


def _alike(data: Data) -> list[Finding]:
    order = {form: place for place, form in enumerate(data.like.places)}
    later = {max(pair, key=order.__getitem__) for pair in data.like.pairs}
    repeated = sum(len(places) - (form not in later) for form, places in data.like.places.items())
    share = repeated / max(1, len(data.examples))
    return [Finding("coverage", "note", (), {"share": round(100 * share)}, "alike")] if share > _ALIKE else []
