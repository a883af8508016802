"""Tables and CSV, held against what reads them: terminals and other parsers."""

from __future__ import annotations

import csv
import io
import os
import struct
import subprocess
import sys
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segops_admin.cli.csv_text import csv_lines
from segops_admin.cli.tables import table, text_width

SEGMENTS = [
    {"id": 1, "name": "Lapsed", "status": "computed", "description": "x" * 60, "member_count": 1000},
    {"id": 22, "name": "\u9867\u5ba2 \U0001f6d2", "status": "draft", "description": None, "member_count": None},
]


@given(st.lists(st.lists(st.text(), min_size=2, max_size=4), min_size=1, max_size=4))
def test_csv_is_read_back_as_it_was_by_another_parser(rows: list[list[str]]) -> None:
    text = "".join(csv_lines(rows))
    assert list(csv.reader(io.StringIO(text, newline=""))) == rows


@pytest.mark.parametrize("columns", [20, 40, 80, 200])
def test_a_table_fits_the_terminal(
    columns: int, server: Any, command: Any, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl
    import termios

    server.reply({"count": 2, "next": None, "previous": None, "results": SEGMENTS})
    pty = pytest.importorskip("pty", reason="needs POSIX")
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment.pop("COLUMNS", None)
    process = subprocess.Popen(
        command("segments", "list", "-o", "table"), stdout=slave, stderr=subprocess.PIPE, env=environment
    )
    os.close(slave)
    shown = b""
    while chunk := _read(master):
        shown += chunk
    os.close(master)
    assert (process.wait(), process.communicate()[1]) == (0, b"")
    lines = shown.decode().replace("\r\n", "\n").splitlines()
    assert len(lines) == 3
    assert max(map(text_width, lines)) <= columns
    assert lines[0].split()[:2] == ["id", "name"]
    assert ("member_count" in lines[0]) is (columns >= 40)


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # how Linux tells that the other end is closed
        return b""


def test_widths_agree_with_the_data_that_python_brings() -> None:
    """Both know some characters only: what this Python's older or newer data does not name is left out."""
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
    # Signs that a later Unicode made wide, and those that change the colour of the one before them.
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
