"""Whether the examples are fit to train on: the gate before every run, with a reason kept when it is overridden."""

from dataclasses import dataclass

from assistant.advisor.estimate import providers
from assistant.dataset import checks, examples, left_out, versions
from assistant.errors import PenalaError
from assistant.journey import choices
from assistant.retrieval import questions
from assistant.settings import Settings
from assistant.workspace.project import Project


@dataclass(frozen=True)
class Reasons:
    """What blocks, each with its remedy."""

    findings: tuple[checks.Finding, ...]

    def say(self, language: str) -> str:
        return " ".join(f"{finding.say(language)} {finding.remedy(language)}" for finding in self.findings)


def report(project: Project, model: str, settings: Settings) -> checks.Report:
    """The checks on the project's examples, lengths measured with the model that will read them."""
    return checks.check(data(project, model, settings))


def data(project: Project, model: str, settings: Settings) -> checks.Data:
    """The project's examples and what they are checked against: the model, the services, the evaluation set."""
    prompt = choices.tuning_prompt(project)
    return checks.Data(
        examples.all_examples(project),
        choices.token_counter(model, settings),
        choices.LONGEST,
        frame=choices.frame(model, prompt, settings),
        instructions=prompt.instructions,
        limits=_limits(),
        left_out=left_out.all_left_out(project),
        asked=[question.question for question in questions.questions(project)],
        groups=project.get("groups", {}),
    )


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
    """The version to train on: the one named, else the newest, else one frozen now.

    Raises PenalaError("not_ready") when the checks block and no reason to go on is given.
    """
    from assistant.journey import freezing  # which asks this module what the checks say

    made = versions.all_versions(project)
    found = report(project, model, settings)
    if found.ready == "not_ready" and not (override or "").strip():
        blocking = tuple(finding for finding in found.findings if finding.severity == "blocking")
        raise PenalaError("not_ready", reasons=Reasons(blocking))
    if override:
        project.set("override", override)
    if name:
        return versions.version(project, name).name
    return made[-1].name if made else freezing.freeze(project, settings).name
