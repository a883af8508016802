"""Completion, installed: the script of a shell is written where that shell looks for it."""

from __future__ import annotations

import os
import sys
from typing import Any

from .failures import UsageError
from .files import write_whole
from .shells import SCRIPTS, script

__all__ = ["install"]


def install(shell: str | None) -> tuple[dict[str, Any], str]:
    """Writes the script of a shell, whole or not at all.

    Args:
        shell: its name; that of ``SHELL`` unless given.

    Returns:
        What was done, and what is left to do.

    Raises:
        UsageError: the shell is not known, or the file cannot be written.
    """
    shell = shell or _own_shell()
    path, advice = _place(shell)
    content = script(shell)
    changed = _written(path) != content
    if changed:
        write_whole(path, content)
    return {"shell": shell, "path": path, "changed": changed}, advice


def _own_shell() -> str:
    given = os.environ.get("SHELL", "")
    shell = os.path.basename(given)
    if shell not in SCRIPTS:
        raise UsageError(
            f"SHELL={given!r} is no shell that there is completion for.",
            f"Name one: segops-admin completion install {'|'.join(SCRIPTS)}",
        )
    return shell


def _place(shell: str) -> tuple[str, str]:
    """Where a shell looks for the script, and what it needs to look there."""
    home = os.path.expanduser("~")
    config = os.environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config")
    if shell == "bash":
        data = os.environ.get("XDG_DATA_HOME") or os.path.join(home, ".local", "share")
        path = os.path.join(data, "bash-completion", "completions", "segops-admin")
        return path, f"New shells load it by bash-completion. Without that, add to ~/.bashrc: source '{path}'"
    if shell == "zsh":
        folder = os.path.join(os.environ.get("ZDOTDIR") or home, ".zfunc")
        return os.path.join(folder, "_segops-admin"), f"Add to .zshrc, before compinit: fpath=('{folder}' $fpath)"
    if shell == "fish":
        return os.path.join(config, "fish", "completions", "segops-admin.fish"), "New shells load it."
    folder = os.path.join(home, "Documents", "PowerShell") if sys.platform == "win32" else f"{config}/powershell"
    path = os.path.join(folder, "segops-admin.ps1")
    return path, f"Add to $PROFILE: . '{path}'"


def _written(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8", newline="") as file:
            return file.read()
    except (OSError, ValueError):
        return None
