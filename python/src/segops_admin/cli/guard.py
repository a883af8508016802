"""What stands between a command that changes something and the server: SEGOPS_READONLY, and protected profiles."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from .failures import UsageError
from .settings import is_on

if TYPE_CHECKING:
    from .parsing import Invocation
    from .profiles import Profile
    from .shapes import Command

__all__ = ["check_write"]


def check_write(command: Command, line: Invocation, profile: Profile) -> None:
    """Refuses, or asks about, a command that would change something.

    Raises:
        UsageError: it must not be carried out.
    """
    if line.options.get("dry-run") or not _changes(command, line):
        return
    if is_on("SEGOPS_READONLY"):
        raise UsageError(f"SEGOPS_READONLY is set, and {command.name} changes something.", "Nothing was sent.")
    if not profile.is_protected or line.options.get("yes"):
        return
    url = line.options.get("api-url") or os.environ.get("SEGOPS_API_URL") or profile.get("url")
    where = f"profile {profile.name!r} ({url})" if url else f"profile {profile.name!r}"
    if not (sys.stdin is not None and sys.stdin.isatty() and sys.stderr is not None and sys.stderr.isatty()):
        raise UsageError(
            f"{where} is protected, and {command.name} changes something.", "With --yes it is carried out."
        )
    sys.stderr.write(f"{where} is protected, and {command.name} changes something. Carry it out? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise UsageError("not confirmed.", "Nothing was sent.")


def _changes(command: Command, line: Invocation) -> bool:
    if command.name == "api":
        return line.arguments[0].upper() not in ("GET", "HEAD", "OPTIONS")
    return command.mutates
