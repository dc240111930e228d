"""A tuned model to take away, on real weights: the adapter, merged, and GGUF, each compared with the adapter."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from tuning.hub_standin import TOKEN, Hub

from assistant.errors import PenalaError
from assistant.journey import shipping
from assistant.models import changes
from assistant.models.prompt import Prompt
from assistant.models.values import Message
from assistant.settings import Settings
from assistant.tuning.adapters import Card, write_card
from assistant.tuning.plan import plan
from assistant.tuning.rows import Row, write_rows
from assistant.workspace.project import Project, create_project

pytestmark = pytest.mark.models
MODEL = "smollm2-135m-instruct"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, chat_en: Any) -> Project:
    """A project with one run whose LoRA matrices are random, but small enough to leave sentences."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    made = create_project(tmp_path_factory.mktemp("p") / "toko", "Toko", "en")
    torch.manual_seed(3)
    config = LoraConfig(r=4, lora_alpha=8, target_modules="all-linear", task_type="CAUSAL_LM")
    tuned = get_peft_model(AutoModelForCausalLM.from_config(chat_en.model.config), config)
    for name, parameter in tuned.named_parameters():
        if "lora_" in name:
            torch.nn.init.normal_(parameter, std=0.07)
    folder = made.runs / "r001"
    tuned.save_pretrained(folder / "adapter")
    prompt = Prompt("Answer in one sentence.", (), "Documents", "Message")
    card = Card(
        "r001",
        MODEL,
        "f",
        prompt.to_json(),
        "v001",
        "a" * 64,
        False,
        plan(MODEL).to_json(),
        90,
        0,
        30,
        20,
        1.2,
        9.0,
    )
    write_card(folder / "adapter", card)
    asked = [f"What is {word}?" for word in ("rain", "a ship", "a poem", "gold", "bread", "a map")]
    rows = [Row(str(n), (tuple(prompt.messages(text)),), "x") for n, text in enumerate(asked)]
    write_rows(folder / "rows" / "validation.jsonl", rows)
    return made


def test_the_adapter_comes_with_its_papers(
    project: Project, model_settings: Settings, tmp_path: Path
) -> None:
    done = shipping.ship(project, "r001", "adapter", tmp_path / "out", model_settings, "id")
    names = {p.name for p in done.folder.iterdir()}
    assert {"adapter_model.safetensors", "adapter_config.json", "card.json", "README.md"} <= names
    said = (done.folder / "README.md").read_text("utf-8")
    assert "Lisensi model dasar: Apache-2.0" in said and "v001" in said and done.parity is None


@pytest.mark.long
def test_merged_weights_answer_like_the_adapter(
    project: Project, model_settings: Settings, tmp_path: Path
) -> None:
    from assistant.models.local import open_chat
    from assistant.models.values import Decoding

    done = shipping.ship(project, "r001", "merged", tmp_path / "out", model_settings, "en")
    assert (
        done.parity
        and done.parity["prompts"] == 6
        and done.parity == json.loads((done.folder / "parity.json").read_text())
    )
    assert done.parity["proven"] == (done.parity["agreement"] >= 0.9)
    wanted = "Proven" if done.parity["proven"] else "UNPROVEN"
    assert wanted in (done.folder / "README.md").read_text("utf-8")
    bare, merged = open_chat(MODEL, model_settings), open_chat(str(done.folder), model_settings)
    question = [[Message("user", "What is rain?")]]
    texts = {m.generate(question, Decoding(max_tokens=32))[0].text for m in (bare, merged)}
    assert len(texts) == 2  # the adapter is really in it


@pytest.mark.long
def test_a_gguf_file_read_back_answers_like_the_adapter(
    project: Project, model_settings: Settings, tmp_path: Path
) -> None:
    import gguf

    done = shipping.ship(project, "r001", "gguf", tmp_path / "out", model_settings, "en")
    assert sorted(p.name for p in done.folder.iterdir()) == [
        "Modelfile",
        "README.md",
        "parity.json",
        "toko-r001-f16.gguf",
    ]
    assert done.parity and done.parity["agreement"] >= 0.8 and done.parity["largest"] < 1.0
    reader = gguf.GGUFReader(done.folder / "toko-r001-f16.gguf")
    assert reader.fields["tokenizer.ggml.pre"].contents() == "smollm"
    assert "Answer in one sentence." in (done.folder / "Modelfile").read_text()


