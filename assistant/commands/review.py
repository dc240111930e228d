"""`penala data review …`: judge examples from the command line, and see how reviewing goes."""

from dataclasses import asdict, replace
from typing import Any, Literal

from assistant import texts
from assistant.commands import Call
from assistant.dataset.examples import Example, Filter, Status
from assistant.dataset.reviews import actions, agreement, disputes, progress, queue, records, rules, wording
from assistant.dataset.reviews.actions import Done, Said
from assistant.dataset.reviews.alpha import Agreement
from assistant.dataset.reviews.records import Content, Judgement, Opinion, Review
from assistant.errors import PenalaError


def next_(call: Call) -> int:
    """The next example for this person; null when nothing is left."""
    person = call.arguments.person
    turn = queue.take(call.project, person)
    left = queue.left(call.project, person)
    if turn is None:
        return call.show(
            {"example": None, "left": left}, _say(call, "all_done" if not left else "with_others")
        )
    value = {
        "example": _example(turn.example, turn.shown), "left": left, "until": turn.until,
        "comments": [_comment(line) for line in turn.comments],
    }  # fmt: skip
    return call.show(value, _text(call, turn.example.id, turn.shown))


def show_(call: Call) -> int:
    """One example with everybody's opinions."""
    found = queue.look(call.project, call.arguments.id)
    if found is None:
        raise PenalaError("no_example", id=call.arguments.id)
    turn, opinions = found
    value = {
        "example": _example(turn.example, turn.shown), "opinions": [_opinion(one) for one in opinions],
        "comments": [_comment(line) for line in turn.comments],
    }  # fmt: skip
    lines = [_text(call, turn.example.id, turn.shown), *(_line(call, one) for one in opinions)]
    return call.show(value, "\n".join(lines))


def accept_(call: Call) -> int:
    """It is right as it is."""
    return _judge(call, "accept")


def edit_(call: Call) -> int:
    """It is right with other texts."""
    return _judge(call, "edit")


def reject_(call: Call) -> int:
    """It should not count."""
    return _judge(call, "reject")


def skip_(call: Call) -> int:
    """Leave it to others."""
    return _judge(call, "skip")


def comment_(call: Call) -> int:
    """A remark for whoever comes next."""
    asked = call.arguments
    line = actions.comment(call.project, asked.person, asked.id, asked.text)
    return call.show({"review": line, "example": asked.id}, _say(call, "commented", id=asked.id))


def undo_(call: Call) -> int:
    """Take back this person's last action."""
    lines = actions.undo(call.project, call.arguments.person)
    value = {
        "action": lines[0].action,
        "undone": [line.id for line in lines],
        "examples": [r.example for r in lines],
    }
    did = _did(call, lines[0].action)
    return call.show(value, _say(call, "undone", action=did, count=len(lines), id=lines[0].example))


def bulk_(call: Call) -> int:
    """Accept or reject every example that fits."""
    asked = call.arguments
    status: Status | Literal[""] = "" if asked.status == "any" else asked.status
    sought = Filter(asked.words, asked.split, status, asked.tag, asked.author, asked.origin)
    ids = actions.judge_all(call.project, asked.person, asked.action, sought)
    return call.show(
        {"action": asked.action, "count": len(ids), "examples": ids}, _say(call, "bulk", count=len(ids))
    )


def disputes_(call: Call) -> int:
    """Examples on which opinions differ, one object each."""
    found = disputes.disputes(call.project)
    rows = [
        {
            "example": _example(d.example, d.shown), "opinions": [_opinion(o) for o in d.opinions],
            "comments": [_comment(line) for line in d.comments],
        }
        for d in found
    ]  # fmt: skip
    lines = [
        line for d in found for line in (_text(call, d.example.id, d.shown), *(_line(call, o) for o in d.opinions))
    ]  # fmt: skip
    return call.show_rows(rows, "\n".join(lines) or _say(call, "no_disputes"))


def settle_(call: Call) -> int:
    """End a dispute by the owner's word."""
    asked = call.arguments
    words = asked.input is not None or asked.output is not None
    action: Judgement = "reject" if asked.reject else "edit" if words else "accept"
    said = Said(action, asked.input, asked.output, asked.comment)
    return _done(call, "settle", actions.settle(call.project, asked.person, asked.id, said))


