"""CSV imports: upload, confirmed mapping, then a job. https://segops.ai/docs/pim/import"""

from __future__ import annotations

from typing import IO, Any

from rest_framework.exceptions import ValidationError

import segops_sandbox.catalogue.import_job as import_job
from segops_sandbox import jobs
from segops_sandbox.catalogue import import_file
from segops_sandbox.catalogue.csv_file import read_csv
from segops_sandbox.catalogue.fields import MAX_FIELD_NAME, RESERVED
from segops_sandbox.catalogue.product_schema import add_fields, checked_fields, field_types
from segops_sandbox.catalogue.suggest import suggest
from segops_sandbox.http.errors import field_error
from segops_sandbox.models import ImportJob, RememberedColumn, Tenant

_SAMPLE_ROWS = 5


def upload(tenant: Tenant, filename: str, stream: IO[bytes]) -> ImportJob:
    """Store a file that awaits its mapping. Raises BadFile, and stores nothing then."""
    file = read_csv(stream)
    mapping, schema = suggest(tenant, file)
    job = ImportJob.objects.create(
        tenant=tenant,
        filename=filename[:255],
        headers=file.headers,
        sample_rows=file.sample[:_SAMPLE_ROWS],
        suggested_mapping=mapping,
        suggested_schema=schema,
        row_count=file.row_count,
        lossless={name: column.types for name, column in file.columns.items()},
    )
    stream.seek(0)
    import_file.keep(job, stream)
    return job


def confirm(job: ImportJob, mapping: Any, schema: Any) -> None:
    """Fix the mapping (None: as suggested) and the schema (None: as suggested), and queue the import."""
    mapping = _checked_mapping(job, job.suggested_mapping if mapping is None else mapping)
    targets = [field for field in mapping.values() if field is not None]
    fields = job.suggested_schema if schema is None else _checked_schema(schema)
    _check_targets(job, targets, [field["name"] for field in fields])
    # Only the used part of a suggested schema; a schema that was given is taken whole.
    add_fields(job.tenant, [field for field in fields if schema is not None or field["name"] in targets])
    job.declared = [] if schema is None else [field["name"] for field in fields]
    job.mapping = {column: mapping.get(column) for column in job.headers}
    _remember(job)
    job.status = ImportJob.IMPORTING
    job.save()
    jobs.enqueue(job.tenant, import_job.KIND, import_id=job.pk)


def _checked_mapping(job: ImportJob, mapping: Any) -> dict[str, str | None]:
    if not isinstance(mapping, dict):
        raise field_error("mapping", "Expected an object of column to field.")
    columns = set(job.headers)
    problems = [f'"{column}" is not a column of the file.' for column in mapping if column not in columns]
    problems += [
        f"{column}: Expected a field name or null."
        for column, field in mapping.items()
        if field is not None and (not isinstance(field, str) or not 0 < len(field.strip()) <= MAX_FIELD_NAME)
    ]
    if problems:
        raise ValidationError({"mapping": problems})
    checked: dict[str, str | None] = {column: field and field.strip() for column, field in mapping.items()}
    targets = [field for field in checked.values() if field is not None]
    problems = [f'Two columns are mapped to "{field}".' for field in dict.fromkeys(targets) if targets.count(field) > 1]
    if "sku" not in targets:
        problems.append("A column must be mapped to sku.")
    if problems:
        raise ValidationError({"mapping": problems})
    return checked


def _checked_schema(schema: Any) -> list[dict[str, Any]]:
    """The fields of `[fields]` or `{"fields": [fields]}`."""
    try:
        return checked_fields(schema.get("fields") if isinstance(schema, dict) else schema)
    except ValidationError as exc:
        raise ValidationError({"schema": exc.detail}) from None


def _check_targets(job: ImportJob, targets: list[str], offered: list[str]) -> None:
    """A field has to be in the catalogue's schema or in this import's: otherwise a typo would create a field."""
    known = dict.fromkeys([*RESERVED, *offered, *field_types(job.tenant)])
    problems = [
        f'"{field}" is not a field of the schema. Add it under "schema", or choose one of: {", ".join(known)}.'
        for field in targets
        if field not in known
    ]
    if problems:
        raise ValidationError({"mapping": problems})


def _remember(job: ImportJob) -> None:
    """Remember the mapping of each column, skipped ones included."""
    RememberedColumn.objects.bulk_create(
        [RememberedColumn(tenant=job.tenant, column=column, field=job.mapping[column]) for column in job.headers],
        update_conflicts=True,
        unique_fields=["tenant", "column"],
        update_fields=["field"],
    )
