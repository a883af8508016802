"""What does a tenant's catalogue schema say, and is a proposed one sound?"""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import ValidationError

from segops_sandbox.catalogue.fields import FIELD_TYPES, RESERVED
from segops_sandbox.models import ProductSchema, Tenant


def schema_of(tenant: Tenant) -> ProductSchema:
    """The tenant's schema, unsaved and empty when it has none yet."""
    return ProductSchema.objects.filter(tenant=tenant).first() or ProductSchema(tenant=tenant)


def field_types(tenant: Tenant) -> dict[str, str]:
    """Field name to type."""
    return {field["name"]: field["type"] for field in schema_of(tenant).fields}


def checked_fields(value: Any) -> list[dict[str, Any]]:
    """A list of fields in the stored shape. Raises ValidationError with one line for each thing that is wrong."""
    if not isinstance(value, list):
        raise ValidationError(["Expected a list of fields."])
    problems: list[str] = []
    fields = [_checked(f"fields[{index}]", field, problems) for index, field in enumerate(value)]
    names = [field["name"] for field in fields]
    problems += [f'fields: "{name}" appears twice.' for name in dict.fromkeys(names) if names.count(name) > 1]
    if problems:
        raise ValidationError(problems)
    return fields


def add_fields(tenant: Tenant, fields: list[dict[str, Any]]) -> None:
    """Add fields to the tenant's schema; one of the same name takes the place of the old one."""
    schema = schema_of(tenant)
    merged = {field["name"]: field for field in schema.fields}
    merged.update((field["name"], field) for field in fields if field["name"] not in RESERVED)
    schema.fields = list(merged.values())
    schema.save()


def _checked(where: str, field: Any, problems: list[str]) -> dict[str, Any]:
    if not isinstance(field, dict):
        problems.append(f"{where}: Expected an object with name and type.")
        return {"name": where}
    name, kind = field.get("name"), field.get("type", "string")
    required, description = field.get("required", False), field.get("description") or ""
    if not isinstance(name, str) or not name.strip() or len(name) > 255:
        problems.append(f"{where}.name: This field is required.")
        name = where
    if kind not in FIELD_TYPES:
        problems.append(f'{where}.type: "{kind}" is not a valid choice.')
    if not isinstance(required, bool):
        problems.append(f"{where}.required: Must be a valid boolean.")
    if not isinstance(description, str):
        problems.append(f"{where}.description: Not a valid string.")
    return {"name": name, "type": kind, "required": required, "description": description}
