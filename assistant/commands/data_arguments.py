"""The arguments of `penala data …`; what each command does is in the module that it names."""

from argparse import ArgumentParser
from pathlib import Path

from assistant.commands.parsing import Commands, Group
from assistant.workspace.people import ALONE


def data(commands: Commands) -> None:
    group = commands.group("data", "examples for tuning and testing")
    imported = commands.add("import", "data:import_file", "add examples from a file", group)
    imported.add_argument(
        "file", type=Path, help="CSV, TSV, XLSX, JSONL, JSON, Parquet, a chat log; - for stdin"
    )
    for column in ("input", "output", "source", "tags", "rejected"):
        imported.add_argument(f"--{column}", metavar="COL")
    imported.add_argument(
        "--split",
        default="",
        help="train, validation or test, for all rows (default: as a column named split says)",
    )
    imported.add_argument("--sheet", metavar="NAME", help="of an Excel file (default: the first with rows)")
    imported.add_argument("--speaker", metavar="NAME", help="whose messages in a chat log are the answers")
    imported.add_argument(
        "--no-header", action="store_true", help="the first row is an example; columns are A, B, C, …"
    )
    imported.add_argument(
        "--left-out", type=Path, metavar="FILE", help="write the rows left out, with their reasons, here"
    )
    check = commands.add("check", "data:check", "is the data fit to train on?", group)
    check.add_argument("--model")
    check.add_argument(
        "--groups",
        metavar="NAMES",
        help="groups of people to compare labels between: women=ibu,mbak;men=bapak,mas",
    )
    check.add_argument("--deep", action="store_true", help="look for doubtful labels whatever it takes")
    mend = commands.add("mend", "data:mend", "do a check's remedy, so that it can be taken back", group)
    mend.add_argument("check", nargs="?", metavar="CHECK", help="a check's name, for example personal_data")
    mend.add_argument("--undo", action="store_true", help="take the newest remedy back")
    _by(mend)
    split = commands.add("split", "data:split", "train, validation and test, grouped by source", group)
    split.add_argument("--seed", type=int, default=0)
    split.add_argument("--anew", action="store_true", help="also those that have a split")
    split.add_argument(
        "--folds", type=int, metavar="K", help="only print K folds of a grouped cross-validation"
    )
    _versions(commands, group)
    _making(commands, group)
    _augmenting(commands, group)
    commands.add("targets", "data:targets", "where examples can be exported to", group)
    _export(commands, group)
    _review(commands, group)


def _export(commands: Commands, group: Group) -> None:
    exported = commands.add("export", "data:export", "write the examples for a tuning service or tool", group)
    exported.add_argument("--to", required=True, metavar="TARGET", help="see: penala data targets")
    exported.add_argument(
        "--version", dest="dataset", metavar="V", help="v001, or v001:test; default: the table as it is"
    )
    exported.add_argument("--out", type=Path, help="a folder, a .zip, or a file for the data alone")
    for name, meaning in (
        ("words", "in input or answer"),
        ("split", ""),
        ("tag", ""),
        ("author", ""),
        ("origin", ""),
    ):
        exported.add_argument(f"--{name}", default="", help=meaning or None)
    exported.add_argument("--status", default="accepted", help="accepted (default), draft, rejected or any")
    exported.add_argument(
        "--all-splits", action="store_true", help="validation and test rows too, to be learned from"
    )
    exported.add_argument(
        "--bom", action="store_true", help="begin with the mark by which some programs know UTF-8"
    )
    exported.add_argument("--model", help="base model that the recipe names")


