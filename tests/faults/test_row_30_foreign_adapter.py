"""Row 30: adapters from elsewhere that are pickles, code, paths, of absurd size or broken are refused before torch sees them."""

import json
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant.dataset import examples
from assistant.errors import PenalaError
from assistant.journey import adopting
from assistant.settings import Settings
from assistant.tuning import adapters, foreign
from assistant.tuning.foreign import CONFIG, WEIGHTS
from assistant.workspace.project import Project, create_project

from . import tiny

BASE = "HuggingFaceTB/SmolLM2-135M-Instruct"


def safetensors(tensors: dict[str, tuple[str, list[int], bytes]], **extra: Any) -> bytes:
    """A file as the format says, or as `extra` spoils it."""
    header: dict[str, Any] = {}
    body = b""
    for name, (dtype, shape, data) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    header |= extra
    raw = json.dumps(header).encode()
    return struct.pack("<Q", len(raw)) + raw + body


A = "base_model.model.model.layers.0.mlp.up_proj.lora_A.weight"
B = "base_model.model.model.layers.0.mlp.up_proj.lora_B.weight"
GOOD = {A: ("F32", [4, 32], b"\0" * 512), B: ("F32", [64, 4], b"\0" * 1024)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A harmless adapter, to be spoiled."""
    made = tmp_path / "from-elsewhere"
    made.mkdir()
    config = {"peft_type": "LORA", "task_type": "CAUSAL_LM", "r": 4, "lora_alpha": 8, "target_modules": ["up_proj"],
              "base_model_name_or_path": BASE, "unknown_key": {"x": 1}}  # fmt: skip
    (made / CONFIG).write_text(json.dumps(config))
    (made / WEIGHTS).write_bytes(safetensors(GOOD))
    return made


def configured(**changes: Any) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        config = json.loads((folder / CONFIG).read_text())
        (folder / CONFIG).write_text(json.dumps({**config, **changes}))

    return spoil


def stored(data: bytes) -> Callable[[Path], None]:
    return lambda folder: (folder / WEIGHTS).write_bytes(data) and None


def also(name: str, data: bytes = b"\x80\x04cos\nsystem\n(S'touch canary'\ntR.") -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes(data) and None


def linked(folder: Path) -> None:
    (folder / "more.json").symlink_to("/etc/hostname")


_SPOILED: dict[str, Callable[[Path], None]] = {
    "pickle beside": also("adapter_model.bin"),
    "state of random numbers": also("rng_state.pth"),
    "code beside": also("modeling.py", b"open('canary', 'w')"),
    "pickle under the name of safetensors": stored(b"\x80\x04cos\nsystem\n(S'touch canary'\ntR."),
    "link": linked,
    "auto_map": configured(auto_map={"AutoModel": "modeling.Evil"}),
    "attention from a hub": configured(_attn_implementation_internal="evil/kernels"),
    "trust_remote_code": configured(trust_remote_code=True),
    "absolute path": configured(base_model_name_or_path="/etc"),
    "path upwards": configured(base_model_name_or_path="a/../../b"),
    "address": configured(base_model_name_or_path="file:///etc"),
    "another kind": configured(peft_type="IA3"),
    "huge rank": configured(r=10**9),
    "rank in a pattern": configured(rank_pattern={"up_proj": 10**7}),
    "no rank": configured(r=None),
    "configuration that is no object": lambda folder: (folder / CONFIG).write_text("[1]") and None,
    "configuration too deep": lambda folder: (folder / CONFIG).write_text("[" * 200_000) and None,
    "header longer than the file": stored(struct.pack("<Q", 1 << 40) + b"{}"),
    "header of nothing": stored(b""),
    "cut short": lambda folder: (folder / WEIGHTS).write_bytes((folder / WEIGHTS).read_bytes()[:-100]) and None,
    "bytes after the end": lambda folder: (folder / WEIGHTS).write_bytes((folder / WEIGHTS).read_bytes() + b"x") and None,
    "shape bomb": stored(safetensors({A: ("F32", [1 << 40, 1 << 40], b"\0" * 512)})),
    "shape of minus one": stored(safetensors({A: ("F32", [-4, -32], b"\0" * 512)})),
    "tensors that overlap": stored(safetensors(GOOD, **{B: {"dtype": "F32", "shape": [4, 32], "data_offsets": [0, 512]}})),
    "outside the file": stored(safetensors(GOOD, **{B: {"dtype": "F32", "shape": [64, 4], "data_offsets": [1 << 50, (1 << 50) + 1024]}})),
    "unknown numbers": stored(safetensors({A: ("OBJ", [4, 32], b"\0" * 512)})),
}  # fmt: skip


@pytest.mark.parametrize("name", _SPOILED)
def test_row_30_what_is_not_plain_is_refused_with_its_reason(folder: Path, name: str) -> None:
    assert foreign.checked(folder).base == BASE
    _SPOILED[name](folder)
    with pytest.raises(PenalaError) as told:
        foreign.checked(folder)
    assert told.value.code == "adapter_unsafe"
    said = [told.value.say(language).message for language in ("id", "en")]
    assert said[0] != said[1] and all(str(folder) in one for one in said)
    assert not list(folder.parent.rglob("canary"))


def test_row_30_the_checks_load_no_torch(folder: Path) -> None:
    code = "import sys; from pathlib import Path; from assistant.tuning import foreign\n"
    code += (
        "foreign.checked(Path(sys.argv[1])); assert 'torch' not in sys.modules and 'peft' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code, str(folder)], check=True)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return create_project(tmp_path / "toko", "Toko", "id")


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return tiny.model(tmp_path / "base", vocabulary=512, hidden=32)


def fitting(folder: Path, value: bytes = b"\0\0\x80\x3f") -> None:
    stored(safetensors({A: ("F32", [4, 32], value * 128), B: ("F32", [64, 4], value * 256)}))(folder)


def test_an_adapter_that_fits_is_taken_without_what_could_run(
    folder: Path, project: Project, base: Path, settings: Settings
) -> None:
    fitting(folder)
    run = adopting.adopt(project, folder, str(base), settings)
    taken = adapters.adapter(project.runs, run)
    assert {p.name for p in taken.folder.iterdir()} == {WEIGHTS, CONFIG, "card.json"}
    assert (taken.folder / WEIGHTS).read_bytes() == (folder / WEIGHTS).read_bytes()
    config = json.loads((taken.folder / CONFIG).read_text())
    assert "unknown_key" not in config and config["base_model_name_or_path"] == str(base)
    assert taken.card.base == str(base) and taken.card.environment == {"imported": "from-elsewhere"}
    from assistant.models.local import open_chat
    from assistant.models.values import Decoding, Message

    asked = [[Message("user", "kirim nomor 7")]]
    bare, tuned = open_chat(str(base), settings), open_chat(str(base), settings, taken.folder)
    replies = [m.generate(asked, Decoding(max_tokens=8))[0].text for m in (bare, tuned)]
    assert replies[0] != replies[1]
    assert examples.all_examples(project) == []


@pytest.mark.parametrize(
    ("spoil", "code"),
    [(lambda folder: fitting(folder, b"\0\0\xc0\x7f"), "adapter_not_finite"),
     (lambda folder: stored(safetensors({A: ("F32", [4, 16], b"\0" * 256)}))(folder), "adapter_misfit"),
     (lambda folder: (folder / CONFIG).unlink(), "adapter_incomplete")],
)  # fmt: skip
def test_row_30_wrong_numbers_and_shapes_leave_no_run(
    folder: Path, project: Project, base: Path, settings: Settings, spoil: Callable[[Path], None], code: str
) -> None:
    spoil(folder)
    with pytest.raises(PenalaError) as told:
        adopting.adopt(project, folder, str(base), settings)
    assert told.value.code == code
    assert not list(project.runs.glob("*"))


def test_a_base_that_nobody_knows_is_asked_for(folder: Path, project: Project, settings: Settings) -> None:
    configured(base_model_name_or_path="somebody/else")(folder)
    with pytest.raises(PenalaError) as told:
        adopting.adopt(project, folder, "", settings)
    assert told.value.code == "adapter_base_unknown" and "smollm2" in told.value.say("id").hint
