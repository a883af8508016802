"""Loading a file of events or products into a tenant in batches, each of which notes the progress.

A load that was cut off resumes where it ended, and a file that has grown is loaded from there.
"""

from __future__ import annotations

import gc
import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from segops_sandbox import clock, jobs
from segops_sandbox.catalogue import imports
from segops_sandbox.catalogue.csv_file import BadFile as BadImport
from segops_sandbox.catalogue.upsert import upsert_flat
from segops_sandbox.ingestion.events import Incoming, InvalidEvent, read
from segops_sandbox.ingestion.store import store
from segops_sandbox.models import ImportJob, LoadedFile, Tenant
from segops_sandbox.own_data.files import EVENTS, BadFile, DataFile, Row, open_file, rows

_BATCH: Final = {EVENTS: 10_000}
_PRODUCTS: Final = 1_000
# By so much of its beginning a file is known again.
_HEAD: Final = 64 << 10
_SHOWN: Final = 20
# After so many new objects the garbage collector looks for cycles; by default after 700.
_SELDOM: Final = 100_000


@dataclass
class Report:
    """What became of a file.

    Attributes:
        stored: rows that were stored this time.
        rejected: rows that were not.
        errors: the first of these, each with its line, counted from where the load began.
        already: bytes that an earlier load had done.
    """

    path: Path
    kind: str
    stored: int = 0
    rejected: int = 0
    errors: list[str] = field(default_factory=list)
    already: int = 0
    seconds: float = 0.0

    def reject(self, line: int, problem: str) -> None:
        """Count a row that can't be stored."""
        self.rejected += 1
        if len(self.errors) < _SHOWN:
            self.errors.append(f"line {line}: {problem}")

    def as_dict(self) -> dict[str, Any]:
        """For the JSON line of the command."""
        return {
            "file": str(self.path),
            "kind": self.kind,
            "stored": self.stored,
            "rejected": self.rejected,
            "errors": self.errors,
            "already_loaded_bytes": self.already,
            "seconds": round(self.seconds, 2),
        }


Progress = Callable[[Report, int, int], None]


def load(
    tenant: Tenant, path: Path, *, kind: str | None = None, again: bool = False, progress: Progress | None = None
) -> Report:
    """Load a file, or the rest of one that was loaded in part.

    Args:
        kind: events or products; None to tell by the names in it.
        again: load a file from its beginning that was loaded before.
        progress: called after each batch with the report so far, the bytes that are done, and the bytes of the file.

    Raises BadFile.
    """
    began = time.perf_counter()
    file = open_file(path, kind)
    report = Report(path, file.kind)
    if file.is_csv and file.kind != EVENTS:
        _import(tenant, file, report)
    else:
        known = _known(tenant, file, again=again)
        report.already = known.position
        file.columns = known.columns
        with _seldom_collected():
            for batch in _batches(rows(file, known.position), _BATCH.get(file.kind, _PRODUCTS)):
                with transaction.atomic():
                    _store(tenant, file.kind, batch, report)
                    known.position = batch[-1].end
                    known.save()
                if progress is not None:
                    progress(report, known.position, file.size)
    report.seconds = time.perf_counter() - began
    return report


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Rows are many and hold no cycles: looking for some among them takes a quarter of the time of a load."""
    before = gc.get_threshold()
    gc.set_threshold(_SELDOM, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _known(tenant: Tenant, file: DataFile, *, again: bool) -> LoadedFile:
    """Up to where the file has been loaded; it is recognised by its beginning."""
    with file.path.open("rb") as stream:
        head = stream.read(_HEAD)
    for known in LoadedFile.objects.filter(tenant=tenant, kind=file.kind, head_size__lte=len(head)).order_by("-pk"):
        if known.head_digest == hashlib.sha256(head[: known.head_size]).hexdigest():
            known.position = 0 if again else min(known.position, file.size)
            return known
    return LoadedFile(
        tenant=tenant,
        name=file.path.name[:255],
        kind=file.kind,
        head_size=len(head),
        head_digest=hashlib.sha256(head).hexdigest(),
        columns=file.columns,
    )


def _batches(found: Iterator[Row], size: int) -> Iterator[list[Row]]:
    while batch := list(islice(found, size)):
        yield batch


def _store(tenant: Tenant, kind: str, batch: list[Row], report: Report) -> None:
    for row in batch:
        if row.value is None:
            report.reject(row.line, row.problem)
    good = [(row.line, row.value) for row in batch if row.value is not None]
    if kind == EVENTS:
        _store_events(tenant, good, report)
        return
    outcome = upsert_flat(tenant, [value for _, value in good])
    report.stored += outcome.created + outcome.updated
    for error in outcome.errors:
        report.reject(good[error["index"]][0], error["error"])


def _store_events(tenant: Tenant, good: list[tuple[int, dict[str, Any]]], report: Report) -> None:
    now = clock.now_micros()
    events: list[Incoming] = []
    for line, value in good:
        try:
            events.append(read(value, uid=None, now=now))
        except InvalidEvent as exc:
            name, messages = next(iter(exc.errors.items()))
            report.reject(line, f"{name}: {messages[0]}")
    stored = store(tenant, events)
    report.stored += stored
    for _ in range(len(events) - stored):
        report.reject(0, "against the schema of its event type: see GET /_sandbox/ingestion-errors/")


def _import(tenant: Tenant, file: DataFile, report: Report) -> None:
    """A CSV of products, by the platform's own import with the mapping that it suggests."""
    try:
        with file.path.open("rb") as stream:
            job = imports.upload(tenant, file.path.name, stream)
    except BadImport as exc:
        raise BadFile(f"{file.path}: {exc}") from exc
    with transaction.atomic():
        imports.confirm(job, None, None)
    while job.status not in (ImportJob.DONE, ImportJob.FAILED):
        if jobs.run_next() is None:  # a server on the same database has taken it
            time.sleep(0.05)
        job.refresh_from_db()
    if job.status == ImportJob.FAILED:
        raise BadFile(f"{file.path}: the import failed, see GET /api/pim/import/{job.pk}/.")
    report.stored = job.imported_count
    for error in job.errors:
        report.reject(error["line"], f"{error['column'] or 'row'}: {error['error']}")