def _review(commands: Commands, data: Group) -> None:
    words = "judge examples, many people at once; agreement and progress"
    group = data.add_parser("review", help=words, description=words).add_subparsers(
        metavar="ACTION", required=True
    )
    named = {
        "next": "the next example for this person, lent to nobody else meanwhile",
        "show": "one example with everybody's opinions and comments",
        "accept": "it is right as it is",
        "edit": "it is right with these texts",
        "reject": "it should not count",
        "skip": "leave it to others, or for the end",
        "comment": "a remark for whoever comes next",
        "undo": "take back this person's last action, a bulk action whole",
        "bulk": "accept or reject every example that fits",
        "disputes": "examples on which opinions differ, side by side",
        "settle": "end a dispute by the owner's word",
        "status": "counts, pace, and when the target will be reached",
        "agreement": "how far reviewers agree (Krippendorff's alpha)",
        "log": "who did what, when, and what it changed",
        "rules": "opinions asked for on each example, and the target",
    }
    made = {name: commands.add(name, f"review:{name}_", help, group) for name, help in named.items()}
    for name in ("show", "accept", "edit", "reject", "skip", "comment", "settle"):
        made[name].add_argument("id")
    for name in set(named) - {"show", "disputes", "status", "agreement", "log"}:
        _by(made[name])
    for name in ("accept", "edit", "reject", "skip", "settle"):
        made[name].add_argument("--comment", default="", metavar="TEXT")
    for name in ("edit", "settle"):
        made[name].add_argument("--input", metavar="TEXT")
        made[name].add_argument("--output", metavar="TEXT")
    made["settle"].add_argument("--reject", action="store_true", help="reject it, instead of keeping it")
    made["comment"].add_argument("text")
    made["bulk"].add_argument("action", choices=("accept", "reject"))
    made["bulk"].add_argument("--status", default="draft", choices=("draft", "accepted", "rejected", "any"))
    for name in ("words", "split", "tag", "author", "origin"):
        made["bulk"].add_argument(f"--{name}", default="", metavar=name.upper())
    made["log"].add_argument("id", nargs="?", default="")
    made["log"].add_argument("--as", dest="person", default="", metavar="NAME", help="of this person only")
    made["rules"].add_argument("--opinions", type=int, metavar="N")
    made["rules"].add_argument("--target", type=int, metavar="N")


def _making(commands: Commands, data: Group) -> None:
    draft = commands.add("draft", "making:draft", "draft examples from the documents, for review", data)
    draft.add_argument("--count", type=int, default=20)
    draft.add_argument("--seed", type=int, default=0)
    draft.add_argument(
        "--model", help="a chat model that drafts; without, sentences and headings are asked about"
    )


def _augmenting(commands: Commands, data: Group) -> None:
    augment = commands.add(
        "augment", "making:augment", "draft paraphrases for labels with few examples", data
    )
    augment.add_argument("--to", type=int, default=20, metavar="N", help="examples each label should have")
    augment.add_argument("--label", action="append", default=[], help="only this one (may be given again)")
    augment.add_argument(
        "--model", help="a chat model that paraphrases; without, everyday spellings and slips"
    )
    augment.add_argument("--seed", type=int, default=0)


def _by(command: ArgumentParser) -> None:
    command.add_argument("--as", dest="person", default=ALONE.name, metavar="NAME", help="who does it")


def _versions(commands: Commands, data: Group) -> None:
    version = commands.add("version", "data:version", "freeze a version, with a datasheet", data)
    version.add_argument("--note", default="", help="what is new in it")
    version.add_argument("--licence", help="of the data, in your words; kept for the next versions too")
    commands.add("versions", "versions:listed", "the frozen versions", data)
    diff = commands.add("diff", "versions:diff", "two versions row by row", data)
    diff.add_argument("old", metavar="V1")
    diff.add_argument("new", metavar="V2")
    sheet = commands.add("datasheet", "versions:datasheet", "what a version holds, and how it was made", data)
    sheet.add_argument("version", metavar="V")
    restore = commands.add("restore", "versions:restore", "what bringing a version back would change", data)
    restore.add_argument("version", metavar="V")
    restore.add_argument("--yes", action="store_true", help="bring it back; what is there is frozen first")
    for made in (version, restore):
        _by(made)
