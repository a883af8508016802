"""Generated requests: whatever the OpenAPI document allows or forbids, the sandbox answers as the document says.

Schemathesis makes valid and invalid requests for every operation of the document that `make openapi` derives. No answer
is a 5xx, each has a documented status, content type and schema, and what the document forbids is refused with a 4xx.
The same examples are tried in every run; `SEGOPS_SCHEMATHESIS_EXAMPLES=200` tries more of them for each operation.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count
from typing import Any

import conformance
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from prepared_sandbox import USERS, PreparedSandbox, prepared_sandbox
from schemathesis.checks import load_all_checks
from schemathesis.core.transport import Response
from schemathesis.pytest.lazy import get_all_tests
from schemathesis.specs.openapi.checks import ignored_auth

from segops_parity import openapi

EXAMPLES = int(os.environ.get("SEGOPS_SCHEMATHESIS_EXAMPLES", "8"))
# A listing takes the nearest sensible value in place of one that it cannot use, as the platform's framework does. So
# there is nothing invalid about these parameters, though a caller had better send what the document says.
LENIENT_QUERY = {"page_size", "limit"}
# What the framework reads a text, a yes or no, or a key from; where no serializer of it is at work, nothing is coerced.
COERCED = {"string": ["string", "number"], "boolean": ["boolean", "number", "string"], "integer": ["integer", "string"]}
# Not expressed by the schema: which config a connector takes, and the form of a slug. test_operations covers these.
NEED_MORE = {"POST /activations/", "PUT /activations/{id}/", "POST /ai-pages/pages/", "PUT /ai-pages/pages/{id}/"}
VALUE_TYPE = {"$ref": "#/components/schemas/ValueType"}
# Parsed by hand: here null counts as missing, and so does an empty visitor id, which trackers in browsers send.
NULL_IS_NOTHING = {
    ("Event", "payload"),
    ("Event", "occurred_at"),
    ("Event", "anonymous_id"),
    ("SampleEvent", "payload"),
    ("ImportConfirmation", "mapping"),
    ("ImportConfirmation", "schema"),
    ("SchemaFieldFields", "description"),
}


def _document() -> dict[str, Any]:
    """The derived document, with what the sandbox knowingly takes beyond it: the rest has to be refused."""
    document = openapi.document(conformance.contract())
    for item in document["paths"].values():
        for operation in item.values():
            # "Any further parameter" has no invalid form.
            operation["parameters"] = [each for each in operation["parameters"] if each.get("name") != "params"]
            for parameter in operation["parameters"]:
                if parameter.get("name") in LENIENT_QUERY:
                    parameter["schema"] = {}
    schemas = document["components"]["schemas"]
    for name, record in schemas.items():
        if name.endswith(("Fields", "Changes", "SimulationRequest")):
            for value in record["properties"].values():
                _coerce(value)
    for name, key in NULL_IS_NOTHING:
        value = schemas[name]["properties"][key]
        schemas[name]["properties"][key] = {"anyOf": [{"type": "null"}, {"const": ""}, value]}
    for condition in schemas["SegmentDefinition"]["properties"]["conditions"]["items"]["oneOf"]:
        if "window_days" in condition["properties"] and "window_days" not in condition["required"]:
            condition["properties"]["window_days"]["type"] = ["number", "null"]
    for name in ("SegmentDefinition", "ProductSegmentDefinition"):
        for condition in schemas[name]["properties"]["conditions"]["items"]["oneOf"]:
            # Read only where the operator takes it; null counts as missing.
            if "value2" in condition["properties"]:
                condition["properties"] |= {"value2": {}, "value_type": {"anyOf": [{"type": "null"}, VALUE_TYPE]}}
    # Undocumented keys are accepted and not checked.
    for name, keys in {"PageBatch": ("queries", "segment_id"), "SampleEvent": ("user_id", "occurred_at")}.items():
        schemas[name]["properties"].update({key: {} for key in keys})
    # A bad row is reported in the answer, and the others go in.
    schemas["ProductRow"] = {}
    # A definition may be filled in later, and a property that does not say its type is a text.
    schemas["ProductSegmentDefinition"].pop("required")
    schemas["SchemaPropertyFields"]["required"] = schemas["SchemaFieldFields"]["required"] = ["name"]
    # An update may repeat the SKU, whatever it says: it is not changed.
    schemas["ProductChanges"]["properties"].pop("sku")
    update = document["paths"]["/pim/products/{id}/"]["put"]["requestBody"]["content"]["application/json"]
    update["schema"] = {**schemas["ProductChanges"], "required": ["name"]}
    return document


def _coerce(value: dict[str, Any]) -> None:
    if "type" in value:
        types = [value["type"]] if isinstance(value["type"], str) else value["type"]
        value["type"] = sorted({read for each in types for read in COERCED.get(each, [each])})
        _coerce(value.get("items", {}))


DOCUMENT = _document()
OPERATIONS = [f"{method.upper()} {path}" for path, item in DOCUMENT["paths"].items() for method in item]
SETTINGS = settings(
    max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
_numbers = count(1)
# The operations that were found to refuse a missing or wrong key.
_guarded: set[str] = set()


@pytest.fixture(scope="module")
def whole() -> Any:
    """The document, as Schemathesis reads it."""
    load_all_checks()
    schema = schemathesis.openapi.from_dict(DOCUMENT)
    # What happens without a key, or with the wrong one, is shown operation by operation in test_operations.
    schema.config.generation.update(deterministic=True, with_security_parameters=False)
    schema.config.checks.positive_data_acceptance.expected_statuses = ["2xx", "400", "404", "410"]
    return schema


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PreparedSandbox]:
    """A sandbox with a full workspace."""
    with prepared_sandbox(tmp_path_factory.mktemp("schemathesis")) as sandbox:
        yield sandbox


@pytest.fixture
def statuses(request: pytest.FixtureRequest, server: PreparedSandbox) -> Iterator[list[int]]:
    """The statuses of each operation; in the end some valid requests must have succeeded, or the test shows little."""
    answered: list[int] = []
    yield answered
    server.restore()
    if not any(name in request.node.name for name in NEED_MORE):
        assert any(status < 300 for status in answered), "no generated request succeeded"


@pytest.mark.parametrize("name", OPERATIONS)
def test_generated_requests_are_answered_as_documented(
    name: str, whole: Any, server: PreparedSandbox, statuses: list[int]
) -> None:
    # Schemathesis' own decorator makes the requests of all operations in every worker, while it collects the tests.
    (made,) = get_all_tests(schema=whole.include(name=name), test_func=_send, settings=SETTINGS, given_kwargs={})
    made.ok()[1](server=server, statuses=statuses)


def _send(case: schemathesis.Case, server: PreparedSandbox, statuses: list[int]) -> None:
    _lead_somewhere(case)
    headers = {"Authorization": f"ApiKey {server.key}"}
    response = case.call_and_validate(
        base_url=server.url,
        session=server.session,
        headers=headers,
        additional_checks=[_ignored_auth_once],
        excluded_checks=[ignored_auth],
    )
    statuses.append(response.status_code)
    if case.method == "DELETE" and response.status_code == 204:
        server.restore()


def _ignored_auth_once(ctx: schemathesis.CheckContext, response: Response, case: schemathesis.Case) -> bool | None:
    """Repeat a success without a key, and with a wrong one, until an operation has refused both; not for every success.

    Schemathesis' own command does the same. Each of these requests opens a connection.
    """
    ctx.auth_enforced_operations = _guarded
    return ignored_auth(ctx, response, case)


def _lead_somewhere(case: schemathesis.Case) -> None:
    """Replace generated ids by ids of the workspace, and the Idempotency-Key by an unused one."""
    if 0 < len(case.headers.get("Idempotency-Key", "")) <= 255:
        case.headers["Idempotency-Key"] = f"key {next(_numbers)}"
    for name, value in case.path_parameters.items():
        if name == "user_id" and isinstance(value, str):
            case.path_parameters[name] = [value, *USERS][len(value) % (len(USERS) + 1)]
        elif isinstance(value, int) and 0 < value < 1 << 63:
            case.path_parameters[name] = 1 + value % 4
