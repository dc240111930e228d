"""Turns a verified GGUF file into a safetensors folder; run as a child so that its memory returns.

`python -m assistant.models.gguf FILE FOLDER ARCHITECTURE TEMPLATE` (an empty template keeps the file's own). Knows no downloads and no catalogue.
"""

import struct
import sys
from pathlib import Path
from typing import Any

_MOST = 1_000_000  # tensors or header entries; far beyond any model, far below what a broken count asks for


def check(path: Path, architecture: str) -> None:
    """Raises ValueError unless `path` is a GGUF of that architecture whose tensors all lie inside the file."""
    with path.open("rb") as stream:
        head = stream.read(24)
    if len(head) < 24 or head[:4] != b"GGUF":
        raise ValueError("not a GGUF file")
    version, tensors, entries = struct.unpack("<IQQ", head[4:])
    if version not in (2, 3) or not 0 < tensors < _MOST or not 0 < entries < _MOST:
        raise ValueError(f"a GGUF header that cannot be right (version {version})")
    import gguf

    reader = gguf.GGUFReader(path)
    found = reader.fields["general.architecture"].contents()
    if found.replace("-", "_") not in (architecture, architecture.removesuffix("_text")):
        raise ValueError(f"a GGUF of architecture {found}")
    size = path.stat().st_size
    if any(t.data_offset + t.n_bytes > size for t in reader.tensors):
        raise ValueError("a GGUF file that is cut short")


def convert(source: Path, folder: Path, template: str = "") -> None:
    """Write model (bfloat16), tokenizer, generation settings and chat template into `folder`."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(source.parent, gguf_file=source.name, local_files_only=True)
    loaded = AutoModelForCausalLM.from_pretrained(
        source.parent, gguf_file=source.name, dtype=torch.float32, local_files_only=True
    )
    config = loaded.config
    if hasattr(config, "quantization_config"):
        del config.quantization_config  # else save_pretrained refuses ("not serializable")
    config.dtype = torch.bfloat16
    plain = AutoModelForCausalLM.from_config(config)
    plain.load_state_dict(loaded.state_dict())
    plain.generation_config = _greedy(loaded.generation_config, tokenizer)
    plain.to(torch.bfloat16).save_pretrained(folder, safe_serialization=True)
    if template and not tokenizer.chat_template:
        tokenizer.chat_template = template
    tokenizer.save_pretrained(folder)


def _greedy(settings: Any, tokenizer: Any) -> Any:
    """Sampling stays off unless asked for; ids come from the tokenizer."""
    settings.do_sample = False
    settings.temperature = settings.top_p = settings.top_k = None
    settings.bos_token_id = tokenizer.bos_token_id
    settings.eos_token_id = tokenizer.eos_token_id
    settings.pad_token_id = (
        tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id
    )
    return settings


def main(arguments: list[str]) -> int:
    source, folder, architecture, template = arguments
    check(Path(source), architecture)
    convert(Path(source), Path(folder), template)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
