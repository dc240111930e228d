"""Specs: what each opens, what is refused, what is found."""

import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from assistant import texts
from assistant.errors import PenalaError
from assistant.models import endpoint, registry
from assistant.models.gemini import GeminiChat
from assistant.settings import Settings


@pytest.fixture
def bare(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, weights=tmp_path / "weights", offline=True)


NOWHERE = {"OLLAMA_HOST": "http://127.0.0.1:9"}


@pytest.mark.parametrize(
    ("spec", "code"),
    [
        ("gemini:", "bad_spec"), ("ollama:", "bad_spec"), ("hub:../../etc", "bad_spec"), ("hub:one", "bad_spec"),
        ("gpt-9", "no_model"), ("/no/such/folder", "no_model"), ("multilingual-e5-small", "not_a_chat_model"),
        ("hub:nobody/nothing", "hub_unreachable"), ("openai:m@http://", "bad_address"),
    ],
)  # fmt: skip
def test_a_wrong_spec_is_refused_in_words(spec: str, code: str, bare: Settings) -> None:
    with pytest.raises(PenalaError) as caught:
        registry.open_model(spec, bare)
    assert caught.value.code == code
    assert caught.value.say("id").message != caught.value.say("en").message


def test_remote_specs_open_their_kind(bare: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEMINI_API_KEY", "k")
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    monkeypatch.delenv("OLLAMA_HOST", raising=False)
    assert isinstance(registry.open_model("gemini:gemini-3.5-flash", bare), GeminiChat)
    for spec, model, address in [
        ("openai:org/m@host@http://127.0.0.1:8000/v1/", "org/m@host", "http://127.0.0.1:8000/v1"),
        ("openai:gpt-6-luna", "gpt-6-luna", endpoint.OPENAI),
        ("ollama:qwen3:4b", "qwen3:4b", "http://127.0.0.1:11434/v1"),
    ]:
        opened = registry.open_model(spec, bare)
        assert isinstance(opened, endpoint.EndpointChat)
        assert (opened.model, opened.address) == (model, address)


def test_an_adapter_cannot_go_on_a_remote_model(bare: Settings, tmp_path: Path) -> None:
    with pytest.raises(PenalaError) as caught:
        registry.open_model("ollama:qwen3:4b", bare, adapter=tmp_path)
    assert caught.value.code == "not_local"


def test_nothing_here_means_fetch_or_accept_first(bare: Settings) -> None:
    rows = {row.spec: row for row in registry.found(bare, NOWHERE)}
    assert not any(row.ready for row in rows.values())
    assert rows["gemma-3-270m"].note_key == "models.note.terms"
    assert rows["smollm2-135m-instruct"].note_key == "models.note.fetch"


def test_keys_ollama_and_folders_are_found(bare: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = bare.weights / "hub--owner--model"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"x")
    shutil.copytree(folder, bare.weights / ".fetch-x")
    (bare.weights / "notes").mkdir()
    monkeypatch.setattr(endpoint, "ollama_models", lambda env: ["qwen3:4b"])
    env = {"GEMINI_API_KEY": "secret", "GOOGLE_CLOUD_PROJECT": "p1"}
    rows = [row for row in registry.found(bare, env) if row.ready]
    assert [row.spec for row in rows] == [
        str(folder), "gemini:gemini-3.5-flash-lite", "vertex:gemini-3.5-flash-lite", "ollama:qwen3:4b",
    ]  # fmt: skip
    assert rows[0].name == "owner/model"
    assert "secret" not in str(rows)
    notes = {row.note_key for row in rows if row.note_key}
    assert notes <= texts.keys("id").keys() and notes <= texts.keys("en").keys()


def test_finding_opens_no_socket_beyond_this_machine(bare: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []
    real = socket.create_connection
    monkeypatch.setattr(
        socket,
        "create_connection",
        lambda address, *a, **k: (called.append(address[0]), real(address, *a, **k))[1],
    )
    registry.found(bare, {"GEMINI_API_KEY": "k", **NOWHERE})
    assert set(called) <= {"127.0.0.1"}


def test_looking_loads_no_heavy_library() -> None:
    code = (
        "import sys; from pathlib import Path; from assistant.settings import Settings\n"
        "from assistant.models import registry, embedding, weights\n"
        "registry.found(Settings(Path('x'), Path('y')), {'OLLAMA_HOST': 'http://127.0.0.1:9'})\n"
        "print([m for m in ('torch', 'transformers', 'peft', 'sentence_transformers', 'openai', 'google.genai', "
        "'huggingface_hub') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


@pytest.mark.parametrize(
    "spec",
    [
        "openai:x@http://169.254.169.254/v1",
        "openai:x@http://127.0.0.1:1/v1",
        "hub:someone/model",
        "/etc",
        "ollama:x",
    ],
)
def test_row_34_a_strangers_address_is_opened_by_no_demo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spec: str
) -> None:

    opened: list[object] = []
    monkeypatch.setattr(registry, "found", lambda settings: [])
    monkeypatch.setattr(socket.socket, "connect", lambda *given: opened.append(given))
    with pytest.raises(PenalaError) as told:
        registry.open_model(spec, Settings(home=tmp_path, weights=tmp_path, space=True))
    assert told.value.code == "space_model" and opened == []
