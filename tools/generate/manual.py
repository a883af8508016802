"""The manual page `segops-admin(1)` of both packages, in the macros of man(7)."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

from generate.commands import PROGRAM, Command, CommandArgument, Flag, Resource, Tool, flags_of, resources, tools
from segops_admin.cli.help import TOPICS
from segops_parity.contract import Contract

__all__ = ["manual"]

PATHS = ("python/man/segops-admin.1", "typescript-fixtures/admin/man/segops-admin.1")
_VERSION = Path(__file__).resolve().parents[2] / "python/src/segops_admin/_version.py"
_WIDTH = 79

_DESCRIPTION = """\
{b:segops-admin} does from a shell what the SDKs of SegOps do from a program.
Results go to standard output, as JSON unless {b:--output} says otherwise; everything else goes to standard error.
The key is read from {b:SEGOPS_API_KEY}, or comes with a profile ({b:segops-admin config}).

A word that begins with a brace or bracket is JSON itself; other words for JSON and CSV name files, and {b:-} is
standard input or output.
After {b:--} every word is an argument.
{b:segops-admin help} {i:resource verb} says more about a command, and lists the keys of the JSON that it takes;
{b:segops-admin help definitions} explains the definitions of segments.
"""

_FILES = """\
The profiles, for their owner only; {b:~/.config} stands for {b:$XDG_CONFIG_HOME} unless that is set.
"""

_SEE_ALSO = (
    "The documentation of the SDKs: https://segops.ai/docs/sdks/admin-python and https://segops.ai/docs/sdks/admin"
)


def manual(contract: Contract) -> dict[str, str]:
    """The text of the page, by the paths that it has in both packages."""
    text = "\n".join(_page(contract)) + "\n"
    return dict.fromkeys(PATHS, text)


def _page(contract: Contract) -> Iterator[str]:
    shell = contract.shell
    found = re.search(r'__version__ = "([^"]+)"', _VERSION.read_text(encoding="utf-8"))
    version = found[1] if found else ""
    yield '.\\" Written by make generate from the contract (spec/): change it there.'
    yield f'.TH SEGOPS\\-ADMIN 1 {shell["dated"]} "{PROGRAM} {version}" "SegOps Admin"'
    yield from (".nh", ".ad l")  # words with dashes are meant to be copied
    yield from (".SH NAME", _text(f"{PROGRAM} - ") + "administer a SegOps workspace", ".SH SYNOPSIS")
    yield _text("{b:segops-admin} [{i:options}] {i:resource verb} [{i:arguments}] [{i:--flags}]")
    yield from (".SH DESCRIPTION", *_paragraphs(_DESCRIPTION))
    yield from (".SH OPTIONS", *_filled("Options of all commands stand before or after them."))
    short = {name: letter for letter, name in shell["short"].items()}
    yield from _flags(flags_of(shell["global"]), short)
    yield from (".SH FLAGS", *_filled("Several commands have these."), *_flags(flags_of(shell["flags"])))
    shared = set(shell["flags"])
    yield ".SH COMMANDS"
    for resource in resources(contract):
        yield from _resource(resource, shared)
    yield ".SS Tools"
    for tool in tools(contract):
        yield from _entry(_words(tool), tool, None, (), shared)
    for title, topic in (("ENVIRONMENT", "environment"), ("EXIT STATUS", "exit-codes")):
        yield from (f".SH {title}", *_topic(TOPICS[topic]))
    yield from (".SH FILES", ".TP", _text("{b:~/.config/segops/config.json}"), *_paragraphs(_FILES))
    yield from (".SH SEE ALSO", *_filled(_SEE_ALSO))


def _resource(resource: Resource, shared: set[str]) -> Iterator[str]:
    yield from (f'.SS "{_text(resource.name)}"', *_filled(resource.summary))
    for command in resource.commands:
        known = tuple(Flag(name.replace("_", "-"), "VALUE", about) for name, about in command.known)
        words = f"{{b:{PROGRAM} {resource.name} {command.verb}}}"
        yield from _entry(words, command, command.query, known, shared)
    for tool in resource.tools:
        yield from _entry(_words(tool), tool, None, (), shared)


def _words(tool: Tool) -> str:
    return f"{{b:{' '.join((PROGRAM, *tool.words))}}}"


def _entry(
    words: str, command: Command | Tool, query: CommandArgument | None, known: tuple[Flag, ...], shared: set[str]
) -> Iterator[str]:
    """A command: its grammar, what it does, and what it takes that others do not."""
    parts = [words]
    parts += [f"[{{i:{each.shown}}}]" if each.optional else f"{{i:{each.shown}}}" for each in command.arguments]
    parts += [f"[{_flag(each)}]" for each in (*command.flags, *known)]
    parts += ["[{b:--}{i:KEY}={i:VALUE}]"] if query is not None else []
    yield from (".TP", _text(" ".join(parts)))
    yield from _filled(command.summary)
    for paragraph in command.details:
        yield from (".IP", *_filled(paragraph))
    rows = [(f"{{i:{each.shown}}}", each.about) for each in command.arguments if each.about]
    rows += [(_flag(each), each.about) for each in (*command.flags, *known) if each.name not in shared]
    rows += [("{b:--}{i:KEY}={i:VALUE}", query.about)] if query is not None else []
    if rows:
        yield ".RS"
        for left, right in rows:
            yield from (".TP", _text(left), *_filled(right))
        yield ".RE"


def _flags(flags: Iterable[Flag], short: dict[str, str] | None = None) -> Iterator[str]:
    for flag in flags:
        letter = (short or {}).get(flag.name, "")
        yield from (".TP", _text(f"{{b:{letter}}}, {_flag(flag)}" if letter else _flag(flag)), *_filled(flag.about))


def _flag(flag: Flag) -> str:
    return f"{{b:--{flag.name}}}={{i:{flag.value}}}" if flag.value else f"{{b:--{flag.name}}}"


def _paragraphs(text: str) -> Iterator[str]:
    for number, paragraph in enumerate(text.strip().split("\n\n")):
        if number:
            yield ".PP"
        yield from _filled(" ".join(paragraph.split()))


def _filled(text: str) -> Iterator[str]:
    """A text as lines of source, a sentence beginning on a line of its own."""
    for sentence in re.split(r"(?<=[a-z})][.:])\s+(?=[A-Z{])", text):
        for line in textwrap.wrap(_text(sentence), _WIDTH, break_long_words=False, break_on_hyphens=False):
            yield f"\\&{line}" if line[0] in ".'" else line


def _topic(text: str) -> Iterator[str]:
    """A topic of help: rows of two columns become a list; its title and its example are left out."""
    paragraphs = text.partition("\nExample:")[0].strip().split("\n\n")
    _, _, more = paragraphs[0].partition(". ")
    for number, paragraph in enumerate(each for each in (more, *paragraphs[1:]) if each):
        if not paragraph.startswith("  "):
            yield from ([".PP"] if number else []) + [*_filled(" ".join(paragraph.split()))]
            continue
        for row in paragraph.split("\n"):
            left, right = re.split(r" {2,}", row.strip(), maxsplit=1)
            yield from (".TP", _text(f"{{b:{left}}}"), *_filled(" ".join(right.split())))


def _text(text: str) -> str:
    """A text with what troff would read escaped, `{b:bold}` and `{i:italic}` set; dashes stay ASCII, to be copied."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    escaped = escaped.replace("^", "\\(ha").replace("~", "\\(ti").replace('"', "\\(dq")
    return re.sub(r"\{([bi]):([^{}]*)\}", lambda found: f"\\f{found[1].upper()}{found[2]}\\fR", escaped)
