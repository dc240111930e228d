"""Chat models that run on this machine with transformers; several adapters can share one base."""

import hashlib
import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils import logging

from assistant.errors import PenalaError
from assistant.models import batching, catalogue, folders, weights
from assistant.models.changes import FILE, Changes, ours
from assistant.models.drawing import Draw
from assistant.models.layout import Layout
from assistant.models.machine import dtype_here
from assistant.models.scoring import log_likelihoods
from assistant.models.values import Decoding, Message, Reply
from assistant.settings import Settings
from assistant.workspace import files

_BATCH_TOKENS = 8192  # tokens a batch, padding and answers included: bounds the memory of its caches
_BATCH_ROWS = 32  # a step for 32 takes about a third longer than one for 16: the weights are read once
_LEAST_ROOM = 16  # tokens that an answer must at least be allowed


def open_chat(
    name: str, settings: Settings, adapter: Path | None = None, four_bits: bool = False
) -> "LocalChat":
    """A model by catalogue id or by folder, its base loaded once. `four_bits`: a base of its own, to be tuned, in 4 bits.

    Raises PenalaError: no_model, model_unsupported, adapter_misfit, no_bitsandbytes, and what `weights.ensure` raises.
    """
    if catalogue.known(name):
        return LocalChat(
            _base(weights.ensure(name, settings), settings, four_bits), catalogue.entry(name).name, adapter
        )
    folder = Path(name).expanduser()
    if not folders.complete(folder):
        raise PenalaError("no_model", model=name, known=", ".join(e.id for e in catalogue.entries()))
    return LocalChat(_base(folder.resolve(), settings, four_bits), folder.name, adapter)


def tokenizer_of(folder: Path) -> Any:
    return AutoTokenizer.from_pretrained(folder, local_files_only=True)


def load_quietly() -> None:
    """No bars and reports from the library: progress is told in our own words, on our own lines."""
    logging.disable_progress_bar()
    logging.set_verbosity_error()


