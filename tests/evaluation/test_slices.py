import numpy as np
import pytest

from assistant.evaluation import comparing, slices
from assistant.evaluation.values import Case

from .scripted import ScriptedArm, label_cases, right


def cut(cases, **more):
    given = {"labels": True, "language_of": lambda text: "id", "tags": {}, "embed": None} | more
    return {(s.by, s.name): s.cases for s in slices.cut(cases, **given)}


def test_cases_are_cut_by_label_length_source_and_tag():
    cases = [Case(f"c{i}", "kata " * (i + 1), "ya" if i < 12 else "tidak", f"d{i % 2}") for i in range(18)]
    got = cut(cases, tags={f"c{i}": ("mendesak",) for i in range(6)})
    assert got["label", "tidak"] == tuple(f"c{i}" for i in range(12, 18))
    assert got["length", "short"] == tuple(f"c{i}" for i in range(6)) == got["tag", "mendesak"]
    assert len(got["document", "d1"]) == 9
    assert not any(by == "language" for by, _ in got)  # a single language parts nothing


def test_a_part_of_few_cases_is_left_out():
    cases = [Case(f"c{i}", "x", "ya" if i < 4 else "tidak") for i in range(20)]
    assert ("label", "ya") not in cut(cases)


def test_clusters_are_named_by_their_own_words():
    cases = [
        Case(f"c{i}", f"{'ongkir paket mahal' if i % 2 else 'tukar ukuran baju'} nomor", "x")
        for i in range(60)
    ]

    def embed(texts):
        return np.array([[1.0, 0.0] if "ongkir" in t else [0.0, 1.0] for t in texts])

    names = {name: ids for (by, name), ids in cut(cases, embed=embed).items() if by == "cluster"}
    both = [ids for name, ids in names.items() if "ongkir" in name or "paket" in name]
    assert len(both) == 1 and set(both[0]) == {f"c{i}" for i in range(1, 60, 2)}


@pytest.fixture
def found(tmp_path):
    """The tuned arm is right but on one label, where it always fails; the prompt fails on another."""
    cases = label_cases(60)
    tuned = ScriptedArm("tuned", lambda c: "?" if c.reference == "netral" else c.reference)
    prompt = ScriptedArm("prompt", lambda c: "?" if c.reference == "positif" else c.reference)
    return comparing.compare([prompt, tuned, ScriptedArm("rag", right)], cases, "labels", [], tmp_path)


def test_a_loss_on_one_part_shows_though_the_whole_is_even(found):
    got = {m.part.name: m for m in slices.measure(found, slices.cut(found.cases, labels=True, language_of=lambda t: "id", tags={}, embed=None))}  # fmt: skip
    assert [a.name for a in slices.rivals(found)] == ["tuned", "rag"]
    assert got["netral"].outcome == "worse" and got["netral"].values["tuned"].value == 0
    assert got["positif"].outcome == "cannot_tell" and got["positif"].values["rag"].value == 1


def test_leaked_cases_are_in_no_part(tmp_path):
    cases = label_cases(30)
    found = comparing.compare([ScriptedArm("prompt", right)], cases, "labels", [cases[0].input], tmp_path)
    part = slices.Slice("label", "positif", tuple(c.id for c in cases if c.reference == "positif"))
    assert slices.measure(found, [part])[0].values["prompt"].n == 9 and slices.rivals(found) is None


def test_parts_are_kept_and_damage_is_no_error(tmp_path):
    part = slices.Slice("tag", "é", ("c1",))
    slices.save([part], tmp_path)
    assert slices.load(tmp_path) == [part]
    (tmp_path / "slices.json").write_text('[{"by": 1')
    assert slices.load(tmp_path) == [] == slices.load(tmp_path / "none")
