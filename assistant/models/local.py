"""Chat models that run on this machine with transformers; adapters can be swapped on one base."""

import hashlib
import json
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, TextIteratorStreamer

from assistant.errors import PenalaError
from assistant.models import catalogue, folders, weights
from assistant.models.machine import dtype_here
from assistant.models.values import Decoding, Message, Reply
from assistant.settings import Settings
from assistant.workspace import files

_BATCH_TOKENS = 6144  # prompt tokens a batch: enough to keep two cores busy, little enough to stay in memory
_BATCH_ROWS = 16


def open_chat(name: str, settings: Settings, adapter: Path | None = None) -> "LocalChat":
    """A model by catalogue id or by folder. Raises PenalaError: no_model, weights_unreachable, terms_needed."""
    if catalogue.known(name):
        entry = catalogue.entry(name)
        stops = catalogue.template(entry.template).stops if entry.template else ()
        return LocalChat(weights.ensure(name, settings), name, stops, settings, adapter)
    folder = Path(name)
    if not folders.complete(folder):
        raise PenalaError("no_model", model=name, known=", ".join(e.id for e in catalogue.entries()))
    return LocalChat(folder, folder.name, (), settings, adapter)


def tokenizer_of(folder: Path) -> Any:
    return AutoTokenizer.from_pretrained(folder, local_files_only=True)


class LocalChat:
    """A causal language model with its chat template. One caller at a time; the others wait."""

    def __init__(
        self, folder: Path, name: str, stops: Sequence[str], settings: Settings, adapter: Path | None
    ) -> None:
        self.folder, self.name, self.stops = folder, name, tuple(stops)
        self.tokenizer = tokenizer_of(folder)
        if self.tokenizer.pad_token_id is None:
            self.tokenizer.pad_token = self.tokenizer.eos_token
        self.tokenizer.padding_side = "left"
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        dtype = getattr(torch, dtype_here(settings))
        self.model = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, local_files_only=True)
        self.model.to(self.device).eval()
        self._adapter: Path | None = None
        self._lock = threading.Lock()
        self._base = _fingerprint(folder)
        self.swap(adapter)

    @property
    def fingerprint(self) -> str:
        """Of the base weights, the template and the adapter's weights."""
        if self._adapter is None:
            return self._base
        tuned = files.sha256(self._adapter / "adapter_model.safetensors")
        return hashlib.sha256(f"{self._base} {tuned}".encode()).hexdigest()[:16]

    @property
    def context(self) -> int:
        return int(getattr(self.model.config, "max_position_embeddings", 2048))

    def swap(self, adapter: Path | None) -> None:
        """Put another adapter on the base, or none. Raises PenalaError("adapter_misfit")."""
        with self._lock:
            if adapter == self._adapter:
                return
            if self._adapter is not None:
                self.model = self.model.unload()
                self._adapter = None
            if adapter is not None:
                self.model = _with_adapter(self.model, adapter)
                self._adapter = adapter
            # Frozen weights send the one-token head down a path that copies it whole (ten times slower).
            self.model.requires_grad_(True)

    def encode(self, messages: Sequence[Message], completion: str | None) -> tuple[list[int], list[int]]:
        """Tokens of the prompt as it is served, and of the completion with its end token.

        Training and serving both come here, so that they cannot differ.
        """
        prompt = self._prompt(messages)
        ids = self.tokenizer(prompt, add_special_tokens=False).input_ids
        if completion is None:
            return ids, []
        spaced = completion if prompt[-1].isspace() else f" {completion}"
        ending = self.tokenizer(spaced, add_special_tokens=False).input_ids
        return ids, [*ending, self._end]

    def count(self, text: str) -> int:
        return len(self.tokenizer(text, add_special_tokens=False).input_ids)

    def generate(self, batch: Sequence[Sequence[Message]], decoding: Decoding) -> list[Reply]:
        """Replies in order; like lengths are answered together. Raises PenalaError("prompt_too_long")."""
        prompts = [self._checked(messages, decoding) for messages in batch]
        replies: dict[int, Reply] = {}
        with self._lock:
            for part in _parts(prompts):
                began = time.monotonic()
                answers = self._answer([prompts[i] for i in part], decoding)
                seconds = (time.monotonic() - began) / len(part)
                for i, ids in zip(part, answers, strict=True):
                    replies[i] = Reply(self._text(ids), len(prompts[i]), len(ids), seconds)
        return [replies[i] for i in range(len(prompts))]

    def stream(self, messages: Sequence[Message], decoding: Decoding) -> Iterator[str]:
        """One answer, piece by piece; what follows a stop text is held back."""
        ids = self._checked(messages, decoding)
        streamer = TextIteratorStreamer(self.tokenizer, skip_prompt=True, skip_special_tokens=True)
        with self._lock:
            worker = threading.Thread(target=self._answer, args=([ids], decoding, streamer), daemon=True)
            worker.start()
            said = ""
            for piece in streamer:
                whole = self._cut(said + piece)
                held = whole[: len(whole) - _stop_begun(whole, self.stops)]
                if len(held) > len(said):
                    yield held[len(said) :]
                    said = held
            worker.join()

    def score(self, messages: Sequence[Message], labels: Sequence[str]) -> list[float]:
        """Mean log-probability of each label's tokens (end token left out)."""
        rows = [self.encode(messages, label) for label in labels]
        with self._lock, torch.no_grad():
            return [self._score(prompt, completion[:-1]) for prompt, completion in rows]

    def _score(self, prompt: list[int], label: list[int]) -> float:
        ids = torch.tensor([prompt + label], device=self.device)
        logits = self.model(input_ids=ids, logits_to_keep=len(label) + 1).logits[0, :-1].float()
        chosen = torch.log_softmax(logits, -1).gather(1, ids[0, -len(label) :, None])
        return float(chosen.mean())

    @property
    def _end(self) -> int:
        """The token that ends an answer: the chat template's own, else the model's."""
        ends = self.model.config.eos_token_id
        return int(self.tokenizer.eos_token_id or (ends[0] if isinstance(ends, list) else ends))

    def _prompt(self, messages: Sequence[Message]) -> str:
        turns = [{"role": m.role, "content": m.content} for m in messages]
        return self.tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=False)

    def _checked(self, messages: Sequence[Message], decoding: Decoding) -> list[int]:
        ids, _ = self.encode(messages, None)
        if len(ids) + decoding.max_tokens > self.context:
            raise PenalaError("prompt_too_long", tokens=len(ids), context=self.context, model=self.name)
        return ids

    def _answer(self, rows: list[list[int]], decoding: Decoding, streamer: Any = None) -> list[list[int]]:
        """New tokens of each row, without padding and end."""
        inputs = self.tokenizer.pad({"input_ids": rows}, return_tensors="pt").to(self.device)
        drawn = decoding.temperature > 0
        if drawn:
            torch.manual_seed(decoding.seed)
        with torch.no_grad():
            made = self.model.generate(
                **inputs, max_new_tokens=decoding.max_tokens, do_sample=drawn, streamer=streamer,
                temperature=decoding.temperature if drawn else None, top_p=None, top_k=None,
                pad_token_id=self.tokenizer.pad_token_id, eos_token_id=self._ends(),
                stop_strings=list(self.stops) or None, tokenizer=self.tokenizer if self.stops else None,
            )  # fmt: skip
        start = inputs["input_ids"].shape[1]
        ends = set(self._ends())
        return [_until(row[start:].tolist(), ends) for row in made]

    def _ends(self) -> list[int]:
        configured = self.model.generation_config.eos_token_id
        listed = configured if isinstance(configured, list) else [configured]
        return list({self._end, *(int(e) for e in listed if e is not None)})

    def _text(self, ids: list[int]) -> str:
        return self._cut(self.tokenizer.decode(ids, skip_special_tokens=True)).strip()

    def _cut(self, text: str) -> str:
        for stop in self.stops:
            text = text.split(stop)[0]
        return text


