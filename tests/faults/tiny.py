"""A chat model of a few thousand random weights, as a folder that any command takes for a base model, and a project for it."""

from pathlib import Path
from typing import Any

from assistant.dataset import examples, versions
from assistant.dataset.examples import Example
from assistant.jobs import Job
from assistant.journey import tune
from assistant.settings import Settings
from assistant.workspace.project import Project, create_project

WORDS = ("kirim", "bayar", "retur", "lacak", "akun", "paket", "nota", "alamat")


def model(folder: Path, vocabulary: int = 512, hidden: int = 32) -> Path:
    """`vocabulary`: rows of the head; more of them need more memory a step."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    cut = Tokenizer(models.BPE())
    cut.pre_tokenizer, cut.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400, special_tokens=["<s>", "</s>", "<pad>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )  # fmt: skip
    cut.train_from_iterator([" ".join(WORDS)] * 4, trainer)
    made = PreTrainedTokenizerFast(tokenizer_object=cut, bos_token="<s>", eos_token="</s>", pad_token="<pad>")
    made.save_pretrained(folder)
    torch.manual_seed(1)
    config = LlamaConfig(
        vocab_size=vocabulary, hidden_size=hidden, intermediate_size=2 * hidden, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=512, bos_token_id=0, eos_token_id=1,
        pad_token_id=2,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


def project(settings: Settings, answer_words: int = 4) -> Project:
    """Sixty examples in version v001."""
    made = create_project(settings.projects / "toko", "Toko", "id")
    splits = ["train"] * 44 + ["validation"] * 8 + ["test"] * 8
    rows = [
        Example(f"e{n}", f"{WORDS[n % 8]} nomor {n * 7919}", " ".join(WORDS[(n + k) % 8] for k in range(answer_words)),
                f"s{n}", split, "", "written")
        for n, split in enumerate(splits)
    ]  # fmt: skip
    examples.save(made, rows)
    versions.freeze(made)
    return made


def started(project: Project, base: Path, **changes: Any) -> Job:
    """A run of many quick steps, with a checkpoint every tenth of a second."""
    usual = {"epochs": 20, "rank": 4, "batch": 4, "checkpoint_seconds": 0.1}
    request = tune.Request("v001", str(base), changes=tuple({**usual, **changes}.items()))
    return tune.start(project, request)


def step(job: Job) -> int:
    """The newest training step that was told."""
    found = [e.values["step"] for e in job.events() if e.kind == "metric" and e.values["split"] == "train"]
    return int(found[-1]) if found else 0
