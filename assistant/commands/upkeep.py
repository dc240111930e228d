"""`penala models`: what can be used here, and the weights that are fetched for it."""

import sys

from assistant import texts
from assistant.commands import Call
from assistant.models import catalogue, weights
from assistant.models.registry import found

EMBEDDED = ("multilingual-e5-small", "smollm2-135m-instruct")


def models(call: Call) -> int:
    """What can be used here; with `fetch`, bring weights first."""
    asked = call.arguments
    if asked.action == "fetch":
        for name in (*asked.ids, *(EMBEDDED if asked.embedded else ())):
            fetch(call, name, asked.accept_terms)
        if not asked.json:
            return 0
    rows = [
        {"model": f.spec, "name": f.name, "where": f.where, "ready": f.ready} for f in found(call.settings)
    ]
    return call.show_rows(rows, "\n".join(f"{'+' if row['ready'] else '-'} {row['model']}" for row in rows))


def fetch(call: Call, name: str, accepted: list[str]) -> None:
    """Bring one model's weights, with a progress bar where someone watches."""
    if weights.present(name, call.settings):
        return
    title = catalogue.entry(name).name
    watched = sys.stderr.isatty()

    def report(done: int, total: int, stage: str) -> None:
        if watched:
            share = min(1.0, done / total) if total else 0.0
            bar = "#" * round(30 * share)
            print(f"\r{title}: [{bar:<30}] {share:4.0%} {stage:<12}", end="", file=sys.stderr, flush=True)

    if not watched:
        call.say(texts.say(call.language, "models.fetching", name=title))
    weights.ensure(name, call.settings, report, accepted)
    if watched:
        print(file=sys.stderr)
