"""`penala advise`: the interview on stdin, one turn a line; the words are the session's."""

import json
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from assistant import texts
from assistant.advisor import checklist as knowledge
from assistant.advisor.session import Session, Turn
from assistant.commands import Call
from assistant.errors import PenalaError
from assistant.journey import choices, shapes
from assistant.models.embedding import open_embedder
from assistant.models.registry import open_model
from assistant.models.values import ChatModel, Embedder
from assistant.workspace.project import Project, create_project


def advise(call: Call) -> int:
    """The interview on stdin: {"say": …}, {"set": {…}} or {"end": true} a line; without --json, plain text too."""
    embedder = _embedder(call)
    with _project(call) as project:
        chat = _listener(call, project)
        for line in run(project, call.language, sys.stdin, call.arguments.json, embedder, chat):
            print(line, flush=True)
    return 0


def _embedder(call: Call) -> Embedder | None:
    """The embedder, its weights fetched where they are not here yet; without them a sentence says what that costs."""
    try:
        return open_embedder(call.settings)
    except PenalaError as error:
        call.say(str(error.say(call.language)))
        call.say(texts.say(call.language, "advisor.by_words"))
        return None


def _listener(call: Call, project: Project) -> ChatModel | None:
    """The model named by --model, or the project's own where it runs elsewhere (Gemini, Ollama, an endpoint):
    such a one reads free text better than the reader that always runs here."""
    spec = call.arguments.model or project.get("model") or ""
    return open_model(spec, call.settings) if call.arguments.model or choices.is_remote(spec) else None


@contextmanager
def _project(call: Call) -> Iterator[Project]:
    """The project named, or the one in this folder; without one the interview is kept nowhere."""
    if call.arguments.project or Path("project.db").is_file():
        yield call.project_made_if_absent()
        return
    with tempfile.TemporaryDirectory() as folder:
        yield create_project(Path(folder) / "interview", "interview", call.language)


def run(
    project: Project,
    language: str,
    lines: Iterable[str],
    json_out: bool,
    embedder: Embedder | None,
    chat: ChatModel | None = None,
) -> Iterator[str]:
    """One output line for each turn (for people: the reply and the answers to choose from).

    Raises PenalaError("advise_json", "advise_shape", "advise_signal" or "advise_value") naming the line.
    """
    session = Session(project, knowledge.load(), embedder, language, chat=chat)
    if not json_out:
        yield _shown(session.state())
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        turn = shapes.turn(session, _command(line, number, plain=not json_out), line, number)
        yield json.dumps(turn.to_json(), ensure_ascii=False) if json_out else _shown(turn)


def _command(line: str, number: int, plain: bool) -> dict[str, Any]:
    if plain and not line.lstrip().startswith("{"):
        return {"say": line.strip()}
    try:
        command = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise PenalaError("advise_json", line=number, text=line.strip()[:120]) from error
    if not isinstance(command, dict):
        raise PenalaError("advise_json", line=number, text=line.strip()[:120])
    return command


def _shown(turn: Turn) -> str:
    buttons = f"\n  [{' | '.join(turn.asks.answers.values())}]" if turn.asks else ""
    return turn.reply + buttons
