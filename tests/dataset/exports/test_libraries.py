"""Each export in the hands of the library it is for."""

import ast
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.dataset import exports
from assistant.dataset.examples import Example
from assistant.dataset.exports import Export, Setting

_SETTING = Setting("toko", "Toko", "Jawab singkat.", "m", "id", "id")
_TALK = "User: mana paketku?\nAssistant: nomornya berapa?\nUser: 77"


@pytest.fixture(scope="module")
def rows() -> list[Example]:
    splits = ["train"] * 12 + ["validation"] * 2 + ["test"] * 2
    return [
        Example(
            f"e{n}",
            _TALK if n % 3 == 0 else f"pesan {n}",
            f"jawaban {n}",
            split=s,
            rejected="entah",
            tags=("a",),
        )
        for n, s in enumerate(splits)
    ]


def _made(rows: list[Example], name: str) -> Export:
    return exports.build(rows, exports.target(name), _SETTING)


def _lines(made: Export, name: str = "train.jsonl") -> list[dict[str, Any]]:
    return [json.loads(line) for line in made.files[name].decode().splitlines()]


def test_google_genai_takes_the_contents(rows: list[Example]) -> None:
    from google.genai import types

    for row in _lines(_made(rows, "vertex")):
        read = types.GenerateContentConfig(system_instruction=row["systemInstruction"])
        assert read.system_instruction
        said = [types.Content.model_validate(one) for one in row["contents"]]
        assert [one.role for one in said] == ["user", "model"] * (len(said) // 2)
        assert all(part.text for one in said for part in one.parts or [])


def test_google_genai_takes_the_pairs(rows: list[Example]) -> None:
    from google.genai import types

    for row in _lines(_made(rows, "vertex_preference")):
        types.Content.model_validate(row.pop("system_instruction"))
        read = types.GeminiPreferenceExample.model_validate(row)
        assert read.contents and read.contents[-1].role == "user"
        assert [one.score for one in read.completions or []] == [1.0, 0.0]


def test_google_genai_takes_the_old_format(rows: list[Example]) -> None:
    from google.genai import types

    for row in _lines(_made(rows, "gemini_legacy")):
        assert types.TuningExample.model_validate(row).output


def test_openai_takes_the_messages_and_the_pairs(rows: list[Example]) -> None:
    from openai.types.chat import ChatCompletionMessageParam
    from pydantic import TypeAdapter

    turns = TypeAdapter(list[ChatCompletionMessageParam])
    for name in ("openai", "azure", "axolotl", "trl_messages"):
        for row in _lines(_made(rows, name)):
            plain = [{k: v for k, v in turn.items() if k != "weight"} for turn in row["messages"]]
            turns.validate_python(plain, strict=True)
            assert row["messages"][-1]["role"] == "assistant"
            assert all(turn["role"] == "assistant" for turn in row["messages"] if "weight" in turn)
    for row in _lines(_made(rows, "openai_dpo")):
        turns.validate_python(row["input"]["messages"], strict=True)
        for side in ("preferred_output", "non_preferred_output"):
            assert [turn["role"] for turn in row[side]] == ["assistant"]
            turns.validate_python(row[side], strict=True)


def test_autotrain_reads_its_column_as_python(rows: list[Example]) -> None:
    pandas = pytest.importorskip("pandas")
    table = pandas.read_csv(io.BytesIO(_made(rows, "autotrain_csv").files["train.csv"]))
    assert list(table.columns) == ["text"]
    texts = [*table["text"], *(row["text"] for row in _lines(_made(rows, "autotrain_jsonl")))]
    for text in texts:
        assert ast.literal_eval(text)[-1]["role"] == "assistant"


def test_pandas_takes_the_tables(rows: list[Example]) -> None:
    pandas = pytest.importorskip("pandas")
    made = {name: _made(rows, name) for name in ("csv", "xlsx", "parquet", "jsonl")}
    tables = [
        pandas.read_csv(io.BytesIO(made["csv"].files["toko.csv"])),
        pandas.read_excel(io.BytesIO(made["xlsx"].files["toko.xlsx"])),
        pandas.read_parquet(io.BytesIO(made["parquet"].files["toko.parquet"])),
        pandas.read_json(io.BytesIO(made["jsonl"].files["toko.jsonl"]), lines=True),
    ]
    for table in tables:
        assert list(table["output"]) == [e.output for e in rows]


@pytest.fixture
def loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Loads an export as a user of `datasets` does, offline and with its cache in the test's folder."""
    datasets = pytest.importorskip("datasets")
    monkeypatch.setattr(datasets.config, "HF_DATASETS_OFFLINE", True)
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)

    def load(made: Export) -> Any:
        folder = tmp_path / made.target.id
        for name, data in made.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        if made.target.id == "huggingface":
            return datasets.load_dataset(str(folder), cache_dir=str(tmp_path / "cache"))
        names = [f"{split}{made.target.suffix}" for split in ("train", "validation")]
        files = {name.split(".")[0]: str(folder / name) for name in names if name in made.files}
        kind = "csv" if made.target.suffix == ".csv" else "json"
        return datasets.load_dataset(kind, data_files=files, cache_dir=str(tmp_path / "cache"))

    return load


