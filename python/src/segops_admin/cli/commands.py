"""Which commands are there? Those of the resource classes, whose methods become verbs, and a few tools.

Names, arguments, flags and texts are those of the methods and their docstrings. What cannot be derived from them is
in the tables below, once.
"""

from __future__ import annotations

from .. import resources as _resources
from .signatures import QUERY, VALUE, Doc, Parameter, marked, parameters

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

__all__ = ["GLOBAL", "OWN_WORDS", "SHORT", "TOOLS", "Command", "Option", "find", "kebab", "resources", "verbs"]

_RENAMED = {"import_csv": "import"}  # Python keeps the word "import" to itself
_WAITS = {
    "segments recompute": "wait_for_recompute",
    "segments export": "wait_for_export",
    "products import": "wait_for_import",
    "products confirm-import": "wait_for_import",
}


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


def _by_name(*options: Option) -> dict[str, Option]:
    return {option.name: option for option in options}


GLOBAL = _by_name(
    Option("api-url", "URL", "the API's root, /api included; SEGOPS_API_URL unless given"),
    Option("timeout", "SECONDS", "give an attempt up after this long without progress; 60 unless given"),
    Option("max-retries", "N", "try again this often on 429, 5xx and failed connections; 3 unless given"),
    Option("verbose", "", "log each attempt to standard error (-v)"),
    Option("compact", "", "print JSON on one line"),
    Option("dry-run", "", "print the request that would be sent, the key masked, and send nothing"),
    Option("version", "", "print the version"),
    Option("help", "", "print help (-h)"),
)
SHORT = {"-v": "verbose", "-h": "help"}

_ALL = Option("all", "", "walk all pages and print every item as one line of JSON")
_OUTPUT = Option("output", "OUT", "wait, then write the export to this file; - is standard output", file=True)
_CONFIRM = Option(
    "confirm",
    "BODY",
    "confirm the import with this mapping, as confirm-import does; {} accepts what the server proposes",
    file=True,
)

OWN_WORDS = ("all", "prefetch", "wait", "wait-timeout", "interval", "output", "confirm", "idempotency-key")
"""Flags of this program that are never query parameters: where they do not apply, they are mistakes."""


class Command:
    """One command.

    Attributes:
        words: its name, such as ``("segments", "get")`` or ``("doctor",)``.
        summary, details, source: what its docstring says.
        arguments: what must be given, in order.
        options: its own flags, by name.
        query: the parameter that other flags go to as query parameters, if it is a listing.
        known_query: query parameters that are known to exist.
        namespace, method: the client's attribute and its method; empty for a tool.
        walk: the method behind ``--all``; empty if there is none.
        wait: the method behind ``--wait``; empty if there is none.
    """

    def __init__(self, words: tuple[str, ...], doc: Doc, taken: list[Parameter], namespace: str, method: str) -> None:
        self.words = words
        self.summary = doc.summary
        self.details = doc.details
        self.source = doc.source
        self.namespace = namespace
        self.method = method
        self.walk = ""
        self.wait = ""
        self.arguments = [parameter for parameter in taken if parameter.required]
        self.options = _by_name(*[_option(each) for each in taken if not each.required and each.kind != QUERY])
        self.query = next((each for each in taken if each.kind == QUERY), None)
        self.known_query = marked(self.query.about) if self.query is not None else []

    @property
    def name(self) -> str:
        """Its words as they are typed."""
        return " ".join(self.words)

    def takes(self, name: str) -> Option | None:
        """The flag of that name, its own or a global one."""
        return self.options.get(name) or GLOBAL.get(name)


def _option(parameter: Parameter) -> Option:
    choices = tuple(marked(parameter.about)) if isinstance(parameter.default, str) else ()
    value = "N" if isinstance(parameter.default, int) else "KEY" if parameter.name == "idempotency_key" else ""
    return Option(
        kebab(parameter.name),
        value or "|".join(choices) or parameter.name.upper(),
        parameter.about,
        choices=choices,
        parameter=parameter.name,
    )


def kebab(name: str) -> str:
    """A Python name as the shell has it."""
    return _RENAMED.get(name) or name.replace("_", "-")


