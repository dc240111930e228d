"""Finds, for one index, how well a sentence must fit before a question counts as answerable.

Raw cosines mean different things in each collection, so a fixed threshold cannot be carried over: questions on
wholly other matters are asked, and nine of ten of them must be refused. Hiding a document and asking for its
own words was tried too; where documents repeat each other it refused 29 of 32 good questions. A question close
to the documents' matter that they do not answer may pass; half as far again above the middle of the foreign ones
an answer still counts as unsure. See benchmarks/answers.py.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from assistant.models.values import Embedder
from assistant.retrieval import store
from assistant.retrieval.evidence import Evidence, gather_many
from assistant.retrieval.search import search_many
from assistant.texts.terms import language
from assistant.workspace.project import Project

_META = "retrieval.grounds"
_REFUSED = 0.9  # the share of foreign questions that the threshold refuses
SHOWN = 3  # passages; as many as an answer is made from
_FOREIGN = """
How far is the moon from the earth?
Who invented the light bulb?
How do I cook beef rendang?
When was the first World Cup held?
What is the capital of Iceland?
How do I care for a kitten?
What is the price of gold today?
Who wrote Pride and Prejudice?
How tall is Mount Everest?
Which vitamin is in oranges?
How do plants make food from light?
When did the Roman Empire fall?
How many players are in a rugby team?
What is the best treatment for a cold?
How do I change a car tyre?
What does a passport cost?
Who painted the Mona Lisa?
How many strings does a violin have?
When is the next solar eclipse?
How long should I boil an egg?
Berapa jarak bumi ke bulan?
Siapa penemu bola lampu?
Bagaimana cara memasak rendang daging sapi?
Kapan Piala Dunia pertama digelar?
Apa ibu kota Islandia?
Bagaimana cara merawat anak kucing?
Berapa harga emas hari ini?
Siapa penulis novel Laskar Pelangi?
Berapa tinggi Gunung Everest?
Vitamin apa yang ada pada jeruk?
Bagaimana tumbuhan membuat makanan?
Kapan Kerajaan Majapahit runtuh?
Berapa jumlah pemain dalam satu tim rugbi?
Obat apa yang cocok untuk masuk angin?
Bagaimana cara mengganti ban mobil?
Berapa biaya membuat paspor?
Siapa pelukis Mona Lisa?
Berapa senar sebuah biola?
Kapan gerhana matahari berikutnya?
Berapa lama merebus telur?
""".strip().splitlines()


@dataclass(frozen=True)
class Threshold:
    """What some sentence must reach: `grounds`, or `nearness` where question and passage differ in language and
    so share no words (there cosines lie lower). Below `sure` an answer is given but said to be unsure.
    `generation` and `model` say which index it was found for."""

    grounds: float
    nearness: float
    sure: float
    generation: int
    model: str

    def reached(self, question: str, found: Sequence[Evidence]) -> bool:
        """Whether any sentence fits better than it does for the foreign questions that are refused."""
        return self._level(question, found) > self.grounds

    def unsure(self, question: str, found: Sequence[Evidence]) -> bool:
        """Whether the question may well lie beside what the documents say."""
        return self._level(question, found) < self.sure

    def _level(self, question: str, found: Sequence[Evidence]) -> float:
        """The best sentence on the scale of `grounds`; one in another language is moved there from its own."""
        levels = [e.grounds for e in found]
        other = {e.passage.nearness for e in found if _differ(question, e.passage.text)}
        moved = [nearness + self.grounds - self.nearness for nearness in other]
        return round(max([*levels, *moved], default=-1.0), 4)


def threshold(project: Project, embedder: Embedder) -> Threshold:
    """The threshold of the index as it is now. Indexing leaves it behind; it is found here (some seconds) where that
    was cut short, or the embedder is another."""
    known = kept(project, embedder)
    if known is not None:
        return known
    found = _calibrated(project, embedder, store.generation(project))
    project.set(_META, asdict(found))
    return found


def kept(project: Project, embedder: Embedder) -> Threshold | None:
    """The threshold found before, if it holds for the index as it is now."""
    found = project.get(_META)
    now = store.generation(project), embedder.fingerprint
    return Threshold(**found) if found and (found["generation"], found["model"]) == now else None


def _calibrated(project: Project, embedder: Embedder, generation: int) -> Threshold:
    nearnesses, rows = [], []
    for question, passages in zip(_FOREIGN, search_many(project, _FOREIGN, embedder, SHOWN), strict=True):
        other = [p.nearness for p in passages if _differ(question, p.text)]
        nearnesses += [max(other)] if other else []
        rows.append((question, [p for p in passages if not _differ(question, p.text)]))
    reached = [max(e.grounds for e in found) for found in gather_many(rows, embedder) if found]
    grounds, middle = (float(np.quantile(reached, q)) if reached else 1.0 for q in (_REFUSED, 0.5))
    nearness = float(np.quantile(nearnesses, _REFUSED)) if nearnesses else grounds
    sure = grounds + (grounds - middle) / 2
    return Threshold(round(grounds, 4), round(nearness, 4), round(sure, 4), generation, embedder.fingerprint)


def _differ(question: str, passage: str) -> bool:
    """Whether both languages can be told and are not the same."""
    asked, written = language(question), language(passage)
    return asked is not None and written is not None and asked != written