def status_(call: Call) -> int:
    """Counts, pace, and when the target will be reached."""
    found = progress.progress(call.project)
    value = asdict(found) | {"on": found.on.isoformat() if found.on else None}
    value["people"] = [{"person": p, "opinions": n, "today": today} for p, n, today in found.people]
    lines = wording.lines(call.language, found, value["on"] or "")
    lines += [_say(call, "person", person=p, count=n, today=today) for p, n, today in found.people]
    return call.show(value, "\n".join(lines))


def agreement_(call: Call) -> int:
    """How far reviewers agree."""
    found = agreement.agreements(call.project)
    value = {
        "labels": found.labels, "verdict": _figure(found.verdict), "answer": _figure(found.answer),
        "by_label": [{"label": o.label, "opinions": o.opinions, **_figure(o.answer)} for o in found.by_label],
        "by_person": [
            {
                "person": o.person, "opinions": o.opinions, "edited": o.edited, "rejected": o.rejected,
                "verdict": _figure(o.verdict), "answer": _figure(o.answer),
            }
            for o in found.by_person
        ],
        "disputes": disputes.counts(call.project).total(),
    }  # fmt: skip
    lines = [
        f"{_say(call, f'of_{name}')}: {wording.figure(call.language, one)}"
        for name, one in (("verdict", found.verdict), ("answer", found.answer))
    ]
    lines += [wording.reading(call.language, one) for one in (found.verdict, found.answer)]
    lines += [_say(call, "anchored")] if found.verdict.units else []
    return call.show(value, "\n".join(dict.fromkeys(filter(None, lines))))


def log_(call: Call) -> int:
    """The last thousand lines of the log, one object each, oldest first."""
    found = records.history(call.project, call.arguments.id, call.arguments.person)
    lines = [f"{r.at} {r.person}: {_did(call, r.action)} {r.example} {r.comment}".rstrip() for r in found]
    return call.show_rows([asdict(r) for r in found], "\n".join(lines))


def rules_(call: Call) -> int:
    """Show the rules of reviewing, or set them."""
    asked = call.arguments
    if asked.opinions is not None:
        rules.set_opinions(call.project, asked.opinions, asked.person)
    if asked.target is not None:
        rules.set_target(call.project, asked.target)
    value = {"opinions": rules.opinions(call.project), "target": rules.target(call.project)}
    return call.show(value, _say(call, "rules", **value))


def _judge(call: Call, action: Judgement) -> int:
    asked = call.arguments
    said = Said(action, comment=asked.comment)
    if action == "edit":
        said = replace(said, input=asked.input, output=asked.output)
    return _done(call, action, actions.judge(call.project, asked.person, asked.id, said))


def _done(call: Call, action: str, done: Done) -> int:
    e = done.example
    value = {
        "review": done.review, "example": e.id, "action": action, "status": e.status, "revision": e.revision,
        "disputed": done.disputed,
    }  # fmt: skip
    lines = [_say(call, "done", action=_did(call, action), id=e.id, status=_say(call, f"status.{e.status}"))]
    return call.show(
        value, "\n".join([*lines, *([_say(call, "disputed", id=e.id)] if done.disputed else [])])
    )


def _example(e: Example, shown: Content) -> dict[str, Any]:
    """The example as it is judged."""
    return {
        "id": e.id, "input": shown.input, "output": shown.output, "status": e.status, "revision": e.revision,
        "source": e.source, "note": e.note, "tags": list(e.tags), "author": e.author,
        "place": asdict(e.place) if e.place else None,
    }  # fmt: skip


def _opinion(one: Opinion) -> dict[str, Any]:
    return {
        "person": one.person, "action": one.action, "input": one.input, "output": one.output,
        "settles": one.settles, "at": one.at,
    }  # fmt: skip


def _comment(line: Review) -> dict[str, str]:
    return {"person": line.person, "comment": line.comment, "at": line.at}


def _text(call: Call, id: str, shown: Content) -> str:
    return f"[{id}] {shown.input}\n→ {shown.output}"


def _line(call: Call, one: Opinion) -> str:
    text = f": {one.output}" if one.keeps else ""
    return f"  {one.person} ({_did(call, one.action)}){text}"


def _figure(found: Agreement) -> dict[str, Any]:
    return asdict(found) | {"reading": agreement.reading(found)}


def _did(call: Call, action: str) -> str:
    return _say(call, f"did.{action}")


def _say(call: Call, key: str, **values: object) -> str:
    return texts.say(call.language, f"dataset.review.{key}", **values)
