"""Pushing a folder to a model hub with the user's own token, which is read when it is needed and never written down."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from assistant.errors import PenalaError

_NAME = re.compile(r"[\w.-]{1,96}/[\w.-]{1,96}")
_SECONDS = 15.0  # that the hub has for its first answer


def checked(repository: str, offline: bool) -> str:
    """The repository's name, before anything long is done for it.

    Raises PenalaError: hub_name, hub_offline, hub_no_token.
    """
    name = repository.strip().removeprefix("https://huggingface.co/").strip("/")
    if not _NAME.fullmatch(name) or ".." in name:
        raise PenalaError("hub_name", repository=repository)
    if offline:
        raise PenalaError("hub_offline")
    if not _token():
        raise PenalaError("hub_no_token")
    return name


def push(folder: Path, repository: str, private: bool, message: str) -> str:
    """Put the folder's files into the repository, made if it is absent (`private` then); its address.

    Raises PenalaError: hub_no_token, hub_push_refused, hub_push_unreachable.
    """
    token = _token()
    if not token:
        raise PenalaError("hub_no_token")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    from huggingface_hub import HfApi

    api = HfApi(endpoint=os.environ.get("HF_ENDPOINT") or None, token=token)
    with _in_words(repository, token):
        made = api.create_repo(repository, private=private, exist_ok=True)
        api.upload_folder(repo_id=repository, folder_path=folder, commit_message=message)
    return str(made)


def _token() -> str:
    """From HF_TOKEN, else what `hf auth login` keeps."""
    given = os.environ.get("HF_TOKEN", "").strip()
    if given:
        return given
    from huggingface_hub import get_token

    return str(get_token() or "")


@contextmanager
def _in_words(repository: str, token: str) -> Iterator[None]:
    from huggingface_hub.errors import HfHubHTTPError

    try:
        yield
    except HfHubHTTPError as error:
        status: Any = getattr(error.response, "status_code", 0)
        reason = _short(error, token)
        raise PenalaError("hub_push_refused", repository=repository, status=status, reason=reason) from None
    except PenalaError:
        raise
    except Exception as error:  # the client's own transport errors share no base that we may import
        reason = f"{type(error).__name__}: {_short(error, token)}"
        raise PenalaError("hub_push_unreachable", repository=repository, reason=reason) from None


def _short(error: Exception, token: str) -> str:
    """The error's first words, without the token should it be among them."""
    return " ".join(str(error).split()).replace(token, "…")[:200]
