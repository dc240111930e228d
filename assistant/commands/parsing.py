"""Commands and groups of commands with the arguments that all of them share; knows none of them."""

import argparse
from pathlib import Path
from typing import TypeAlias

from assistant import texts

Group: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


class Commands:
    """Adds commands that all share --project, --lang and --json."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self.top = parser.add_subparsers(metavar="COMMAND", required=True)
        self.common = argparse.ArgumentParser(add_help=False)
        self.common.add_argument("--project", type=Path, metavar="DIR", help="the project's folder")
        self.common.add_argument("--lang", choices=texts.LANGUAGES, help="language of messages and answers")
        self.common.add_argument("--json", action="store_true", help="machine-readable output on stdout")

    def add(self, name: str, run: str, help: str, group: "Group | None" = None) -> argparse.ArgumentParser:
        made = (group or self.top).add_parser(name, help=help, description=help, parents=[self.common])
        made.set_defaults(run=run)
        return made

    def group(self, name: str, help: str) -> Group:
        return self.top.add_parser(name, help=help).add_subparsers(metavar="ACTION", required=True)
