"""The course of an import in parts: cut, then upload, confirm and wait part by part. It makes no request by itself."""

from __future__ import annotations

import os
import stat
from collections.abc import Generator
from functools import partial
from typing import IO, Any, Callable

from .._errors import SegOpsApiError, SegOpsArgumentError, SegOpsJobError, SegOpsNotFoundError, SegOpsWaitTimeout
from .._runtime import Runtime
from .._wire.bodies import checked_object
from .._wire.csv_parts import MOST_ROWS, Part, Plan, Section, plan
from .._wire.words import described
from .parts_state import State, account_of
from .steps import Ask, Sleep, Work
from .waiting import checked_limits

__all__ = ["CsvImport"]

_FIRST_PAUSE = 0.1
_UPLOAD = "/pim/import/csv/"
_COUNTS = ("row_count", "imported_count", "skipped_count", "error_count")


class CsvImport:
    """One import of a CSV file in parts.

    Args:
        products: the namespace that makes the calls.
        path: the CSV file.
        rows: how many rows a part has at most.
        body: how each part is confirmed; what is left out is taken from the first part's proposal.
        limits: ``timeout`` and ``interval`` of waiting for a part.
        on_progress: called with the part under way whenever it has come further.
    """

    def __init__(
        self, products: Any, path: Any, *, rows: Any, body: Any, limits: dict[str, Any], on_progress: Any
    ) -> None:
        if not isinstance(path, (str, os.PathLike)) or not isinstance(os.fspath(path), str):
            raise SegOpsArgumentError(f"Give the path of a CSV file, not {described(path)}.")
        if isinstance(rows, bool) or not isinstance(rows, (int, float)) or not 1 <= rows <= MOST_ROWS or rows % 1:
            raise SegOpsArgumentError(f"rows must be a whole number from 1 to {MOST_ROWS}, not {described(rows)}.")
        self._products = products
        self._path = os.fspath(path)
        self._name = os.path.basename(self._path)
        self._rows = int(rows)
        self._body = None if body is None else dict(checked_object("body", body))
        checked_limits(**limits)
        self._limits = limits
        self._on_progress: Callable[[Any], object] | None = on_progress
        self._runtime: Runtime = products._http.runtime

    def course(self) -> Generator[Any, Any, Any]:
        """The steps of the import; returns its totals."""
        try:
            file = open(self._path, "rb")  # noqa: SIM115 -- closed below
        except (OSError, ValueError) as error:
            raise SegOpsArgumentError(f"The file {self._path!r} cannot be read: {error}") from error
        with file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise SegOpsArgumentError(f"{self._path!r} is no regular file: it cannot be sent in parts.")
            self._file = file
            self._status = _identity(file)
            cut: Plan = yield Work(lambda: plan(file, self._name, self._rows))
            state = State(self._path)
            state.open(self._wanted(cut), self._runtime.new_key()[:8])
            for number, part in enumerate(cut.parts, 1):
                told = self._begun(state, number, len(cut.parts), part)
                if told["status"] != "done":
                    try:
                        yield from self._import(state, told, partial(Section, file, cut.head, part))
                    except SegOpsApiError as error:
                        self._refused(state, told, error)
                        raise
            done = _summed(state.parts)
            state.remove()
            return done

    def _wanted(self, cut: Plan) -> dict[str, Any]:
        options = self._products._http.options
        return {
            "file": {"name": self._name, "size": cut.size, "sha256": cut.sha256},
            "server": options.base_url,
            "account": account_of(options.key, cut.sha256),
            "rows": self._rows,
            "confirmation": self._body,
        }

    def _begun(self, state: State, number: int, parts: int, part: Part) -> dict[str, Any]:
        """A part as the state tells it, newly begun unless it has been."""
        if len(state.parts) >= number:
            return state.parts[number - 1]
        told: dict[str, Any] = {"part": number, "parts": parts, "first_row": part.first_row, "last_row": part.last_row}
        told.update(attempt=1, job_id=None, status="uploading", **dict.fromkeys(_COUNTS, 0))
        state.parts.append(told)
        state.save()
        return told

    def _import(self, state: State, told: dict[str, Any], section: Callable[[], Section]) -> Generator[Any, Any, None]:
        """Finishes one part, from whatever state it is in."""
        job: Any = None
        if told["job_id"] is not None:
            job = yield from self._found(state, told)
        if told["job_id"] is None:
            job = yield from self._upload(state, told, section)
        if job.get("status", "mapping") in ("mapping", "pending"):
            yield from self._confirm(state, told)

        def watch(answer: Any) -> None:
            self._tell(told, answer)

        try:
            job = yield Ask(lambda: self._products.wait_for_import(told["job_id"], on_progress=watch, **self._limits))
        except SegOpsJobError as error:
            self._again(state, told)
            raise SegOpsJobError(f"{self._place(told)}: {error}", error.job) from error
        except SegOpsWaitTimeout as error:
            raise SegOpsWaitTimeout(f"{self._place(told)}: {error}", error.job) from error

    def _found(self, state: State, told: dict[str, Any]) -> Generator[Any, Any, Any]:
        """A part's import, as it is by now; one that the server no longer knows is created again."""
        try:
            job = yield Ask(lambda: self._products.import_status(told["job_id"]))
        except SegOpsNotFoundError:
            self._again(state, told)
            return None
        return job

    def _upload(self, state: State, told: dict[str, Any], section: Callable[[], Section]) -> Generator[Any, Any, Any]:
        self._progress(told)
        stem, extension = os.path.splitext(self._name)
        name = f"{stem}-part-{told['part']}{extension}"
        key = self._key(state, told, "upload")
        answer = yield from self._settled(
            lambda: self._products._upload("import_csv", _UPLOAD, ("file", name, section()), unnamed=name, key=key)
        )
        if _identity(self._file) != self._status:
            raise SegOpsArgumentError(f"{self._name} has changed while part {told['part']} was sent. {_BEGUN}")
        job_id = answer.get("job_id") or answer.get("id")
        if state.told["mapping"] is None:
            given = (self._body or {}).get("mapping")
            state.told["mapping"] = given if given is not None else answer.get("suggested_mapping")
        told["job_id"], told["status"] = job_id, "mapping"
        state.save()
        self._progress(told)
        return answer

    def _confirm(self, state: State, told: dict[str, Any]) -> Generator[Any, Any, None]:
        mapping = state.told["mapping"]
        body = {**(self._body or {}), **({"mapping": mapping} if mapping is not None else {})}
        key = self._key(state, told, "confirm")
        yield from self._settled(lambda: self._products.confirm_import(told["job_id"], body, idempotency_key=key))

    def _settled(self, make: Callable[[], Any]) -> Generator[Any, Any, Any]:
        """A call whose earlier attempt, by a process that is gone, may still be under way: 409 until that has ended."""
        end = self._runtime.monotonic() + self._limits["timeout"]
        pause = _FIRST_PAUSE
        while True:
            try:
                return (yield Ask(make))
            except SegOpsApiError as error:
                if error.status != 409 or self._runtime.monotonic() >= end:
                    raise
            yield Sleep(min(pause, self._limits["interval"]))
            pause *= 2

    def _refused(self, state: State, told: dict[str, Any], error: SegOpsApiError) -> None:
        """Says which part it was. What was refused for certain is sent again, not replayed, the next time.

        409 is no refusal: what an earlier attempt has begun is still under way, and a new key would do it twice.
        """
        error.args = (f"{self._place(told)}: {error}",)
        if error.status < 500 and error.status != 409 and not error.may_have_executed:
            told["attempt"] += 1
            state.save()

    def _again(self, state: State, told: dict[str, Any]) -> None:
        """Takes back a part's import, so that the next one is another."""
        told |= {"attempt": told["attempt"] + 1, "job_id": None, "status": "uploading"}
        state.save()

    def _tell(self, told: dict[str, Any], job: Any) -> None:
        if isinstance(job, dict):
            told["status"] = job.get("status")
            for key in _COUNTS:
                told[key] = job.get(key) or 0
        self._progress(told)

    def _progress(self, told: dict[str, Any]) -> None:
        if self._on_progress is not None:
            self._on_progress(_shown(told))

    def _key(self, state: State, told: dict[str, Any], what: str) -> str:
        number = told["part"] if told["attempt"] == 1 else f"{told['part']}.{told['attempt']}"
        return f"import-{state.told['file']['sha256'][:32]}-{state.told['run']}-{number}-{what}"

    def _place(self, told: dict[str, Any]) -> str:
        return (
            f"Part {told['part']} of {told['parts']} (rows {told['first_row']} to {told['last_row']} of {self._name})"
        )


_BEGUN = "What was sent last is not imported; leave the file alone while it is."


def _identity(file: IO[bytes]) -> tuple[int, int]:
    status = os.fstat(file.fileno())
    return status.st_size, status.st_mtime_ns


def _shown(told: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in told.items() if key != "attempt"}


def _summed(parts: list[dict[str, Any]]) -> dict[str, Any]:
    return {"parts": [_shown(part) for part in parts], **{key: sum(part[key] for part in parts) for key in _COUNTS}}
