"""Rows longer than the chosen model can be trained on here, or than a tuning service takes in one example."""

from assistant.dataset.checks import Data, Finding, Named
from assistant.dataset.examples import Example


def check(data: Data) -> list[Finding]:
    rows = tuple(e.id for e in data.examples if is_longer(data, e, data.longest))
    found = [Finding("over_length", "warning", rows, {"longest": data.longest})] if rows else []
    if not data.limits:
        return found
    least = min(limit.tokens for limit in data.limits)
    beyond = [e for e in data.examples if is_longer(data, e, least)]
    over = {limit.provider: sum(is_longer(data, e, limit.tokens) for e in beyond) for limit in data.limits}
    named = {provider: count for provider, count in over.items() if count}
    if beyond:
        found.append(
            Finding(
                "over_length", "note", tuple(e.id for e in beyond), {"providers": Named(named)}, "provider"
            )
        )
    return found


def is_longer(data: Data, e: Example, most: int) -> bool:
    """Whether a whole row, instructions and chat template included, has more than `most` tokens.

    A token is a byte at least, so short rows are known without counting.
    """
    if len(e.input.encode()) + len(e.output.encode()) + data.frame <= most:
        return False
    return data.frame + data.count(f"{e.input}\n{e.output}") > most
