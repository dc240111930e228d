"""Runs an action in a child process that is killed, or whose disk fails, at the nth thing it does to files."""

import io
import os
import signal
from collections.abc import Callable

NAMES = ("replace", "fsync", "mkdir", "unlink", "rmdir", "open")


def killed(action: Callable[[], object], step: int, after: bool) -> bool:
    """Whether the child was killed at that step; if not, the action came to its end."""
    return os.WIFSIGNALED(_child(action, step, lambda: os.kill(os.getpid(), signal.SIGKILL), after))


def failed(action: Callable[[], object], step: int, number: int) -> bool:
    """Whether the step met with that error; the action must then have told it in a PenalaError or an OSError."""

    def fail() -> None:
        raise OSError(number, os.strerror(number))

    code = os.waitstatus_to_exitcode(_child(action, step, fail, after=False))
    assert code in (0, 3), f"exit {code}: neither done nor said"
    return code == 3


def _child(action: Callable[[], object], step: int, happens: Callable[[], None], after: bool) -> int:
    pid = os.fork()
    if pid:
        return os.waitpid(pid, 0)[1]
    try:
        _strike(step, happens, after)
        action()
    except BaseException as error:
        from assistant.errors import PenalaError

        os._exit(3 if isinstance(error, PenalaError | OSError) else 9)
    os._exit(0)


def _strike(step: int, happens: Callable[[], None], after: bool) -> None:
    count = [0]

    def counted(real: Callable[..., object]) -> Callable[..., object]:
        def act(*given: object, **named: object) -> object:
            count[0] += 1
            mine = count[0] == step
            if mine and not after:
                happens()
            done = real(*given, **named)
            if mine and after:
                happens()
            return done

        return act

    for name in NAMES:
        setattr(os, name, counted(getattr(os, name)))
    io.open = counted(io.open)  # what pathlib and zipfile open files by
