"""Profiles: which server and key to work with, in a file that only its owner reads.

``$XDG_CONFIG_HOME/segops/config.json`` (``~/.config`` unless set; ``%APPDATA%`` on Windows)::

    {"current": "work", "profiles": {"work": {"url": "https://...", "api_key_command": "pass show segops"}}}
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from .failures import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["KEYS", "Profile", "active", "chosen", "config_path", "load", "save", "words_of"]

KEYS = ("url", "api_key", "api_key_command", "timeout", "protected")
"""What a profile may hold."""


class Profile:
    """What a profile says.

    Attributes:
        name: its name; empty where no profile is in use.
        values: its keys.
    """

    def __init__(self, name: str = "", values: Mapping[str, Any] | None = None) -> None:
        self.name = name
        self.values: Mapping[str, Any] = values or {}
        self._key: str | None = None

    def get(self, key: str) -> Any:
        return self.values.get(key)

    @property
    def is_protected(self) -> bool:
        return self.values.get("protected") is True

    def key(self) -> str | None:
        """The API key: what its command prints, or the one that is stored.

        Raises:
            UsageError: the command fails, or prints nothing.
        """
        if self._key is None:
            command = self.get("api_key_command")
            self._key = _printed(self.name, command) if command else self.get("api_key") or None
        return self._key


def config_path() -> str:
    """Where the profiles are."""
    home = os.environ.get("APPDATA", "") if sys.platform == "win32" else os.environ.get("XDG_CONFIG_HOME", "")
    folder = home if os.path.isabs(home) else os.path.join(os.path.expanduser("~"), ".config")
    return os.path.join(folder, "segops", "config.json")


def load() -> dict[str, Any]:
    """The content of the file: ``current`` and ``profiles``; empty where there is none.

    Raises:
        UsageError: others can read it, or it holds something else.
    """
    from .files import read_json

    path = config_path()
    try:
        status = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return {"current": None, "profiles": {}}
    except OSError as error:
        raise UsageError(f"cannot read {path!r}: {error.strerror}.") from error
    if sys.platform != "win32" and status.st_mode & 0o077:
        raise UsageError(f"{path!r} can be read by others: keys may be in it.", f"chmod 600 {path}")
    content = read_json(path)
    profiles = content.get("profiles", {}) if isinstance(content, dict) else None
    if not isinstance(profiles, dict) or not all(isinstance(each, dict) for each in profiles.values()):
        raise UsageError(f"{path!r} must hold an object with profiles, each an object.")
    current = content.get("current")
    return {"current": current if isinstance(current, str) else None, "profiles": profiles}


def save(content: Mapping[str, Any]) -> None:
    """Writes the file, whole or not at all, for its owner only."""
    import json

    from .files import write_whole

    text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    write_whole(os.path.realpath(config_path()), text, private=True)


def chosen(options: Mapping[str, Any], content: Mapping[str, Any]) -> str | None:
    """The name of the profile that is meant, by flag, by environment, or as the current one; None if none is."""
    name: str | None = options.get("profile") or os.environ.get("SEGOPS_PROFILE") or content["current"]
    return name


def active(options: Mapping[str, Any]) -> Profile:
    """The profile that a command line works with: by flag, by environment, the current one, or ``default``.

    Raises:
        UsageError: there is none of that name, or the file cannot be used.
    """
    content = load()
    profiles: dict[str, Any] = content["profiles"]
    named = chosen(options, content)
    if named is None:
        return Profile("default", profiles["default"]) if "default" in profiles else Profile()
    if named not in profiles:
        known = ", ".join(profiles) or "none"
        raise UsageError(
            f"there is no profile {named!r}.",
            f"There are: {known}. segops-admin config set --profile={named} KEY VALUE",
        )
    return Profile(named, profiles[named])


def _printed(name: str, command: Any) -> str:
    """The first line that a command prints; the rest, and what it says of itself, is not shown."""
    import subprocess

    words = words_of(command) if isinstance(command, str) else []
    what = f"the api_key_command of profile {name!r}"
    if not words:
        raise UsageError(f"{what} is no command.")
    try:
        done = subprocess.run(words, stdout=subprocess.PIPE, check=False)
    except (OSError, ValueError) as error:
        raise UsageError(f"{what} cannot be run: {words[0]!r} is not found or no program.") from error
    if done.returncode:
        raise UsageError(f"{what} failed with exit code {done.returncode}.")
    lines = done.stdout.decode("utf-8", "replace").strip().splitlines()
    if not lines:
        raise UsageError(f"{what} printed nothing.")
    return lines[0].strip()


def words_of(text: str) -> list[str]:
    """The words of a command, by quotes and backslashes as in a shell; nothing in them is expanded.

    Raises:
        UsageError: a quote is not closed.
    """
    import shlex

    try:
        return shlex.split(text)
    except ValueError as error:
        raise UsageError(f"{text!r} ends within quotes.") from error
