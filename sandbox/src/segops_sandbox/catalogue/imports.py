"""How does an uploaded CSV file become products? Upload, confirmed mapping, then a job that upserts in chunks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db import transaction
from rest_framework.exceptions import ValidationError

from segops_sandbox.catalogue.csv_file import CsvFile, read_csv
from segops_sandbox.catalogue.fields import RESERVED, from_cell
from segops_sandbox.catalogue.schema import add_fields, checked_fields, field_types
from segops_sandbox.catalogue.suggest import suggest
from segops_sandbox.catalogue.upsert import CHUNK, Outcome, Row, chunks, upsert_chunk
from segops_sandbox.models import ImportJob, RememberedColumn, Tenant
from segops_sandbox.platform import jobs
from segops_sandbox.platform.errors import field_error

_SAMPLE_ROWS = 5
_MAX_SKU, _MAX_NAME = 255, 500


def upload(tenant: Tenant, filename: str, content: bytes) -> ImportJob:
    """Store a file that awaits its mapping. Raises BadFile, and stores nothing then."""
    file = read_csv(content)
    mapping, schema = suggest(tenant, file, field_types(tenant))
    return ImportJob.objects.create(
        tenant=tenant,
        filename=filename[:255],
        csv_content=file.text,
        headers=file.headers,
        sample_rows=list(islice(file.rows(), _SAMPLE_ROWS)),
        suggested_mapping=mapping,
        suggested_schema=schema,
        row_count=file.row_count,
    )


def confirm(job: ImportJob, mapping: Any, schema: Any) -> None:
    """Fix the mapping (None: as suggested) and the schema (None: as suggested), and queue the import."""
    mapping = job.suggested_mapping if mapping is None else mapping
    _check_mapping(job, mapping)
    targets = {field for field in mapping.values() if field is not None}
    if schema is None:
        schema = [field for field in job.suggested_schema if field["name"] in targets]
    elif isinstance(schema, dict):
        schema = schema.get("fields")
    try:
        fields = checked_fields(schema)
    except ValidationError as exc:
        raise ValidationError({"schema": exc.detail}) from None
    add_fields(job.tenant, fields)
    for column in job.headers:
        RememberedColumn.objects.update_or_create(
            tenant=job.tenant, column=column[:255], defaults={"field": mapping.get(column)}
        )
    job.mapping = {column: mapping.get(column) for column in job.headers}
    job.status = ImportJob.IMPORTING
    job.save()
    jobs.enqueue(job.tenant, "products.import", import_id=job.pk)


def _check_mapping(job: ImportJob, mapping: Any) -> None:
    if not isinstance(mapping, dict):
        raise field_error("mapping", "Expected an object of column to field.")
    problems = [f'"{column}" is not a column of the file.' for column in mapping if column not in job.headers]
    targets = [field for field in mapping.values() if field is not None]
    problems += [
        f"{column}: Expected a field name or null."
        for column, field in mapping.items()
        if field is not None and (not isinstance(field, str) or not field.strip() or len(field) > 255)
    ]
    if not problems:
        problems += [f'Two columns are mapped to "{field}".' for field in {f for f in targets if targets.count(f) > 1}]
        if "sku" not in targets:
            problems.append("A column must be mapped to sku.")
    if problems:
        raise ValidationError({"mapping": problems})


@jobs.handler("products.import")
def _run(tenant: Tenant, import_id: int) -> None:
    """Import the rows, a chunk a transaction, so that polling sees how far it is."""
    job = ImportJob.objects.filter(tenant=tenant, pk=import_id, status=ImportJob.IMPORTING).first()
    if job is None:
        return
    try:
        for chunk in chunks(_product_rows(job), CHUNK):
            with transaction.atomic():
                upsert_chunk(tenant, chunk, "csv", Outcome())
                job.imported_count += len(chunk)
                _note_progress(job)
        job.status = ImportJob.DONE
        _note_progress(job)
    except Exception as exc:
        job.status, job.error_message = ImportJob.FAILED, str(exc)
        _note_progress(job)
        raise


def _note_progress(job: ImportJob) -> None:
    job.save(update_fields=["status", "imported_count", "skipped_count", "error_message", "updated_at"])


def _product_rows(job: ImportJob) -> Iterator[Row]:
    """The rows that have a usable SKU; the others are counted on the job."""
    types = field_types(job.tenant)
    columns = {field: column for column, field in job.mapping.items() if field is not None}
    file = CsvFile(job.csv_content, job.headers, job.row_count)
    for index, raw in enumerate(file.rows()):
        sku = raw[columns["sku"]].strip()
        if not sku or len(sku) > _MAX_SKU:
            job.skipped_count += 1
            continue
        name = raw[columns["name"]].strip()[:_MAX_NAME] if "name" in columns else ""
        data = {
            field: from_cell(raw[column], types.get(field, "string"))
            for field, column in columns.items()
            if field not in RESERVED
        }
        yield Row(index, sku, name or None, data, raw)
