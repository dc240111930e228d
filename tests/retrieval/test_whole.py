"""All documents are read at once where they fit, and where they do not the reason is said."""

import pytest

from assistant.errors import PenalaError
from assistant.models.values import Decoding
from assistant.retrieval import answering, whole
from assistant.retrieval.answering import Asking

from .conftest import fill
from .test_answering import PROMPT, Scripted


def test_every_document_is_read_and_the_one_answered_from_is_cited(project, write, words):
    fill(project, write, words)
    small = Scripted("Lamps have a warranty of two years.", parameters=135_000_000)
    read = whole.fitting(project, small, PROMPT, Decoding())
    said = answering.ask(Asking("How long is the warranty?", read, PROMPT, small, writes=True))
    asked = small.read[-1].content
    assert "14 days" in asked and "25,000 rupiah" in asked and "two years" in asked
    [citation] = said.citations
    assert (said.text, citation.document, citation.quote) == (small.says, "warranty.html", small.says)
    assert 0 < said.written < said.tokens


def test_too_much_to_read_at_once_is_said_with_both_sizes(project, write, words):
    model = Scripted(context=300)
    with pytest.raises(PenalaError) as caught:
        whole.fitting(project, model, PROMPT, Decoding(max_tokens=8))
    assert caught.value.code == "no_documents_yet"
    fill(project, write, words)
    with pytest.raises(PenalaError) as caught:
        whole.fitting(project, model, PROMPT, Decoding(max_tokens=8))
    assert caught.value.code == "documents_too_long"
    room, size = caught.value.values["room"], caught.value.values["tokens"]
    assert room == 300 - 8 - 256 - 4 < size and str(size) in caught.value.say("id").message
