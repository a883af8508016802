"""The commands by their words: look-ups in the generated table."""

from __future__ import annotations

from . import table
from .table import OWN_WORDS, SHORT

TYPE_CHECKING = bool()
if TYPE_CHECKING:
    from collections.abc import Mapping

    from .shapes import Command, Option, Resource

__all__ = ["GLOBAL", "OWN_WORDS", "RESOURCES", "SHORT", "TOOLS", "find", "takes", "verbs"]

GLOBAL: Mapping[str, Option] = {option.name: option for option in table.GLOBAL}
RESOURCES: Mapping[str, Resource] = {resource.name: resource for resource in table.RESOURCES}
TOOLS: Mapping[str, Command] = {tool.name: tool for tool in table.TOOLS}


def verbs(resource: str) -> Mapping[str, Command]:
    """The commands of a resource, by their verbs; nothing for a word that is no resource."""
    return RESOURCES[resource].commands if resource in RESOURCES else {}


def find(word: str, verb: str | None = None) -> Command | None:
    """The command of that name."""
    return TOOLS.get(word) if verb is None else verbs(word).get(verb)


def takes(command: Command | None, name: str) -> Option | None:
    """The flag of that name, a command's own or a global one."""
    return (command.options.get(name) if command is not None else None) or GLOBAL.get(name)
