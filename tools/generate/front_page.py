"""What `segops-admin --help` says, for both command lines: written out, so that it is shown at once."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator

from generate.commands import PROGRAM, Flag, flags_of, resources, tools
from segops_admin.cli.help import TOPICS
from segops_parity.contract import Contract

__all__ = ["front_page"]

PYTHON = "python/src/segops_admin/cli/front.py"
TYPESCRIPT = "typescript-fixtures/admin/src/cli/front.ts"
_WIDTH = 100
_LEFT = 28  # the widest that the left one of two columns is

_ABOUT = "The help on everything. Written by {by} from the contract ({spec}): change it there."


def front_page(contract: Contract) -> dict[str, str]:
    """The text of the modules, by their paths."""
    text = "\n".join(_lines(contract)) + "\n"
    python = f'"""{_ABOUT.format(by="``make generate``", spec="``spec/``")}"""\n\n__all__ = ["FRONT"]\n\n'
    typescript = f"/** {_ABOUT.format(by='`make generate`', spec='`spec/`')} */\n\n"
    quoted = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    # Formatters would wrap the lines of a template string, which must stay as they are.
    lines = ",\n".join(f"  {json.dumps(line)}" for line in text.split("\n"))
    return {
        PYTHON: f'{python}FRONT = """\\\n{quoted}"""\n',
        TYPESCRIPT: f'{typescript}export const FRONT = [\n{lines},\n].join("\\n");\n',
    }


def _lines(contract: Contract) -> Iterator[str]:
    yield f"{PROGRAM}: administer a SegOps workspace. JSON in, JSON out."
    yield ""
    yield f"usage: {PROGRAM} [options] <resource> <verb> [arguments] [--flags]"
    yield from ("", "Resources and their verbs:")
    groups = []
    for resource in resources(contract):
        verbs = [each.verb for each in resource.commands] + [each.words[-1] for each in resource.tools]
        if not resource.namespace:
            groups.append((f"{resource.name} {'|'.join(verbs)}", resource.summary))
            continue
        yield f"  {resource.name}"
        yield from (*_wrapped(resource.summary, 6), *_wrapped(" ".join(verbs), 8))
    yield from ("", "Tools:", *_table([*((" ".join(tool.words), tool.summary) for tool in tools(contract)), *groups]))
    yield from ("", "Options:", *_table((_flag(flag), flag.about) for flag in flags_of(contract.shell["global"])))
    yield from ("", "Examples:", *(f"  {example}" for example in contract.shell["examples"]))
    yield from ("", f"The key is read from SEGOPS_API_KEY. More: {PROGRAM} help <resource> [<verb>],")
    yield from (f"{PROGRAM} help {topic}" for topic in TOPICS)


def _flag(flag: Flag) -> str:
    return f"--{flag.name}={flag.value}" if flag.value else f"--{flag.name}"


def _table(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Two columns; the second one is wrapped below itself."""
    listed = list(rows)
    width = min(_LEFT, max(len(left) for left, _ in listed))
    for left, right in listed:
        wrapped = _wrapped(right, width + 4)
        if len(left) > width:
            yield from (f"  {left}", *wrapped)
        else:
            yield from (f"  {left:{width}}  {wrapped[0].lstrip()}", *wrapped[1:])


def _wrapped(text: str, margin: int) -> list[str]:
    indent = " " * margin
    return textwrap.wrap(
        text, _WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False
    )
