import hashlib

import numpy as np
import pytest

from assistant.errors import PenalaError
from assistant.evaluation.classifier import STRENGTHS, ClassifierArm
from assistant.evaluation.values import Case


class WordEmbedder:
    """Unit vectors from the words' hashes: texts that share words are near."""

    fingerprint = "words"

    def queries(self, texts):
        rows = [sum(self._word(w) for w in t.split()) for t in texts]
        return np.stack([v / np.linalg.norm(v) for v in rows]).astype(np.float32)

    passages = queries

    def count(self, text):
        return len(text.split())

    def _word(self, word):
        seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4])
        return np.random.default_rng(seed).standard_normal(32)


GOOD = [f"barang bagus sekali {i}" for i in range(12)]
BAD = [f"paket rusak parah {i}" for i in range(12)]


def test_it_learns_the_labels_and_counts_what_it_read():
    arm = ClassifierArm(GOOD + BAD, ["positif"] * 12 + ["negatif"] * 12, WordEmbedder())
    answers = arm.answer([Case("1", "bagus sekali", ""), Case("2", "rusak parah kak", "")])
    assert [a.text for a in answers] == ["positif", "negatif"]
    assert (answers[1].tokens_in, answers[1].tokens_out) == (3, 0) and arm.strength in STRENGTHS


def test_its_fingerprint_follows_rows_and_embedder():
    one = ClassifierArm(GOOD, ["a"] * 12, WordEmbedder())
    assert one.fingerprint == ClassifierArm(GOOD, ["a"] * 12, WordEmbedder()).fingerprint
    assert one.fingerprint != ClassifierArm(GOOD, ["a"] * 11 + ["b"], WordEmbedder()).fingerprint


@pytest.mark.parametrize(
    "labels",
    [["a"] * 12, ["a"] * 11 + ["b"], [f"l{i}" for i in range(12)]],
    ids=["one", "rare", "all differ"],
)
def test_odd_labels_are_still_answered(labels):
    answers = ClassifierArm(GOOD, labels, WordEmbedder()).answer([Case("1", GOOD[0], "")])
    assert answers[0].text in labels


def test_one_source_is_never_on_both_sides_of_a_fold():
    groups = [f"s{i % 4}" for i in range(24)]
    arm = ClassifierArm(GOOD + BAD, ["positif"] * 12 + ["negatif"] * 12, WordEmbedder(), groups)
    for train, held in arm._splits():
        assert not {groups[i] for i in train} & {groups[i] for i in held}


def test_no_rows_are_refused():
    with pytest.raises(PenalaError):
        ClassifierArm([], [], WordEmbedder())
