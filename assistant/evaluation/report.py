"""Writes a comparison as one HTML file that needs nothing else; knows nothing of where its facts are kept.

No script, no outside address; everything that came from people or models is escaped.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from assistant import texts
from assistant.evaluation import drawing, robustness, slices, statistics
from assistant.evaluation.comparing import Comparison
from assistant.evaluation.drawing import Point
from assistant.evaluation.forgetting import Forgetting
from assistant.evaluation.preferences import Preferred
from assistant.evaluation.robustness import Held
from assistant.evaluation.slices import Measured
from assistant.evaluation.values import ArmResult, Pair, arm_name, metric_name, simplicity
from assistant.workspace import files

EXAMPLES = 10


@dataclass(frozen=True)
class Fact:
    """A line of the report: what it is about, and what is so. Both are shown as they are."""

    name: str
    value: str


@dataclass(frozen=True)
class Background:
    """What the report says beside the comparison; each part may be empty."""

    project: str
    decision: Sequence[Fact] = ()
    data: Sequence[Fact] = ()
    training: Sequence[Fact] = ()
    losses: Sequence[Point] = ()
    risks: Sequence[str] = ()
    commands: Sequence[str] = ()
    versions: Sequence[Fact] = ()
    hashes: Sequence[Fact] = ()
    benefits: Sequence[Fact] = ()
    parts: Sequence[Measured] = ()
    preferred: Sequence[Preferred] = ()
    voters: int = 0
    judged: Sequence[str] = ()  # what a chat model preferred, in sentences
    rounds: Sequence[Sequence[str]] = ()  # the loop's history, cells in words
    appendix: Sequence[tuple[str, str]] = ()  # a title and Markdown
    kept: Forgetting | None = None  # what the tuned model still knows
    held: Sequence[Held] = ()  # how the arms hold when asked otherwise


@dataclass(frozen=True)
class _Given:
    arm: str
    colour: str
    text: str
    right: float | None


@dataclass(frozen=True)
class _Example:
    input: str
    reference: str
    accepted: tuple[str, ...]
    leaked: bool
    given: tuple[_Given, ...]


def write(comparison: Comparison, background: Background, language: str, path: Path) -> Path:
    """Write the report to `path` (replaced in one step), as Markdown where it ends in .md, else as HTML; return it."""
    template = "report.md.j2" if path.suffix.lower() == ".md" else "report.html.j2"
    files.write(path, render(comparison, background, language, template).encode("utf-8", "replace"))
    return path


def render(
    comparison: Comparison, background: Background, language: str, template: str = "report.html.j2"
) -> str:
    """The report as one page in the language."""
    say = partial(texts.say, language)
    return str(
        _template(template).render(
            language=language,
            t=lambda key, **values: say(f"evaluation.report.{key}", **values),
            outcome=lambda name: say(f"evaluation.outcomes.{name}"),
            what=lambda name: texts.keys(language).get(f"evaluation.metrics.{name}.what", ""),
            arm_name=partial(arm_name, language),
            metric_name=partial(metric_name, language),
            number=partial(texts.number, language),
            colour=drawing.colour,
            c=comparison,
            b=background,
            arms=_ordered(comparison),
            date=_date(language, comparison.at),
            verdict=comparison.verdict.say(language),
            next_step=comparison.verdict.next_step.say(language),
            plot=drawing.dot_plot(comparison.arms, comparison.primary),
            curve=drawing.curve(background.losses),
            frame=drawing,
            ends=_ends(background.losses),
            lowest=_lowest(background.losses),
            kept_text=background.kept.say(language) if background.kept else [],
            held_text=robustness.told(background.held, language),
            other=lambda key, **values: say(f"evaluation.otherwise.{key}", **values),
            probe=lambda key, **values: say(f"evaluation.forgetting.{key}", **values),
            pairs=[p for p in comparison.pairs if p.metric == comparison.primary],
            examples=examples(comparison),
            risks=[*risks(comparison, language), *background.risks],
            rivals=slices.rivals(comparison),
            part_name=partial(part_name, language),
            cell=_cell,
            html=_html,
        )
    )


def part_name(language: str, part: slices.Slice) -> str:
    """A part of the cases in words: "length: short third"."""
    say, name = partial(texts.say, language), part.name
    if part.by == "length" or name == "?":
        name = say(f"evaluation.slices.{'unclear' if name == '?' else name}")
    return f"{say(f'evaluation.slices.by.{part.by}')}: {name}"


def _cell(text: object) -> str:
    """A text in one cell of a Markdown table, where nothing in it is obeyed."""
    plain = " ".join(str(text).split())
    return re.sub(r"([\\`*_{}\[\]<>#|!])", r"\\\1", plain)


def _html(markdown: str) -> Any:
    """Markdown as HTML with headings two steps lower; HTML and images in it are shown, never obeyed."""
    from markdown_it import MarkdownIt
    from markupsafe import Markup

    lower = re.sub(r"^(#{1,4}) ", r"##\1 ", markdown, flags=re.MULTILINE)
    body = (
        MarkdownIt("commonmark", {"html": False})
        .enable("table")
        .disable(["image", "link", "autolink"])
        .render(lower)
    )
    return Markup(body)


def examples(comparison: Comparison, count: int = EXAMPLES) -> list[_Example]:
    """Cases drawn by the comparison's seed, the same for every arm, in the cases' order."""
    n = len(comparison.cases)
    drawn = sorted(random.Random(comparison.seed).sample(range(n), min(count, n)))
    return [_example(comparison, i) for i in drawn]


def risks(comparison: Comparison, language: str) -> list[str]:
    """What a reader must know before relying on the figures, in words."""
    say = partial(texts.say, language)
    primary = [p for p in comparison.pairs if p.metric == comparison.primary]
    found = []
    if primary:
        found += [_smallest(language, primary), *_clusters(language, primary[0])]
    if comparison.leaked:
        found.append(say("evaluation.report.risk.leaked", count=len(comparison.leaked)))
    for arm in _ordered(comparison):
        empty = sum(not a.text.strip() for a in arm.answers)
        if empty:
            values = {"arm": arm_name(language, arm.name), "count": empty, "n": len(arm.answers)}
            found.append(say("evaluation.report.risk.empty", **values))
    return [
        *(text[:1].upper() + text[1:] for text in found),
        say("evaluation.report.risk.automatic"),
        say("evaluation.report.risk.test_only"),
    ]


def _smallest(language: str, pairs: Sequence[Pair]) -> str:
    spreads = sorted(p.spread for p in pairs if p.spread > 0)
    spread = spreads[len(spreads) // 2] if spreads else statistics.PLANNED_SPREAD
    points = texts.number(language, 100 * statistics.detectable(pairs[0].n, spread))
    return texts.say(language, "evaluation.report.risk.few", n=pairs[0].n, points=points)


def _clusters(language: str, pair: Pair) -> list[str]:
    if pair.groups >= pair.n:
        return []
    return [texts.say(language, "evaluation.report.risk.clustered", n=pair.n, groups=pair.groups)]


def _example(comparison: Comparison, i: int) -> _Example:
    case = comparison.cases[i]
    given = tuple(
        _Given(arm.name, drawing.colour(arm.name), arm.answers[i].text, _score(arm, comparison.per_case, i))
        for arm in _ordered(comparison)
    )
    right, *others = case.accepted or ("",)
    return _Example(case.input, right, tuple(others), case.id in comparison.leaked, given)


def _score(arm: ArmResult, metric: str, i: int) -> float | None:
    values = arm.column(metric)
    return None if not values or values[i] != values[i] else values[i]


def _ordered(comparison: Comparison) -> list[ArmResult]:
    return sorted(comparison.arms, key=lambda a: simplicity(a.name))


def _ends(points: Sequence[Point]) -> list[tuple[Point, Point]]:
    """First and last point of each split: the loss curve in words."""
    by_split = [[p for p in points if p.split == split] for split in ("train", "validation")]
    return [(min(s, key=lambda p: p.step), max(s, key=lambda p: p.step)) for s in by_split if len(s) > 1]


def _lowest(points: Sequence[Point]) -> Point | None:
    return min((p for p in points if p.split == "validation"), key=lambda p: p.loss, default=None)


def _date(language: str, at: str) -> str:
    day = datetime.fromisoformat(at)
    return f"{day.day} {texts.say(language, 'evaluation.report.months').split()[day.month - 1]} {day.year}"


def _template(name: str) -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = FileSystemLoader(Path(__file__).parent)
    page = Environment(loader=folder, autoescape=".html" in name, undefined=StrictUndefined, trim_blocks=True)
    return page.get_template(name)
