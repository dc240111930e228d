"""The arguments of `penala compare`, `live`, `judge` and `report`; what each command does is in commands/compare.py."""

from pathlib import Path

from assistant.commands.parsing import Commands
from assistant.workspace.people import ALONE


def compare(commands: Commands) -> None:
    compared = commands.add("compare", "compare:compare", "run the evaluation set through every arm")
    compared.add_argument(
        "--test", metavar="V:SPLIT", help="v001:test, v001:folds (every row, cross-validated) or questions"
    )
    compared.add_argument(
        "--run", dest="tuned_run", metavar="ID", help="the tuning run (default: the newest)"
    )
    compared.add_argument("--arms", help="comma-separated; default: all that can run")
    compared.add_argument("--limit", type=int, help="only so many cases, picked by seed")
    compared.add_argument("--model")
    compared.add_argument(
        "--no-probe", action="store_true",
        help="leave out the general questions that show what tuning made it forget",
    )  # fmt: skip
    compared.add_argument(
        "--primary", default="", metavar="METRIC", help="what the verdict rests on, declared beforehand"
    )
    compared.add_argument(
        "--margin", type=float, default=5.0, metavar="POINTS", help="a smaller difference does not matter"
    )
    compared.add_argument(
        "--target", type=float, default=0.0, metavar="POINTS", help="what is good enough; 0: no target"
    )
    compared.add_argument(
        "--otherwise", type=int, nargs="?", const=50, default=0, metavar="N",
        help="ask N cases (50) again: misspelt, in slang, worded otherwise, and as they are",
    )  # fmt: skip
    _live(commands)
    judge = commands.add("judge", "compare:judge", "have a chat model judge the answers, in both orders")
    judge.add_argument("--model", required=True, help="gemini:MODEL, openai:MODEL@http://address/v1, …")
    judge.add_argument("--comparison", metavar="ID", help="default: the newest")
    judge.add_argument("--arms", help="two, comma-separated; default: the best tuned and the best other one")
    judge.add_argument("--limit", type=int, default=50, metavar="N", help="pairs; each is asked about twice")
    report = commands.add("report", "compare:report", "write the report for stakeholders")
    report.add_argument("--out", type=Path, help="the file; Markdown where it ends in .md, else HTML")


def _live(commands: Commands) -> None:
    live = commands.add("live", "compare:live", "one message through up to four arms at the same time")
    live.add_argument("message", help="- reads one message a line")
    live.add_argument("--arms", help="comma-separated; default: the simplest and the newest tuned one")
    live.add_argument("--run", dest="tuned_run", metavar="ID", help="the tuning run (default: the newest)")
    live.add_argument("--model")
    live.add_argument(
        "--better", metavar="TEXT", help="the answer that --of should have given: a new example"
    )
    live.add_argument("--of", default="", metavar="ARM", help="whose answer --better puts right")
    live.add_argument("--as", dest="person", default=ALONE.name, metavar="NAME", help="who puts it right")
