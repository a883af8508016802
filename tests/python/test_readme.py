"""Every weakness in the README's table has a test that exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

HERE = Path(__file__).parent
TABLE = [line for line in (HERE / "README.md").read_text("utf-8").splitlines() if re.match(r"\| \d", line)]


def test_each_weakness_of_sdk_and_webhook_has_a_row() -> None:
    assert [int(line.split("|")[1]) for line in TABLE] == [*range(1, 32), 40, 41, 42]


def test_each_test_that_the_table_names_exists() -> None:
    for line in TABLE:
        named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", line.rsplit("|", 2)[1])
        assert named, line
        for file, test in named:
            tree = ast.parse((HERE / file).read_text("utf-8"))
            assert test in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, (file, test)
