"""`penala ship` and `penala adapter`: a tuned model to take away, an adapter to take in."""

from pathlib import Path

from assistant import texts
from assistant.commands import Call
from assistant.journey import adopting, shipping
from assistant.journey.shipping import Shipped
from assistant.tuning import adapters


def ship(call: Call) -> int:
    """Write the adapter, merged weights or GGUF, or push one to a hub; say whether it answers like the adapter."""
    asked = call.arguments
    if asked.to == "hub":
        address, done = shipping.push(
            call.project, asked.id, asked.form, asked.out, call.settings, call.language, public=asked.public
        )
        value = {"address": address, "form": done.form, "parity": done.parity}
        return call.show(
            value, _proven(call, texts.say(call.language, "tuning.pushed", address=address), done)
        )
    done = shipping.ship(call.project, asked.id, asked.to, Path(asked.out), call.settings, call.language)
    value = {"path": str(done.folder), "form": done.form, "parity": done.parity}
    said = texts.say(call.language, "tuning.shipped", path=str(done.folder))
    return call.show(value, _proven(call, said, done))


def adopt(call: Call) -> int:
    """Take in an adapter from elsewhere after the checks."""
    asked = call.arguments
    run = adopting.adopt(call.project, asked.folder, asked.model, call.settings)
    base = adapters.adapter(call.project.runs, run).card.base
    return call.show(
        {"run": run, "model": base}, texts.say(call.language, "tuning.adopted", run=run, base=base)
    )


def _proven(call: Call, said: str, done: Shipped) -> str:
    """The sentence, and below it whether the export answers like the adapter."""
    if done.parity:
        key = "tuning.card.proven" if done.parity["proven"] else "tuning.card.unproven"
        share = texts.number(call.language, 100 * done.parity["agreement"])
        gap = texts.number(call.language, done.parity["largest"], 3)
        said += "\n" + texts.say(call.language, key, prompts=done.parity["prompts"], share=share, largest=gap)
    return said
