"""Which models the product knows, from `knowledge/models.yaml`; does not know what is on this machine."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from assistant.errors import PenalaError
from assistant.settings import KNOWLEDGE, read_yaml


@dataclass(frozen=True)
class Part:
    """One data file inside one package of the Python package index."""

    package: str
    version: str
    member: str


@dataclass(frozen=True)
class Hub:
    """A model hub's repository with safetensors at full precision. `bytes`: about what is downloaded."""

    repository: str
    bytes: int


@dataclass(frozen=True)
class Wheel:
    """Data files of packages, put one after the other; `sha256` and `size` are those of the whole."""

    parts: tuple[Part, ...]
    format: Literal["gguf", "e5s1"]
    sha256: str
    size: int
    bytes: int


@dataclass(frozen=True)
class FactSource:
    """Where and when facts of an entry were read."""

    about: str
    source: str
    date: str


@dataclass(frozen=True)
class Template:
    """A conversation layout, and the texts that end an answer besides the end token."""

    jinja: str
    stops: tuple[str, ...]


@dataclass(frozen=True)
class Terms:
    """A licence to be accepted first; `notice` must stay beside the weights."""

    id: str
    name: str
    address: str
    policy: str
    modified: str
    notice: str


@dataclass(frozen=True)
class Entry:
    """One model. `context` in tokens; `disk`: bytes needed while fetching and converting."""

    id: str
    name: str
    kind: Literal["chat", "embedding"]
    languages: tuple[str, ...]
    parameters: int
    licence: str
    instruct: bool
    context: int
    architecture: str
    disk: int
    sources: tuple[Hub | Wheel, ...]
    facts: tuple[FactSource, ...]
    terms: str | None = None
    template: str | None = None
    gguf_pre: str | None = None  # what llama.cpp calls this tokenizer's way of cutting text


def entries() -> list[Entry]:
    """Every model, in the file's order."""
    return list(_all().values())


def known(id: str) -> bool:
    return id in _all()


def entry(id: str) -> Entry:
    """One model. Raises PenalaError("no_model") for an id that the catalogue lacks."""
    if not known(id):
        raise PenalaError("no_model", model=id, known=", ".join(_all()))
    return _all()[id]


def template(name: str = "plain") -> Template:
    body = _file()["templates"][name]
    return Template(body["jinja"], tuple(body["stops"]))


def terms(id: str) -> Terms:
    body = {key: str(value) for key, value in _file()["terms"][id].items()}
    return Terms(id=id, **body)


@cache
def _file() -> dict[str, Any]:
    return read_yaml(KNOWLEDGE / "models.yaml")


@cache
def _all() -> dict[str, Entry]:
    return {body["id"]: _entry(body) for body in _file()["models"]}


def _entry(body: dict[str, Any]) -> Entry:
    return Entry(
        **{
            **body,
            "languages": tuple(body["languages"]),
            "sources": tuple(_source(source) for source in body["sources"]),
            "facts": tuple(FactSource(f["about"], f["source"], str(f["date"])) for f in body["facts"]),
        }
    )


def _source(body: dict[str, Any]) -> Hub | Wheel:
    if body["kind"] == "hub":
        return Hub(body["repository"], body["bytes"])
    parts = tuple(Part(part["package"], str(part["version"]), part["member"]) for part in body["parts"])
    return Wheel(parts, body["format"], body["sha256"], body["size"], body["bytes"])
