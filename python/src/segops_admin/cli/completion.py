"""The words that may come next on a command line, for the scripts of ``shells``."""

from __future__ import annotations

from .commands import GLOBAL, RESOURCES, SHORT, TOOLS, find, takes, verbs
from .help import TOPICS
from .shapes import ARRAY, FILE, OBJECT, OUT, Option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .shapes import Command

__all__ = ["FILES", "candidates"]

FILES = ":files"
"""A line that stands for the names of files: each shell completes those in its own way."""


_QUERY_PARAMETER = Option("", "VALUE", "")


def candidates(words: Sequence[str]) -> list[str]:
    """The words that may stand in place of the last one: ``word<tab>what it is`` each, or ``FILES``.

    Args:
        words: the command line without the program, up to the cursor; the last one is what has been typed of a word.
    """
    if not words:
        return []
    current = words[-1]
    plain_words, command, waiting = _read(words[:-1])
    if waiting is not None:
        found = _values(waiting, "")
    elif current.startswith("--") and "=" in current:
        name = current[2 : current.index("=")]
        option = takes(command, name)
        found = _values(option, current[: current.index("=") + 1]) if option is not None else []
    elif current.startswith("-"):
        found = _flags(command)
    else:
        found = _next(plain_words, command)
    return [line for line in found if line == FILES or line.startswith(current)]


def _read(words: Sequence[str]) -> tuple[list[str], Command | None, Option | None]:
    """The words that are no flags, the command among them, and the flag that waits for its value."""
    plain_words: list[str] = []
    command: Command | None = None
    waiting: Option | None = None
    for word in words:
        if waiting is not None:
            waiting = None
        elif word.startswith("--"):
            option = takes(command, word[2:])
            if option is None and command is not None and command.query is not None and "=" not in word:
                option = _QUERY_PARAMETER
            waiting = option if option is not None and option.value else None
        elif word not in SHORT:
            plain_words.append(word)
            if command is None and len(plain_words) <= 2:
                command = find(*plain_words)
    return plain_words, command, waiting


def _values(option: Option, prefix: str) -> list[str]:
    if option.file:
        return [FILES]
    return [f"{prefix}{choice}\t" for choice in option.choices]


def _flags(command: Command | None) -> list[str]:
    options = [*(command.options.values() if command is not None else ()), *GLOBAL.values()]
    found = [f"--{option.name}{'=' if option.value else ''}\t{option.about}" for option in options]
    if command is not None:
        found += [f"--{name.replace('_', '-')}=\tquery parameter" for name in command.known_query]
    return found


def _next(words: list[str], command: Command | None) -> list[str]:
    if words[:1] == ["help"]:
        return _names(words[1:], [f"{topic}\ttopic" for topic in TOPICS])
    if command is None:
        return _names(words, ["help\tHelp on a command or a topic."])
    arguments = command.arguments[len(words) - len(command.words) :]
    if not arguments:
        return []
    if arguments[0].kind in (OBJECT, ARRAY, FILE, OUT):
        return [FILES]
    return [f"{name}\t" for name in arguments[0].choices]


def _names(words: list[str], more: list[str]) -> list[str]:
    """Resources and tools, or the verbs of a resource."""
    if not words:
        found = [f"{name}\t{resource.summary}" for name, resource in RESOURCES.items()]
        return [*found, *(f"{name}\t{tool.summary}" for name, tool in TOOLS.items()), *more]
    return [f"{verb}\t{command.summary}" for verb, command in verbs(words[0]).items()] if len(words) == 1 else []
