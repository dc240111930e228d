"""Evaluation questions come from JSONL or CSV, and a bad row is named."""

import pytest

from assistant.errors import PenalaError
from assistant.retrieval import questions


def test_csv_and_jsonl_add_up_and_a_row_without_id_is_kept_once(project, write):
    table = "question,answers,document,answerable\nHow long?,14 days|two weeks,a.md,\nWho?,,,false\n"
    assert questions.add_file(project, write("q.csv", table)) == 2
    assert questions.add_file(project, write("r.jsonl", '{"question": "When?", "answer": "now"}\n')) == 1
    questions.add_file(project, write("again.csv", table))
    found = {q.question: q for q in questions.questions(project)}
    assert len(questions.questions(project)) == 3
    assert found["How long?"].answers == ("14 days", "two weeks") and found["How long?"].document == "a.md"
    assert not found["Who?"].answerable
    questions.remove(project, found["Who?"].id)
    assert len(questions.questions(project)) == 2


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.txt", "How?", "questions_file"),
        ("a.jsonl", "", "questions_file"),
        ("a.jsonl", "{not json", "questions_row"),
        ("a.jsonl", '["list"]', "questions_row"),
        ("a.csv", "question,answers\nHow?,\n", "questions_row"),
    ],
)
def test_a_bad_file_or_row_is_named(project, write, name, content, code):
    with pytest.raises(PenalaError) as caught:
        questions.add_file(project, write(name, content))
    assert caught.value.code == code
    assert name in caught.value.say("id").message
    assert questions.questions(project) == []
