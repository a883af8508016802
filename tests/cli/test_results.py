"""Tables and CSV, checked with what reads them: terminals and other parsers."""

from __future__ import annotations

import contextlib
import csv
import io
import subprocess
import sys
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from terminals import Terminal

from segops_admin.cli.csv_text import csv_lines
from segops_admin.cli.shown import Shown
from segops_admin.cli.tables import table, text_width

SEGMENTS = [
    {"id": 1, "name": "Lapsed", "status": "computed", "description": "x" * 60, "member_count": 1000},
    {"id": 22, "name": "\u9867\u5ba2 \U0001f6d2", "status": "draft", "description": None, "member_count": None},
]


# Python reads a NUL from 3.11 on.
CELLS = st.text() if sys.version_info >= (3, 11) else st.text(st.characters(exclude_characters="\0"))


@given(st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=4))
def test_csv_is_read_back_as_it_was_by_another_parser(rows: list[list[str]]) -> None:
    text = "".join(csv_lines(rows))
    assert list(csv.reader(io.StringIO(text, newline=""))) == rows


@pytest.mark.parametrize("columns", [20, 40, 80, 200])
def test_a_table_fits_the_terminal(columns: int, server: Any, command: Any, environment: dict[str, str]) -> None:
    server.reply({"count": 2, "next": None, "previous": None, "results": SEGMENTS})
    environment.pop("COLUMNS", None)
    typed = command("segments", "list", "-o", "table")
    with Terminal(typed, environment, streams=["stdout"], columns=columns) as terminal:
        ended = terminal.ended()
    assert (ended.code, ended.err) == (0, b"")
    lines = ended.shown.replace("\r\n", "\n").splitlines()
    assert len(lines) == 3
    assert max(map(text_width, lines)) <= columns
    assert lines[0].split()[:2] == ["id", "name"]
    assert ("member_count" in lines[0]) is (columns >= 40)


STEERING = "clear\x1b[2J\x9b31m\x07\u202egnp.exe\ra\nb\u00e9"
SHOWN = "clear\\x1b[2J\\x9b31m\\x07\\u202egnp.exe\\ra\nb\u00e9"


def test_csv_cannot_steer_a_terminal_and_is_exact_elsewhere(
    server: Any, command: Any, environment: dict[str, str]
) -> None:
    typed = command("segments", "list", "-o", "csv", "--columns=id,name")
    for _ in range(2):
        server.reply([{"id": 1, "name": STEERING}])
    with Terminal(typed, environment, streams=["stdout"]) as terminal:
        ended = terminal.ended()
    # The terminal itself puts a carriage return before each line feed.
    assert (ended.code, ended.shown.replace("\r\n", "\n")) == (0, f'id,name\r\n1,"{SHOWN}"\r\n')
    exact = subprocess.run(typed, env=environment, stdout=subprocess.PIPE, check=True, timeout=60).stdout
    assert exact.decode() == f'id,name\r\n1,"{STEERING}"\r\n'


def test_a_download_cannot_steer_a_terminal_and_is_exact_elsewhere(
    server: Any, command: Any, environment: dict[str, str]
) -> None:
    content = f"user_id,computed_at\r\n{STEERING},\r\n".encode() + b"\xff\r"
    typed = command("segments", "download-export", "7", "-")
    for _ in range(2):
        server.reply(content=content)
    with Terminal(typed, environment, streams=["stdout"]) as terminal:
        ended = terminal.ended()
    shown = f"user_id,computed_at\r\n{SHOWN},\r\n\ufffd\\r"
    assert (ended.code, ended.shown.replace("\r\n", "\n")) == (0, shown)
    exact = subprocess.run(typed, env=environment, stdout=subprocess.PIPE, check=True, timeout=60).stdout
    assert exact == content


@given(st.binary(), st.lists(st.integers(0, 40), max_size=4))
def test_what_a_terminal_is_shown_of_a_file_does_not_depend_on_its_blocks(content: bytes, cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(content)]
    whole, pieces = (shown([content])), shown([content[a:b] for a, b in zip(edges, edges[1:])])
    assert pieces == whole
    assert all(character.isprintable() or character in "\r\n\t" for character in whole)


def shown(blocks: list[bytes]) -> str:
    """What a terminal shows of a file that arrives in these blocks."""
    terminal = io.StringIO(newline="")
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    with contextlib.redirect_stdout(terminal):
        sink = Shown()
        for block in blocks:
            sink.write(block)
        sink.close()
    return terminal.getvalue()


def test_widths_agree_with_the_data_that_python_brings() -> None:
    """Only characters that both know are compared: this Python's Unicode data may be older or newer."""
    differing = []
    for code in range(0x20, 0x30000):
        character = chr(code)
        category = unicodedata.category(character)
        if category in ("Cn", "Cc", "Cs", "Co", "Cf", "Mc") or 0x1160 <= code <= 0x11FF or 0xD7B0 <= code <= 0xD7FF:
            continue
        wide = unicodedata.east_asian_width(character) in "WF"
        wanted = 0 if category in ("Mn", "Me") else 2 if wide else 1
        if text_width(character) != wanted:
            differing.append(f"{code:x} {category} {wanted}")
    # Characters that a later Unicode made wide, and emoji modifiers.
    assert len(differing) < 300, differing
    assert [each for each in differing if each.split()[1] not in ("So", "Sk", "Lo", "Mn", "Zl", "Zp", "No")] == []


def test_a_cell_that_is_cut_never_takes_more_than_its_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "12")
    text = table([["name", "other"], ["\u9867\u5ba2\u9867\u5ba2\u9867\u5ba2", "e\u0301" * 9]], fit=False)
    assert max(map(text_width, text.splitlines())) <= 14  # two columns of six, and the gap
    assert "\u2026" in text


def test_select_says_what_to_install(cli: Any, server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jmespath", None)
    result = cli("segments", "list", "--select", "results")
    assert (result.code, result.out, server.requests) == (2, "", [])
    assert "pip install 'segops-admin[cli]'" in result.err


def test_select_prints_sums_as_javascript_does_and_digits_as_they_came(cli: Any, server: Any) -> None:
    pytest.importorskip("jmespath")
    server.reply(content=b'[{"a": 1.5, "b": 1.0}, {"a": 1.5, "b": 3}]', headers={"Content-Type": "application/json"})
    result = cli("api", "GET", "/x/", "--compact", "--select", "[sum([*].a), avg([*].b), [0].a, [0].b]")
    assert (result.code, result.out) == (0, "[3,2,1.5,1.0]\n")
