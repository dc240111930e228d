"""Claim: a tuned model taken away answers like its adapter, as merged safetensors, as GGUF read back, and in llama.cpp itself.

Run: python -m benchmarks.exports MODEL   (needs the weights; `pip install xllamacpp==2026.10.11549` adds the last column)

Twenty Indonesian and English questions, greedy, 48 tokens. The adapter is LoRA with random matrices as large as those of
a finished run, so that each layer is changed. Prints agreement (equal answers) and the largest difference of a logit; for
llama.cpp that of the log-probabilities of the ten likeliest first tokens.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

import torch

from assistant import settings
from assistant.models import catalogue, gguf, weights
from assistant.models.local import LocalChat, open_chat
from assistant.models.prompt import Prompt
from assistant.models.values import Decoding, Message
from assistant.tuning.local import gguf_out, merging, parity
from assistant.tuning.local.methods import lora
from assistant.tuning.plan import plan

_ASKED = (
    "Berapa lama pengiriman ke Ambon?", "Di mana saya bisa melihat nomor resi?", "Barang saya rusak, harus bagaimana?",
    "Apakah bisa bayar di tempat?", "Cara mengganti alamat pengiriman?", "Kapan uang saya kembali?",
    "Tulis satu kalimat tentang hujan.", "Sebutkan tiga buah.", "Apa ibu kota Jepang?", "Terjemahkan: selamat pagi.",
    "How long does delivery take?", "Where do I find my invoice?", "My parcel is damaged, what now?",
    "Can I pay on delivery?", "How do I change my address?", "When will I be refunded?", "Write one sentence on rain.",
    "Name three fruits.", "What is the capital of Japan?", "Translate: good morning.",
)  # fmt: skip
_TOKENS = 48


def main(model: str) -> None:
    known = settings.from_environment()
    base = weights.ensure(model, known)
    prompts = [Prompt("Answer in one sentence.").messages(text) for text in _ASKED]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _adapter(model, known, folder / "adapter")
        merging.merge(base, folder / "adapter", folder / "merged")
        gguf_out.to_gguf(folder / "merged", folder / "m.gguf", "m", catalogue.entry(model).gguf_pre or "")
        gguf.convert(folder / "m.gguf", folder / "again")
        tuned = open_chat(model, known, folder / "adapter")
        for form in ("merged", "again"):
            found = parity.parity(tuned, open_chat(str(folder / form), known), prompts)
            print(
                f"{model:24}{form:10}{found.agreement:8.2f}{found.largest:10.4f}  proven {found.proven}",
                flush=True,
            )
        _llama_cpp(model, tuned, folder / "m.gguf", prompts)


def _adapter(model: str, known: settings.Settings, folder: Path) -> None:
    chat = open_chat(model, known)
    torch.manual_seed(3)
    wrapped = lora.wrap(chat.model, plan(model, rank=8))
    for name, parameter in wrapped.named_parameters():
        if "lora_" in name:
            torch.nn.init.normal_(parameter, std=0.03)
    wrapped.save_pretrained(folder, safe_serialization=True)
    wrapped.unload()


def _llama_cpp(model: str, tuned: LocalChat, file: Path, prompts: list[list[Message]]) -> None:
    """The same prompts, as tokens, through llama.cpp's own server code in this process."""
    try:
        import xllamacpp
    except ImportError:
        print(f"{model:24}llama.cpp  not installed")
        return
    asked = xllamacpp.CommonParams()
    asked.model.path, asked.n_ctx, asked.n_parallel, asked.warmup = str(file), 1024, 1, False
    server = xllamacpp.Server(asked)
    equal, largest = 0, 0.0
    for messages in prompts:
        ids = tuned.encode(messages, None)[0]
        said: dict[str, Any] = server.handle_completions(
            {"prompt": ids, "n_predict": _TOKENS, "temperature": 0.0, "n_probs": 10, "cache_prompt": False}
        )
        wanted = tuned.generate([messages], Decoding(max_tokens=_TOKENS))[0].text.strip()
        equal += (
            wanted == tuned._base.layout.decode([t["id"] for t in said["completion_probabilities"]]).strip()
        )
        ours = torch.log_softmax(tuned.next_logits(torch.tensor([ids])), -1)
        first = said["completion_probabilities"][0]["top_logprobs"]
        largest = max(largest, *(abs(float(ours[t["id"]]) - t["logprob"]) for t in first))
    print(f"{model:24}{'llama.cpp':10}{equal / len(prompts):8.2f}{largest:10.4f}")


if __name__ == "__main__":
    for each in sys.argv[1:] or ["smollm2-135m-instruct"]:
        main(each)
