"""Puts agreement and progress into a language's words; computes nothing."""

from assistant import texts
from assistant.dataset.reviews import agreement, progress
from assistant.dataset.reviews.alpha import Agreement
from assistant.dataset.reviews.progress import Progress


def figure(language: str, found: Agreement) -> str:
    """The figure with its interval, as far as it is known."""
    if found.same is None:
        return _say(language, "figure_none")
    values: dict[str, object] = {"same": texts.number(language, 100 * found.same), "units": found.units}
    if found.alpha is None:
        return _say(language, "figure_plain", **values)
    values["alpha"] = texts.number(language, found.alpha, 2)
    if found.low is None or found.high is None:
        return _say(language, "figure_open", **values)
    low, high = (texts.number(language, end, 2) for end in (found.low, found.high))
    return _say(language, "figure", **values, low=low, high=high)


def reading(language: str, found: Agreement) -> str:
    """What the figure means, in a sentence; empty for free text, where no figure beyond chance is told."""
    if found.alpha is None and found.same is not None:
        return _say(language, "reading.same") if found.same == 1 else ""
    return texts.say(language, f"dataset.review.reading.{agreement.reading(found)}")


def lines(language: str, found: Progress, on: str) -> list[str]:
    """Counts, pace and outlook, a sentence each; `on`: the day of the outlook as people write it."""
    pace = texts.number(language, found.per_day, 1) if found.per_day is not None else ""
    return [
        _say(
            language, "counts", reviewed=found.reviewed, total=found.total, good=found.good, rejected=found.rejected,
            disputed=found.disputed, drafts=found.drafts,
        ),
        _say(language, "pace", pace=pace, days=progress.DAYS) if pace else _say(language, "pace_unknown"),
        _say(language, f"outlook.{found.outlook}", target=found.target, on=on, missing=found.missing),
    ]  # fmt: skip


def _say(language: str, key: str, **values: object) -> str:
    return texts.say(language, f"dataset.review.{key}", **values)
