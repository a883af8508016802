"""The state file of an import in parts: what has been done, so that it resumes after a crash.

It stands beside the CSV file while the import is under way. Both SDKs write the same format, and resume each other's
imports.
"""

from __future__ import annotations

import hashlib
import json
import os
from typing import Any

from .._errors import SegOpsArgumentError

__all__ = ["State", "account_of", "state_path"]

_FORMAT = "segops-import/1"
_KEYS = ("run", "file", "server", "account", "rows", "confirmation", "mapping", "parts")


def state_path(csv_path: str) -> str:
    """Where the state of an import of that file stands."""
    return f"{csv_path}.segops-import.json"


def account_of(api_key: str, sha256: str) -> str:
    """Tells an API key from others without giving it away."""
    return hashlib.sha256(f"segops-import {sha256} {api_key}".encode()).hexdigest()[:16]


class State:
    """What has been done of an import.

    Attributes:
        path: the state file.
        told: its content: the file's name, size and SHA-256, the server, how the file is cut, the mapping of all parts,
            and the parts that have been begun.
    """

    def __init__(self, csv_path: str) -> None:
        self._csv = os.path.basename(csv_path)
        self.path = state_path(csv_path)
        self.told: dict[str, Any] = {}

    @property
    def parts(self) -> list[dict[str, Any]]:
        """The parts that have been begun, the last one perhaps under way."""
        begun: list[dict[str, Any]] = self.told["parts"]
        return begun

    def open(self, wanted: dict[str, Any], run: str) -> None:
        """Reads the state of an import that was begun, or makes the one of a new import.

        Args:
            wanted: the file, the server, and how the file is to be imported.
            run: names a new import.

        Raises:
            SegOpsArgumentError: another import of this file was begun and not finished.
        """
        try:
            with open(self.path, "rb") as file:
                content = file.read()
        except FileNotFoundError:
            self.told = {"format": _FORMAT, "run": run, **wanted, "mapping": None, "parts": []}
            return  # written down with its first part
        except OSError as error:
            raise SegOpsArgumentError(f"The state file {self.path!r} cannot be read: {error}") from error
        self.told = self._read(content)
        self._compare(wanted)

    def _read(self, content: bytes) -> dict[str, Any]:
        try:
            told = json.loads(content.decode("utf-8-sig"))
        except ValueError:
            told = None
        if not isinstance(told, dict) or told.get("format") != _FORMAT or any(key not in told for key in _KEYS):
            raise SegOpsArgumentError(f"{self.path!r} is not the state file of an import: {self._anew('move it away')}")
        return told

    def _compare(self, wanted: dict[str, Any]) -> None:
        done = max((part["last_row"] for part in self.parts if part["status"] == "done"), default=0)
        so_far = f"rows 1 to {done} of it were imported" if done else "nothing of it was imported"
        if self.told["file"].get("sha256") != wanted["file"]["sha256"]:
            raise SegOpsArgumentError(
                f"{self._csv} has changed since its import was begun; {so_far}. "
                f"Restore it to resume, or {self._anew('delete')}"
            )
        for key, what in (
            ("server", f"with the server {self.told['server']}"),
            ("account", "with another API key"),
            ("rows", f"with {self.told['rows']} rows a part"),
            ("confirmation", "with another mapping"),
        ):
            if self.told[key] != wanted[key]:
                raise SegOpsArgumentError(
                    f"The import of {self._csv} was begun {what}; {so_far}. Resume with that, or {self._anew('delete')}"
                )

    def _anew(self, verb: str) -> str:
        return f"{verb} {self.path!r} to start over." if verb == "delete" else f"{verb} to start over."

    def save(self) -> None:
        """Saves the state, whole or not at all.

        Raises:
            SegOpsArgumentError: the folder of the CSV file cannot be written to.
        """
        partial = f"{self.path}.part"
        try:
            with open(partial, "wb") as file:
                file.write(f"{json.dumps(self.told, ensure_ascii=False, indent=2)}\n".encode())
                file.flush()
                os.fsync(file.fileno())
            os.replace(partial, self.path)
        except OSError as error:
            raise SegOpsArgumentError(
                f"Cannot write {self.path!r}, which keeps the progress of the import: {error}"
            ) from error

    def remove(self) -> None:
        """Removes the file: the import is complete."""
        os.unlink(self.path)
