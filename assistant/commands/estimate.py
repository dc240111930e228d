"""`penala estimate`: cost, time and memory of each way for this project, or from assumptions alone."""

from datetime import UTC, datetime
from pathlib import Path

from assistant import texts
from assistant.advisor import checklist, memory
from assistant.advisor.estimate import cost_table, costs, own_numbers, providers
from assistant.advisor.estimate.assumptions import check, media
from assistant.advisor.facts import Facts
from assistant.commands import Call
from assistant.errors import PenalaError

# Options of their own for what is set most often; all others by --assume.
OPTIONS = {
    "volume": "requests_per_day",
    "prompt_tokens": "instruction_tokens",
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
    "examples": "examples_at_hand",
    "epochs": "epochs",
    "pages": "pages",
}


def estimate(call: Call) -> int:
    """One row a way and model with --json; else a table with its notices, assumptions and old dates."""
    knowledge, signals = providers.load(), checklist.load()
    today, (facts, own) = datetime.now(UTC).date(), _told(call)
    found = costs.estimate(facts, knowledge, signals, today, call.language, own | _given(call))
    notes = providers.status_notes(facts, call.language, today, knowledge)
    everything = call.arguments.all
    text = cost_table.text(found, notes, knowledge, today, call.language, everything)
    if media(facts):
        text = f"{texts.say(call.language, 'costs.notes.text_only')}\n\n{text}"
    if call.arguments.assumptions:
        return call.show_rows(
            cost_table.assumption_rows(found, knowledge, call.language),
            "\n".join(cost_table.assumption_lines(found, knowledge, call.language)),
        )
    return call.show_rows(found.to_json(), text)


def _told(call: Call) -> tuple[Facts, own_numbers.Given]:
    """The interview's facts and the numbers that the project sets itself; without a project, none."""
    if call.arguments.project or Path("project.db").is_file():
        return memory.load_facts(call.project), own_numbers.load(call.project)
    return {}, {}


def _given(call: Call) -> dict[str, tuple[float, float]]:
    """What the options set. Raises PenalaError("assumption_shape", "assumption_name" or "assumption_value")."""
    asked = vars(call.arguments)
    pairs = [(name, str(asked[option])) for option, name in OPTIONS.items() if asked[option] is not None]
    for text in call.arguments.assume:
        name, equals, value = text.partition("=")
        if not equals:
            raise PenalaError("assumption_shape", text=text[:80])
        pairs.append((name.strip(), value.strip()))
    return {name: _value(name, value) for name, value in pairs}


def _value(name: str, text: str) -> tuple[float, float]:
    """One number, or a range with two dots, as people write them: 2000, 1.500, 2rb, 200..500."""
    first, dots, last = text.partition("..")
    low, high = own_numbers.number(first), own_numbers.number(last if dots else first)
    if low is None or high is None:
        raise PenalaError("assumption_value", name=name, value=text[:80])
    check(name, low, high)
    return low, high
