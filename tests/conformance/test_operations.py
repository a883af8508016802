"""Every operation of the contract succeeds, and fails, against a running server as the contract says.

The calls stand in `operation_calls`; each test finds the workspace of `prepared_sandbox` as it was made. What is
refused leaves no trace in any table of the database.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlsplit

import conformance
import pytest
import requests
from operation_calls import BAD, MISSING, SUCCESS, Bad, Call
from prepared_sandbox import PreparedSandbox, prepared_sandbox

from segops_parity.contract import Operation

CONTRACT = conformance.contract()
OPERATIONS = CONTRACT.operations
# Operations that iterate or poll repeat another operation's request.
REQUESTS = [each.id for each in OPERATIONS.values() if each.request is not None]
# What imports a file in parts is tested with the files themselves, in tests/typescript.
REPEATS = [each.id for each in OPERATIONS.values() if each.request is None and each.splits is None]
# Stores its answers and their credits, although it changes nothing that a caller created.
KEEPS_RECORDS = {"queries.simulate"}
NO_KEY, PUBLIC_KEY, MISSING_ID, OTHER_TENANT = "no key", "a public key", "an id that is not there", "another tenant"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PreparedSandbox]:
    """A sandbox with a full workspace."""
    with prepared_sandbox(tmp_path_factory.mktemp("conformance")) as sandbox:
        yield sandbox


@pytest.fixture
def server(prepared: PreparedSandbox) -> Iterator[PreparedSandbox]:
    """The same, as it was made."""
    yield prepared
    prepared.restore()


def _path(operation: Operation, call: Call) -> str:
    assert operation.request is not None
    return operation.request.path.format(**{name: quote(str(value), safe="") for name, value in call.path.items()})


def _send(
    server: PreparedSandbox, operation: Operation, method: str, call: Call, **options: Any
) -> tuple[str, requests.Response]:
    """Send a call; any answer has to satisfy the contract."""
    path = _path(operation, call)
    response = server.send(method, path, params=call.query, json=call.json, files=call.files, **options)
    conformance.check_response(method, path, response)
    return path, response


def _methods() -> list[Any]:
    """Each operation with each of its HTTP methods."""
    return [
        pytest.param(OPERATIONS[name], method, id=name if len(methods) == 1 else f"{name}-{method}")
        for name in REQUESTS
        for methods in [OPERATIONS[name].request.methods]
        for method in methods
    ]


def _refusals() -> list[Any]:
    """Each operation with each of its refusals: the shared ones, and its own."""
    cases = []
    for name in REQUESTS:
        operation = OPERATIONS[name]
        shared = [NO_KEY, PUBLIC_KEY]
        if any(operation.argument(each).type == "id" for each in operation.request.placeholders):
            shared += [MISSING_ID, OTHER_TENANT]
        cases += [pytest.param(operation, why, id=f"{name}-{why}") for why in shared]
        for number, bad in enumerate(BAD.get(name, []), 1):
            cases.append(pytest.param(operation, bad, id=f"{name}-{number}-{bad.field or bad.status}"))
    return cases


def test_every_operation_has_a_call() -> None:
    splits = [each.id for each in OPERATIONS.values() if each.splits is not None]
    assert len(OPERATIONS) == len(REQUESTS) + len(REPEATS) + len(splits)
    assert set(SUCCESS) == set(REQUESTS)
    assert set(BAD) <= set(REQUESTS)


def test_every_operation_with_a_body_or_a_required_argument_has_a_refusal_of_its_own() -> None:
    takes = {
        name
        for name in REQUESTS
        for operation in [OPERATIONS[name]]
        if operation.body is not None or operation.multipart or any(key != "*" for key in operation.query)
    }
    assert takes <= set(BAD)


@pytest.mark.parametrize(("operation", "method"), _methods())
def test_an_operation_succeeds(server: PreparedSandbox, operation: Operation, method: str) -> None:
    call = SUCCESS[operation.id]
    before = server.fingerprint()
    _, response = _send(server, operation, method, call)
    assert response.status_code == operation.success[0], response.text
    if operation.returns.kind == "null":
        assert response.content == b""
    else:
        body = response.content if operation.returns.kind == "bytes" else response.json()
        assert call.holds(body), body
    if operation.id not in KEEPS_RECORDS:
        assert (server.fingerprint() != before) is operation.mutates


@pytest.mark.parametrize(("operation", "why"), _refusals())
def test_an_operation_is_refused_and_nothing_has_changed(
    server: PreparedSandbox, operation: Operation, why: str | Bad
) -> None:
    call, options, status, blamed = _refused(server, operation, why)
    for method in operation.request.methods:
        before = server.fingerprint()
        _, response = _send(server, operation, method, call, **options)
        assert response.status_code == status, response.text
        body = response.json()
        assert blamed in body, body
        if blamed != "detail":
            assert set(body) == {blamed}
        if status == 401:
            assert response.headers["WWW-Authenticate"]
        assert server.fingerprint() == before


def _refused(server: PreparedSandbox, operation: Operation, why: str | Bad) -> tuple[Call, dict[str, Any], int, str]:
    """The call to be refused, how it is sent, the status that it meets, and the key of the answer that says why."""
    call = SUCCESS[operation.id]
    if isinstance(why, Bad):
        changes = {
            name: value for name in ("json", "query", "path", "files") if (value := getattr(why, name)) is not None
        }
        return replace(call, **changes), {}, why.status, why.field or "detail"
    if why == MISSING_ID:
        ids = {name: MISSING for name in call.path if operation.argument(name).type == "id"}
        return replace(call, path={**call.path, **ids}), {}, 404, "detail"
    key, status = {
        NO_KEY: (None, 401),
        PUBLIC_KEY: (server.public_key, 403),
        OTHER_TENANT: (server.other_key, 404),
    }[why]
    return call, {"key": key}, status, "detail"


@pytest.mark.parametrize("name", REPEATS)
def test_an_operation_that_iterates_or_polls_reaches_its_end(server: PreparedSandbox, name: str) -> None:
    operation = OPERATIONS[name]
    repeated = OPERATIONS[operation.repeats or ""]
    call = SUCCESS[repeated.id]
    if operation.iterates:
        _iterate(server, repeated, call)
        return
    _, response = _send(server, repeated, "GET", call)
    body = response.json()
    assert all(body[key] in wanted for key, wanted in operation.done.items()), body
    if not operation.done:  # segments.wait_for_recompute looks for a later time
        assert body["last_computed_at"] is not None


def _iterate(server: PreparedSandbox, listing: Operation, call: Call) -> None:
    """Pages of one record give the same records, in the same order, as one page of all."""
    everything = _send(server, listing, "GET", replace(call, query={}))[1].json()
    if listing.returns.kind == "array":
        assert len(everything) > 1
        return
    cursor = listing.paginates == "cursor"
    query: dict[str, Any] | None = {"limit": 1} if cursor else {"page": 1, "page_size": 1}
    found = []
    while query is not None:
        page = _send(server, listing, "GET", replace(call, query=query))[1].json()
        assert page["count"] == everything["count"]
        found += page["results"]
        if cursor:
            query = {"limit": 1, "cursor": page["next_cursor"]} if page["next_cursor"] else None
        else:
            query = _query_of(page["next"])
    assert len(found) == everything["count"] > 1
    assert found == everything["results"]


def _query_of(link: str | None) -> dict[str, str] | None:
    return dict(part.split("=") for part in urlsplit(link).query.split("&")) if link else None


@pytest.mark.parametrize("name", REPEATS)
def test_an_operation_that_iterates_or_polls_is_refused_like_the_one_it_repeats(
    server: PreparedSandbox, name: str
) -> None:
    operation = OPERATIONS[name]
    repeated = OPERATIONS[operation.repeats or ""]
    call = SUCCESS[repeated.id]
    if call.path:
        _, response = _send(server, repeated, "GET", replace(call, path=dict.fromkeys(call.path, MISSING)))
        assert response.status_code == 404
    elif repeated.returns.kind == "page":
        _, response = _send(server, repeated, "GET", replace(call, query={"page": 99}))
        assert (response.status_code, response.json()) == (404, {"detail": "Invalid page."})
    _, response = _send(server, repeated, "GET", call, key=None)
    assert response.status_code == 401


def test_a_record_that_another_tenant_has_cannot_be_named_in_a_body(server: PreparedSandbox) -> None:
    """References are looked up in the caller's tenant; rows of another tenant do not exist for it."""
    for path, body, field in [
        ("/activations/", SUCCESS["activations.create"].json, "segment"),
        ("/ai-pages/pages/", {"slug": "theirs", "query": 1}, "query"),
    ]:
        before = server.fingerprint()
        response = server.send("POST", path, key=server.other_key, json=body)
        conformance.check_response("POST", path, response)
        assert response.status_code == 400
        assert "object does not exist" in response.json()[field][0]
        assert server.fingerprint() == before


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "GET", "TRACE"])
def test_a_method_that_a_path_does_not_have_is_a_405_that_names_those_it_has(
    server: PreparedSandbox, method: str
) -> None:
    tried = 0
    for operation in (OPERATIONS[name] for name in REQUESTS):
        path = _path(operation, SUCCESS[operation.id])
        declared = {verb for name in REQUESTS for verb in OPERATIONS[name].request.methods
                    if OPERATIONS[name].request.path == operation.request.path}  # fmt: skip
        if method in declared:
            continue
        before = server.fingerprint()
        response = server.send(method, path)
        conformance.check_response(method, path, response)
        assert response.status_code == 405, (method, path)
        assert set(response.headers["Allow"].split(", ")) >= declared, path
        assert server.fingerprint() == before
        tried += 1
    assert tried > 5


