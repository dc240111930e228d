"""One message through several arms at the same time, each answer shown as it is written; keeps nothing."""

import threading
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Protocol, cast

from assistant.dataset import versions
from assistant.errors import PenalaError
from assistant.evaluation.values import Arm, Case, Kind
from assistant.journey import compare
from assistant.journey.compare import Request
from assistant.workspace.project import Project

MOST = 4  # arms side by side; more cannot be read


class Streaming(Protocol):
    """An arm that can be watched while it writes."""

    def stream(self, text: str) -> Iterator[str]:
        """The answer so far, again and again until it is whole."""


@dataclass(frozen=True)
class Heard:
    """What one arm has said until now. `first` and `seconds`: since the message was sent, to its first words and to
    here; `problem`: why it could not go on."""

    arm: str
    text: str = ""
    done: bool = False
    first: float = 0.0
    seconds: float = 0.0
    problem: PenalaError | None = None


def newest(project: Project, run: str | None = None, model: str | None = None) -> Request:
    """The arms as a comparison on the newest version would have them; on the documents where there is no version."""
    made = versions.all_versions(project)
    return Request(f"{made[-1].name}:test" if made else "questions", run=run, model=model)


def kind(project: Project, request: Request) -> Kind:
    """The kind of the project's cases; of none where there are none yet."""
    try:
        return compare.cases(project, request)[1]
    except PenalaError:
        return "text"


def usual(possible: Sequence[str]) -> list[str]:
    """Two arms to begin with: the simplest and the newest tuned one, or what comes last."""
    named = [name for name in possible if ":" not in name]
    return list(dict.fromkeys(named[:1] + named[-1:]))


def check(arms: Sequence[str]) -> None:
    """Raises PenalaError: ui_no_arms, ui_too_many_arms."""
    if not arms:
        raise PenalaError("ui_no_arms")
    if len(arms) > MOST:
        raise PenalaError("ui_too_many_arms", most=MOST)


def talk(arms: Sequence[Arm], text: str) -> Generator[tuple[Heard, ...], None, None]:
    """What all arms have said, in their order, each time one of them has said more; the last is whole.

    Each arm writes in a thread of its own: models of this machine take turns token by token, remote ones write beside
    them. An arm that fails says why and lets the others go on. Closing the iterator ends them all.
    """
    said: SimpleQueue[tuple[int, Heard | Exception]] = SimpleQueue()
    left = threading.Event()
    for place, arm in enumerate(arms):
        threading.Thread(target=_write, args=(place, arm, text, said, left), daemon=True).start()
    heard = [Heard(arm.name) for arm in arms]
    try:
        while not all(one.done for one in heard):
            new = [said.get()]
            while not said.empty():
                new.append(said.get())
            for place, one in new:
                if isinstance(one, Exception):
                    raise one
                heard[place] = one
            yield tuple(heard)
    finally:
        left.set()


def _write(
    place: int,
    arm: Arm,
    text: str,
    said: "SimpleQueue[tuple[int, Heard | Exception]]",
    left: threading.Event,
) -> None:
    began, first, written = time.monotonic(), 0.0, ""
    try:
        for written in _written(arm, text):
            if left.is_set():
                return
            first = first or time.monotonic() - began
            said.put((place, Heard(arm.name, written, False, first, time.monotonic() - began)))
        said.put((place, Heard(arm.name, written, True, first, time.monotonic() - began)))
    except PenalaError as error:
        said.put((place, Heard(arm.name, written, True, first, time.monotonic() - began, error)))
    except Exception as error:  # raised where it is read
        said.put((place, error))


def _written(arm: Arm, text: str) -> Iterator[str]:
    """The answer so far, again and again; at once from an arm that only knows whole answers."""
    if hasattr(arm, "stream"):
        yield from cast(Streaming, arm).stream(text)
    else:
        yield arm.answer([Case("live", text, "")])[0].text
