"""Documents are added whole or not at all, once, cheaply again, and removed to the last byte."""

import pytest

from assistant.errors import PenalaError
from assistant.retrieval import index, search, store

from .conftest import WordEmbedder, fill, pdf


def test_files_and_folders_are_added_and_reported(project, write, words):
    paths = fill(project, write, words)
    write("scan.pdf", pdf("", ""))
    write("half.pdf", pdf("Read me", ""))
    write("picture.png", b"\x89PNG")
    steps = []
    found = index.add(project, [paths[0].parent], words, lambda *step: steps.append(step))
    said = {r.name: (r.status, r.problem.code if r.problem else None) for r in found}
    assert said == {
        "returns.md": ("already", None),
        "shipping.txt": ("already", None),
        "warranty.html": ("already", None),
        "scan.pdf": ("failed", "document_scanned"),
        "half.pdf": ("ready", "document_pages_without_text"),
    }
    assert "scanned" in (next(r for r in found if r.name == "scan.pdf").reason("en") or "")
    assert (0, 5, "reading") in steps and (5, 5, "reading") in steps
    assert any(stage == "embedding" for *_, stage in steps)


def test_a_bad_file_stops_nothing_and_can_be_tried_again(project, write, words, tmp_path):
    found = index.add(
        project, [tmp_path / "gone.txt", write("empty.txt", ""), write("ok.txt", "Fine words.")], words
    )
    assert [r.status for r in found] == ["failed", "failed", "ready"]
    broken = write("b.pdf", b"%PDF-1.4 broken")
    index.add(project, [broken], words)
    [failed] = [d for d in index.documents(project) if d.status == "failed"]
    assert failed.error is not None and failed.error.code == "document_broken"
    (project.documents / failed.file).write_bytes(pdf("mended"))
    assert index.retry(project, failed.id, words).status == "ready"
    assert [d.status for d in index.documents(project)] == ["ready", "ready"]


def test_the_same_content_under_another_name_is_already_there(project, write, words):
    index.add(project, [write("a.txt", "One and the same.")], words)
    [report] = index.add(project, [write("b.txt", "One and the same.")], words)
    assert (report.status, report.name) == ("already", "b.txt")
    assert len(index.documents(project)) == 1


def test_text_known_before_costs_no_embedding(project, write, words):
    paths = fill(project, write, words)
    spent = words.embedded
    for path in paths:
        path.write_text(path.read_text() + "\n\n# New\n\nOne more thing.")
    index.add(project, paths, words)
    assert (
        words.embedded - spent <= 4
    )  # the new section, once, and what it changed in a text without headings


def test_every_chunk_is_where_it_says(project, write, words):
    fill(project, write, words)
    for passages in search.search_many(project, ["parcel return", "islands", "lamps"], words):
        assert passages
        for p in passages:
            assert store.content(project, p.document_id)[p.start : p.stop] == p.text


def test_removing_leaves_no_byte(project, write, words):
    secret = "Zanzibarite 778812 quokka"
    fill(project, write, words)
    index.add(project, [write("secret.txt", f"The {secret} clause.")], words)
    assert search.search(project, secret, words)[0].document == "secret.txt"
    vector = words.passages([f"The {secret} clause."])[0].tobytes()
    [document] = [d for d in index.documents(project) if d.name == "secret.txt"]
    index.remove(project, document.id)
    assert "secret.txt" not in {p.document for p in search.search(project, secret, words)}
    for path in project.folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert b"quokka" not in data and b"778812" not in data, path
            assert vector not in data, path
    with pytest.raises(PenalaError, match="no document"):
        index.remove(project, document.id)


def test_a_text_in_two_documents_stays_while_one_is_left(project, write, words):
    index.add(
        project,
        [write("a.md", "# Same\n\nWords."), write("b.md", "# Same\n\nWords.\n\n# More\n\nText.")],
        words,
    )
    first = index.documents(project)[0]
    index.remove(project, first.id)
    assert [p.document for p in search.search(project, "same words", words, 1)] == ["b.md"]
    assert not store.unembedded(project, words.fingerprint)


def test_another_embedder_embeds_anew_and_answers(project, write, words):
    fill(project, write, words)
    other = WordEmbedder("words-2")
    assert search.search(project, "islands", other, 1)[0].document == "shipping.txt"
    assert other.embedded == sum(d.chunks for d in index.documents(project))
    assert search.search(project, "islands", words, 1)[0].document == "shipping.txt"
