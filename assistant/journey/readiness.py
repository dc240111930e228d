"""Whether the examples are fit to train on: the gate before every run, with a reason kept when it is overridden."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.advisor.estimate import providers
from assistant.dataset import checks, examples, left_out, mending, versions
from assistant.dataset.examples import Example
from assistant.errors import PenalaError
from assistant.journey import choices, kept_report, meaning
from assistant.retrieval import questions
from assistant.settings import Settings
from assistant.workspace.database import now
from assistant.workspace.project import Project

_GROUPS = "data.groups"


@dataclass(frozen=True)
class Reasons:
    """What blocks, each with its remedy."""

    findings: tuple[checks.Finding, ...]

    def say(self, language: str) -> str:
        return " ".join(f"{finding.say(language)} {finding.remedy(language)}" for finding in self.findings)


def report(project: Project, model: str, settings: Settings, how: meaning.How = "known") -> checks.Report:
    """The checks on the project's examples, lengths measured with the model that will read them.

    Nothing is checked again while nothing has changed. `how`: how much may be read for its meaning, which takes time.
    """
    return kept_report.of(project, data(project, model, settings, how))


def data(
    project: Project, model: str, settings: Settings, how: meaning.How, rows: Sequence[Example] | None = None
) -> checks.Data:
    """The project's examples (or a version's rows) and what they are checked against: the model, the services, the
    evaluation set."""
    prompt = choices.tuning_prompt(project)
    rows = examples.all_examples(project) if rows is None else rows
    asked = [question.question for question in questions.questions(project)]
    embed, unread = meaning.embedding(project, settings, [*(e.input for e in rows), *asked], how)
    return checks.Data(
        rows,
        choices.token_counter(model, settings),
        choices.LONGEST,
        frame=choices.frame(model, prompt, settings),
        instructions=prompt.instructions,
        limits=_limits(),
        left_out=left_out.all_left_out(project),
        asked=asked,
        groups=project.get(_GROUPS, {}),
        embed=embed,
        unread=unread,
    )


def mend(
    project: Project, model: str, settings: Settings, check: str, author: str = "", variant: str | None = None
) -> mending.Mend:
    """Do the remedies of one check, or of one variant of it, on the examples as they are now. Raises as `mending.mend` does."""
    seen = data(project, model, settings, "known")
    return mending.mend(project, seen, kept_report.of(project, seen).findings, check, author, variant)


def set_groups(project: Project, written: str) -> None:
    """Which groups of people labels are compared between, `name=word,word;name=word`; nothing: none.

    Raises PenalaError("groups_written") for a group without words.
    """
    groups = dict[str, list[str]]()
    for part in filter(None, (part.strip() for part in written.split(";"))):
        name, _, listed = part.partition("=")
        words = [word.strip() for word in listed.split(",") if word.strip()]
        if not name.strip() or not words:
            raise PenalaError("groups_written", part=part)
        groups[name.strip()] = words
    project.set(_GROUPS, groups)


def groups(project: Project) -> str:
    """The groups as they are written."""
    return ";".join(f"{name}={','.join(words)}" for name, words in project.get(_GROUPS, {}).items())


def _limits() -> list[checks.Limit]:
    """The services' limits that are known (knowledge/providers.yaml)."""
    found = []
    for provider in providers.load().all:
        fact = provider.limits.get("tokens_per_example")
        if fact and fact.high is not None:
            found.append(checks.Limit(provider.name.say("en"), int(fact.high)))
    return found


def version_to_train(
    project: Project, name: str | None, model: str, settings: Settings, override: str | None
) -> str:
    """The version to train on: the one named, else the newest, else one frozen now. Its own rows are checked.

    Raises PenalaError("not_ready") when the checks block and no reason to go on is given; a reason is kept.
    """
    from assistant.journey import freezing  # which asks this module what the checks say

    made = versions.all_versions(project)
    chosen = versions.version(project, name).name if name else made[-1].name if made else ""
    rows = versions.load(project, chosen) if chosen else None
    found = kept_report.of(project, data(project, model, settings, "known", rows))
    blocking = tuple(finding for finding in found.findings if finding.severity == "blocking")
    reason = (override or "").strip()
    if blocking and not reason:
        raise PenalaError("not_ready", reasons=Reasons(blocking))
    chosen = chosen or freezing.freeze(project, settings).name
    if blocking:
        project.set("override", reason)
        told = {
            "at": now(),
            "version": chosen,
            "reason": reason,
            "checks": sorted({f.check for f in blocking}),
        }
        project.set("overrides", [*project.get("overrides", []), told])
    return chosen