class LocalChat:
    """A causal language model with its chat template and at most one adapter of its own choice.

    Threads may share it: the network does one step at a time, each with its caller's adapter, so requests
    take turns and none can disturb another. Greedy answers repeat exactly for the same batch.
    """

    def __init__(self, base: "Base", name: str, adapter: Path | None = None) -> None:
        self._base, self.name = base, name
        self._adapter: str | None = None
        self.swap(adapter)

    @property
    def parameters(self) -> int | None:
        return self._base.parameters

    @property
    def model(self) -> Any:
        """The base network."""
        return self._base.model

    @property
    def tokenizer(self) -> Any:
        return self._base.layout.tokenizer

    @property
    def device(self) -> str:
        """ "cpu" or "cuda"."""
        return self._base.device

    @property
    def fingerprint(self) -> str:
        """Of the base weights, the template and the adapter's weights."""
        return hashlib.sha256(f"{self._base.fingerprint} {self._adapter}".encode()).hexdigest()[:16]

    @property
    def context(self) -> int:
        return int(getattr(self.model.config, "max_position_embeddings", 2048))

    def swap(self, adapter: Path | None) -> None:
        """Answer with another adapter from now on, or with the bare base. Raises PenalaError("adapter_misfit")."""
        self._adapter = self._base.load(adapter) if adapter is not None else None

    def beside(self, adapter: Path | None) -> "LocalChat":
        """Another model on the same base: its adapter is its own, the memory is shared."""
        return LocalChat(self._base, self.name, adapter)

    def encode(self, messages: Sequence[Message], completion: str | None) -> tuple[list[int], list[int]]:
        """Tokens of the prompt as it is served, and of the completion with its end token.

        Training and serving both come here, so that they cannot differ.
        """
        return self._base.layout.encode(messages, completion)

    def next_logits(self, ids: torch.Tensor) -> torch.Tensor:
        """The logits of what comes after `ids` (1, tokens), shape (vocabulary,), float32."""
        logits, _ = self._base.forward(self._adapter, input_ids=ids)
        return logits[0, -1].float()

    def count(self, text: str) -> int:
        return self._base.layout.count(text)

    def generate(self, batch: Sequence[Sequence[Message]], decoding: Decoding) -> list[Reply]:
        """Replies in order; like lengths are answered together. Raises PenalaError("prompt_too_long")."""
        prompts = [self._checked(messages, decoding) for messages in batch]
        replies: dict[int, Reply] = {}
        room = decoding.max_tokens
        for part in batching.parts(
            [len(p) for p in prompts], lambda size: min(_BATCH_ROWS, _BATCH_TOKENS // (size + room))
        ):
            began = time.monotonic()
            answers: list[list[int]] = [[] for _ in part]
            for new in self._steps([prompts[i] for i in part], decoding):
                for row, token in new:
                    answers[row].append(token)
            seconds = (time.monotonic() - began) / len(part)
            for i, ids in zip(part, answers, strict=True):
                replies[i] = Reply(self._base.layout.decode(ids), len(prompts[i]), len(ids), seconds)
        return [replies[i] for i in range(len(prompts))]

    def stream(self, messages: Sequence[Message], decoding: Decoding) -> Iterator[str]:
        """One answer, piece by piece; joined, the pieces are what `generate` returns for it alone."""
        prompt = self._checked(messages, decoding)
        layout, ids, said = self._base.layout, list[int](), 0
        for new in self._steps([prompt], decoding):
            ids += [token for _, token in new]
            text = layout.certain(ids)
            if len(text) > said:
                yield text[said:]
                said = len(text)
        if rest := layout.decode(ids)[said:]:
            yield rest

    def score(self, messages: Sequence[Message], labels: Sequence[str]) -> list[float]:
        """As `score_many`, for one conversation."""
        return self.score_many([messages], [labels])[0]

    def score_many(
        self, batch: Sequence[Sequence[Message]], labels: Sequence[Sequence[str]], whole: bool = False
    ) -> list[list[float]]:
        """Mean log-probability of the tokens of each label (a list a conversation) as the answer.

        The end token counts only where one label begins like another ("no", "not sure"). With `whole` it is instead the
        log-probability that the answer is this label and nothing else, its end token with it: what a model that was
        tuned on the labels has learned. Raises PenalaError("prompt_too_long")."""
        prompts, answers = [], []
        for messages, listed in zip(batch, labels, strict=True):
            prompts.append(self.encode(messages, None)[0])
            rows = [self.encode(messages, label)[1] for label in listed]
            bare = [row[:-1] for row in rows]
            nested = any(a != b and b[: len(a)] == a for a in bare for b in bare)
            answers.append(rows if nested or whole else bare)
            if len(prompts[-1]) + max(map(len, answers[-1])) > self.context:
                raise PenalaError(
                    "prompt_too_long", tokens=len(prompts[-1]), context=self.context, model=self.name
                )
        step = partial(self._base.forward, self._adapter)
        sums = log_likelihoods(step, prompts, answers, self.model.config.vocab_size, self._window)
        return [
            [total / (1 if whole else len(a)) for total, a in zip(row, listed, strict=True)]
            for row, listed in zip(sums, answers, strict=True)
        ]

    def _checked(self, messages: Sequence[Message], decoding: Decoding) -> list[int]:
        ids, _ = self.encode(messages, None)
        if len(ids) + min(decoding.max_tokens, _LEAST_ROOM) > self.context:
            raise PenalaError("prompt_too_long", tokens=len(ids), context=self.context, model=self.name)
        return ids

    def _steps(self, prompts: list[list[int]], decoding: Decoding) -> Iterator[list[tuple[int, int]]]:
        """Write all answers at once, a token each a step; yields (row, token). A finished row leaves the batch."""
        longest, pad = max(map(len, prompts)), self.tokenizer.pad_token_id or 0
        shared, cache = self._begun(prompts, longest + decoding.max_tokens)
        ids = torch.tensor([[pad] * (longest - len(p)) + p[shared:] for p in prompts])
        mask = torch.tensor(
            [[1] * shared + [0] * (longest - len(p)) + [1] * (len(p) - shared) for p in prompts]
        )
        live, made = list(range(len(prompts))), [list[int]() for _ in prompts]
        draw = Draw(decoding, len(prompts))
        for _ in range(min(decoding.max_tokens, self.context - longest)):
            positions = (mask.cumsum(1) - 1).clamp(min=0)[:, -ids.shape[1] :]
            logits, cache = self._base.forward(
                self._adapter,
                input_ids=ids,
                attention_mask=mask,
                position_ids=positions,
                past_key_values=cache,
            )
            tokens = draw.tokens(logits[:, -1], live)
            for row, token in zip(live, tokens, strict=True):
                made[row].append(token)
            yield list(zip(live, tokens, strict=True))
            going = [at for at, row in enumerate(live) if not self._base.layout.stopped(made[row])]
            if not going:
                return
            if len(going) < len(live):
                cache.batch_select_indices(torch.tensor(going, device=self._base.device))
                live, mask = [live[at] for at in going], mask[going]
            ids = torch.tensor([[made[row][-1]] for row in live])
            mask = torch.cat([mask, torch.ones(len(live), 1, dtype=mask.dtype)], 1)

    def _begun(self, prompts: Sequence[list[int]], longest: int) -> tuple[int, Any]:
        """How many tokens all prompts begin with, and the cache after them, a row a prompt."""
        shared = batching.shared(prompts) if self._window is None or longest <= self._window else 0
        if not shared:
            return 0, None
        _, cache = self._base.forward(self._adapter, input_ids=torch.tensor([prompts[0][:shared]]))
        cache.batch_repeat_interleave(len(prompts))
        return shared, cache

    @property
    def _window(self) -> int | None:
        """How many tokens some layers look back on; None where all see everything, 0 where some keep a state instead."""
        config = self.model.config
        if {"full_attention", "sliding_attention"} >= set(getattr(config, "layer_types", None) or ()):
            return getattr(config, "sliding_window", None)
        return 0


class Base:
    """One network in memory with the adapters loaded onto it; does one step at a time."""

    def __init__(self, folder: Path, settings: Settings, four_bits: bool = False) -> None:
        self.folder = folder
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        dtype = getattr(torch, dtype_here(settings))
        load_quietly()
        try:
            self.model = AutoModelForCausalLM.from_pretrained(
                folder, dtype=dtype, local_files_only=True, use_safetensors=True,
                **(_four_bits(dtype, self.device) if four_bits else {}),
            )  # fmt: skip
            tokenizer = tokenizer_of(folder)
        except (
            OSError,
            ValueError,
            KeyError,
            ImportError,
            RuntimeError,
        ) as error:  # code of its own, pickles, …
            reason = " ".join(str(error).split())[:200]
            raise PenalaError("model_unsupported", model=folder.name, reason=reason) from error
        (self.model if four_bits else self.model.to(self.device)).eval()
        self.layout = Layout(tokenizer, ends=_ends(self.model))
        self.parameters = sum(p.numel() for p in self.model.parameters())
        self._peft: Any = None
        self._changes = Changes(self.model)
        self._loaded: set[str] = set()
        self._lock = threading.RLock()
        body = [_digests(folder), self.layout.template]
        self.fingerprint = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:16]

    def forward(self, adapter: str | None, keep: int = 1, **inputs: Any) -> tuple[torch.Tensor, Any]:
        """Logits of the last `keep` tokens, and the cache. Raises PenalaError("out_of_memory")."""
        moved = {name: v.to(self.device) if torch.is_tensor(v) else v for name, v in inputs.items()}
        with self._lock, torch.no_grad(), _memory_in_words():
            self._activate(adapter)
            out = self.model(**moved, use_cache=True, logits_to_keep=keep)
        return out.logits.cpu(), out.past_key_values

    def load(self, adapter: Path) -> str:
        """The name of an adapter, put on the base first if it is not there. Raises PenalaError("adapter_misfit")."""
        found = [adapter / name for name in ("adapter_model.safetensors", FILE) if (adapter / name).is_file()]
        if not found:
            raise PenalaError("adapter_misfit", folder=str(adapter), model=self.folder.name)
        name = files.sha256(found[0])[:16]
        with self._lock:
            if name not in self._loaded:
                self._put_on(adapter, found[0], name)
                self._loaded.add(name)
        return name

    def _put_on(self, adapter: Path, file: Path, name: str) -> None:
        if ours(file):
            if not self._changes.load(file, name):
                raise PenalaError("adapter_misfit", folder=str(adapter), model=self.folder.name)
            return
        from peft import PeftModel

        if not fits(self.model, file):
            raise PenalaError("adapter_misfit", folder=str(adapter), model=self.folder.name)
        options = {"autocast_adapter_dtype": False, "local_files_only": True, "use_safetensors": True}
        self._changes.put_on(None)
        if self._peft is None:
            self._peft = PeftModel.from_pretrained(self.model, adapter, adapter_name=name, **options)
        else:
            self._peft.load_adapter(adapter, adapter_name=name, **options)
        self._peft.eval()
        # Frozen weights send the one-token head down a path that copies it whole (ten times slower).
        self.model.requires_grad_(True)

    def _activate(self, adapter: str | None) -> None:
        """Before each step: another caller may have used another adapter in between."""
        self._changes.put_on(adapter)
        if self._peft is None:
            return
        layers = self._peft.base_model
        if adapter is None or adapter in self._changes:
            layers.disable_adapter_layers()
            return
        if layers.active_adapters != [adapter]:
            layers.set_adapter(adapter)
            self.model.requires_grad_(True)
        layers.enable_adapter_layers()


