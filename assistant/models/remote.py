"""What models on other machines have in common: parallel questions, estimates, errors in words."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from assistant.errors import PenalaError

Item = TypeVar("Item")
Made = TypeVar("Made")

_AT_ONCE = 4  # questions under way at a time: quick enough, and below the limits of small accounts


def in_parallel(make: Callable[[Item], Made], items: Sequence[Item]) -> list[Made]:
    """`make` of each item, in order; the first error stops what has not begun."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        futures = [pool.submit(make, item) for item in items]
        try:
            return [future.result() for future in futures]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def estimated_tokens(text: str) -> int:
    """Four characters a token: right within a third for English and Indonesian."""
    return (len(text) + 3) // 4


def refusal(status: int, service: str, model: str, said: str) -> PenalaError:
    """The error for an HTTP status. `said`: the service's own words, shortened."""
    words = " ".join(said.split())[:200]
    if status in (401, 403) or "api key" in words.lower():
        return PenalaError("remote_key_refused", service=service, reason=words)
    if status == 404:
        return PenalaError("remote_no_model", service=service, model=model)
    if status == 429:
        return PenalaError("remote_busy", service=service)
    return PenalaError("remote_failed", service=service, status=str(status), reason=words)


@contextmanager
def transport_in_words(errors: tuple[type[Exception], ...], service: str, address: str) -> Iterator[None]:
    """Raises PenalaError("remote_unreachable") for the client's own connection errors."""
    try:
        yield
    except errors as error:
        raise PenalaError("remote_unreachable", service=service, address=address) from error
