"""Every row of the fault matrix names tests that exist, or says why it has none; the table follows the results."""

import ast
from pathlib import Path

import pytest

from benchmarks import reliability

TESTS = Path(__file__).parents[1]
ROWS = reliability.matrix()


def test_all_45_rows_are_there() -> None:
    assert list(ROWS) == list(range(1, 46))
    assert all(bool(row.get("tests")) != bool(row.get("open")) and row["fault"] for row in ROWS.values())


@pytest.mark.parametrize("number", [n for n, row in ROWS.items() if "tests" in row])
def test_the_tests_of_a_row_exist(number: int) -> None:
    for named in ROWS[number]["tests"]:
        file, _, function = named.partition("::")
        tree = ast.parse((TESTS / file).read_text("utf-8"))
        names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert function in names if function else any(name.startswith("test_") for name in names), named


def test_the_table_counts_what_ran(tmp_path: Path) -> None:
    xml = tmp_path / "r.xml"
    xml.write_text(
        '<testsuites><testsuite><testcase classname="tests.retrieval.test_kills" '
        'name="test_a_killed_run_loses_nothing_and_ends_like_a_clean_one[1]"/>'
        '<testcase classname="retrieval.test_kills" '
        'name="test_a_killed_run_loses_nothing_and_ends_like_a_clean_one[2]"><failure/></testcase>'
        '<testcase classname="tests.models.test_gguf" name="test_a_header_that_cannot_be_right_is_refused">'
        "</testcase></testsuite></testsuites>"
    )
    lines = {
        line.split("|")[1].strip(): line
        for line in reliability.table(reliability.cases(xml)).splitlines()
        if line.startswith("| ")
    }
    assert "| 2 | 1 passed, 1 failed |" in lines["1"] and "| 1 | 1 passed |" in lines["31"]
    assert "not in these results" in lines["3"] and lines["45"].endswith("| open |")