def test_what_cannot_be_written_is_said_and_leaves_nothing(
    project: Project, model_settings: Settings, tmp_path: Path
) -> None:
    full = tmp_path / "full"
    full.mkdir()
    (full / "kept").write_text("x")
    for run, form, out, code in (
        ("r009", "adapter", tmp_path / "a", "no_adapter"), ("r001", "onnx", tmp_path / "b", "ship_form"),
        ("r001", "adapter", full, "ship_not_empty"),
    ):  # fmt: skip
        with pytest.raises(PenalaError) as told:
            shipping.ship(project, run, form, out, model_settings, "en")  # type: ignore[arg-type]
        assert told.value.code == code
    assert [p.name for p in tmp_path.iterdir()] == ["full"] and (full / "kept").exists()


def test_bottleneck_adapters_cannot_be_merged(
    project: Project, model_settings: Settings, chat_en: Any, tmp_path: Path
) -> None:
    import torch

    config = chat_en.model.config
    folder = project.runs / "r002"
    shutil.copytree(project.runs / "r001", folder)
    (folder / "adapter" / "adapter_model.safetensors").unlink()
    blocks: dict[str, torch.Tensor] = {}
    for n in range(config.num_hidden_layers):
        state = changes.Bottleneck(config.hidden_size, 2, torch.float32).state_dict()
        blocks |= {f"{n}.{key}": tensor for key, tensor in state.items()}
    changes.write(folder / "adapter", "blocks", blocks)
    with pytest.raises(PenalaError) as told:
        shipping.ship(project, "r002", "merged", tmp_path / "m", model_settings, "en")
    assert told.value.code == "merge_blocks" and not list(tmp_path.iterdir())


def test_a_push_sends_card_and_weights_to_a_private_repository_and_keeps_no_copy(
    project: Project, model_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = Hub()
    try:
        monkeypatch.setenv("HF_ENDPOINT", hub.address)
        monkeypatch.setenv("HF_TOKEN", TOKEN)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        for module in ("huggingface_hub.hf_api", "huggingface_hub._commit_api"):
            monkeypatch.setattr(f"{module}.is_xet_available", lambda: False)
        address, done = shipping.push(project, "r001", "adapter", "tim/balasan", model_settings, "id")
    finally:
        hub.close()
    sent = hub.repositories["tim/balasan"]
    assert address.endswith("/tim/balasan") and hub.private["tim/balasan"] and done.form == "adapter"
    assert {"adapter_model.safetensors", "adapter_config.json", "card.json", "README.md"} <= sent.keys()
    card = sent["README.md"].decode()
    assert (
        card.startswith("---\nlicense: apache-2.0\n")
        and "base_model: HuggingFaceTB/SmolLM2-135M-Instruct" in card
    )
    assert "v001" in card and "Lisensi" in card
    assert str(model_settings.weights).encode() not in b"".join(sent.values())
    assert TOKEN.encode() not in b"".join(sent.values())
    assert not list((project.runs / "r001").glob(".push*"))


def test_ollama_gets_the_turns_that_the_model_was_trained_on(
    project: Project, model_settings: Settings, chat_en: Any
) -> None:
    from assistant.models import weights
    from assistant.tuning.adapters import adapter
    from assistant.tuning.local.modelfile import modelfile

    base = weights.folder_of(MODEL, model_settings)
    text = modelfile("m.gguf", base, adapter(project.runs, "r001").card)
    template = text.split('TEMPLATE """')[1].split('"""')[0]
    shown = template.removeprefix("{{ if .System }}").split("{{ else }}")[0]
    filled = shown.replace("{{ .System }}", "Sys").replace("{{ .Prompt }}", "Ask")
    ids, _ = chat_en.encode([Message("system", "Sys"), Message("user", "Ask")], None)
    assert chat_en.tokenizer(filled, add_special_tokens=False).input_ids == ids
    assert text.startswith("FROM ./m.gguf\n") and 'SYSTEM """Answer in one sentence."""' in text
