"""The OpenAPI document holds the whole contract, is sound by a validator that is not ours, and gives real examples."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from segops_parity import openapi
from segops_parity.contract import Contract

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def document(contract: Contract) -> dict[str, Any]:
    return openapi.document(contract)


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def _walk(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        node = list(node.values())
    if isinstance(node, list):
        for value in node:
            yield from _walk(value)


def _resolve(document: dict[str, Any], reference: str) -> Any:
    node: Any = document
    assert reference.startswith("#/")
    for part in reference[2:].split("/"):
        node = node[part]
    return node


def test_it_is_an_openapi_document_by_openapi_spec_validator(document: dict[str, Any]) -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []
    broken = json.loads(json.dumps(document))
    del broken["paths"]["/segments/{id}/"]["get"]["responses"]
    broken["paths"]["/segments/{id}/"]["patch"]["parameters"] = []
    assert len(list(OpenAPIV31SpecValidator(broken).iter_errors())) >= 1


def test_every_operation_is_described(document: dict[str, Any]) -> None:
    for _, _, operation in _operations(document):
        assert operation["description"].startswith(operation["summary"])
        assert len(operation["description"]) > len(operation["summary"]) + 20


def test_every_operation_has_recorded_examples_that_fit_its_schemas(document: dict[str, Any]) -> None:
    problems, checked = [], 0
    for path, method, operation in _operations(document):
        where = f"{method} {path}"
        described = [(f"{where} {each['name']}", each) for each in operation["parameters"] if each.get("in") == "path"]
        body = operation.get("requestBody", {}).get("content", {})
        described += [(f"{where} body", content) for content in body.values()]
        answers = [answer.get("content") for status, answer in operation["responses"].items() if status[0] == "2"]
        with_content = [content for content in answers if content]
        if with_content and not any("example" in each for content in with_content for each in content.values()):
            problems.append(f"{where}: no answer has an example")
        for content in with_content:
            described += [(f"{where} answer", each) for each in content.values() if "example" in each]
        for place, each in described:
            if "example" not in each:
                problems.append(f"{place}: no example")
            elif "schema" in each:
                checked += 1
                validator = OAS31Validator({**each["schema"], "components": document["components"]})
                problems += [f"{place}: {error.message}"[:200] for error in validator.iter_errors(each["example"])]
    assert not problems, "\n".join(problems)
    assert checked > 150


def test_each_request_appears_once(contract: Contract, document: dict[str, Any]) -> None:
    wanted = {
        (op.request.path, method.lower()): op.id if index == 0 else f"{op.id}.{method.lower()}"
        for op in contract.operations.values()
        if op.request is not None
        for index, method in enumerate(op.request.methods)
    }
    found = {(path, method): operation["operationId"] for path, method, operation in _operations(document)}
    assert found == wanted
    assert len(set(found.values())) == len(found)


def test_an_operation_that_iterates_or_polls_stands_beside_the_one_it_repeats(
    contract: Contract, document: dict[str, Any]
) -> None:
    helpers = {name for _, _, operation in _operations(document) for name in operation.get("x-sdk-helpers", ())}
    assert helpers == {op.id for op in contract.operations.values() if op.request is None}
    assert "segments.iterate" in document["paths"]["/segments/"]["get"]["x-sdk-helpers"]


def test_it_says_what_it_is(contract: Contract, document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    assert document["info"]["title"]
    assert document["info"]["version"] == "1"
    assert document["servers"] == [{"url": contract.base_url}]
    assert set(document) <= {"openapi", "info", "servers", "security", "tags", "paths", "webhooks", "components"}


def test_what_takes_keys_that_nobody_has_described_says_so(contract: Contract, document: dict[str, Any]) -> None:
    """Left out, linters close the schema and refuse its recorded example."""
    taking = {name for name, record in contract.records.items() if record.schema.get("x-open-input")}
    assert taking
    assert {
        name for name in taking if document["components"]["schemas"][name].get("additionalProperties") is not True
    } == set()


def test_every_reference_leads_somewhere_and_every_component_is_used(document: dict[str, Any]) -> None:
    references = {node["$ref"] for node in _walk(document) if isinstance(node.get("$ref"), str)}
    for reference in references:
        assert isinstance(_resolve(document, reference), dict), reference
    components = document["components"]
    for kind in ("schemas", "parameters"):
        assert {f"#/components/{kind}/{name}" for name in components[kind]} <= references, kind


def test_every_schema_is_a_json_schema(document: dict[str, Any]) -> None:
    schemas = list(document["components"]["schemas"].values())
    schemas += [node["schema"] for node in _walk(document["paths"]) if isinstance(node.get("schema"), dict)]
    assert len(schemas) > 100
    for schema in schemas:
        Draft202012Validator.check_schema(schema)


def test_path_parameters_are_those_of_the_path(document: dict[str, Any]) -> None:
    for path, method, operation in _operations(document):
        parameters = [each for each in operation["parameters"] if each.get("in") == "path"]
        assert [each["name"] for each in parameters] == re.findall(r"\{(\w+)\}", path), (method, path)
        assert all(each["required"] is True for each in parameters)


def test_parameters_and_responses_have_the_fields_that_openapi_wants(document: dict[str, Any]) -> None:
    for path, method, operation in _operations(document):
        assert method in METHODS
        names = [(each["in"], each["name"]) for each in operation["parameters"] if "$ref" not in each]
        assert len(names) == len(set(names)), path
        assert all("schema" in each for each in operation["parameters"] if "$ref" not in each)
        assert operation["responses"]
        for status, response in operation["responses"].items():
            assert re.fullmatch(r"[2-5]\d\d", status)
            assert "$ref" in response or response["description"]
        assert operation["tags"][0] in {tag["name"] for tag in document["tags"]}
        if method in ("get", "delete"):
            assert "requestBody" not in operation


def test_mutating_operations_take_an_idempotency_key_and_others_do_not(
    contract: Contract, document: dict[str, Any]
) -> None:
    reference = {"$ref": "#/components/parameters/IdempotencyKey"}
    for _, _, operation in _operations(document):
        mutates = contract.operations[operation["x-sdk"]["python"]].mutates
        assert (reference in operation["parameters"]) is mutates, operation["operationId"]
    parameter = document["components"]["parameters"]["IdempotencyKey"]
    assert (parameter["in"], parameter["name"]) == ("header", "Idempotency-Key")


def test_the_key_is_asked_for_everywhere_but_at_a_webhook(document: dict[str, Any]) -> None:
    scheme = document["components"]["securitySchemes"]["ApiKey"]
    assert (scheme["type"], scheme["in"], scheme["name"]) == ("apiKey", "header", "Authorization")
    assert document["security"] == [{"ApiKey": []}]
    assert not any("security" in operation for _, _, operation in _operations(document))
    assert document["webhooks"]["WebhookEvent"]["post"]["security"] == []


def test_every_operation_can_fail_in_documented_ways(document: dict[str, Any]) -> None:
    for _, _, operation in _operations(document):
        assert {"400", "401", "403", "404", "429", "500", "503"} <= set(operation["responses"])
    throttled = document["components"]["responses"]["TooManyRequests"]
    assert "Retry-After" in throttled["headers"]
    refused = document["components"]["responses"]["BadRequest"]["content"]["application/json"]["schema"]
    assert {each["$ref"].rpartition("/")[2] for each in refused["anyOf"]} == {"Detail", "FieldErrors"}


def test_what_the_server_sets_is_not_sent(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert "id" in schemas["Segment"]["properties"]
    assert "id" not in schemas["SegmentFields"]["properties"]
    assert schemas["SegmentFields"]["required"] == ["name"]
    assert "required" not in schemas["SegmentChanges"]
    item = document["paths"]["/segments/{id}/"]
    bodies = {
        method: item[method]["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for method in ("patch", "put")
    }
    assert bodies == {"patch": "SegmentChanges", "put": "SegmentFields"}


def test_bodies_answers_and_files_have_their_records(document: dict[str, Any]) -> None:
    paths = document["paths"]
    preview = paths["/segments/preview/"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert preview["properties"] == {"definition": {"$ref": "#/components/schemas/SegmentDefinition"}}
    bulk = paths["/pim/products/bulk/"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert bulk["properties"]["products"] == {"type": "array", "items": {"$ref": "#/components/schemas/ProductRow"}}
    upload = paths["/pim/import/csv/"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert upload["required"] == ["file"]
    listing = paths["/segments/"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert listing == {"$ref": "#/components/schemas/SegmentPage"}
    download = paths["/segments/exports/{export_id}/download/"]["get"]["responses"]["200"]
    assert list(download["content"]) == ["text/csv", "application/vnd.apache.parquet"]
    deletion = paths["/segments/{id}/"]["delete"]["responses"]["204"]
    assert "content" not in deletion


def test_query_parameters_are_those_of_paging_and_of_the_command_line(document: dict[str, Any]) -> None:
    def names(path: str) -> list[str]:
        return [each["name"] for each in document["paths"][path]["get"]["parameters"] if each.get("in") == "query"]

    assert names("/segments/") == ["page", "page_size", "params"]
    assert names("/segments/{id}/members/") == ["limit", "cursor", "params"]
    assert names("/segments/{id}/export/") == ["export_id"]
    assert names("/ai-pages/query") == ["q", "limit", "segment_id", "params"]


def test_ids_are_numbers_and_required_texts_are_not_empty(document: dict[str, Any]) -> None:
    paths = document["paths"]
    assert paths["/segments/{id}/"]["get"]["parameters"][0]["schema"] == {
        "type": "integer",
        "format": "int64",
        "minimum": 1,
    }
    (user_id,) = paths["/segments/membership/"]["get"]["parameters"]
    assert user_id["schema"] == {"type": "string", "minLength": 1}


def test_a_body_is_required_where_something_in_it_is(document: dict[str, Any]) -> None:
    def required(path: str, method: str) -> bool:
        answer: bool = document["paths"][path][method]["requestBody"]["required"]
        return answer

    assert required("/segments/", "post")
    assert required("/segments/{id}/", "put")
    assert not required("/segments/{id}/", "patch")
    assert not required("/segments/{id}/export/", "post")  # CSV, unless a format is named
    assert required("/segments/preview/", "post")


def test_a_list_without_an_envelope_has_no_pages(document: dict[str, Any]) -> None:
    names = [each["name"] for each in document["paths"]["/ai-reach/queries/"]["get"]["parameters"]]
    assert names == ["params"]


def test_what_takes_a_body_can_be_refused_for_its_type_and_every_failure_names_its_request(
    document: dict[str, Any],
) -> None:
    for _, _, operation in _operations(document):
        assert ("415" in operation["responses"]) is ("requestBody" in operation), operation["operationId"]
        assert "405" in operation["responses"]
    responses = document["components"]["responses"]
    assert all("X-Request-Id" in response["headers"] for response in responses.values())
    assert "WWW-Authenticate" in responses["Unauthorized"]["headers"]
    assert "Allow" in responses["MethodNotAllowed"]["headers"]
    created = document["paths"]["/segments/"]["post"]["responses"]["201"]
    assert set(created["headers"]) == {"X-Request-Id", "Idempotency-Replayed"}


def test_an_upload_is_a_file_part(document: dict[str, Any]) -> None:
    upload = document["paths"]["/pim/import/csv/"]["post"]["requestBody"]["content"]["multipart/form-data"]
    assert upload["schema"]["properties"]["file"] == {"type": "string", "format": "binary"}
    assert upload["encoding"] == {"file": {"contentType": "text/csv"}}


def test_it_can_be_written_to_a_file(tmp_path: Path, document: dict[str, Any]) -> None:
    file = tmp_path / "build" / "openapi.json"
    assert openapi.main(["-o", str(file)]) == 0
    assert json.loads(file.read_text(encoding="utf-8")) == document


def test_it_can_be_printed(capsys: pytest.CaptureFixture[str], document: dict[str, Any]) -> None:
    assert openapi.main([]) == 0
    assert json.loads(capsys.readouterr().out) == document


def test_a_broken_contract_is_reported_on_stderr(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "openapi.json"
    assert openapi.main(["--spec", str(tmp_path), "-o", str(file)]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: ")
    assert "admin.yaml" in captured.err
    assert not file.exists()