@pytest.mark.parametrize(
    "operation", [OPERATIONS[name] for name in REQUESTS if OPERATIONS[name].body], ids=lambda operation: operation.id
)
def test_a_body_that_is_not_json_or_of_another_type_is_refused(server: PreparedSandbox, operation: Operation) -> None:
    path = _path(operation, SUCCESS[operation.id])
    before = server.fingerprint()
    for method in operation.request.methods:
        for content, media_type, status in [
            (b'{"name": ', "application/json", 400),
            (b'{"name": "\xff"}', "application/json", 400),
            (b"name=x", "application/x-www-form-urlencoded", 415),
            (b"<name/>", "application/xml", 415),
        ]:
            response = server.send(method, path, data=content, headers={"Content-Type": media_type})
            conformance.check_response(method, path, response)
            assert response.status_code == status, (media_type, response.text)
    assert server.fingerprint() == before


def test_keys_that_the_records_lack_are_still_lacking() -> None:
    """An entry of UNRECORDED goes as soon as its record names the key, or the check would stay loose for nothing."""
    for record, part, key in conformance.UNRECORDED:
        properties = CONTRACT.record(record).schema["properties"]
        if part:
            inner = properties[part]
            properties = inner.get("items", inner)["properties"]
        assert key not in properties, f"{record}.{part}.{key} is in the record now: drop it from UNRECORDED"
