"""The electricity that a run took: read from the processor's own counters where the system shows them, else reckoned."""

import resource
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_COUNTERS = Path("/sys/class/powercap")


@dataclass(frozen=True)
class Energy:
    """`measured`: from the processor's counters (without the rest of the machine), else seconds times assumed power."""

    low_kwh: float
    high_kwh: float
    measured: bool


def counters(folder: Path = _COUNTERS) -> dict[str, tuple[int, int]]:
    """Microjoules so far and where the count starts again, by processor package (Linux, RAPL); empty where it is not
    shown, as in most containers and virtual machines."""
    found = {}
    for path in sorted(folder.glob("*-rapl:[0-9]*")):
        if path.name.count(":") != 1:  # a part of a package, counted in it already
            continue
        try:
            now, end = (int((path / name).read_text()) for name in ("energy_uj", "max_energy_range_uj"))
        except (OSError, ValueError):
            continue
        found[path.name] = (now, end)
    return found


def taken(
    before: Mapping[str, tuple[int, int]],
    after: Mapping[str, tuple[int, int]],
    seconds: float,
    low_kw: float,
    high_kw: float,
) -> Energy:
    """Between two readings; without any, `seconds` at the assumed power."""
    joules = 0.0
    for name, (now, end) in after.items():
        if name in before:
            gone = now - before[name][0]
            joules += (gone if gone >= 0 else gone + end) / 1e6
    if joules > 0:
        return Energy(joules / 3.6e6, joules / 3.6e6, True)
    return Energy(low_kw * seconds / 3600, high_kw * seconds / 3600, False)


def peak() -> int:
    """The most memory that this process ever held, in bytes."""
    # Linux counts in ru_maxrss what the process that started this one held then; the kernel's own mark does not.
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
