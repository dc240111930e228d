"""How far reviewing has come, how fast it goes, and when the wanted number of good examples will be there."""

import math
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from assistant.dataset.reviews import disputes, rules
from assistant.workspace.project import Project

DAYS = 14  # pace is taken from the last so many days
_LEAST_DAYS, _LEAST_EXAMPLES = 2, 5  # below, a pace would be a guess

Outlook = Literal["reached", "date", "unknown", "too_few"]


@dataclass(frozen=True)
class Progress:
    """Counts of examples: `reviewed` have the opinions asked for, `good` of them are
    accepted and in no dispute. `per_day`: reviewed and
    accepted a calendar day. `outlook`: the target is reached, has a date (`on`), cannot be foreseen yet, or lies above
    all examples that there are (`missing`: how many more to collect)."""

    opinions: int
    target: int
    total: int
    drafts: int
    reviewed: int
    good: int
    rejected: int
    disputed: int
    per_day: float | None
    outlook: Outlook
    on: date | None
    missing: int
    people: tuple[tuple[str, int, int], ...]  # name, opinions in all, opinions today


def progress(project: Project, today: date | None = None) -> Progress:
    """`today`: the day in UTC, by default the clock's."""
    today = today or datetime.now(UTC).date()
    needed, target = rules.opinions(project), rules.target(project)
    with project.database() as db:
        rows = db.execute(
            "SELECT status, judged >= ? AS done, count(*) AS n FROM examples GROUP BY 1, 2", (needed,)
        ).fetchall()
        given = db.execute(
            "SELECT person, count(*) AS n, sum(substr(at, 1, 10) = ?) AS today FROM opinions "
            "WHERE action != 'skip' AND NOT settles GROUP BY person ORDER BY n DESC, person",
            (today.isoformat(),),
        ).fetchall()
        since = (today - timedelta(days=DAYS - 1)).isoformat()
        days = Counter(str(row["day"]) for row in db.execute(_READY, (needed, since)))
    counts = Counter({(row["status"], bool(row["done"])): row["n"] for row in rows})
    disputed = disputes.counts(project)
    good = counts["accepted", True] - disputed["accepted"]
    missing = max(0, target - sum(n for (status, _), n in counts.items() if status != "rejected"))
    pace = _pace(days, today)
    outlook, on = _outlook(good, target, missing, pace, today)
    return Progress(
        needed, target, sum(counts.values()), counts["draft", False] + counts["draft", True],
        sum(n for (_, done), n in counts.items() if done), good,
        counts["rejected", True] + counts["rejected", False], disputed.total(), pace, outlook, on, missing,
        tuple((row["person"], row["n"], row["today"] or 0) for row in given),
    )  # fmt: skip


# For each accepted example with enough opinions, the day of the last of them.
_READY = """
    SELECT substr(max(o.at), 1, 10) AS day FROM examples e JOIN opinions o ON o.example = e.id
    WHERE e.status = 'accepted' AND e.judged >= ? AND o.action != 'skip' GROUP BY e.id HAVING day >= ?
"""


def _pace(days: Counter[str], today: date) -> float | None:
    """Good examples a calendar day since the first day that had some; None where that is too little to go by."""
    if len(days) < _LEAST_DAYS or days.total() < _LEAST_EXAMPLES:
        return None
    first = date.fromisoformat(min(days))
    return days.total() / max(1, (today - first).days + 1)


def _outlook(
    good: int, target: int, missing: int, pace: float | None, today: date
) -> tuple[Outlook, date | None]:
    if good >= target:
        return "reached", None
    if missing:
        return "too_few", None
    if pace is None:
        return "unknown", None
    return "date", today + timedelta(days=math.ceil((target - good) / pace))
