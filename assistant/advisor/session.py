"""One project's interview as a conversation: hear, keep, ask, decide; the facade that pages and commands use."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from assistant import texts
from assistant.advisor import memory, record, remarks, replies
from assistant.advisor.decision import Decision, decide
from assistant.advisor.estimate import cost_record, own_numbers
from assistant.advisor.explaining import explain
from assistant.advisor.facts import Fact, Facts, assumed_unknown, decisive, is_guess
from assistant.advisor.hearing import orders
from assistant.advisor.hearing.about import about_decision
from assistant.advisor.hearing.corrections import corrections
from assistant.advisor.hearing.listening import listen
from assistant.advisor.hearing.understanding import (
    Heard,
    button,
    corrects,
    hear,
    is_asking,
    own_question,
    tells_task,
)
from assistant.advisor.interview import GATES, next_question
from assistant.advisor.sifting import sift
from assistant.advisor.signals import UNKNOWN, Checklist, Signal, Value
from assistant.errors import PenalaError
from assistant.models.values import ChatModel, Embedder
from assistant.workspace.database import now
from assistant.workspace.project import Project

_FEW = 3  # words that are too few to tell of a task


@dataclass(frozen=True)
class Question:
    """What is asked now: the signal, the question, and its buttons (answer code → label)."""

    signal: str
    question: str
    answers: Mapping[str, str]


@dataclass(frozen=True)
class Turn:
    reply: str
    asks: Question | None
    facts: Mapping[str, Fact]
    decision: Decision | None
    settled: bool

    def to_json(self) -> dict[str, Any]:
        """The command line's contract for one turn of `penala advise`."""
        asks = self.asks and {
            "signal": self.asks.signal,
            "question": self.asks.question,
            "answers": dict(self.asks.answers),
        }
        return {
            "reply": self.reply,
            "asks": asks,
            "facts": {name: fact.to_json() for name, fact in self.facts.items()},
            "decision": self.decision and self.decision.to_json(),
            "settled": self.settled,
        }