@pytest.mark.parametrize(
    "name", ["trl", "trl_messages", "trl_preference", "unsloth", "sharegpt", "axolotl", "llamafactory", "openai", "autotrain_csv"]
)  # fmt: skip
def test_datasets_loads_the_files(rows: list[Example], loaded: Any, name: str) -> None:
    data = loaded(_made(rows, name))
    assert {split: len(part) for split, part in data.items()} == {"train": 12, "validation": 2}


def test_datasets_loads_the_folder_with_its_card(rows: list[Example], loaded: Any) -> None:
    data = loaded(_made(rows, "huggingface"))
    assert {split: len(part) for split, part in data.items()} == {"train": 12, "validation": 2, "test": 2}
    assert data["train"][1]["tags"] == ["a"]
    from huggingface_hub import DatasetCard

    card = DatasetCard(_made(rows, "huggingface").files["README.md"].decode())
    assert (card.data.language, card.data.pretty_name) == (["id"], "Toko")


@pytest.fixture(scope="module")
def tiny() -> Any:
    """A model of a few thousand parameters and its tokenizer, made here."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    words = [
        "<unk>",
        "<s>",
        "</s>",
        "<pad>",
        *sorted({w for t in (_TALK, "pesan jawaban entah Jawab singkat . :") for w in t.split()}),
    ]
    inner = Tokenizer(
        models.WordLevel({word: n for n, word in enumerate(dict.fromkeys(words))}, unk_token="<unk>")
    )
    inner.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=inner, unk_token="<unk>", bos_token="<s>", eos_token="</s>", pad_token="<pad>"
    )
    tokenizer.chat_template = (
        "{% for m in messages %}{{ m['role'] }} : {% if m['role'] == 'assistant' %}{% generation %}{{ m['content'] }}"
        "</s>{% endgeneration %}{% else %}{{ m['content'] }}{% endif %}\n{% endfor %}"
        "{% if add_generation_prompt %}assistant : {% endif %}"
    )
    size = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = LlamaConfig(vocab_size=len(tokenizer), **size, pad_token_id=tokenizer.pad_token_id)
    return LlamaForCausalLM(config), tokenizer


@pytest.mark.parametrize("name", ["trl", "trl_messages", "unsloth", "openai"])
def test_trl_trains_a_step(rows: list[Example], loaded: Any, tiny: Any, tmp_path: Path, name: str) -> None:
    trl = pytest.importorskip("trl")
    model, tokenizer = tiny
    data = loaded(
        _made([replace(e, input=e.input[:9] if name == "openai" else e.input) for e in rows], name)
    )["train"]
    options = {"assistant_only_loss": True} if name == "trl_messages" else {}
    args = trl.SFTConfig(
        output_dir=str(tmp_path), max_steps=1, per_device_train_batch_size=2, report_to=[], use_cpu=True, bf16=False,
        save_strategy="no", disable_tqdm=True, **options,
    )  # fmt: skip
    trainer = trl.SFTTrainer(model=model, args=args, train_dataset=data, processing_class=tokenizer)
    assert trainer.train().training_loss > 0


def test_trl_trains_a_step_on_pairs(rows: list[Example], loaded: Any, tiny: Any, tmp_path: Path) -> None:
    trl = pytest.importorskip("trl")
    model, tokenizer = tiny
    args = trl.DPOConfig(
        output_dir=str(tmp_path), max_steps=1, per_device_train_batch_size=2, report_to=[], use_cpu=True, bf16=False,
        save_strategy="no", disable_tqdm=True,
    )  # fmt: skip
    data = loaded(_made(rows, "trl_preference"))["train"]
    from peft import LoraConfig

    lora = LoraConfig(target_modules="all-linear", task_type="CAUSAL_LM")
    trainer = trl.DPOTrainer(
        model=model, args=args, train_dataset=data, processing_class=tokenizer, peft_config=lora
    )
    assert trainer.train().training_loss > 0
