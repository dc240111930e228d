"""Which language a text is in, told from its letters (py3langid's model, in the package); knows no project."""

from functools import cache, lru_cache
from typing import Any

# Those that a business in Indonesia meets. Malay is left out: in short texts nobody can tell it from Indonesian.
_KNOWN = ("id", "en", "jv", "zh", "ja", "ko", "ar", "hi", "ta", "th", "vi", "es", "fr", "de", "it", "pt", "nl", "ru", "tr")  # fmt: skip
_FEWEST = 3  # words; one or two may be a name, or the same in many languages
_SURE, _DOUBT = 0.5, 0.1  # probabilities: of the language told, and below which another one is ruled out
_READ = 1_000  # letters read of a text


def language_of(text: str) -> str:
    """A language's code, or "" where the text is too short or could be several."""
    odds = _odds(text[:_READ])
    code = max(odds, key=odds.__getitem__, default="")
    return code if code and odds[code] >= _SURE else ""


def is_foreign(text: str, main: str) -> bool:
    """Whether a text is in another language than `main`, and surely not in that: slang lies between languages."""
    return language_of(text) not in ("", main) and _odds(text[:_READ]).get(main, 0.0) < _DOUBT


@lru_cache(maxsize=1 << 16)
def _odds(text: str) -> dict[str, float]:
    words = [word for word in text.split() if any(letter.isalpha() for letter in word)]
    if len(words) < _FEWEST and all(
        ord(letter) <= 0x2E7F for letter in text
    ):  # scripts that part words by no space
        return {}
    return dict(_model().rank(" ".join(words))[:3])


@cache
def _model() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    model.set_languages(_KNOWN)
    return model
