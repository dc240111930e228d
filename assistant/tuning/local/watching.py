"""What is measured while a run goes, beside the loss: answers as they will be served, and when learning has ended."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from assistant.models.labelling import label
from assistant.models.local import LocalChat
from assistant.models.values import Decoding
from assistant.tuning.rows import Row

Scores = dict[str, float]  # by the name of the metric, from 0 to 1, more is better
Score = Callable[[Sequence[str], Sequence[str]], Scores]  # of references and answers, row by row
Standing = tuple[float, ...]  # compared from the left, more is better

LOSS = "loss"  # declared instead of a metric: the weights of the lowest validation loss are kept
_LABEL_ROWS, _TEXT_ROWS = 200, 24
_LABEL_TOKENS, _TEXT_TOKENS = (
    12,
    192,
)  # an answer of at most so many tokens counts as a label; none grows longer
_SAMPLES, _SHOWN = 3, 600  # rows whose answers are shown, letters of each


@dataclass(frozen=True)
class Watch:
    """How a run is judged. `metric`: the declared one, by which the best weights are chosen, or LOSS; `inputs`: what
    the users wrote, by row id, to show beside an answer; `patience`: validations without a better one before the run
    ends, 0 for never."""

    metric: str
    score: Score
    inputs: Mapping[str, str] = field(default_factory=dict)
    patience: int = 0

    def ended(self, waited: int) -> bool:
        return 0 < self.patience <= waited

    def standing(self, loss: float, accuracy: float, scores: Mapping[str, float]) -> Standing:
        """What makes one step better than another. The metric moves in steps of a row, so that many are equal; of those
        the one whose answers' tokens are more often right is better, and of equals still, as with few rows, that of less loss."""
        return (-loss,) if self.metric == LOSS else (scores.get(self.metric, 0.0), accuracy, -loss)


@dataclass(frozen=True)
class Looks:
    """The rows that are answered at each validation, by the very model that is being trained."""

    chat: LocalChat
    rows: Sequence[Row]
    longest: int  # tokens of an answer
    labels: tuple[str, ...] = ()  # where the task is labels: the likeliest is the answer, as it is served

    def answers(self) -> list[str]:
        """Answers to the rows' plain layouts, as they are served: the likeliest labels, or greedy ones."""
        asked = [row.layouts[0] for row in self.rows]
        with _every_weight_asking(self.chat.model):
            if self.labels:
                return [one.reply.text for one in label(self.chat, asked, self.labels)]
            return [reply.text for reply in self.chat.generate(asked, Decoding(max_tokens=self.longest))]

    def samples(self, answers: Sequence[str], inputs: Mapping[str, str]) -> list[dict[str, str]]:
        """A few rows to read, of different ideal answers where there are such."""
        pairs = list(zip(self.rows, answers, strict=True))
        first = {row.completion: (row, said) for row, said in reversed(pairs)}
        chosen = [*reversed(first.values()), *(pair for pair in pairs if pair not in first.values())]
        return [
            {
                "id": row.id, "input": inputs.get(row.id, row.layouts[0][-1].content)[:_SHOWN],
                "ideal": row.completion[:_SHOWN], "said": said[:_SHOWN],
            }
            for row, said in chosen[:_SAMPLES]
        ]  # fmt: skip


def looks(chat: LocalChat, rows: Sequence[Row], longest: int, labels: tuple[str, ...] = ()) -> Looks:
    """The rows to answer, evenly drawn from those of at most `longest` tokens: many where answers are short, fewer
    where each takes long to write. The same in every run on the same rows, so that runs can be compared."""
    sizes = [tuple(map(len, chat.encode(row.layouts[0], row.completion))) for row in rows]
    fitting = [(row, said) for row, (asked, said) in zip(rows, sizes, strict=True) if asked + said <= longest]
    most = max((said for _, said in fitting), default=0)
    brief = most <= _LABEL_TOKENS
    kept = _spread(fitting, _LABEL_ROWS if brief else _TEXT_ROWS)
    # A label written on is wrong already; a text may well be right in other words, and a quarter longer.
    tokens = most + 1 if brief else min(_TEXT_TOKENS, most * 5 // 4)
    return Looks(chat, [row for row, _ in kept], tokens, labels)


def _spread(items: Sequence[Any], count: int) -> list[Any]:
    if len(items) <= count:
        return list(items)
    return [items[i * len(items) // count] for i in range(count)]


@contextmanager
def _every_weight_asking(model: Any) -> Iterator[None]:
    """A frozen head sends single tokens down a path that copies it whole (ten times slower); no gradient is taken."""
    frozen = [p for p in model.parameters() if not p.requires_grad]
    for parameter in frozen:
        parameter.requires_grad_(True)
    try:
        yield
    finally:
        for parameter in frozen:
            parameter.requires_grad_(False)
