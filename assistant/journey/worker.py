"""The process behind every job: `python -m assistant.journey.worker FOLDER`."""

import sys
from pathlib import Path
from typing import Any

from assistant import jobs
from assistant.jobs import Journal
from assistant.settings import from_environment


def main(folder: Path) -> int:
    return jobs.work(folder, _action)


def _action(spec: dict[str, Any], journal: Journal) -> dict[str, Any]:
    settings = from_environment()
    if spec["kind"] == "tune":
        from assistant.journey import tune

        return tune.work(spec, journal, settings)
    if spec["kind"] == "compare":
        from assistant.journey import compare

        return compare.work(spec, journal, settings)
    if spec["kind"] == "index":
        from assistant.journey import documents

        return documents.work(spec, journal, settings)
    if spec["kind"] == "hosted":
        from assistant.journey import hosted

        return hosted.work(spec, journal)
    if spec["kind"] == "ship":
        from assistant.journey import shipping

        return shipping.work(spec, journal, settings)
    raise ValueError(f"no job of kind {spec['kind']!r}")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
