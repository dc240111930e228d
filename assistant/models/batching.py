"""Which prompts are read together, and what they all begin with, which is read once; knows token counts, no network."""

from collections.abc import Callable, Iterator, Sequence

_PREFIX = 16  # tokens that all prompts must share before they are read apart
# Tokens that keep a processor busy: beyond them, shorter prompts are better read apart than padded.
_FILLED = 256


def shared(prompts: Sequence[list[int]]) -> int:
    """How many tokens all prompts begin with, at least one left to each; 0 where it is not worth a step."""
    if len(prompts) < 2:
        return 0
    least, most = min(prompts), max(prompts)  # what the first and last in order share, all between them share
    alike = next((i for i, (a, b) in enumerate(zip(least, most, strict=False)) if a != b), len(least))
    count = min(alike, min(map(len, prompts)) - 1)
    return count if count >= _PREFIX else 0


def parts(sizes: Sequence[int], rows: Callable[[int], int], even: bool = False) -> Iterator[list[int]]:
    """Indices read together, longest first, so that a part that is too big fails at once. `rows`: the most for prompts
    of that many tokens. With `even`, no prompt shorter than three quarters of its part's longest is padded in vain."""
    order = sorted(range(len(sizes)), key=lambda i: -sizes[i])
    while order:
        longest = sizes[order[0]]
        count = min(len(order), max(1, rows(longest)))
        if even:
            count = next(
                (n for n in range(1, count) if n * longest >= _FILLED and 4 * sizes[order[n]] < 3 * longest),
                count,
            )
        yield order[:count]
        order = order[count:]
