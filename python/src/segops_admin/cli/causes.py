"""What an error can come from, by the command line that it ended; for messages and for the doctor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .failures import kind_of
from .table import CAUSES
from .usage import PROGRAM

if TYPE_CHECKING:
    from .parsing import Invocation
    from .shapes import Command

__all__ = ["causes", "causes_told"]


def causes(error: BaseException, command: Command, line: Invocation, url: str) -> list[str]:
    """What it can be, in words.

    Args:
        url: the base URL of the calls.
    """
    kind = kind_of(error)
    facts = {"always": "", **_facts(command, line, url)}
    named = {"url": url, **{name.replace("-", "_"): value for name, value in facts.items()}}
    # Event types of a listing's own are named by `list` too.
    return [says.format(**named) for kinds, when, says in CAUSES if kind in kinds and when in facts]


def causes_told(found: list[str]) -> str:
    """Causes as one line of advice."""
    if not found:
        return ""
    return f"Possible cause{'s' if len(found) > 1 else ''}: {'; or '.join(found)}."


def _facts(command: Command, line: Invocation, url: str) -> dict[str, str]:
    """What is so, of what causes depend on, each with the value that belongs to it."""
    facts: dict[str, str] = {}
    if not url.endswith("/api"):
        facts["bare-url"] = url
    page = line.query.get("page")
    if isinstance(page, str) and page.isascii() and page.isdigit() and int(page) > 1:
        facts["page"] = page
    for argument, text in zip(command.arguments, line.arguments):
        if argument.name == "event_type":
            facts.update({"event-type": repr(text), "list": f"{PROGRAM} schemas list"})
        elif argument.name == "id" or argument.name.endswith("_id"):
            facts.setdefault("id", repr(text))
            facts.setdefault("list", _listing(command))
        elif argument.name == "path":
            facts["path"] = text
    return facts


def _listing(command: Command) -> str:
    """The command that shows which ids there are."""
    from .commands import verbs

    resource = command.words[0]
    verb = next((verb for verb in ("list", "search") if verb in verbs(resource)), "--help")
    return f"{PROGRAM} {resource} {verb}"
