"""Pushing to a model hub through the real client; the token stays where it was."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import PenalaError
from assistant.tuning import hub

from .hub_standin import TOKEN, Hub


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    made = Hub()
    monkeypatch.setenv("HF_ENDPOINT", made.address)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for module in ("huggingface_hub.hf_api", "huggingface_hub._commit_api"):
        # The hub's own chunk store speaks a protocol that no stand-in can; the large-file protocol is the other way.
        monkeypatch.setattr(f"{module}.is_xet_available", lambda: False)
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "model"
    made.mkdir()
    (made / "README.md").write_text("# Model\n")
    (made / "adapter_model.safetensors").write_bytes(bytes(range(256)) * 5000)
    return made


def code_of(call: object) -> PenalaError:
    with pytest.raises(PenalaError) as told:
        call()  # type: ignore[operator]
    return told.value


def test_a_folder_is_pushed_whole_into_a_private_repository(there: Hub, folder: Path) -> None:
    assert hub.checked(" https://huggingface.co/tim/balasan ", False) == "tim/balasan"
    address = hub.push(folder, "tim/balasan", True, "Model r001")
    assert address.endswith("/tim/balasan")
    assert there.repositories["tim/balasan"] == {p.name: p.read_bytes() for p in folder.iterdir()}
    assert there.private["tim/balasan"]
    hub.push(folder, "tim/terbuka", False, "Model r001")
    assert not there.private["tim/terbuka"]


def test_a_refusal_and_a_lost_connection_are_told_without_the_token(
    there: Hub, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_wrongwrongwrong")
    refused = code_of(lambda: hub.push(folder, "tim/balasan", True, "m"))
    assert refused.code == "hub_push_refused" and refused.values["status"] == 401
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    away = code_of(lambda: hub.push(folder, "tim/balasan", True, "m"))
    assert away.code == "hub_push_unreachable"
    said = "".join(str(error.say(language)) for error in (refused, away) for language in ("id", "en"))
    assert "hf_wrong" not in said


def test_names_offline_and_no_token_are_said_before_any_work(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("balasan", "a/b/c", "../a", "tim/", "tim/bal asan", ""):
        assert code_of(lambda name=name: hub.checked(name, False)).code == "hub_name"
    assert code_of(lambda: hub.checked("tim/balasan", True)).code == "hub_offline"
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr("huggingface_hub.get_token", lambda: None)
    assert code_of(lambda: hub.checked("tim/balasan", False)).code == "hub_no_token"