class Session:
    """The interview of one project, in one language. It lives in the project: two sessions see the same."""

    def __init__(
        self,
        project: Project,
        checklist: Checklist,
        embedder: Embedder | None,
        language: str,
        chat: ChatModel | None = None,
    ) -> None:
        """With `chat`, a strong model reads the messages too; the shape of everything else stays the same."""
        self.project = project
        self.checklist = checklist
        self.language = language
        self._embedder = embedder
        self._chat = chat

    def state(self) -> Turn:
        """Where the interview stands, said again: for opening a page, first or later."""
        facts = memory.load_facts(self.project)
        turns = memory.load_turns(self.project)
        signal = self._pending(facts, turns)
        if turns and (turns[-1].asks or signal is None):
            reply = turns[-1].text
        else:  # new, or ended while a question was open
            reply = self._joined([] if turns else [self._word("welcome")], signal, facts)
        turn = self._turn(reply, signal, facts)
        ended = bool(turns) and not turns[-1].asks
        return replace(turn, decision=decide(facts, self.checklist, self.language)) if ended else turn

    def history(self) -> list[memory.Spoken]:
        """The whole conversation so far."""
        return memory.load_turns(self.project)

    def say(self, text: str) -> Turn:
        """One message in the user's own words, which may answer the open question and more."""
        facts, turns = memory.load_facts(self.project), memory.load_turns(self.project)
        signal = self._pending(facts, turns)
        if not text.strip():
            return self._turn(self._joined([self._word("nothing_heard")], signal, facts), signal, facts)
        if signal is None or button(text, signal) is None:
            if given := orders.order(text):
                return self._ordered(given, text, signal, facts, turns)
            if kind := orders.small_talk(text):
                return self._answered(text, self._word(f"small_talk.{kind}"), signal, facts)
            if orders.wants_meaning(text):
                told = replies.meaning(signal, self.language) if signal else self._word("nothing_asked")
                return self._answered(text, told, signal, facts)
            if facts and (about := about_decision(text)):
                told = replies.about(about, decide(facts, self.checklist, self.language), self.language)
                return self._answered(text, told, signal, facts)
        kept, posed = orders.posing(text)
        if posed and len(kept.split()) < _FEW:
            return self._answered(text, self._word("posed"), signal, facts)
        return self._read(text, kept, signal, facts, turns, [self._word("posed")] if posed else [])

    def _ordered(
        self, given: orders.Order, said: str, signal: Signal | None, facts: Facts, turns: list[memory.Spoken]
    ) -> Turn:
        """What is said to the interview itself; `given.rest` is heard first."""
        match given.name:
            case "back":
                return self.undo()
            case "return" if not self._repeated(turns):
                return self.undo()
            case "restart":
                return self._kept(said, memory.RESTART, [self._word("restarted")], facts, {}, None)
            case "end" | "skip" if given.rest:
                return self._read(said, given.rest, signal, facts, turns, [], given.name)
            case "end":
                return self._kept(said, None, [], facts, facts, None, end=True)
            case "skip" if signal:
                after = {**facts, signal.name: facts.get(signal.name, assumed_unknown(signal.name))}
                if is_guess(after[signal.name]):
                    after[signal.name] = assumed_unknown(signal.name)
                return self._kept(said, signal.name, [self._word("passed")], facts, after, None)
        return self._answered(said, None, signal, facts)

    def _read(
        self,
        said: str,
        text: str,
        signal: Signal | None,
        facts: Facts,
        turns: list[memory.Spoken],
        sentences: list[str],
        order: str = "",
    ) -> Turn:
        """Take facts from `text`, what counts of the message `said`; then go on, or follow the order in it."""
        asked = signal.name if signal and (not turns or turns[-1].asks) else None
        found, silent = self._heard(text, asked)
        told, alone = self._explained(text, found, asked, facts)
        if told and alone:
            return self._answered(said, told, signal, facts)
        mended = corrections(text, facts, found.facts, self.checklist)
        others = tuple(fact for fact in found.facts if fact.signal not in {m.signal for m in mended})
        takes, clash = sift(others, facts, asked, corrects(text), self.checklist)
        takes = [*mended, *takes]
        sentences += silent + replies.heard(takes, facts, asked, self.checklist, self.language)
        sentences += [told] if told else []
        after = {**facts, **{fact.signal: fact for fact in takes}}
        if asked and (asked not in after or is_guess(after[asked])) and order != "end":
            known = [
                f
                for f in others
                if f.signal in facts and facts[f.signal].value == f.value and not is_guess(f)
            ]
            if known and all(is_guess(fact) for fact in takes):
                sentences.append(replies.already(known, self.checklist, self.language))
            again = not (takes or clash or told or known or corrects(text)) and self._asked_before(
                turns, asked
            )
            if again or order == "skip":
                after[asked] = assumed_unknown(asked)
                sentences.append(self._word("passed" if order else "left_open"))
            elif takes and not told and not known and all(is_guess(fact) for fact in takes):
                sentences.append(replies.guessed(takes, self.checklist, self.language))
            elif not takes and not told and not known:
                sentences.append(self._word("not_read"))
        elif not (takes or clash or told or sentences) and order != "end":
            sentences.append(self._word("nothing_new"))
        ask = self.checklist.signals[clash.signal] if clash else None
        if found.torn:
            ask = ask or self.checklist.signals[found.torn[0].signal]
            sentences.append(replies.torn(*found.torn, self.checklist, self.language))
        if clash:
            sentences.append(replies.differs(clash, facts[clash.signal], self.checklist, self.language))
        end = order == "end"
        return self._kept(said, asked, sentences, facts, after, None if end else ask, end=end)

    def _heard(self, text: str, asked: str | None) -> tuple[Heard, list[str]]:
        """What the message says: the chat model's facts first, then those read without it. Where the model
        does not answer, a sentence says so."""
        found = hear(text, asked, self.checklist, self._embedder)
        if self._chat is None:
            return found, []
        try:
            facts = {fact.signal: fact for fact in listen(text, asked, self.checklist, self._chat)}
        except PenalaError as error:
            why = error.say(self.language).message
            return found, [texts.say(self.language, "advisor.model_silent", why=why)]
        for fact in found.facts:
            if fact.signal not in facts or fact.signal == asked:
                facts[fact.signal] = fact
        return Heard(tuple(facts.values()), found.answered or asked in facts), []

    def _explained(self, text: str, heard: Heard, asked: str | None, known: Facts) -> tuple[str | None, bool]:
        """The guides' answer to the user's own question, and whether the message is nothing but that question: then
        nothing in it is taken for a fact."""
        asks = own_question(text)
        if asks is None or self._embedder is None:
            return None, False
        alone = asks == text.strip()
        if alone and heard.answered:
            return None, False
        found = explain(asks, self._embedder, self.language)
        tells = any(f.origin == "said" for f in heard.facts) or (not known and tells_task(heard))
        if not found.refused:
            return replies.explained(found, self.checklist, self.language), alone and not tells
        firm = any(not is_guess(fact) for fact in heard.facts)
        asking = not firm or (known and is_asking(asks) and not tells)
        return (found.answer, True) if alone and asking else (None, False)

    def set(self, signal: str, value: object) -> Turn:
        """Answer by button, or edit a fact. Raises PenalaError("fact_signal" or "fact_value")."""
        return self.set_all({signal: value})

    def set_all(self, values: Mapping[str, object]) -> Turn:
        """Set several facts in one turn; all or none."""
        facts = memory.load_facts(self.project)
        new = [self._chosen(name, value) for name, value in values.items()]
        asked = new[0].signal if new else None
        sentences = replies.heard(new, facts, asked, self.checklist, self.language)
        after = {**facts, **{fact.signal: fact for fact in new}}
        said = "; ".join(f"{self._title(f.signal)}: {f.quote}" for f in new)
        return self._kept(said, None, sentences, facts, after, None)

    def forget(self, signal: str) -> Turn:
        """Take one fact away, as if it had never been said. Raises PenalaError("fact_signal")."""
        self._signal(signal)
        facts = memory.load_facts(self.project)
        after = {name: fact for name, fact in facts.items() if name != signal}
        return self._kept(f"{self._title(signal)}: —", None, [], facts, after, None)

    def undo(self) -> Turn:
        """Take back the last exchange with its facts."""
        key = "undone" if memory.drop_last(self.project) else "nothing_to_undo"
        facts, turns = memory.load_facts(self.project), memory.load_turns(self.project)
        signal = self._pending(facts, turns)
        return self._turn(self._joined([self._word(key)], signal, facts), signal, facts)

    def end(self) -> Turn:
        """Stop here: the decision as the facts stand, kept with its record in both languages."""
        facts = memory.load_facts(self.project)
        decision = decide(facts, self.checklist, self.language)
        self._record(facts, decision)
        settled = next_question(facts, self.checklist, self._asked(memory.load_turns(self.project))) is None
        return Turn(replies.verdict("ended", decision, self.language), None, facts, decision, settled)

    def record(self, language: str | None = None) -> str:
        """The decision record of now, as Markdown."""
        facts = memory.load_facts(self.project)
        return self._markdown(facts, language or self.language)

    def _kept(
        self,
        said: str,
        answered: str | None,
        sentences: list[str],
        before: Facts,
        after: Facts,
        ask: Signal | None,
        end: bool = False,
    ) -> Turn:
        """One exchange, kept: the reply with the next question or, at the `end`, the decision as it stands."""
        restarts = answered == memory.RESTART
        asked = 0 if restarts else self._asked(memory.load_turns(self.project), answered)
        signal = None if end else ask or next_question(after, self.checklist, asked)
        sentences = remarks.beside(sentences, said, before, after, self.checklist, self.language)
        if end:
            sentences = [
                *sentences,
                replies.verdict("ended", decide(after, self.checklist, self.language), self.language),
            ]
        reply = " ".join(sentences) if ask or end else self._joined(sentences, signal, after)
        memory.keep(self.project, said, answered, reply, signal.name if signal else None, before, after)
        turn = self._turn(reply, signal, after)
        if turn.decision and turn.settled:
            self._record(after, turn.decision)
        settled = turn.settled and (not end or next_question(after, self.checklist, asked) is None)
        return replace(turn, settled=settled)

    def _answered(self, said: str, told: str | None, signal: Signal | None, facts: Facts) -> Turn:
        """The user asked something: it is told, and the question on the table is put again."""
        reply = self._joined([told] if told else [], signal, facts)
        memory.keep(self.project, said, None, reply, signal.name if signal else None, facts, facts)
        return self._turn(reply, signal, facts)

    def _turn(self, reply: str, signal: Signal | None, facts: Facts) -> Turn:
        ready = signal is None or all(name in facts and not is_guess(facts[name]) for name in GATES)
        decision = decide(facts, self.checklist, self.language) if ready else None
        return Turn(reply, self._question(signal), dict(facts), decision, signal is None)

    def _question(self, signal: Signal | None) -> Question | None:
        if signal is None:
            return None
        answers = {answer.code: answer.label.say(self.language) for answer in signal.choices}
        answers[UNKNOWN] = self._word("unknown")
        return Question(signal.name, signal.question.say(self.language), answers)

    def _joined(self, sentences: list[str], signal: Signal | None, facts: Facts) -> str:
        """The reply: what was understood, then the next question or, when there is none, the decision."""
        parts = list(sentences)
        if signal is not None:
            parts.append(replies.question(signal, self.language))
        else:
            key = "settled" if next_question(facts, self.checklist) is None else "enough"
            if self.checklist.hold(self.checklist.media.when, decisive(facts)):
                key = "other_medium"
            parts.append(replies.verdict(key, decide(facts, self.checklist, self.language), self.language))
        return " ".join(parts)

    def _pending(self, facts: Facts, turns: list[memory.Spoken]) -> Signal | None:
        """The question on the table: the one asked last, or the next by worth."""
        last = turns[-1].asks if turns else None
        if last is not None and last in self.checklist.signals:
            return self.checklist.signals[last]
        return next_question(facts, self.checklist, self._asked(turns))

    def _asked(self, turns: list[memory.Spoken], now: str | None = None) -> int:
        """How many different questions have been asked, the one on the table `now` included."""
        return len(({turn.asks for turn in memory.since_restart(turns)} | {now}) - {None})

    def _repeated(self, turns: list[memory.Spoken]) -> bool:
        """Whether our last reply put the same question again, after an aside."""
        return len(turns) < 3 or turns[-1].asks == turns[-3].asks

    def _asked_before(self, turns: list[memory.Spoken], signal: str) -> bool:
        """Whether the last message was an answer to the same question already."""
        return len(turns) >= 2 and turns[-2].role == "user" and turns[-2].asks == signal

    def _signal(self, name: str) -> Signal:
        if name not in self.checklist.signals:
            raise PenalaError("fact_signal", signal=name, allowed=", ".join(self.checklist.signals))
        return self.checklist.signals[name]

    def _chosen(self, name: str, raw: object) -> Fact:
        signal = self._signal(name)
        value: Value | None = signal.parse(raw)
        if value is None:
            raise PenalaError("fact_value", signal=name, value=str(raw)[:80], allowed=allowed(signal))
        label = self._word("unknown") if value == UNKNOWN else signal.label(value, self.language)
        return Fact(name, value, label, "said")

    def _title(self, name: str) -> str:
        return self.checklist.signals[name].title.say(self.language)

    def _word(self, key: str) -> str:
        return texts.say(self.language, f"advisor.{key}")

    def _record(self, facts: Facts, decision: Decision) -> None:
        kept = {
            "decision": decision.to_json(),
            "facts": {name: fact.to_json() for name, fact in facts.items()},
            "checklist": decision.checklist,
            "markdown": {language: self._markdown(facts, language) for language in texts.LANGUAGES},
        }
        memory.keep_decision(self.project, decision.approach, kept)

    def _markdown(self, facts: Facts, language: str) -> str:
        turns = memory.since_restart(memory.load_turns(self.project))
        turns = [turn for turn in turns if turn.role == "user" and turn.asks]
        said = [turn.text for turn in turns if len(turn.text.split()) >= 5]  # not buttons, not a bare yes
        decision = decide(facts, self.checklist, language)
        name = str(self.project.get("name", self.project.id))
        today = now()[:10]
        given = own_numbers.load(self.project)
        costs = cost_record.sections(facts, self.checklist, language, date.fromisoformat(today), given)
        return record.markdown(decision, facts, said, self.checklist, language, name, today, costs)


def allowed(signal: Signal) -> str:
    """The values that a signal takes, for an error message."""
    if signal.kind == "number":
        bands = (code for code in signal.allowed if not code.isdigit())
        return f"0, 1, 2, …, {', '.join(bands)}"
    return ", ".join(signal.allowed)
