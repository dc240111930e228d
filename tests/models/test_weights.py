"""Fetching and converting: a package index made of files, interruptions, damage, terms, no network at all."""

import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file

from assistant.errors import PenalaError
from assistant.models import catalogue, e5, fetching, folders, weights
from assistant.models.catalogue import Entry, Hub, Part, Wheel
from assistant.settings import Settings

from . import tiny

DATA, TENSORS = tiny.e5_file()
WHEEL = Wheel(
    (Part("tinye5", "1.0", "tinye5/model.bin"),), "e5s1", hashlib.sha256(DATA).hexdigest(), len(DATA), 10_000
)
TINY = Entry(
    id="tiny", name="Tiny", kind="embedding", languages=("en",), parameters=1, licence="MIT", instruct=False,
    context=16, architecture="bert", disk=1_000_000, sources=(Hub("nobody/tiny", 1), WHEEL), facts=(),
)  # fmt: skip


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the whole package index, and a catalogue that knows the tiny model."""
    folder = tmp_path / "index"
    folder.mkdir()
    tiny.wheel(folder, DATA)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    know(monkeypatch, TINY)
    return folder


@pytest.fixture
def here(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", weights=tmp_path / "weights", offline=True)


def know(monkeypatch: pytest.MonkeyPatch, entry: Entry) -> None:
    monkeypatch.setattr(catalogue, "_all", lambda: {entry.id: entry})


def test_the_data_file_becomes_a_whole_folder_and_no_code_runs(index: Path, here: Settings) -> None:
    seen: list[tuple[int, int, str]] = []
    assert not weights.present("tiny", here)
    folder = weights.ensure("tiny", here, lambda *step: seen.append(step))
    assert weights.present("tiny", here) and weights.verified(folder, full=True)
    assert [stage for _, _, stage in seen][-3:] == ["unpack", "convert", "check"]
    assert not (index / "ran").exists()
    assert not list(here.weights.glob(".fetch-*"))
    found = folders.manifest(folder)
    assert found is not None and found.source == "tinye5==1.0"
    tensors = load_file(folder / "model.safetensors")
    words = tensors["embeddings.word_embeddings.weight"]
    assert np.array_equal(words, TENSORS["emb.word"].reshape(-1, tiny.HIDDEN))
    out = tensors["encoder.layer.0.output.dense.weight"]
    assert np.array_equal(out, TENSORS["l0.fo.w"].reshape(tiny.HIDDEN, tiny.FEED))


def test_the_folder_loads_as_a_sentence_transformer(index: Path, here: Settings) -> None:
    from sentence_transformers import SentenceTransformer

    folder = weights.ensure("tiny", here)
    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    vectors = model.encode(["a b", "b c c"])
    assert vectors.shape == (2, tiny.HIDDEN)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    assert model.tokenizer("a  bc").input_ids == [0, 4, 5, 6, 2]


def test_what_was_downloaded_survives_an_interruption(
    index: Path, here: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = e5.convert

    def killed(source: Path, folder: Path) -> None:
        folder.mkdir()
        (folder / "model.safetensors").write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(e5, "convert", killed)
    with pytest.raises(KeyboardInterrupt):
        weights.ensure("tiny", here)
    assert not weights.present("tiny", here)
    monkeypatch.setattr(e5, "convert", real)
    shutil.rmtree(index)  # the second time there is nothing to download from
    assert weights.verified(weights.ensure("tiny", here), full=True)


def test_a_wheel_cut_short_is_fetched_again(index: Path, here: Settings) -> None:
    kept = here.weights / ".fetch-tiny" / "wheels"
    kept.mkdir(parents=True)
    (kept / "tinye5-1.0-py3-none-any.whl").write_bytes(b"PK\x03\x04 half")
    assert weights.verified(weights.ensure("tiny", here))


def test_other_data_than_pinned_is_refused(
    index: Path, here: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for data in (DATA[:-1] + b"x", DATA + b"more", b"x"):
        tiny.wheel(index, data)
        with pytest.raises(PenalaError) as caught:
            weights.ensure("tiny", here)
        assert caught.value.code == "weights_wrong_hash"
        assert not weights.present("tiny", here)
    tiny.wheel(index, DATA)
    assert weights.verified(weights.ensure("tiny", here))


def test_nothing_reachable_names_three_ways_out(index: Path, here: Settings) -> None:
    shutil.rmtree(index)
    index.mkdir()
    with pytest.raises(PenalaError) as caught:
        weights.ensure("tiny", here)
    assert caught.value.code == "weights_unreachable"
    for language, ways in (("en", ("model hub", "pip", "copy")), ("id", ("hub model", "pip", "salin"))):
        hint = caught.value.say(language).hint
        assert all(way in hint for way in ways) and str(here.weights / "tiny") in hint


def test_a_hub_that_swallows_packets_is_noticed_within_five_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)  # and nobody accepts: once its queue is full, a connection is not even refused
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(server.getsockname())
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.getsockname()[1]}")
        began = time.monotonic()
        assert not fetching.hub_answers()
        assert time.monotonic() - began < 5
        for one in waiting:
            one.close()


def test_a_hub_that_connects_and_says_nothing_is_noticed_within_five_seconds(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from assistant.models import fetching; "
        "from assistant.models.catalogue import Hub; import huggingface_hub.hf_api; began = time.monotonic()\n"
        "try: fetching.from_hub(Hub('nobody/tiny', 1), Path(sys.argv[1]), lambda *step: None)\n"
        "except fetching.Unreachable: print(time.monotonic() - began)"
    )
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(8)
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        told = {"HF_ENDPOINT": address, "HF_HOME": str(tmp_path), "HF_HUB_DISABLE_TELEMETRY": "1"}
        assert float(_python(code, tmp_path / "taken", **told)) < 5


def test_a_name_look_up_that_hangs_is_noticed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching.socket, "create_connection", lambda *_: time.sleep(20))
    began = time.monotonic()
    assert not fetching.hub_answers(seconds=0.5)
    assert time.monotonic() - began < 2


def test_two_at_once_make_it_once(index: Path, here: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    real, made, stages = e5.convert, list[float](), list[str]()

    def slow(source: Path, folder: Path) -> None:
        made.append(time.monotonic())
        time.sleep(1.0)
        real(source, folder)

    monkeypatch.setattr(e5, "convert", slow)
    found: list[Path] = []
    work = [
        threading.Thread(
            target=lambda: found.append(weights.ensure("tiny", here, lambda _d, _t, s: stages.append(s)))
        )
        for _ in range(2)
    ]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    assert len(made) == 1 and found[0] == found[1] and "wait" in stages


def test_a_damaged_folder_is_made_again(index: Path, here: Settings) -> None:
    folder = weights.ensure("tiny", here)
    with (folder / "model.safetensors").open("r+b") as stream:
        stream.truncate(100)
    assert not weights.present("tiny", here)
    assert weights.verified(weights.ensure("tiny", here), full=True)


def test_a_changed_byte_is_found_by_the_full_check(index: Path, here: Settings) -> None:
    folder = weights.ensure("tiny", here)
    with (folder / "model.safetensors").open("r+b") as stream:
        stream.seek(-1, 2)
        stream.write(b"\x01")
    assert weights.verified(folder) and not weights.verified(folder, full=True)


def test_a_folder_copied_by_hand_is_taken_as_it_is(index: Path, here: Settings) -> None:
    folder = weights.ensure("tiny", here)
    (folder / "manifest.json").unlink()
    (folder / "pytorch_model.bin").write_bytes(b"pickle")
    before = (folder / "model.safetensors").stat().st_mtime_ns
    assert weights.present("tiny", here)
    assert weights.ensure("tiny", here) == folder and weights.verified(folder, full=True)
    found = folders.manifest(folder)
    assert found is not None and found.source == "folder" and "pytorch_model.bin" not in found.files
    assert (folder / "model.safetensors").stat().st_mtime_ns == before


def test_no_room_and_a_full_disk_are_said(
    index: Path, here: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    know(monkeypatch, replace(TINY, disk=1 << 60))
    with pytest.raises(PenalaError) as caught:
        weights.ensure("tiny", here)
    assert caught.value.code == "weights_no_room"
    know(monkeypatch, TINY)

    def full(source: Path, folder: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(e5, "convert", full)
    with pytest.raises(PenalaError) as caught:
        weights.ensure("tiny", here)
    assert caught.value.code == "disk_full" and not weights.present("tiny", here)


def test_terms_come_first_and_are_remembered_with_the_date(
    index: Path, here: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    know(monkeypatch, replace(TINY, terms="gemma"))
    with pytest.raises(PenalaError) as caught:
        weights.ensure("tiny", here)
    assert caught.value.code == "terms_needed" and "ai.google.dev" in str(caught.value)
    assert not (here.weights / "tiny").exists()
    folder = weights.ensure("tiny", here, accept_terms=["gemma"])
    noted = json.loads((here.weights / "accepted.json").read_text())
    assert noted["gemma"].startswith("20")
    assert catalogue.terms("gemma").notice in (folder / "NOTICE").read_text()
    shutil.rmtree(folder)
    assert weights.ensure("tiny", here) == folder  # accepted once is enough


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """A model hub on this machine with one repository, in the shapes the client expects."""
    from .hub import Hub as Standin

    standin = Standin(tmp_path / "repository")
    monkeypatch.setenv("HF_ENDPOINT", standin.address)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    yield standin
    standin.close()


def test_the_hub_comes_first_and_only_safe_files_are_taken(
    index: Path, here: Settings, hub: Any, tmp_path: Path
) -> None:
    e5.convert(_saved(tmp_path / "data"), hub.folder)
    (hub.folder / "pytorch_model.bin").write_bytes(b"pickle")
    (hub.folder / "modeling_tiny.py").write_text("raise SystemExit")
    code = (
        "import sys; from pathlib import Path; from assistant.models import fetching; "
        "from assistant.models.catalogue import Hub; "
        "print(fetching.from_hub(Hub('nobody/tiny', 1), Path(sys.argv[1]), lambda *step: None))"
    )
    import subprocess
    import sys

    target = (
        tmp_path / "taken"
    )  # the client reads its address when it is imported, so in a process of its own
    done = subprocess.run([sys.executable, "-c", code, str(target)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == hub.revision
    taken = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    assert {"model.safetensors", "config.json", "modules.json", "1_Pooling/config.json"} <= taken
    assert not {"pytorch_model.bin", "modeling_tiny.py"} & taken


def _python(code: str, *arguments: object, **environment: str) -> str:
    """Run in a process of its own, because the hub's client reads its address when it is imported."""
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True, text=True, env={**os.environ, **environment},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _saved(path: Path) -> Path:
    path.write_bytes(DATA)
    return path
