"""Command lines: words and flags, and what comes in on standard input."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from segops_parity._model import Operation
from segops_parity.probes import kinds
from segops_parity.probes.areas.calls import answer, requesting
from segops_parity.probes.model import Ground, Probe, shell

__all__ = ["argv_corners", "argv_probes", "stdin_corners", "stdin_probes"]

_word = kinds.line.filter(lambda value: not kinds.has_half_characters(value) and "\x00" not in value)
# No number that could run out, or take its time: what is drawn is wrong, or far above what a test needs.
_TIMES = (
    "60",
    "5",
    "30.5",
    " 7",
    "7 ",
    "٣",
    "0",
    "-1",
    "nan",
    "inf",
    "Infinity",
    "1_0",
    "1,5",
    "0x10",
    "1e400",
    "5.",
    ".5e2",
    "007",
    "+5",
    "",
    "1e2",
    "1e999",
    "true",
)
_COUNTS = (
    "0",
    "3",
    "1.0",
    "1.5",
    "-1",
    "+2",
    " 1",
    "1 ",
    "٣",
    "1_0",
    "0x1",
    "1e1",
    "",
    "007",
    "x",
    "2.",
    "99999999999999999999",
)
_GLOBALS = (
    "--compact",
    "-v",
    "--verbose",
    "--help",
    "-h",
    "--version",
    "--dry-run",
    "--",
    "-x",
    "--nope",
    "-",
    "---",
    "--=",
    "-vv",
    "--dry-run=1",
    "--help=x",
    "--compact=false",
    "--no-compact",
    "--strict",
    "--yes",
    "--json-errors",
    "--spreadsheet",
    "-o",
    "-o=csv",
    "-ojsonl",
    "-otable",
    "--output=json",
    "--output=CSV",
    "--columns=id,name",
    "--columns=id.a.0,,",
    "--columns=nmae",
    "--profile=none",
    "--select=id",
)
_URLS = ("http://127.0.0.1:9/api", "", "x", "ftp://x", "https://h/api?x", "https://u:p@h/api")
_FLAGS = (
    "--page=2",
    "--page",
    "--page-size=5",
    "--page_size=5",
    "--PAGE=1",
    "--a.b=1",
    "--a[]=1",
    "--q=",
    "--q",
    "--q=a=b",
    "--all=1",
    "--limit=3",
    "--cursor=c",
    "--é=1",
    "--1=2",
    "--q=%20",
    "--q=a b",
    "--tag=a",
    "--tag=b",
    "--no-cache",
    "--__proto__=1",
    "--constructor=1",
    "--help=",
    "-q",
    "-q=1",
    "--in-stock=true",
    "--json=null",
    "--pag=1",
    "--page-siz=1",
    "--al",
    "--query=a=b",
    "--query=a",
    "--query",
    "--to=x",
    "--columns=é",
    "-o=table",
    "-ocsv",
)
_BODIES = (
    "-",
    '{"name": "x"}',
    '{"name": ',
    "[]",
    "[1]",
    "null",
    "1",
    '"x"',
    "{}",
    "/nowhere/body.json",
    " {} ",
    '{"a": NaN}',
    '{"a": 1e400}',
    '{"a": 1.0}',
    '{"gtin": 12345678901234567890}',
    '{"a": 1, "a": 2}',
    "@-",
    "true",
    "{'a': 1}",
)


def argv_probes(ground: Ground) -> st.SearchStrategy[Probe]:
    """Commands of the contract with odd arguments and flags, before and after their words."""
    operations = requesting(ground)
    before: st.SearchStrategy[list[str]] = st.one_of(
        st.just([]),
        st.just([]),
        st.just([]),
        st.sampled_from(_GLOBALS).map(lambda flag: [flag]),
        st.tuples(st.sampled_from(["--timeout", "--max-retries", "--api-url"]), st.booleans()).flatmap(
            lambda drawn: _valued(*drawn)
        ),
    )
    after = st.lists(
        st.one_of(
            st.sampled_from(_FLAGS),
            st.sampled_from(_FLAGS),
            st.sampled_from(_GLOBALS),
            _word,
            _word.map(lambda word: f"--{word}"),
            st.sampled_from(
                [
                    "--idempotency-key=k",
                    "--idempotency-key",
                    "--idempotency-key=é",
                    "--format=csv",
                    "--format=x",
                    "--format",
                    "--method=PUT",
                    "--method=put",
                    "--filename=a.csv",
                    '--confirm={"a": 1}',
                    "--to=-",
                ]
            ),
        ),
        max_size=2,
    )
    commands = st.tuples(
        st.sampled_from(operations), before, after, st.lists(_arguments, max_size=3), st.integers(0, 7)
    ).map(lambda drawn: _command(*drawn))
    words = st.lists(
        st.one_of(
            st.sampled_from(
                [
                    "help",
                    "segments",
                    "product-segments",
                    "get",
                    "list",
                    "api",
                    "doctor",
                    "completion",
                    "bash",
                    "GET",
                    "/x/",
                    "segmnts",
                    "lst",
                    "Segments",
                    "--help",
                ]
            ),
            _word,
        ),
        max_size=4,
    ).filter(lambda argv: "doctor" not in argv or "--help" in argv)
    raw = st.tuples(
        st.sampled_from(["GET", "get", "POST", "DELETE", "FETCH", "", "PATCH"]),
        st.one_of(st.sampled_from(["/x/", "x/", "/x/?a=1", "/../x", "https://h/x", "", "/a b", "/x#y"]), _word),
        st.lists(
            st.one_of(
                st.sampled_from(
                    [
                        "--query",
                        "a=1",
                        "--query=a=1",
                        "--query=a",
                        "--query==",
                        "--query=a=b=c",
                        "--body",
                        "--body=-",
                        "--body={}",
                        '--body={"a": 1}',
                        "--body=x",
                        "--nope=1",
                        "--query=é=ü",
                        "--idempotency-key=k",
                    ]
                ),
                _word,
            ),
            max_size=3,
        ),
    ).map(
        lambda drawn: shell("argv", ["api", drawn[0], drawn[1], *drawn[2]], stdin="{}", replies=[{"json": {"id": 1}}])
    )
    return st.one_of(commands, commands, commands, words.map(lambda argv: shell("argv", argv)), raw)


_arguments = st.one_of(st.sampled_from(["1", "4711", "a/b", "..", "", "-1", "é", "-", "--", *_BODIES]), _word)


def _valued(name: str, joined: bool) -> st.SearchStrategy[list[str]]:
    values = {"--timeout": _TIMES, "--max-retries": _COUNTS, "--api-url": _URLS}[name]
    return st.sampled_from(values).map(lambda value: [f"{name}={value}"] if joined else [name, value])


def _command(operation: Operation, before: list[str], after: list[str], given: list[str], fewer: int) -> Probe:
    """A command with as many words as it takes, now and then one fewer or more."""
    command = operation.cli
    wanted = len(command.positionals) + {6: -1, 7: 1}.get(fewer, 0)
    fallback = {"BODY": '{"name": "x"}', "CSV": "-", "OUT": "-"}
    words = [fallback.get(name, "1") for name in command.positionals]
    words = [*(given[index] if index < len(given) else word for index, word in enumerate(words))]
    words = [*words, "surplus"][: max(0, wanted)]
    pointed = any(flag.startswith("--api-url") for flag in before)
    dry = ["--dry-run"] if pointed else []  # nothing is sent to wherever it points
    argv = [*dry, *before, command.resource, command.verb, *words, *after]
    return shell("argv", argv, stdin='{"name": "stdin"}', replies=[answer(operation)])


def stdin_probes(ground: Ground) -> st.SearchStrategy[Probe]:
    """Bodies and files that come in on standard input, and replies that are printed."""
    written = [each for each in requesting(ground) if "BODY" in each.cli.positionals]
    values = kinds.json_values(size=6).filter(lambda value: not kinds.has_half_characters(value))
    text = st.one_of(
        values.map(json.dumps),
        values.map(lambda value: json.dumps(value, ensure_ascii=False, indent=2)),
        st.sampled_from(_BODIES),
        st.sampled_from(
            [
                "",
                "\n",
                "\ufeff{}",
                "{}\r\n",
                "{} {}",
                "\x00",
                '{"a": "\t"}',
                '{"a": 0.1e1}',
                '{"a": -0}',
                "[1e5]",
                '{"2": 1, "1": 2}',
                '{"a": "\\ud800"}',
                "[" * 501 + "]" * 501,
                "[" * 500 + "]" * 500,
            ]
        ),
        _word,
    )
    bodies = st.tuples(st.sampled_from(written), text).map(lambda drawn: _body(*drawn))
    csv = st.one_of(_word, st.sampled_from(["", "sku,name\nA,B\n", "\ufeffsku\nA", "sku;name\r\nA;B"]))
    uploads = csv.map(
        lambda data: shell("stdin", ["products", "import", "-"], stdin=data, replies=[{"json": {"id": 1}}])
    )
    shown = text.filter(lambda value: re.search(r'"\d+":', value) is None)  # limit.key-order
    printed = st.tuples(shown, st.sampled_from([[], ["--compact"]])).map(
        lambda drawn: shell(
            "stdin",
            [*drawn[1], "api", "GET", "/x/"],
            replies=[{"text": drawn[0], "headers": {"Content-Type": "application/json"}}],
        )
    )
    plain = values.filter(lambda value: re.search(r'"\d+":', json.dumps(value)) is None)
    items = st.lists(plain, min_size=1, max_size=3).map(
        lambda drawn: shell(
            "stdin",
            ["segments", "list", "--all"],
            replies=[{"json": {"count": 1, "next": None, "previous": None, "results": drawn}}],
        )
    )
    return st.one_of(bodies, bodies, uploads, printed, printed, items)


def _body(operation: Operation, text: str) -> Probe:
    words = ["-" if name == "BODY" else "1" for name in operation.cli.positionals]
    argv: list[Any] = [operation.cli.resource, operation.cli.verb, *words]
    return shell("stdin", argv, stdin=text, replies=[answer(operation)])


def argv_corners(ground: Ground) -> Iterator[Probe]:
    """Each flag and number once, each command with its words, one fewer and one more."""
    get, listing = ground.contract.operations["segments.get"], ground.contract.operations["segments.list"]
    for flag in _GLOBALS:
        yield _command(get, [flag], [], [], 0)
        yield _command(get, [], [flag], [], 0)
        yield shell("argv", [flag])
    for name, values in (("--timeout", _TIMES), ("--max-retries", _COUNTS), ("--api-url", _URLS)):
        for value in values:
            yield _command(get, [f"{name}={value}"], [], [], 0)
            yield _command(get, [name, value], [], [], 0)
    for flag in _FLAGS:
        yield _command(listing, [], [flag], [], 0)
        yield _command(listing, [], ["--all", flag, "next"], [], 0)
    for operation in requesting(ground):
        for fewer in (0, 6, 7):
            yield _command(operation, [], [], [], fewer)
    for body in _BODIES:
        yield _command(ground.contract.operations["segments.create"], ["--dry-run"], [], [body], 0)


def stdin_corners(ground: Ground) -> Iterator[Probe]:
    """Each odd body once, as it comes in."""
    create = ground.contract.operations["segments.create"]
    for text in (*_BODIES, "", "\n", "\ufeff{}", "{}\r\n", "{} {}", "\x00", '{"a": "\t"}', '{"a": -0}', '{"a": 1} x'):
        yield _body(create, text)
