"""Connects events to handlers so that every handler is private and a mistake becomes a sentence at its field."""

import functools
import inspect
import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import gradio as gr

from assistant import texts
from assistant.errors import PenalaError, Sentence
from assistant.ui import views
from assistant.workspace.redaction import redact

log = logging.getLogger("penala")
_ROOM = 16  # events at once; a tick must not wait behind another visitor's upload


def wire(
    event: Callable[..., Any],
    handler: Callable[..., Any],
    inputs: Sequence[Any] = (),
    outputs: Sequence[Any] = (),
    *,
    notice: Any,
    language: str,
    model: bool = False,
    **more: Any,
) -> Any:
    """Call `handler` on `event`; an error is shown in `notice` and leaves `outputs` as they are.

    The handler takes and returns plain values: nothing for no output, one value for one, a tuple for more.
    With `model`, calls wait for one another, because a model answers one question at a time.
    """
    safe = guarded(handler, len(outputs), language)
    room = {"concurrency_id": "model", "concurrency_limit": 1} if model else {"concurrency_limit": _ROOM}
    return event(
        safe,
        list(inputs),
        [*outputs, notice],
        api_visibility="private",
        **room,
        **{"show_progress": "hidden", **more},
    )


def asking_first(handler: Callable[..., Any], allow: Callable[[Any], None]) -> Callable[..., Any]:
    """The handler, run only once `allow` has let the request of this event pass; `allow` raises PenalaError if not."""
    from gradio.context import LocalContext

    if inspect.isgeneratorfunction(handler):

        @functools.wraps(handler)
        def steps(*args: Any) -> Iterator[Any]:
            allow(LocalContext.request.get(None))
            yield from handler(*args)

        return steps

    @functools.wraps(handler)
    def once(*args: Any) -> Any:
        allow(LocalContext.request.get(None))
        return handler(*args)

    return once


def guarded(handler: Callable[..., Any], count: int, language: str) -> Callable[..., Any]:
    """The handler with one more result: the notice, empty when all went well."""
    if inspect.isgeneratorfunction(handler):

        @functools.wraps(handler)
        def steps(*args: Any) -> Iterator[list[Any]]:
            try:
                for values in handler(*args):
                    yield [*_listed(values, count), ""]
            except Exception as error:
                yield _failed(error, count, language)

        return steps

    @functools.wraps(handler)
    def once(*args: Any) -> list[Any]:
        try:
            return [*_listed(handler(*args), count), ""]
        except Exception as error:
            return _failed(error, count, language)

    return once


def _listed(values: Any, count: int) -> list[Any]:
    if count == 0:
        return []
    return list(values) if count > 1 else [values]


def _failed(error: Exception, count: int, language: str) -> list[Any]:
    return [*(gr.skip() for _ in range(count)), views.problem(sentence(error, language))]


def sentence(error: Exception, language: str) -> Sentence:
    """What the user reads: our own sentence, or the general one for what we did not foresee."""
    if isinstance(error, PenalaError):
        said = error.say(language)
        return Sentence(redact(said.message), redact(said.hint))
    log.error("unexpected error in a page", exc_info=error)
    return Sentence(
        texts.say(language, "errors.ui_unexpected.message"), texts.say(language, "errors.ui_unexpected.hint")
    )
