"""What a command is made of."""

from __future__ import annotations

TYPE_CHECKING = bool()
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["ARRAY", "FILE", "OBJECT", "OUT", "Argument", "Command", "Job", "Option", "Resource"]

OBJECT, ARRAY, FILE, OUT = "object", "array", "file", "out"
"""Kinds of arguments that are no plain words: a JSON object, a JSON array, a file to send, a file to write."""


class Argument:
    """What must be given, or, of kind ``query``, what flags that are not known go to.

    Attributes:
        name: the method's parameter.
        kind: ``value``, one of the kinds above, or ``query``.
        shown: how help and messages name it: a file by what it holds.
        about: a sentence for help.
        choices: what it may be, if that is known.
        optional: whether it may be left out.
    """

    __slots__ = ("about", "choices", "kind", "name", "optional", "shown")

    def __init__(
        self, name: str, kind: str, shown: str, about: str, choices: tuple[str, ...] = (), *, optional: bool = False
    ) -> None:
        self.name = name
        self.kind = kind
        self.shown = shown
        self.about = about
        self.choices = choices
        self.optional = optional


class Option:
    """A flag.

    Attributes:
        name: without its dashes.
        value: what it takes, as help shows it; empty if it takes nothing.
        about: one line of help.
        choices: what the value may be, if that is known.
        file: whether the value is a file.
        many: whether it may be given more than once.
        parameter: the method's parameter that it sets, if it is one.
    """

    __slots__ = ("about", "choices", "file", "many", "name", "parameter", "value")

    def __init__(
        self,
        name: str,
        value: str,
        about: str,
        *,
        choices: tuple[str, ...] = (),
        file: bool = False,
        many: bool = False,
        parameter: str = "",
    ) -> None:
        self.name = name
        self.value = value
        self.about = about
        self.choices = choices
        self.file = file
        self.many = many
        self.parameter = parameter


class Job:
    """How to follow up what a command has started.

    Attributes:
        wait: the method that waits for it.
        id: the key of the answer that holds its id; empty where the first argument is it.
        since: the key of the record whose value before the start tells that the job is new.
        confirm: the method that confirms it.
        download: the method that fetches its file.
        split: the method that does it in parts.
        resume: the command that keeps waiting for it.
        looks: whether the command only looks at it, and has not started it.
    """

    __slots__ = ("confirm", "download", "id", "looks", "resume", "since", "split", "wait")

    def __init__(
        self,
        wait: str,
        *,
        id: str = "",
        since: str = "",
        confirm: str = "",
        download: str = "",
        split: str = "",
        resume: str = "",
        looks: bool = False,
    ) -> None:
        self.wait = wait
        self.id = id
        self.since = since
        self.confirm = confirm
        self.download = download
        self.split = split
        self.resume = resume
        self.looks = looks


class Command:
    """One command.

    Attributes:
        words: its name, such as ``("segments", "get")`` or ``("doctor",)``.
        summary, details, example, source: what help says; the source is the page it is published on.
        namespace, method: the client's attribute and its method; empty for a tool.
        arguments: what must be given, in order.
        options: its own flags, by name.
        query: where other flags go to as query parameters, if it is a listing.
        known: query parameters that are known to exist, each with what it is.
        silent: further ones that are sent without a word; ``*`` stands for all.
        mutates: whether it changes something at the server.
        iteration: the method behind ``--all``; empty if there is none.
        job: how ``--wait`` continues; None where nothing is waited for.
    """

    def __init__(
        self,
        words: tuple[str, ...],
        summary: str,
        example: str,
        *,
        details: tuple[str, ...] = (),
        source: str = "",
        namespace: str = "",
        method: str = "",
        arguments: tuple[Argument, ...] = (),
        options: tuple[Option, ...] = (),
        query: Argument | None = None,
        known: tuple[tuple[str, str], ...] = (),
        silent: tuple[str, ...] = (),
        mutates: bool = False,
        iteration: str = "",
        job: Job | None = None,
    ) -> None:
        self.words = words
        self.summary = summary
        self.example = example
        self.details = details
        self.source = source
        self.namespace = namespace
        self.method = method
        self.arguments = arguments
        self.options = {option.name: option for option in options}
        self.query = query
        self.known = known
        self.silent = silent
        self.mutates = mutates
        self.iteration = iteration
        self.job = job

    @property
    def name(self) -> str:
        """Its words as they are typed."""
        return " ".join(self.words)

    @property
    def known_query(self) -> list[str]:
        """The query parameters that are known to exist."""
        return [name for name, _ in self.known]


class Resource:
    """The commands of one namespace, or a group of tools.

    Attributes:
        name: as it is typed.
        summary: a sentence for help.
        words: the verbs.
        is_group: whether it is a group of tools.
        commands: the commands by their verbs, made when they are first asked for.
    """

    def __init__(
        self,
        name: str,
        summary: str,
        words: tuple[str, ...],
        make: Callable[[], tuple[Command, ...]],
        *,
        is_group: bool = False,
    ) -> None:
        self.name = name
        self.summary = summary
        self.words = words
        self.is_group = is_group
        self._make = make
        self._commands: dict[str, Command] = {}

    @property
    def commands(self) -> Mapping[str, Command]:
        if not self._commands:
            self._commands = dict(zip(self.words, self._make()))
        return self._commands
