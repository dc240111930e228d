"""`penala licences`: every library with its licence; fails on one that may not be there."""

from assistant import texts
from assistant.commands import Call
from assistant.journey.libraries import libraries


def licences(call: Call) -> int:
    """A row a library; exit code 1 where one is under the AGPL or says nothing."""
    found = libraries(("dev", "qlora") if call.arguments.dev else ())
    odd = [one for one in found if one.refused or not one.licence]
    rows = [
        {"name": f.name, "version": f.version, "licence": f.licence, "allowed": f not in odd} for f in found
    ]
    lines = [f"{f.name} {f.version}: {f.licence or '?'}" for f in found]
    key = "licences_odd" if odd else "licences_fine"
    lines.append(
        texts.say(call.language, f"workspace.{key}", count=len(found), names=", ".join(f.name for f in odd))
    )
    call.show_rows(rows, "\n".join(lines))
    return 1 if odd else 0
