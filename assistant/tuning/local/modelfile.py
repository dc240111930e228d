"""What Ollama has to know to serve a GGUF file as the model was trained: its turns, its stops, its instructions."""

from pathlib import Path
from typing import Any

from transformers import AutoTokenizer

from assistant.models.layout import Layout
from assistant.models.values import Message
from assistant.tuning.adapters import Card

_SYSTEM, _PROMPT = "PENALA-SYSTEM", "PENALA-PROMPT"


def modelfile(file: str, merged: Path, card: Card) -> str:
    """For `ollama create NAME -f Modelfile`. The turns are those of the model's own chat template, written out once with
    and once without instructions, since Ollama reads no Jinja."""
    layout = Layout(AutoTokenizer.from_pretrained(merged, local_files_only=True))
    turns = [Message("system", _SYSTEM), Message("user", _PROMPT)]
    template = f"{{{{ if .System }}}}{_rendered(layout, turns)}{{{{ else }}}}{_rendered(layout, turns[1:])}{{{{ end }}}}"
    lines = [f"FROM ./{file}", f'TEMPLATE """{template}"""', "PARAMETER temperature 0"]
    lines += [f'PARAMETER stop "{_quoted(stop)}"' for stop in layout.stops]
    instructions = card.to_prompt().instructions.replace('"""', "'''")
    return "\n".join([*lines, f'SYSTEM """{instructions}"""', ""])


def _rendered(layout: Layout, turns: list[Message]) -> str:
    """Up to where the answer begins. What stands at the very start of a text is added by whoever reads the file."""
    text = str(layout.tokenizer.decode(layout.encode(turns, None)[0]))
    begin: Any = layout.tokenizer.bos_token
    if begin and text.startswith(begin) and _begun_by_reader(layout):
        text = text.removeprefix(begin)
    return text.replace(_SYSTEM, "{{ .System }}").replace(_PROMPT, "{{ .Prompt }}")


def _begun_by_reader(layout: Layout) -> bool:
    """Whether the vocabulary is one of SentencePiece, whose files say that a begin token is added (see gguf_out)."""
    return "<0x00>" in layout.tokenizer.get_vocab()


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
