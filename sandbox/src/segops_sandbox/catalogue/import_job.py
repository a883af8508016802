"""The job of a confirmed import: rows become products, a chunk a transaction, so that polling shows its progress.

What is noted as done is committed together with the products, so an interrupted import resumes where it stopped.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import transaction

from segops_sandbox import clock, jobs
from segops_sandbox.catalogue import import_file
from segops_sandbox.catalogue.cells import from_cell, reads_back
from segops_sandbox.catalogue.columns import GUESSED
from segops_sandbox.catalogue.csv_file import CsvRow, rows_of
from segops_sandbox.catalogue.fields import MAX_NAME, MAX_SKU, RESERVED
from segops_sandbox.catalogue.product_schema import field_types
from segops_sandbox.catalogue.upsert import CHUNK, Row, chunks, upsert_chunk
from segops_sandbox.models import ImportJob, Tenant
from segops_sandbox.product_segments.compute import products_changed

KIND = "products.import"
CONVERTED, KEPT = "converted", "kept"
_ERRORS_KEPT = 100
_EXAMPLE = 60


class Overtaken(Exception):
    """Another server is working on this import."""


def _failed(tenant: Tenant, error: Exception, import_id: int) -> None:
    """Record why the import failed, and its progress: products of earlier chunks stay in the catalogue."""
    job = _under_way(tenant, import_id)
    if job is None:
        return
    done = job.imported_count + job.skipped_count
    why = str(error).rstrip(".") or type(error).__name__
    message = (
        f"{why}. The first {done:,} of {job.row_count:,} rows were worked off "
        f"({job.imported_count:,} imported), nothing of the others. Upload the file again to continue."
    )
    ImportJob.objects.filter(pk=job.pk).update(status=ImportJob.FAILED, error_message=message, updated_at=clock.now())
    import_file.discard(job)
    products_changed(tenant)


@jobs.handler(KIND, _failed)
def run(tenant: Tenant, import_id: int) -> None:
    """Import all rows that are not imported yet."""
    job = _under_way(tenant, import_id)
    if job is not None:
        with suppress(Overtaken):
            _import(job)


def _under_way(tenant: Tenant, import_id: int) -> ImportJob | None:
    return ImportJob.objects.filter(tenant=tenant, pk=import_id, status=ImportJob.IMPORTING).first()


@dataclass
class Report:
    """The outcome of some rows."""

    skipped: int = 0
    errors: list[dict[str, Any]] = field(default_factory=list)
    # By column: how many cells became something else than their text, or stayed text beside a type; the first of them.
    changes: dict[str, dict[str, Any]] = field(default_factory=dict)

    def changed(self, column: str, target: str, kind: str, action: str, cell: str) -> None:
        """Count a cell."""
        example = cell.strip()[:_EXAMPLE]
        first = {"field": target, "type": kind, "action": action, "count": 0, "example": example}
        self.changes.setdefault(column, first)["count"] += 1

    def add(self, line: int, sku: str | None, column: str | None, error: str) -> None:
        """Record a value that could not be converted."""
        self.errors.append({"line": line, "sku": sku, "column": column, "error": error})


class RowReader:
    """Turns the rows of a file into rows to upsert, by the job's mapping and the catalogue's field types."""

    def __init__(self, job: ImportJob) -> None:
        types = field_types(job.tenant)
        columns = {target: column for column, target in job.mapping.items() if target is not None}
        self._sku = columns["sku"]
        self._name = columns.get("name")
        self._fields = [
            (target, column, types.get(target, "string"))
            for target, column in columns.items()
            if target not in RESERVED
        ]
        # A type that was only guessed must not cost a later file its leading zeros.
        self._kept = {
            target
            for target, column, kind in self._fields
            if kind in GUESSED and target not in job.declared and kind not in job.lossless.get(column, GUESSED)
        }

    def read(self, row: CsvRow, report: Report) -> Row | None:
        """The row to upsert; None, noted in the report, when it has no usable SKU."""
        sku = row.cells[self._sku].strip()
        if not sku or len(sku) > MAX_SKU:
            report.skipped += 1
            why = f"The SKU has more than {MAX_SKU} characters" if sku else "The row has no SKU"
            report.add(row.line, None, self._sku, f"{why}; skipped.")
            return None
        if row.surplus:
            report.add(row.line, sku, None, f"The row has {row.surplus} more cells than there are columns; left out.")
        data = {}
        for target, column, kind in self._fields:
            data[target] = self._value(row, sku, target, column, kind, report)
        return Row(sku, self._name_of(row, sku, report), data, row.cells)

    def _value(self, row: CsvRow, sku: str, target: str, column: str, kind: str, report: Report) -> Any:
        """A cell as its field's value, with a note where that is not simply its text."""
        cell = row.cells[column]
        value, problem = from_cell(cell, kind)
        if problem is not None:
            report.add(row.line, sku, column, problem)
        elif reads_back(value, cell) and target not in self._kept:
            return value
        elif target in self._kept:
            if not reads_back(value, cell):
                report.changed(column, target, kind, KEPT, cell)
            return cell.strip() or None
        else:
            report.changed(column, target, kind, CONVERTED, cell)
        return value

    def _name_of(self, row: CsvRow, sku: str, report: Report) -> str | None:
        """The name; None leaves the one that the product has."""
        name = row.cells[self._name].strip() if self._name is not None else ""
        if len(name) > MAX_NAME:
            report.add(row.line, sku, self._name, f"The name was cut to {MAX_NAME} characters.")
        return name[:MAX_NAME] or None


def _import(job: ImportJob) -> None:
    reader = RowReader(job)
    with import_file.opened(job) as stream:
        rows: Iterator[CsvRow] = rows_of(stream, job.headers)
        for chunk in chunks(islice(rows, job.imported_count + job.skipped_count, None), CHUNK):
            report = Report()
            ready = [ready for row in chunk if (ready := reader.read(row, report)) is not None]
            with transaction.atomic():
                upsert_chunk(job.tenant, ready, "csv")
                _note_progress(job, len(ready), report)
    if job.imported_count + job.skipped_count != job.row_count:
        raise RuntimeError("The stored file ends before its last row")
    with transaction.atomic():
        ImportJob.objects.filter(pk=job.pk).update(status=ImportJob.DONE, updated_at=clock.now())
        import_file.discard(job)
        products_changed(job.tenant)


def _note_progress(job: ImportJob, imported: int, report: Report) -> None:
    """Count a chunk. Raises Overtaken, which rolls the chunk back, when another server has counted it meanwhile."""
    unchanged = ImportJob.objects.filter(
        pk=job.pk, status=ImportJob.IMPORTING, imported_count=job.imported_count, skipped_count=job.skipped_count
    )
    job.imported_count += imported
    job.skipped_count += report.skipped
    job.error_count += len(report.errors)
    job.errors = (job.errors + report.errors)[:_ERRORS_KEPT]
    for column, change in report.changes.items():
        before = job.changes.get(column)
        job.changes[column] = {**before, "count": before["count"] + change["count"]} if before else change
    names = ("imported_count", "skipped_count", "error_count", "errors", "changes")
    if not unchanged.update(updated_at=clock.now(), **{name: getattr(job, name) for name in names}):
        raise Overtaken
