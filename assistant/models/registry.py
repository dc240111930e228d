"""Opens a model by its spec, and lists what can be used here; knows each kind's module, no network of its own.

A spec is a catalogue id, a folder, `hub:OWNER/NAME`, `gemini:MODEL`, `vertex:MODEL`, `openai:MODEL@ADDRESS` or
`ollama:MODEL`.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import PenalaError
from assistant.models import catalogue, endpoint, folders, gemini, weights
from assistant.models.values import ChatModel
from assistant.settings import Settings


@dataclass(frozen=True)
class Found:
    """A model that can be chosen. `where`: a folder, an address or a service; `note_key`: a text on how to get
    it ready, or what to know ("" for nothing)."""

    spec: str
    name: str
    where: str
    ready: bool
    note_key: str
    kind: str = "chat"


def open_model(spec: str, settings: Settings, adapter: Path | None = None) -> ChatModel:
    """The model of a spec, with an adapter if it is a local one.

    Raises PenalaError: no_model, bad_spec, not_local (an adapter for a remote model), space_model, and what its module
    raises.
    """
    if settings.space and spec not in {one.spec for one in found(settings)}:
        raise PenalaError(
            "space_model"
        )  # a stranger's address, folder or hub model would be opened by this server
    kind, _, rest = spec.partition(":")
    remote = {"gemini": _gemini, "vertex": _vertex, "openai": _openai, "ollama": _ollama}.get(kind)
    if remote is None:
        return _local(spec, settings, adapter)
    if not rest:
        raise PenalaError("bad_spec", spec=spec)
    if adapter is not None:
        raise PenalaError("not_local", model=spec)
    return remote(rest)


def found(settings: Settings, env: Mapping[str, str] = os.environ) -> list[Found]:
    """What can be chosen: the catalogue, other folders of weights, services with a key, a running Ollama."""
    return [*_catalogue(settings), *_folders(settings), *_services(env)]


def _local(spec: str, settings: Settings, adapter: Path | None) -> ChatModel:
    from assistant.models.local import open_chat

    if spec.startswith("hub:"):
        spec = str(weights.ensure_hub(spec.removeprefix("hub:"), settings))
    elif catalogue.known(spec) and catalogue.entry(spec).kind != "chat":
        raise PenalaError("not_a_chat_model", model=spec)
    return open_chat(spec, settings, adapter)


def _gemini(model: str) -> ChatModel:
    return gemini.open_gemini(model)


def _vertex(model: str) -> ChatModel:
    return gemini.open_vertex(model)


def _openai(rest: str) -> ChatModel:
    model, separator, address = rest.rpartition("@http")
    if not separator:
        return endpoint.open_endpoint(rest, os.environ.get("OPENAI_BASE_URL") or endpoint.OPENAI)
    return endpoint.open_endpoint(model, f"http{address}")


def _ollama(model: str) -> ChatModel:
    return endpoint.open_endpoint(model, f"{endpoint.ollama_address()}/v1")


def _catalogue(settings: Settings) -> list[Found]:
    rows = []
    for entry in catalogue.entries():
        ready = weights.present(entry.id, settings)
        agreed = entry.terms is None or weights.accepted(entry.terms, settings)
        note = "" if ready else ("models.note.fetch" if agreed else "models.note.terms")
        where = str(weights.folder_of(entry.id, settings)) if ready else ""
        rows.append(Found(entry.id, entry.name, where, ready, note, entry.kind))
    return rows


def _folders(settings: Settings) -> list[Found]:
    """Folders with weights that the catalogue does not name, put there by hand or taken from a hub."""
    if not settings.weights.is_dir():
        return []
    others = [path for path in sorted(settings.weights.iterdir()) if not catalogue.known(path.name)]
    return [
        Found(str(path), path.name.removeprefix("hub--").replace("--", "/"), str(path), True, "")
        for path in others
        if not path.name.startswith(".") and folders.complete(path)
    ]


def _services(env: Mapping[str, str]) -> list[Found]:
    rows = []
    model = gemini.RECOMMENDED
    if gemini.api_key(env):
        rows.append(Found(f"gemini:{model}", f"Gemini {model}", "Gemini API", True, "models.note.sends"))
    if place := gemini.vertex_place(env):
        where = f"Vertex AI, {place[0]}, {place[1]}"
        rows.append(Found(f"vertex:{model}", f"Vertex AI {model}", where, True, "models.note.sends"))
    address = f"{endpoint.ollama_address(env)}/v1"
    rows += [Found(f"ollama:{name}", name, address, True, "") for name in endpoint.ollama_models(env)]
    return rows
