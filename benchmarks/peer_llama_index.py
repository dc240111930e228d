"""LlamaIndex as its documentation sets it up, run by benchmarks/peer_rag.py in an environment of its own.

    pip install llama-index-core llama-index-readers-file llama-index-embeddings-huggingface \\
        llama-index-retrievers-bm25 docx2txt

Knows nothing of Penala. Without arguments: paths on standard input, one a line, what SimpleDirectoryReader reads of
each and its pieces. With arguments FOLDER WEIGHTS LANGUAGE SIZE OVERLAP: indexes the folder, then finds passages for
the questions on standard input, by meaning and by its hybrid (vectors and BM25, fused by reciprocal ranks).
"""

import json
import logging
import os
import resource
import sys
import time

RANKS = 10


def main() -> None:
    logging.disable(logging.CRITICAL)
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no answer
    if len(sys.argv) == 1:
        for line in sys.stdin:
            print(json.dumps(read(json.loads(line))), file=out, flush=True)
    else:
        folder, weights, language, size, overlap = sys.argv[1:]
        print(json.dumps(answer(folder, weights, language, int(size), int(overlap))), file=out, flush=True)


def read(path: str) -> dict:
    from llama_index.core import SimpleDirectoryReader
    from llama_index.core.node_parser import SentenceSplitter

    try:
        documents = SimpleDirectoryReader(input_files=[path], raise_on_error=True).load_data()
        pieces = [node.get_content() for node in SentenceSplitter().get_nodes_from_documents(documents)]
        return {"text": "\n".join(document.text for document in documents), "pieces": pieces}
    except Exception as error:
        return {"error": type(error).__name__}


def answer(folder: str, weights: str, language: str, size: int, overlap: int) -> dict:
    import Stemmer
    from llama_index.core import Settings, SimpleDirectoryReader, VectorStoreIndex
    from llama_index.core.llms import MockLLM
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.core.retrievers import QueryFusionRetriever
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from llama_index.retrievers.bm25 import BM25Retriever

    Settings.llm = MockLLM()
    Settings.embed_model = HuggingFaceEmbedding(
        weights, device="cpu", query_instruction="query: ", text_instruction="passage: "
    )
    Settings.embed_model.get_text_embedding("warm")
    questions = json.load(sys.stdin)
    clock = Clock()
    documents = SimpleDirectoryReader(folder, recursive=True).load_data()
    nodes = SentenceSplitter(chunk_size=size, chunk_overlap=overlap).get_nodes_from_documents(documents)
    index = VectorStoreIndex(nodes)
    stemmer = Stemmer.Stemmer({"id": "indonesian", "en": "english"}[language])
    words = BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=RANKS, stemmer=stemmer)
    meaning = index.as_retriever(similarity_top_k=RANKS)
    hybrid = QueryFusionRetriever(
        [meaning, words], similarity_top_k=RANKS, num_queries=1, mode="reciprocal_rerank", use_async=False
    )
    indexing = clock.ended()
    ways = {}
    for name, retriever in (("meaning", meaning), ("hybrid", hybrid)):
        found, times, clock = [], [], Clock()
        for question in questions:
            began = time.perf_counter()
            hits = retriever.retrieve(question)
            times.append(time.perf_counter() - began)
            found.append([(hit.node.metadata["file_name"], hit.node.get_content()) for hit in hits])
        ways[name] = {"found": found, "times": times, "used": clock.ended()[1]}
    return {"indexing": indexing, "chunks": len(nodes), "ways": ways}


class Clock:
    """Seconds by the clock and by the processor since it was made."""

    def __init__(self) -> None:
        self.began, self.used = time.perf_counter(), used()

    def ended(self) -> tuple[float, float]:
        return time.perf_counter() - self.began, used() - self.used


def used() -> float:
    """Processor seconds of this process and the children that have ended."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in both)


if __name__ == "__main__":
    main()
