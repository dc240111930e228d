"""What a run takes in electricity and money on one's own machine: from the power and price that the estimate assumes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from assistant import texts
from assistant.advisor.estimate import own_numbers, providers
from assistant.jobs import Event
from assistant.tuning import energy
from assistant.workspace.project import Project


def reckoned(project: Project, seconds: tuple[float, float], gpu: bool) -> dict[str, Any]:
    """kWh and USD, low and high, for so many seconds; the user's own numbers for power and price come first."""
    power = assumed(project, "own_gpu_kw" if gpu else "own_cpu_kw")
    kwh = [power[0] * seconds[0] / 3600, power[1] * seconds[1] / 3600]
    return _told(project, kwh, False)


def spent(
    project: Project,
    before: Mapping[str, tuple[int, int]],
    after: Mapping[str, tuple[int, int]],
    seconds: float,
    gpu: bool,
) -> dict[str, Any]:
    """As `reckoned`, for a run that has ended: from the processor's counters where they can be read and no GPU did the
    work, else from the assumed power."""
    power = assumed(project, "own_gpu_kw" if gpu else "own_cpu_kw")
    found = energy.taken({} if gpu else before, {} if gpu else after, seconds, *power)
    return _told(project, [found.low_kwh, found.high_kwh], found.measured)


def assumed(project: Project, name: str) -> tuple[float, float]:
    """A quantity of knowledge/providers.yaml (with its source and date), or what the project sets itself."""
    given = own_numbers.load(project)
    if name in given:
        return given[name]
    kept = providers.load().assumptions[name].fact
    return float(kept.low or 0), float(kept.high or 0)


def worked(events: Sequence[Event], now: datetime) -> float:
    """Seconds in which a run was at work: from the start or resume of each of its lives to the last that it told, without
    the time in which it waited for its turn. The last life goes on until now."""
    total, since, last = 0.0, None, None
    for event in events:
        at = datetime.fromisoformat(event.at)
        if event.kind in ("started", "resumed"):
            total += (last - since).total_seconds() if since and last else 0.0
            since = at
        elif event.values.get("key") == "tuning.waiting":
            since = None
        elif since is None:
            since = at
        last = at
    return total + ((now - since).total_seconds() if since else 0.0)


def said(told: Mapping[str, Any], language: str) -> str:
    """The sentence; as an estimate unless it was measured."""
    kwh, usd = (
        [texts.number(language, value, digits) for value in told[name]]
        for name, digits in (("kwh", 4), ("usd", 4))
    )
    key = "tuning.energy_measured" if told["measured"] else "tuning.energy_assumed"
    return texts.say(language, key, low=kwh[0], high=kwh[1], usd_low=usd[0], usd_high=usd[1])


def _told(project: Project, kwh: list[float], measured: bool) -> dict[str, Any]:
    price = assumed(project, "usd_per_kwh")
    rounded = [round(value, 6) for value in kwh]
    return {
        "kwh": rounded,
        "usd": [round(kwh[0] * price[0], 6), round(kwh[1] * price[1], 6)],
        "measured": measured,
    }
