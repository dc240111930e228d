"""What a run made its base forget: the probe asked of both, answers kept by the model's fingerprint."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from assistant.evaluation import forgetting
from assistant.evaluation.forgetting import Forgetting
from assistant.settings import Settings
from assistant.tuning.adapters import Adapter
from assistant.workspace import files
from assistant.workspace.project import Project

STAGE = "probe"  # named among the arms, as evaluation.arms.probe
_FILE = "forgetting.json"


def measure(
    project: Project,
    tuned: Adapter,
    settings: Settings,
    folder: Path,
    report: Callable[[int, int, str], None],
) -> Forgetting:
    """Ask the base and the tuned model, judge, and save the result in a comparison's folder."""
    from assistant.models.local import LocalChat, open_chat

    base = open_chat(tuned.card.base, settings)
    total = 2 * len(forgetting.items())

    def right(model: LocalChat, done: int) -> list[float]:
        key = hashlib.sha256(f"{model.fingerprint}{forgetting.items()}".encode()).hexdigest()[:32]
        path = project.cache / "probe" / f"{key}.json"
        if not path.exists():
            found = forgetting.answer(model, lambda asked, _: report(done + asked, total, STAGE))
            files.write(path, json.dumps(found))
        return [float(one) for one in json.loads(path.read_text("utf-8"))]

    before = right(base, 0)
    found = forgetting.judge(tuned.run, before, right(base.beside(tuned.folder), total // 2))
    forgetting.save(found, folder / _FILE)
    return found


def saved(folder: Path) -> Forgetting | None:
    """What was measured with a comparison, None where nothing was."""
    return forgetting.load(folder / _FILE)
