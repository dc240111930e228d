"""What the tune page says of a run beside its loss: metric before and now, sample answers, warnings with their cause."""

from assistant.jobs import Event
from assistant.ui.tune import learned_view

EVIL = "<img src=x onerror=alert(1)>"


def _event(kind, **values):
    return Event(kind, "2026-11-22T10:00:00+00:00", values)


def _validation(step, **scores):
    return _event("metric", step=step, split="validation", loss=1.0, scores=scores)


EVENTS = [
    _validation(0, accuracy=0.25, macro_f1=0.1),
    _event("metric", step=1, split="train", loss=2.0),
    _validation(5, accuracy=0.5, macro_f1=0.4),
    _validation(5, accuracy=0.75, macro_f1=0.5),
]


def test_the_metric_is_shown_beside_that_of_the_untuned_model():
    assert learned_view.metric(EVENTS, {"metric": "macro_f1"}) == "macro_f1"
    assert learned_view.metric(EVENTS, {"metric": "loss"}) == "accuracy"
    assert learned_view.metric(EVENTS[1:2], {}) == ""
    points = learned_view.scored(EVENTS, "accuracy")
    assert [(p.step, p.score) for p in points] == [(0, 25.0), (5, 75.0)]
    said = learned_view.sentence(points, "accuracy", "id")
    assert "75,0 %" in said and "25,0 %" in said and "langkah 5" in said


def test_answers_stand_beside_the_ideal_one_and_the_untuned_models():
    sample = {"id": "7", "input": EVIL, "ideal": "baik", "said": "entah"}
    events = [_event("sample", step=0, samples=[sample]), _event("sample", step=9, samples=[{**sample, "said": "baik sekali"}])]  # fmt: skip
    said = learned_view.samples(events, "id")
    assert said.index("baik") < said.index("entah") < said.index("baik sekali")
    assert "<img" not in said and "langkah 9" in said
    assert learned_view.samples([], "id") == ""


def test_what_goes_wrong_is_said_once_with_its_cause():
    sign = _event("note", key="tuning.sign.nothing", step=12, best=6)
    cause = _event("note", key="tuning.cause.rate_low", rate="1e-06", better="0.0001")
    said = learned_view.warnings([sign, cause, sign], "en")
    assert said.count("Nothing is being learned") == 1 and "1e-06 is too low" in said
    assert learned_view.warnings([_event("note", key="tuning.waiting")], "en") == ""
