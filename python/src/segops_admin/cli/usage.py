"""What is said of a command line that cannot be understood: what is wrong, what may be meant, the grammar."""

from __future__ import annotations

from .commands import GLOBAL, OWN_WORDS
from .failures import UsageError
from .suggestions import closest, nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .shapes import Command, Option

__all__ = ["PROGRAM", "refuse_choice", "refuse_flag", "refuse_slip", "unknown", "usage"]

PROGRAM = "segops-admin"


def unknown(word: str, known: Iterable[str], what: str, program: str) -> UsageError:
    """The error for a word that is none of those known, with a suggestion."""
    meant = closest(word, known)
    advice = f"Did you mean {program} {meant}? " if meant else ""
    return UsageError(f"unknown {what} {word!r}.", f"{advice}{PROGRAM} help lists all.")


def refuse_flag(name: str, command: Command | None) -> None:
    """Refuses a flag that the command does not have, with a suggestion."""
    known = [*(command.options if command is not None else ()), *GLOBAL]
    where = command.name if command is not None else PROGRAM
    meant = closest(name, known)
    advice = f"Did you mean --{meant}? " if meant else ""
    if command is None:
        advice += f"Flags of a command come after it. {PROGRAM} --help lists those that may come before."
    elif command.query is not None and name.replace("_", "-") in OWN_WORDS:
        advice = f"It belongs to other commands. As a query parameter all the same: --query {name}=VALUE"
    else:
        advice += f"{PROGRAM} {command.name} --help lists its flags."
    raise UsageError(f"{where}: unknown flag --{name}.", advice)


def usage(command: Command) -> str:
    """A command's grammar, on one line."""
    arguments = (f"[<{each.shown}>]" if each.optional else f"<{each.shown}>" for each in command.arguments)
    words = [PROGRAM, *command.words, *arguments]
    words += [f"[--{o.name}={o.value}]" if o.value else f"[--{o.name}]" for o in command.options.values()]
    if command.query is not None:
        words += [f"[--{name}=VALUE]" for name in command.known_query] + ["[--KEY=VALUE]"]
    return "usage: " + " ".join(words)


def refuse_slip(name: str, command: Command) -> None:
    """Refuses a flag that is close to a known one: sent on, it would be ignored, and the listing be another one."""
    known = [*command.options, *(each.replace("_", "-") for each in command.known_query), *GLOBAL]
    meant = nearest(name, known)
    if meant:
        advice = f"Did you mean --{meant}? As a query parameter all the same: --query {name}=VALUE"
        raise UsageError(f"{command.name}: unknown flag --{name}.", advice)


def refuse_choice(option: Option, value: str, command: Command | None) -> None:
    """Refuses a value that is none of a flag's choices; ``--output`` alone has some that the method does not check."""
    choices = f"{', '.join(option.choices[:-1])} or {option.choices[-1]}"
    to_file = command is not None and "to" in command.options
    advice = f"To write the export to a file: --to={value}" if to_file else ""
    raise UsageError(f"--{option.name} must be {choices}, not {value!r}.", advice)
