"""`penala ship`: a tuned model to take away."""

from assistant import texts
from assistant.commands import Call
from assistant.journey import shipping


def ship(call: Call) -> int:
    """Write the adapter, merged weights or GGUF; say whether it answers like the adapter."""
    asked = call.arguments
    done = shipping.ship(call.project, asked.id, asked.to, asked.out, call.settings, call.language)
    value = {"path": str(done.folder), "form": done.form, "parity": done.parity}
    said = texts.say(call.language, "tuning.shipped", path=str(done.folder))
    if done.parity:
        key = "tuning.card.proven" if done.parity["proven"] else "tuning.card.unproven"
        share = texts.number(call.language, 100 * done.parity["agreement"])
        gap = texts.number(call.language, done.parity["largest"], 3)
        said += "\n" + texts.say(call.language, key, prompts=done.parity["prompts"], share=share, largest=gap)
    return call.show(value, said)
