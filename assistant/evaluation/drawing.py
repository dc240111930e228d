"""Where the marks of the report's two charts go, in SVG units; knows nothing of HTML or words."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.evaluation.values import ArmResult, simplicity, sort_of

# Okabe and Ito's colours, told apart by colour-blind readers; one for an arm wherever it is drawn.
COLOURS = {
    "classifier": "#595959",
    "prompt": "#0072B2",
    "few_shot": "#56B4E9",
    "whole_document": "#F0E442",
    "rag": "#009E73",
    "tuned": "#D55E00",
    "tuned_rag": "#CC79A7",
}
OTHER = "#E69F00"

LEFT, RIGHT, ROW, TOP = 230, 660, 30, 12  # the dot plot's frame
WIDE, HIGH, EDGE = 660, 220, 44  # the loss curve's


@dataclass(frozen=True)
class Dot:
    arm: str
    colour: str
    y: float
    x: float
    low: float
    high: float
    value: float


@dataclass(frozen=True)
class DotPlot:
    dots: tuple[Dot, ...]
    ticks: tuple[tuple[float, int], ...]  # x and the points it stands for
    height: float


@dataclass(frozen=True)
class Point:
    """One measurement while training; `split` is train or validation."""

    step: int
    loss: float
    split: str


@dataclass(frozen=True)
class Line:
    split: str
    colour: str
    path: str
    dots: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Curve:
    lines: tuple[Line, ...]
    x_ticks: tuple[tuple[float, int], ...]
    y_ticks: tuple[tuple[float, float], ...]


def colour(arm: str) -> str:
    return COLOURS.get(sort_of(arm), OTHER)


def dot_plot(arms: Sequence[ArmResult], metric: str) -> DotPlot:
    """A row an arm, simplest on top: a dot at the value, a line over the interval, from 0 to 100 points."""
    shown = sorted((a for a in arms if a.has(metric)), key=lambda a: simplicity(a.name))
    dots = tuple(_dot(arm, metric, TOP + ROW * (i + 0.5)) for i, arm in enumerate(shown))
    ticks = tuple((_across(points / 100), points) for points in (0, 25, 50, 75, 100))
    return DotPlot(dots, ticks, TOP + ROW * len(shown))


def curve(points: Sequence[Point]) -> Curve | None:
    """The loss by step, a line a split; None with fewer than two points."""
    kept = [p for p in points if p.loss == p.loss and abs(p.loss) < 1e6]
    if len(kept) < 2:
        return None
    last, most = max(1, max(p.step for p in kept)), max(p.loss for p in kept) or 1.0
    colours = (("train", COLOURS["prompt"]), ("validation", COLOURS["tuned"]))
    lines = tuple(
        _line(split, shade, [p for p in kept if p.split == split], last, most) for split, shade in colours
    )
    return Curve(
        tuple(line for line in lines if line.dots),
        tuple((_x(step, last), step) for step in sorted({0, last // 2, last})),
        tuple((_y(most * share, most), most * share) for share in (0.0, 0.5, 1.0)),
    )


def _dot(arm: ArmResult, metric: str, y: float) -> Dot:
    m = arm.metric(metric)
    return Dot(arm.name, colour(arm.name), y, _across(m.value), _across(m.low), _across(m.high), m.value)


def _across(share: float) -> float:
    return round(LEFT + (RIGHT - LEFT - 20) * share, 1)


def _line(split: str, shade: str, points: Sequence[Point], last: int, most: float) -> Line:
    at = tuple((_x(p.step, last), _y(p.loss, most)) for p in sorted(points, key=lambda p: p.step))
    return Line(split, shade, " ".join(f"{x},{y}" for x, y in at), at)


def _x(step: int, last: int) -> float:
    return round(EDGE + (WIDE - EDGE - 20) * step / last, 1)


def _y(loss: float, most: float) -> float:
    return round(HIGH - 28 - (HIGH - 44) * loss / most, 1)
