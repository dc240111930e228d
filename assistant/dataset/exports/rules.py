"""What a target would refuse or cut: too few rows, too many, too long, too large; by limits that bear a source."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from assistant import texts
from assistant.dataset.examples import Example
from assistant.dataset.exports.targets import Limit, Target, Words, source_title

_CHARACTERS = (
    3.0  # a token, at least, in Indonesian and English: what is longer by this count is surely near the limit
)


@dataclass(frozen=True)
class Problem:
    """`refused`: the target takes no such file; `warning`: it takes it, and you should know. `limit` is its ground."""

    code: str
    severity: Literal["refused", "warning"]
    rows: tuple[str, ...]
    values: Mapping[str, Any]
    limit: Limit | None = None

    def say(self, language: str) -> str:
        values = {k: v.say(language) if isinstance(v, Words) else v for k, v in self.values.items()}
        said = texts.say(language, f"dataset.export_problem.{self.code}", **values)
        if self.limit is None:
            return said
        when = f", {self.limit.date}" if self.limit.date else ""
        return f"{said} ({source_title(self.limit.source)}{when})"


def problems(
    to: Target, train: Sequence[Example], validation: Sequence[Example], sizes: Sequence[int]
) -> list[Problem]:
    """`sizes`: bytes of each data file."""
    return [*_counts(to, train, validation), *_lengths(to, [*train, *validation]), *_sizes(to, sizes)]


def _counts(to: Target, train: Sequence[Example], validation: Sequence[Example]) -> Iterator[Problem]:
    least, most = to.limits.get("rows_min"), to.limits.get("rows_max")
    if least and len(train) < least.value:
        values = {"rows": len(train), "least": int(least.value), "target": to.name}
        yield Problem("too_few", "refused", (), values, least)
    if most and len(train) > most.value:
        yield Problem("too_many", "refused", (), {"rows": len(train), "most": int(most.value)}, most)
    largest = to.limits.get("validation_rows_max")
    if largest and len(validation) > largest.value:
        values = {"rows": len(validation), "most": int(largest.value)}
        yield Problem("too_much_validation", "refused", (), values, largest)
    if largest and len(validation) > max(1000, 0.3 * len(train)):
        yield Problem("validation_share", "refused", (), {"rows": len(validation)}, largest)
    learned = {(e.input, e.output) for e in train}
    both = tuple(e.id for e in validation if (e.input, e.output) in learned)
    if both:
        yield Problem("validation_in_training", "warning", both, {"rows": len(both)})


def _lengths(to: Target, given: Sequence[Example]) -> Iterator[Problem]:
    tokens = to.limits.get("tokens_per_example")
    if tokens:
        longest = tokens.value * _CHARACTERS
        long = tuple(e.id for e in given if len(e.input) + max(len(e.output), len(e.rejected)) > longest)
        if long:
            yield Problem("too_long", "warning", long, {"rows": len(long), "most": int(tokens.value)}, tokens)
    for part in ("input", "output"):
        limit = to.limits.get(f"{part}_characters")
        long = tuple(e.id for e in given if limit and len(getattr(e, part)) > limit.value)
        if limit and long:
            yield Problem(
                f"{part}_too_long", "refused", long, {"rows": len(long), "most": int(limit.value)}, limit
            )


def _sizes(to: Target, sizes: Sequence[int]) -> Iterator[Problem]:
    most = to.limits.get("file_mb")
    if most and max(sizes, default=0) > most.value * 1e6:
        megabytes = max(sizes) / 1e6
        yield Problem(
            "too_large", "refused", (), {"megabytes": round(megabytes, 1), "most": int(most.value)}, most
        )
