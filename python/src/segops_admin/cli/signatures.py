"""What does a resource method take, and what does its docstring say?

Read from the function object itself: ``inspect`` and ``re`` would cost more than all the rest of ``--help``.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["ARRAY", "FILE", "OBJECT", "OUT", "QUERY", "VALUE", "Doc", "Parameter", "marked", "parameters", "plain"]

VALUE, OBJECT, ARRAY, FILE, OUT, QUERY = "value", "object", "array", "file", "out", "query"
"""What a parameter is to the shell: a word, a JSON object, a JSON array, a file to send, a file to write, flags."""

_INTERNAL = ("on_progress",)


class Parameter:
    """One parameter of a method.

    Attributes:
        name: as in Python.
        kind: one of the kinds above.
        required: whether it has no default.
        default: that default.
        about: what the docstring says of it.
    """

    __slots__ = ("about", "default", "kind", "name", "required")

    def __init__(self, name: str, kind: str, required: bool, default: Any, about: str) -> None:
        self.name = name
        self.kind = kind
        self.required = required
        self.default = default
        self.about = about

    @property
    def shown(self) -> str:
        """How help and messages name it: a file by what it holds."""
        return {OBJECT: "BODY", ARRAY: "BODY", FILE: "CSV", OUT: "OUT"}.get(self.kind, self.name)


class Doc:
    """A docstring taken apart.

    Attributes:
        summary: its first paragraph.
        details: what follows, up to the first section.
        arguments: what it says of each argument.
        source: the page that it names.
    """

    __slots__ = ("arguments", "details", "source", "summary")

    def __init__(self, text: str | None) -> None:
        paragraphs, self.source = _paragraphs(text or "")
        self.arguments: dict[str, str] = {}
        prose = []
        for lines in paragraphs:
            if lines[0] == "Args:":
                self.arguments = _arguments(lines[1:])
            elif not lines[0].endswith(":") and not lines[0].startswith("See "):
                prose.append(" ".join(line.strip() for line in lines))
        self.summary = prose[0] if prose else ""
        self.details = prose[1:]


def _paragraphs(text: str) -> tuple[list[list[str]], str]:
    """The paragraphs as lists of lines without the common indentation, and the page after ``Source:``."""
    lines = text.expandtabs().splitlines()
    margin = min((len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()), default=0)
    source = ""
    paragraphs: list[list[str]] = [[]]
    for number, line in enumerate(lines):
        line = (line if number == 0 else line[margin:]).rstrip()
        if line.startswith("Source: "):
            source = line[8:]
        elif line:
            paragraphs[-1].append(line)
        elif paragraphs[-1]:
            paragraphs.append([])
    return [paragraph for paragraph in paragraphs if paragraph], source


def _arguments(lines: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    name = ""
    for line in lines:
        if line.startswith("        "):
            found[name] += " " + line.strip()
        else:
            name, _, about = line.strip().partition(": ")
            found[name] = about
    return found


def parameters(function: Any, doc: Doc) -> list[Parameter]:
    """The parameters of a method, without ``self`` and without callbacks, in order."""
    code = function.__code__
    positional = code.co_varnames[1 : code.co_argcount]
    by_name = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    defaults = function.__defaults__ or ()
    default_of = dict(zip(positional[len(positional) - len(defaults) :], defaults))
    default_of.update(function.__kwdefaults__ or {})
    return [
        Parameter(
            name,
            _kind(name, function.__annotations__.get(name, "")),
            name not in default_of,
            default_of.get(name),
            doc.arguments.get(name, ""),
        )
        for name in positional + by_name
        if name not in _INTERNAL
    ]


def _kind(name: str, annotation: str) -> str:
    """The kind for an annotation, which is text: the modules postpone the evaluation of theirs."""
    if name == "params":
        return QUERY
    if name in ("body", "definition", "payload", "event"):
        return OBJECT
    if annotation.startswith("Iterable["):
        return ARRAY
    return {"FileData": FILE, "Sink": OUT}.get(annotation, VALUE)


def marked(text: str) -> list[str]:
    """The names that a docstring puts between double backticks, those in parentheses left out."""
    while "(" in text and ")" in text[text.index("(") :]:
        start = text.index("(")
        text = text[:start] + text[text.index(")", start) + 1 :]
    return [name for name in text.split("``")[1::2] if name.isidentifier()]


def plain(text: str) -> str:
    """A docstring's text for a terminal: ASCII, without backticks."""
    text = text.replace("``", "").replace("\u2026", "...")
    return text if text.isascii() else text.encode("ascii", "backslashreplace").decode("ascii")
