"""`penala doctor`: what is well here, what is wrong, and how to mend it."""

from assistant import texts
from assistant.commands import Call
from assistant.journey.doctor import Row, examine


def doctor(call: Call) -> int:
    """A row for everything examined; exit code 1 where something is wrong."""
    states = []
    for row in examine(call.settings):
        states.append(row.state)
        call.show(_object(row, call.language), _lines(row, call.language))
    wrong, warnings = states.count("wrong"), states.count("warning")
    if not call.arguments.json:
        call.show(None, _summary(call.language, wrong, warnings))
    return 1 if wrong else 0


def _object(row: Row, language: str) -> dict[str, str]:
    return {
        "check": row.check, "state": row.state, "message": row.message(language), "remedy": row.remedy(language),
    }  # fmt: skip


def _lines(row: Row, language: str) -> str:
    head = f"[{texts.say(language, f'doctor.mark.{row.state}')}] {row.message(language)}"
    return f"{head}\n    → {row.remedy(language)}" if row.state != "well" else head


def _summary(language: str, wrong: int, warnings: int) -> str:
    if not wrong and not warnings:
        return texts.say(language, "doctor.all_well")
    return texts.say(language, "doctor.to_mend", wrong=wrong, warnings=warnings)