def resources() -> Mapping[str, type]:
    """The resource classes by their names in the shell."""
    return {_words(name): getattr(_resources, name) for name in _resources.__all__}


def _words(name: str) -> str:
    return "".join("-" + letter.lower() if letter.isupper() else letter for letter in name).lstrip("-")


def verbs(cls: type) -> dict[str, Any]:
    """The methods of a resource class by their verbs, inherited ones first.

    Walks and waits are no verbs of their own: they are ``--all`` and ``--wait`` of others.
    """
    found: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        for name, function in vars(base).items():
            if not name.startswith(("_", "iterate", "wait_for_")) and hasattr(function, "__code__"):
                found[kebab(name)] = function
    return found


def find(*words: str) -> Command | None:
    """The command of that name."""
    if len(words) == 1:
        return TOOLS.get(words[0])
    cls = resources().get(words[0])
    function = verbs(cls).get(words[1]) if cls is not None else None
    return _command(cls, words[0], words[1], function) if cls is not None and function is not None else None


def _command(cls: Any, resource: str, verb: str, function: Any) -> Command:
    doc = Doc(function.__doc__)
    name = function.__name__
    command = Command((resource, verb), doc, parameters(function, doc), resource.replace("-", "_"), name)
    walk = "iterate" if name == "list" else f"iterate_{name}"
    if hasattr(cls, walk):
        command.walk = walk
        command.options.update(_by_name(_ALL, *_extra(getattr(cls, walk), {"prefetch": "prefetch"})))
    command.wait = _WAITS.get(command.name, "")
    if command.wait:
        command.options["wait"] = Option("wait", "", "wait until the job is over and print its last answer")
        names = {"timeout": "wait-timeout", "interval": "interval"}
        command.options.update(_by_name(*_extra(getattr(cls, command.wait), names)))
    if command.name == "segments export":
        command.options["output"] = _OUTPUT
    if command.name == "products import":
        command.options["confirm"] = _CONFIRM
    return command


def _extra(function: Any, names: Mapping[str, str]) -> list[Option]:
    """Flags for those parameters of a walk or a wait that have a name in ``names``."""
    found = []
    for parameter in parameters(function, Doc(function.__doc__)):
        if parameter.name in names:
            value = "N" if isinstance(parameter.default, int) else "SECONDS"
            about = f"{parameter.about.rstrip('.')}; {parameter.default:g} unless given"
            found.append(Option(names[parameter.name], value, about, parameter=parameter.name))
    return found


def _tool(name: str, text: str, arguments: list[Parameter], *options: Option) -> Command:
    command = Command((name,), Doc(text), arguments, "", "")
    command.options.update(_by_name(*options))
    return command


def _argument(name: str, about: str, kind: str = VALUE) -> Parameter:
    return Parameter(name, kind, True, None, about)


TOOLS = {
    "api": _tool(
        "api",
        "Makes any call of the API, wrapped by a command or not, and prints the answer.\n\n"
        "Calls other than GET, HEAD and OPTIONS carry an Idempotency-Key.",
        [
            _argument("method", "``GET``, ``POST``, ``PUT``, ``PATCH`` or ``DELETE``"),
            _argument("path", "the path below the base URL, such as /segments/"),
        ],
        Option("query", "KEY=VALUE", "a query parameter; may be repeated", many=True),
        Option("body", "BODY", "the JSON body", file=True),
        Option("form", "FIELD=@FILE", "a file to upload in place of a body; - is standard input", file=True),
        Option("idempotency-key", "KEY", "names this call, to repeat it safely; a fresh one unless given"),
    ),
    "doctor": _tool(
        "doctor",
        "Reports what this program would work with, and whether the server answers, as JSON.\n\n"
        "Exits 0 if it does and accepts the key, else 1. latency_ms is the median of five small requests; "
        "clock_skew_s is by how much the server's clock is ahead of this machine's.",
        [],
    ),
    "completion": _tool(
        "completion",
        "Prints a script that makes a shell complete commands, flags and file names.",
        [_argument("shell", "``bash``, ``zsh`` or ``fish``")],
    ),
}