_opened: WeakValueDictionary[Path, Base] = WeakValueDictionary()
_opening = threading.Lock()


def _base(folder: Path, settings: Settings, four_bits: bool) -> Base:
    """The network of a folder, shared by all who use it now; gone when nobody does."""
    if four_bits:
        return Base(folder, settings, four_bits)
    with _opening:
        found = _opened.get(folder)
        if found is None:
            found = _opened[folder] = Base(folder, settings)
        return found


def fits(model: Any, file: Path) -> bool:
    """Whether each matrix of a LoRA file has its linear layer in the model, with the same sizes."""
    from safetensors import safe_open

    modules = dict(model.named_modules())
    with safe_open(file, "pt") as stored:
        names = list(stored.keys())
        shapes = {name: stored.get_slice(name).get_shape() for name in names}
    for name, shape in shapes.items():
        path, _, kind = name.removeprefix("base_model.model.").partition(".lora_")
        layer = modules.get(path)
        # A: (rank, in), B: (out, rank), DoRA's magnitude: (out).
        size = getattr(layer, "in_features" if kind.startswith("A") else "out_features", None)
        if not kind or size != (shape[1] if kind.startswith("A") else shape[0]):
            return False
    return bool(shapes)


def _four_bits(dtype: torch.dtype, device: str) -> dict[str, Any]:
    """Options that load linear layers as 4-bit normal floats with doubly quantised scales (Dettmers et al. 2023).
    Raises PenalaError("no_bitsandbytes")."""
    from importlib.util import find_spec

    from transformers import BitsAndBytesConfig

    if find_spec("bitsandbytes") is None:
        raise PenalaError("no_bitsandbytes")
    quantised = BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype=dtype
    )  # fmt: skip
    return {"quantization_config": quantised, "device_map": {"": device}}


def _ends(model: Any) -> list[int]:
    configured = model.generation_config.eos_token_id
    listed = configured if isinstance(configured, list) else [configured]
    return [int(token) for token in listed if token is not None]


def _digests(folder: Path) -> dict[str, str]:
    """sha256 by file name: the manifest's, else of the files themselves."""
    found = folders.manifest(folder)
    if found is not None:
        return {name: digest for name, (_, digest) in found.files.items()}
    kept = (".safetensors", ".json", ".jinja")
    return {p.name: files.sha256(p) for p in sorted(folder.glob("*")) if p.suffix in kept}


@contextmanager
def _memory_in_words() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:  # torch's own out-of-memory errors are RuntimeErrors
        if "out of memory" in str(error) or "can't allocate memory" in str(error):
            raise PenalaError("out_of_memory") from error
        raise
