"""How a conversation becomes tokens, for training and serving alike; knows a tokenizer, no weights."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from assistant.models import catalogue
from assistant.models.values import Message

_MARK = "MARK0ANSWER"


class Layout:
    """A tokenizer's chat template: what stands before, between and after the turns, and what ends an answer.

    A tokenizer without a template gets the catalogue's plain one and its stop texts.
    """

    def __init__(self, tokenizer: Any, ends: Sequence[int] = ()) -> None:
        plain = catalogue.template()
        if not tokenizer.chat_template:
            tokenizer.chat_template = plain.jinja
        self.tokenizer = tokenizer
        self.template = str(tokenizer.chat_template)
        self.stops = plain.stops if self.template.strip() == plain.jinja.strip() else ()
        self._configured = set(ends)
        self._special = sorted(set(tokenizer.all_special_tokens), key=len, reverse=True)

    def encode(self, messages: Sequence[Message], completion: str | None) -> tuple[list[int], list[int]]:
        """Tokens of the prompt as it is served, and of the completion with its end token (none for None)."""
        prompt = self._ids(self._text(messages, True))
        if completion is None:
            return prompt, []
        return prompt, [*self._ids(self._lead + self._inert(completion)), self.end]

    def count(self, text: str) -> int:
        return len(self._ids(text))

    def decode(self, ids: Sequence[int]) -> str:
        """An answer's text: without special tokens, cut at the first stop text, no spaces around."""
        text = str(self.tokenizer.decode(list(ids), skip_special_tokens=True))
        for stop in self.stops:
            text = text.split(stop)[0]
        return text.strip()

    def stopped(self, ids: Sequence[int]) -> bool:
        """Whether an answer's newest token ends it."""
        if ids[-1] in self.ends:
            return True
        if not self.stops:
            return False
        recent = str(self.tokenizer.decode(list(ids[-16:]), skip_special_tokens=True))
        return any(stop in recent for stop in self.stops)

    def certain(self, ids: Sequence[int]) -> str:
        """The part of an unfinished answer that no later token can take back."""
        text = self.decode(ids)
        if text.endswith("�"):  # a character of several bytes whose last ones are still to come
            text = text.rstrip("�")
        return text[: len(text) - self._stop_begun(text)].rstrip()

    @cached_property
    def end(self) -> int:
        """The token that ends an answer: what the template writes there, else the tokenizer's end."""
        after = self._ids(self._answered[1])
        special = set(self.tokenizer.all_special_ids) | self._configured
        if after and after[0] in special:
            return after[0]
        ends = [self.tokenizer.eos_token_id, *sorted(self._configured)]
        return int(next(token for token in ends if token is not None))

    @cached_property
    def ends(self) -> set[int]:
        """All tokens that end an answer."""
        own = {self.tokenizer.eos_token_id} if self.tokenizer.eos_token_id is not None else set()
        return {self.end, *own, *self._configured}

    @cached_property
    def _lead(self) -> str:
        """What the template puts between the generation prompt and an answer, a space for example."""
        before, prompt = self._answered[0], self._text([Message("user", "Q")], True)
        return before[len(prompt) :] if before.startswith(prompt) else ""

    @cached_property
    def _answered(self) -> tuple[str, str]:
        text = self._text([Message("user", "Q"), Message("assistant", _MARK)], False)
        before, _, after = text.partition(_MARK)
        return before, after

    def _text(self, messages: Sequence[Message], prompt: bool) -> str:
        turns = [{"role": m.role, "content": self._inert(m.content)} for m in messages]
        try:
            return self._render(turns, prompt)
        except Exception as error:  # jinja's own TemplateError, raised by templates that know no system role
            if type(error).__name__ != "TemplateError" or turns[0]["role"] != "system":
                raise
            return self._render(_folded(turns), prompt)

    def _render(self, turns: list[dict[str, str]], prompt: bool) -> str:
        return str(
            self.tokenizer.apply_chat_template(
                turns, add_generation_prompt=prompt, tokenize=False, enable_thinking=False
            )
        )

    def _inert(self, text: str) -> str:
        """Text whose look-alikes of control tokens are broken up, so that a document cannot end a turn."""
        for token in self._special:
            if token in text:
                text = text.replace(token, f"{token[0]} {token[1:]}")
        return text

    def _ids(self, text: str) -> list[int]:
        return list(self.tokenizer(text, add_special_tokens=False, verbose=False).input_ids)

    def _stop_begun(self, text: str) -> int:
        """How many characters at the end of `text` could be the beginning of a stop text."""
        sizes = [n for stop in self.stops for n in range(1, len(stop)) if text.endswith(stop[:n])]
        return max(sizes, default=0)


def _folded(turns: list[dict[str, str]]) -> list[dict[str, str]]:
    """The system text at the head of the first user turn."""
    system, first, *rest = turns
    return [{"role": first["role"], "content": f"{system['content']}\n\n{first['content']}"}, *rest]
