"""What a project has chosen (model, prompts) and what it gets where it has chosen nothing."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant import texts
from assistant.errors import PenalaError
from assistant.models import catalogue, folders, registry, weights
from assistant.models.prompt import Prompt
from assistant.retrieval import prompts
from assistant.settings import Settings
from assistant.workspace.project import Project

LONGEST = 768  # tokens a training row may have; tuning.plan.Plan.longest
_NAME = 300  # characters that a model's spec may have
_REMOTE = ("gemini:", "vertex:", "openai:", "ollama:")


def model(project: Project, settings: Settings) -> str:
    """The model that answers: the chosen one, else the recommended one for the project's language that is here."""
    chosen = project.get("model")
    return chosen or recommended(language(project), settings)


def base(project: Project, settings: Settings) -> str:
    """The model to be tuned here: the chosen one where it runs on this machine, else the recommended one."""
    chosen = model(project, settings)
    return recommended(language(project), settings) if is_remote(chosen) else chosen


def choose(project: Project, spec: str, settings: Settings) -> None:
    """Keep the model that answers for this project; "" goes back to the recommended one.

    Raises PenalaError: no_model, not_a_chat_model, bad_spec, and what opening a service raises (no key, no address).
    """
    spec = spec.strip()
    if len(spec) > _NAME:
        raise PenalaError("bad_spec", spec=f"{spec[:40]}…")
    if is_remote(spec):
        registry.open_model(spec, settings)
    elif spec and not spec.startswith("hub:"):
        _local(spec, settings)
    project.set("model", spec or None)


def _local(spec: str, settings: Settings) -> None:
    here = {found.spec: found.kind for found in registry.found(settings) if found.ready}
    if here.get(spec, "chat") != "chat":
        raise PenalaError("not_a_chat_model", model=spec)
    if spec not in here and not folders.complete(Path(spec)):
        known = ", ".join(name for name, kind in here.items() if kind == "chat")
        raise PenalaError("no_model", model=spec, known=known)


def recommended(spoken: str, settings: Settings) -> str:
    """Gemma where Indonesian is answered and its weights are here, else the embedded English model."""
    gemma = "gemma-3-270m"
    return gemma if spoken == "id" and weights.present(gemma, settings) else "smollm2-135m-instruct"


def language(project: Project) -> str:
    """The language the project's users write in."""
    return str(project.get("language", "id"))


def is_remote(spec: str) -> bool:
    return spec.startswith(_REMOTE)


def task_prompt(project: Project) -> Prompt:
    """The prompt for the task of the examples: the newest version, else a plain one in the project's language."""
    found = prompts.current(project, "task")
    return found.prompt if found else default_prompt(project, "task")


def question_prompt(project: Project) -> Prompt:
    """The prompt for questions on the documents."""
    found = prompts.current(project, "question")
    return found.prompt if found else default_prompt(project, "question")


def tuning_prompt(project: Project) -> Prompt:
    """The prompt that tuned arms are trained and served with: short, since the examples teach the rest."""
    spoken = language(project)
    short = project.get("tuning_instructions") or task_prompt(project).instructions
    return Prompt(short, (), texts.say(spoken, "journey.documents"), texts.say(spoken, "journey.message"))


def default_prompt(project: Project, kind: str) -> Prompt:
    spoken = language(project)
    heading = texts.say(spoken, "journey.documents")
    asked = texts.say(spoken, "journey.question" if kind == "question" else "journey.message")
    return Prompt(texts.say(spoken, f"journey.default_prompt.{kind}"), (), heading, asked)


def prompt_of(
    project: Project, instructions: str, kind: str, system: str = "", schema: str = "", examples: int = 0
) -> Prompt:
    """What a user pasted, with the layout of the project's language."""
    heading = texts.say(language(project), "journey.schema")
    return replace(
        default_prompt(project, kind), instructions=instructions.strip(), system=system.strip(),
        schema=schema.strip(), schema_heading=heading if schema.strip() else "", examples=examples,
    )  # fmt: skip


def context(spec: str, settings: Settings) -> int:
    """How many tokens a model reads and writes at once."""
    if catalogue.known(spec):
        return catalogue.entry(spec).context
    return registry.open_model(spec, settings).context


def token_counter(spec: str, settings: Settings) -> Callable[[str], int]:
    """Counts tokens as the model does where its tokenizer is here, else by four characters a token."""
    known = any(entry.id == spec for entry in catalogue.entries())
    if known and weights.present(spec, settings):
        tokenizer = _tokenizer(weights.folder_of(spec, settings))
        return lambda text: len(tokenizer(text).input_ids)
    return lambda text: (len(text) + 3) // 4


@lru_cache(maxsize=2)
def _tokenizer(folder: Path) -> Any:
    """Read once: Gemma's is 33 MB, and every check of the data asks for it."""
    from assistant.models.local import tokenizer_of

    return tokenizer_of(folder)


def frame(spec: str, prompt: Prompt, settings: Settings) -> int:
    """Tokens that the instructions and the model's chat template add to each row; estimated as in `token_counter`."""
    count, messages = token_counter(spec, settings), prompt.messages("")
    if catalogue.known(spec) and weights.present(spec, settings):
        from assistant.models.layout import Layout

        before, after = Layout(_tokenizer(weights.folder_of(spec, settings))).encode(messages, "")
        return len(before) + len(after)
    return sum(count(message.content) for message in messages) + 8 * (len(messages) + 1)
