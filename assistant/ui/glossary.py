"""The technical terms of each page in plain words, folded away at its foot; knows nothing of projects."""

from html import escape as safe

from assistant.ui.context import speaker

TERMS = {
    "decide": ("signal", "prompt", "rag", "fine_tuning", "baseline", "classifier", "token"),
    "baseline": ("baseline", "prompt", "few_shot", "rag", "passage", "citation", "evaluation_set", "hit"),
    "data": ("example", "split", "version", "leakage", "contradiction", "alpha", "token"),
    "tune": (
        "fine_tuning", "base_model", "adapter", "lora", "epoch", "learning_rate", "rank", "batch", "loss",
        "token",
    ),
    "compare": (
        "arm", "prompt", "few_shot", "rag", "classifier", "metric", "f1", "interval", "cannot_tell", "token",
    ),
}  # fmt: skip


def glossary(language: str, page: str) -> str:
    """The terms of a page as HTML; empty for a page without any."""
    t = speaker(language)
    terms = "".join(
        f"<div><dt>{safe(t(f'glossary.{term}.name'))}</dt><dd>{safe(t(f'glossary.{term}.means'))}</dd></div>"
        for term in TERMS.get(page, ())
    )
    if not terms:
        return ""
    return (
        f'<details class="p-glossary"><summary>{safe(t("glossary.title"))}</summary>'
        f'<dl class="p-rows">{terms}</dl></details>'
    )
