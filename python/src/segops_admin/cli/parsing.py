"""The words of a command line, as command, arguments and flags.

``--k=v``, ``--k v`` and a bare ``--k`` are flags, anywhere on the line; ``--`` ends them. A flag that is known to take
nothing never takes the word after it. On a listing, a flag that is not known is a query parameter, unless it is so
close to a known one that it is a slip of the keyboard.
"""

from __future__ import annotations

from .commands import GLOBAL, OWN_WORDS, RESOURCES, SHORT, TOOLS, find, takes, verbs
from .failures import UsageError
from .usage import PROGRAM, refuse_choice, refuse_flag, refuse_slip, unknown, usage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from .shapes import Command, Option

__all__ = ["Invocation", "parse"]


class Invocation:
    """A command line, understood.

    Attributes:
        path: the words of the command, or what help is asked for.
        command: the command to carry out; None if it is help that is asked for.
        incomplete: whether a verb is missing.
        arguments: the command's arguments.
        options: the flags given, by name: text, True for one that takes nothing, a list for one that may be repeated.
        query: the query parameters given.
        undocumented: those among them that came as flags and that no page documents, as they were typed.
    """

    def __init__(self) -> None:
        self.path: list[str] = []
        self.command: Command | None = None
        self.incomplete = False
        self.arguments: list[str] = []
        self.options: dict[str, Any] = {}
        self.query: dict[str, Any] = {}
        self.undocumented: list[str] = []


def parse(words: Sequence[str]) -> Invocation:
    """Understands a command line.

    Raises:
        UsageError: it cannot be understood.
    """
    reader = _Reader(words)
    before_end = words[: words.index("--")] if "--" in words else words
    help_asked = any(word in ("-h", "--help") for word in before_end)
    try:
        reader.read()
    except UsageError:
        # Who asks for help gets help, whatever else is wrong with the line.
        if not help_asked:
            raise
    line = reader.line
    if help_asked or line.path[:1] == ["help"]:
        line.command = None
        line.path = [word for word in line.path if word != "help"]
    elif line.command is not None:
        _check_arguments(line.command, line, reader.spaced)
    else:
        line.incomplete = bool(line.path)
    return line


class _Reader:
    """Reads words from left to right.

    Attributes:
        line: what has been understood so far.
        spaced: the query parameters that took the word after them, for the message if one is missing then.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._words = list(words)
        self.line = Invocation()
        self.spaced: list[str] = []

    def read(self) -> None:
        while self._words:
            word = self._words.pop(0)
            if word == "--":
                for rest in self._words:
                    self._plain(rest)
                return
            if word[:2] in SHORT:
                self._short(word)
            elif word.startswith("--"):
                self._flag(word)
            else:
                self._plain(word)

    def _plain(self, word: str) -> None:
        line = self.line
        if line.command is not None:
            if len(line.arguments) == len(line.command.arguments):
                self._surplus(word, line.command)
            line.arguments.append(word)
        elif line.path[:1] == ["help"]:
            line.path.append(word)
        elif word == "help":
            # `segments help` is `help segments`.
            line.path.insert(0, word)
        elif not line.path:
            known = [*RESOURCES, *TOOLS]
            if word not in known:
                raise unknown(word, [*known, "help"], "command", PROGRAM)
            line.path.append(word)
            line.command = find(word)
        else:
            resource = line.path[0]
            line.command = find(resource, word)
            if line.command is None:
                raise unknown(word, verbs(resource), f"{resource} command", f"{PROGRAM} {resource}")
            line.path.append(word)

    def _surplus(self, word: str, command: Command) -> None:
        what = "unknown flag" if word.startswith("-") and len(word) > 1 else "unexpected argument"
        raise UsageError(f"{command.name}: {what} {word!r}.", usage(command))

    def _short(self, word: str) -> None:
        """``-v``, ``-o csv``, ``-o=csv``, ``-ocsv``."""
        option = GLOBAL[SHORT[word[:2]]]
        if option.value:
            self._option(option, word[3 if word[2:3] == "=" else 2 :] if len(word) > 2 else None)
        elif len(word) == 2:
            self.line.options[option.name] = True
        else:
            self._plain(word)

    def _flag(self, word: str) -> None:
        name, equals, value = word[2:].partition("=")
        kebab = name.replace("_", "-")
        command = self.line.command
        option = takes(command, kebab)
        if option is not None:
            self._option(option, value if equals else None)
        elif command is not None and _is_query_parameter(name, command):
            self._query_parameter(name.replace("-", "_"), value if equals else None)
            if not _is_documented(name.replace("-", "_"), command):
                refuse_slip(name, command)
                if "*" not in command.silent:
                    self.line.undocumented.append(name)
        else:
            refuse_flag(name, command)

    def _option(self, option: Option, value: str | None) -> None:
        options = self.line.options
        if not option.value:
            if value is not None:
                raise UsageError(f"--{option.name} takes no value: {value!r} was given.")
            options[option.name] = True
            return
        if value is None:
            if not self._words or self._words[0].startswith("--"):
                raise UsageError(f"--{option.name} needs a value: --{option.name}={option.value}")
            value = self._words.pop(0)
        if option.choices and not option.parameter and value not in option.choices:
            refuse_choice(option, value, self.line.command)
        if option.name == "query" and self.line.command is not None and self.line.command.query is not None:
            key, equals, text = value.partition("=")
            # Before it was a flag, `--query=TEXT` was a query parameter like any other.
            self._add(*((key, text) if key and equals else ("query", value)))
        elif option.many:
            options.setdefault(option.name, []).append(value)
        else:
            options[option.name] = value

    def _query_parameter(self, key: str, value: str | None) -> None:
        given: str | bool = True
        if value is not None:
            given = value
        elif self._words and not self._words[0].startswith("--") and self._words[0] not in SHORT:
            given = self._words.pop(0)
            self.spaced.append(f"--{key}={given}")
        self._add(key, given)

    def _add(self, key: str, given: str | bool) -> None:
        query = self.line.query
        if key not in query:
            query[key] = given
        elif isinstance(query[key], list):
            query[key].append(given)
        else:
            query[key] = [query[key], given]


def _is_query_parameter(name: str, command: Command) -> bool:
    """Whether a flag that is not known goes to the server: on a listing, unless it is one of this program's own."""
    listing = command.query is not None
    return listing and name.replace("_", "-") not in OWN_WORDS and name.strip("_")[:1].isalnum()


def _is_documented(key: str, command: Command) -> bool:
    return key in command.known_query or key in command.silent


def _check_arguments(command: Command, line: Invocation, spaced: list[str]) -> None:
    missing = [each for each in command.arguments[len(line.arguments) :] if not each.optional]
    if missing:
        names = " and ".join(f"<{argument.shown}>" for argument in missing)
        hint = f" ({', '.join(spaced)} was read as a query parameter.)" if spaced else ""
        raise UsageError(f"{command.name} needs {names}.{hint}", usage(command))
