"""What a thousand answers of a chat model cost by their tokens, from knowledge/providers.yaml; knows no project."""

from dataclasses import dataclass

from assistant.advisor.estimate.assumptions import Range
from assistant.advisor.estimate.bill import million
from assistant.advisor.estimate.offers import Price
from assistant.advisor.estimate.providers import load

_SERVICES = {
    "gemini": "gemini_api",
    "vertex": "vertex",
    "openai": "openai",
}  # by the beginning of a model's spec


@dataclass(frozen=True)
class Thousand:
    """USD of a thousand answers. None where the price is not known; `own`: the model runs on one's own machine, where
    tokens cost nothing. `dated`: the day of the price."""

    usd: Range | None
    own: bool = False
    dated: str | None = None


def thousand(spec: str, tokens_in: float, tokens_out: float) -> Thousand:
    """For answers of so many tokens each, read and written. An address of one's own is no vendor's price list."""
    kind, _, name = spec.partition(":")
    if kind == "ollama" or kind not in _SERVICES:
        return Thousand(Range(0, 0), own=True)
    price = _price(_SERVICES[kind], name)
    if price is None:
        return Thousand(None)
    read = million(Range(tokens_in, tokens_in) * 1000, price.input)
    written = million(Range(tokens_out, tokens_out) * 1000, price.output)
    usd = read + written if read is not None and written is not None else None
    return Thousand(usd, dated=price.input.date)


def _price(provider: str, model: str) -> Price | None:
    return next((m.base for m in load().provider(provider).models if m.id == model), None)
