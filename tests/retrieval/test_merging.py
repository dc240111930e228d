"""What stands in several documents word for word is found once, with every place; what differs in a word is not merged."""

import pytest

from assistant.retrieval import index, missed, questions, search, store
from assistant.retrieval.questions import Question
from assistant.retrieval.search import Passage, merged

RULE = "A book that comes back late costs 25 pence for each day, and no more than 5 pounds in all."


def passage(id: int, text: str, heading: str = "") -> Passage:
    return Passage(id, id, f"{id}.md", None, 0, len(text), heading, text, 1.0)


def test_the_same_words_are_found_once_with_all_their_places(project, write, words):
    copies = {
        "rules.md": f"# Fees\n\n{RULE}",
        "copy.txt": f"FEES\n\n{RULE.upper().replace(', ', ' ')}\n",
        "all.md": f"# Fees\n\n{RULE} Cards cost 3 pounds.",
        "other.md": "# Rooms\n\nA room costs 9 pounds for each day.",
    }
    index.add(project, [write(name, text) for name, text in copies.items()], words)
    found = search.search(project, "late book 25 pence each day", words, 2)
    assert len(found) == 2 and len({p.id for p in found}) == 2
    places = {a.document for p in found for a in p.places}
    assert {"rules.md", "all.md"} <= places
    for p in found:
        for a in p.places:
            content = store.content(project, a.document_id)[a.start : a.stop]
            assert a.document in copies and content
            assert p.covers(a.document_id, a.start, a.stop)


@pytest.mark.parametrize(
    ("better", "worse", "same"),
    [
        (RULE, RULE.replace("25", "30"), False),
        (RULE, RULE.replace("for", "not for"), False),
        (RULE.replace("and no more", "and not no more"), RULE, False),
        (RULE, RULE.replace("book", "film"), False),
        (RULE, f"{RULE} Cards cost 3 pounds.", False),  # it says more
        (f"{RULE} Cards cost 3 pounds.", RULE, True),
        (RULE, RULE.replace(" ", "\n").upper(), True),
    ],
)
def test_only_what_a_better_passage_says_whole_is_merged(better, worse, same):
    found = merged([passage(1, better), passage(2, worse), passage(3, "Nothing of it.")], 5)
    assert [p.id for p in found] == ([1, 3] if same else [1, 2, 3])
    assert [a.id for a in found[0].also] == ([2] if same else [])


def test_another_heading_is_another_matter():
    lamps = [passage(1, "Two years.", "Lamp GX-4500"), passage(2, "Two years.", "Lamp GX-4501")]
    assert len(merged(lamps, 5)) == 2
    assert len(merged([passage(1, "Lamp: two years.", "Warranty"), passage(2, "Two years.", "Lamp")], 5)) == 1


def test_no_hit_is_lost_to_a_merged_place(project, write, words):
    body = "".join(f"# Rule {n}\n\nRoom {n} costs {n} pounds for each day.\n\n" for n in range(1, 9))
    index.add(project, [write("a.md", body), write("b.md", f"{body}# End\n\nThat is all.")], words)
    asked = [
        Question(
            f"q{d}{n}", f"What does room {n} cost for each day?", (f"{n} pounds",), f"{d}.md", True, "team"
        )
        for d in "ab"
        for n in range(1, 9)
    ]
    ranks = [f.rank for f in missed.findings(project, asked, words)]
    assert ranks == [1] * 16
    assert questions.questions(project) == []