def _with_adapter(base: Any, adapter: Path) -> Any:
    """The base with an adapter on it. Only safetensors are read, whatever else lies in the folder."""
    from peft import PeftModel

    if not (adapter / "adapter_model.safetensors").is_file():
        raise PenalaError("adapter_misfit", folder=str(adapter))
    try:
        return PeftModel.from_pretrained(
            base, adapter, autocast_adapter_dtype=False, local_files_only=True
        ).eval()
    except (RuntimeError, ValueError, KeyError) as error:
        raise PenalaError("adapter_misfit", folder=str(adapter)) from error


def _fingerprint(folder: Path) -> str:
    """Of the manifest's hashes (weights, tokenizer and template), else of the files themselves."""
    found = folders.manifest(folder)
    if found is None:
        digests = {
            p.name: files.sha256(p) for p in sorted(folder.glob("*")) if p.suffix in (".safetensors", ".json")
        }
    else:
        digests = {name: digest for name, (_, digest) in found.files.items()}
    return hashlib.sha256(json.dumps(digests, sort_keys=True).encode()).hexdigest()[:16]


def _parts(prompts: Sequence[list[int]]) -> Iterator[list[int]]:
    """Indices of prompts answered together: longest first, so that a batch that is too big fails at once."""
    order = sorted(range(len(prompts)), key=lambda i: -len(prompts[i]))
    while order:
        rows = max(1, min(_BATCH_ROWS, _BATCH_TOKENS // max(1, len(prompts[order[0]]))))
        yield order[:rows]
        order = order[rows:]


def _until(ids: list[int], ends: set[int]) -> list[int]:
    return next((ids[:i] for i, token in enumerate(ids) if token in ends), ids)


def _stop_begun(text: str, stops: Sequence[str]) -> int:
    """How many characters at the end of `text` could be the beginning of a stop text."""
    sizes = [n for stop in stops for n in range(1, len(stop)) if text.endswith(stop[:n])]
    return max(sizes, default=0)
