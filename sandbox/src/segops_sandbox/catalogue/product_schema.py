"""A tenant's catalogue schema, and the check of a proposed one: https://segops.ai/docs/pim"""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import ValidationError

from segops_sandbox.catalogue.fields import FIELD_TYPES, MAX_FIELD_NAME, RESERVED
from segops_sandbox.catalogue.locks import lock_catalogue
from segops_sandbox.models import ProductSchema, Tenant


def schema_of(tenant: Tenant) -> ProductSchema:
    """The tenant's schema, unsaved and empty when it has none yet."""
    return ProductSchema.objects.filter(tenant=tenant).first() or ProductSchema(tenant=tenant)


def field_types(tenant: Tenant) -> dict[str, str]:
    """Field name to type."""
    return {field["name"]: field["type"] for field in schema_of(tenant).fields}


def replace_schema(tenant: Tenant, values: dict[str, Any]) -> ProductSchema:
    """Set fields, currency and locale."""
    lock_catalogue(tenant)
    schema = schema_of(tenant)
    for name, value in values.items():
        setattr(schema, name, value)
    schema.save()
    return schema


def add_fields(tenant: Tenant, fields: list[dict[str, Any]]) -> None:
    """Add fields to the tenant's schema; one of the same name takes the place of the old one."""
    if not fields:
        return
    lock_catalogue(tenant)
    schema = schema_of(tenant)
    schema.fields = list({field["name"]: field for field in [*schema.fields, *fields]}.values())
    schema.save()


def checked_fields(value: Any) -> list[dict[str, Any]]:
    """A list of fields in the stored shape, without those that are columns of the product itself.

    Raises ValidationError with one line for each thing that is wrong.
    """
    if not isinstance(value, list):
        raise ValidationError([f"Expected a list of fields, but got {_word(value)}."])
    problems: list[str] = []
    fields = [_checked(f"fields[{index}]", field, problems) for index, field in enumerate(value)]
    seen: set[str] = set()
    for field in fields:
        if field["name"] in seen:
            problems.append(f'fields: "{field["name"]}" appears twice. Each name can be used once.')
        seen.add(field["name"])
    if problems:
        raise ValidationError(problems)
    return [field for field in fields if field["name"] not in RESERVED]


def _checked(where: str, field: Any, problems: list[str]) -> dict[str, Any]:
    if not isinstance(field, dict):
        problems.append(f"{where}: Expected an object with name and type, but got {_word(field)}.")
        return {"name": where}
    name, kind = field.get("name"), field.get("type", "string")
    required, description = field.get("required", False), field.get("description")
    label = where
    if not isinstance(name, str) or not name.strip():
        problems.append(f"{where}.name: {'This field is required.' if not name else 'Not a valid string.'}")
        name = where
    elif len(name.strip()) > MAX_FIELD_NAME:
        problems.append(f"{where}.name: Ensure this field has no more than {MAX_FIELD_NAME} characters.")
        name = where
    else:
        name = name.strip()
        label = f'{where} ("{name}")'
    if kind not in FIELD_TYPES:
        problems.append(f'{label}.type: "{kind}" is not a valid choice. Choose one of: {", ".join(FIELD_TYPES)}.')
    if not isinstance(required, bool):
        problems.append(f"{label}.required: Must be a valid boolean: true or false.")
    if not (description is None or isinstance(description, str)):
        problems.append(f"{label}.description: Not a valid string.")
    return {"name": name, "type": kind, "required": required, "description": description or ""}


def _word(value: Any) -> str:
    """The name of a JSON value's type."""
    words = {dict: "an object", list: "a list", str: "a text", bool: "a boolean", type(None): "null"}
    return words.get(type(value), "a number")
