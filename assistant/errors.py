"""The one error a user may see: a code and its values, put into words where the language is known."""

from typing import NamedTuple

from assistant import texts


class Sentence(NamedTuple):
    """What is wrong and where (message), and how to mend it (hint)."""

    message: str
    hint: str

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class PenalaError(Exception):
    """A mistake that the user can mend.

    `code` names an entry `errors.<code>` with `message` and `hint` in `texts/`; `values` fill its
    placeholders; one that can `say(language)` does. Words are chosen late, so a job's error can be read in
    either language.
    """

    def __init__(self, code: str, /, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values

    def say(self, language: str) -> Sentence:
        values = {name: _said(value, language) for name, value in self.values.items()}
        return Sentence(
            texts.say(language, f"errors.{self.code}.message", **values),
            texts.say(language, f"errors.{self.code}.hint", **values),
        )

    def __str__(self) -> str:
        return str(self.say("en"))


def _said(value: object, language: str) -> object:
    say = getattr(value, "say", None)
    return say(language) if callable(say) else value
