"""Turns text into search terms and guesses its language; knows nothing of indexes.

Stop words are left out and Indonesian affixes taken off, so that "mengembalikan" and "pengembalian" meet.
The rules are light (no dictionary): the same mistake on both sides still meets.
"""

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
_CODE = re.compile(r"(?<![^\W_])[^\W_]+(?:[-./,_:][^\W_]+)+")  # parts joined by signs
_ENGLISH = """
a about after all also an and any are as at be because been before being between both but by can could did
do does doing during each few for from further had has have having he her here hers him his how i if in into
is it its itself just me more most my no nor not of off on once only or other our out over own s same she
should so some such t than that the their theirs them then there these they this those through to too under
until up very was we were what when where which while who whom why will with would you your yours am must
may might shall us
"""
_INDONESIAN = """
ada adalah agar akan aku anda antara apa apakah atau bagai bagaimana bagaimanakah bagi bahwa banyak beberapa
belum berapa berapakah bila bisa boleh bukan dalam dan dapat dari daripada demikian dengan di dia hal hanya
harus hingga ia ialah ini itu jadi jika juga kah kalau kami kapan kapankah karena ke kemana kepada ketika
kita lagi lah lain lalu maka mana manakah masih mau melalui mengapa mereka merupakan nya oleh orang pada
para per pernah pun saat saja sampai sang sangat saya sebagai sebelum sebuah secara sedang sehingga sejak
sekitar selain selama seorang seperti sering serta sesudah setelah setiap si siapa siapakah suatu sudah
supaya tapi telah tentang tersebut terhadap tetapi tidak untuk yaitu yakni yang dimana dimanakah kenapa
gimana gak nggak ga ya yg dgn utk
"""
_STOPS = {"en": frozenset(_ENGLISH.split()), "id": frozenset(_INDONESIAN.split())}
# The commonest words of neighbours in Europe that are no words of the two above.
_ELSEWHERE = """
der das und nicht ist ein eine einen mit auf fur von dem den sich wird werden het een niet van zijn voor op
dat de le la les des du est une dans pour qui sur avec ne pas el los las una por con del que se su il che
non sono nao os uma com em wenn sie wir ich auch nur oder aus bei nach uber
"""
_COMMON = {**_STOPS, "other": frozenset(_ELSEWHERE.split())}
_LEAST_SHARE, _MARGIN = 0.04, 1.2
STOP_WORDS = _STOPS["en"] | _STOPS["id"]
_ENDINGS = ("lah", "kah", "pun", "nya", "ku", "mu")
_SUFFIXES = ("kan", "an", "i")
_PREFIXES = ("di", "ter", "ke", "ber", "per", "se")
_INNER_PREFIXES = ("per", "ber", "ter", "peng")  # what may stand after another prefix: memperbarui
_NASAL = re.compile(
    r"^(?:m|p)e(?:ny(?=[aiueo])|ng(?=[aiueoghkx])|n(?=[aiueocdjszt])|m(?=[aiueobfpv])|(?=[lrwymn][aiueo]))"
)
_ROOT = re.compile(r"[aiueo]|[^aiueo][aiueo]|[bdfgkpst][lr]|s[kptwy]|ny")  # how an Indonesian root may begin
_SHORTEST = 4


def words(text: str) -> list[str]:
    """The words of a text in order, in small letters without accents."""
    if text.isascii():
        return _WORD.findall(text.lower())
    plain = unicodedata.normalize("NFKD", text).lower()
    return _WORD.findall("".join(c for c in plain if not unicodedata.combining(c)))


def terms(text: str) -> list[str]:
    """The words that carry meaning, as stems, in order; a text of stop words only keeps them all."""
    found = words(text)
    return [stem(word) for word in found if word not in STOP_WORDS] or found


def search_terms(text: str) -> list[str]:
    """What full-text search holds of a text: each word that carries meaning as its stem and, where that differs,
    as it is written (an exact match tells more); codes and amounts also in one piece, so that "GX-4500" and
    "GX4500", "25.000" and "25,000" meet, and "KX-12-7" and "KX-7-12" do not."""
    found = words(text)
    kept = [word for word in found if word not in STOP_WORDS] or found
    joined = ["".join(words(code)) for code in _CODE.findall(text) if any(map(str.isdigit, code))]
    return [form for word in kept for form in dict.fromkeys((word, stem(word)))] + joined


@lru_cache(100_000)  # most words of a text are few
def stem(word: str) -> str:
    """A word without its Indonesian affixes or English plural; words with digits (codes, amounts) stay whole."""
    if len(word) <= _SHORTEST or not word.isascii() or not word.isalpha():
        return word
    word = _without_inner_prefix(_without_prefix(_without_end(_singular(word), _ENDINGS)))
    while (shorter := _without_end(word, _SUFFIXES)) != word:
        word = shorter
    lost_k = len(word) > _SHORTEST and word[0] == "k" and word[1] in "aiueo"
    return word[1:] if lost_k else word  # "mengirim" has lost the k of "kirim", so both go without


def language(text: str) -> str | None:
    """ "id" or "en" by the stop words a text uses; None when they do not tell."""
    shares = _shares(text)
    if shares["id"] == shares["en"]:
        return None
    return "id" if shares["id"] > shares["en"] else "en"


def document_language(text: str) -> str:
    """ "id" or "en" where a longer text's commonest words are of that language by a margin; "other" else."""
    shares = _shares(text)
    elsewhere = shares.pop("other")
    best, second = sorted(shares, key=lambda name: -shares[name])
    share = shares[best]
    clear = share >= _LEAST_SHARE and share > _MARGIN * shares[second] and share > 2 * elsewhere
    return best if clear else "other"


def _shares(text: str) -> dict[str, float]:
    """What share of a text's words are the commonest of each language."""
    found = words(text)
    return {
        name: sum(word in stops for word in found) / max(1, len(found)) for name, stops in _COMMON.items()
    }


def _without_end(word: str, endings: tuple[str, ...]) -> str:
    for ending in endings:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            return word[: -len(ending)]
    return word


def _without_prefix(word: str) -> str:
    nasal = _NASAL.match(word)
    if nasal and len(word) - nasal.end() >= 3:
        return _with_lost_letter(word[nasal.end() :], word[: nasal.end()])
    return _without(word, _PREFIXES)


def _without_inner_prefix(word: str) -> str:
    return _without(word, _INNER_PREFIXES)


def _without(word: str, prefixes: tuple[str, ...]) -> str:
    for prefix in prefixes:
        rest = word.removeprefix(prefix)
        if rest != word and len(rest) >= _SHORTEST and _ROOT.match(rest):
            return rest
    return word


def _with_lost_letter(rest: str, prefix: str) -> str:
    """meny+apu comes from sapu, men+ulis from tulis, mem+ilih from pilih; after meng a k may be lost or not."""
    if rest[0] not in "aiueo":
        return rest
    return {"ny": "s", "en": "t", "em": "p"}.get(prefix[-2:], "") + rest


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
