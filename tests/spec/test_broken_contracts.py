"""A broken contract is refused, and the error names the file, the key path, and what was expected."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from segops_parity.contract import ContractError, find_spec, load

BROKEN = {
    # what is broken: (file, text, in its place, where the error points, what it says)
    "a key that is not known": (
        "admin.yaml", "        mutates: false\n", "        mutates: false\n        retries: 3\n",
        "namespaces.segments.methods.preview", "retries",
    ),
    "a namespace without a source": (
        "admin.yaml", "    source: segments\n    crud", "    crud", "namespaces.segments", "'source' is a required",
    ),
    "a request line that is none": (
        "admin.yaml", "POST /segments/preview/", "SEND /segments/preview/",
        "namespaces.segments.methods.preview.request", "an HTTP method and a path",
    ),
    "a status that is no success": (
        "admin.yaml", "    success: [201, 200]\n    mutates: true\n", "    success: [404]\n    mutates: true\n",
        "crud_methods.create.success[0]", "404",
    ),
    "a version without quotes": (
        "admin.yaml", 'since: "0.2"', "since: 0.2", "namespaces.segments.methods.preview.since", "in quotes",
    ),
    "two kinds of request": (
        "admin.yaml", "        iterates: members\n", "        iterates: members\n        polls: members\n",
        "namespaces.segments.methods.iterate_members", "",
    ),
    "a request that does not say whether it mutates": (
        "admin.yaml", "        request: POST /segments/preview/\n        body: {definition: definition}\n"
        "        success: [200]\n        mutates: false\n",
        "        request: POST /segments/preview/\n        body: {definition: definition}\n        success: [200]\n",
        "namespaces.segments.methods.preview", "'mutates' is a dependency",
    ),
    "a placeholder that is no argument": (
        "admin.yaml", "/segments/{id}/estimate/", "/segments/{key}/estimate/",
        "namespaces.segments.methods.estimate.request", "an argument of this method; found 'key'",
    ),
    "an argument that is not sent": (
        "admin.yaml", "args: [id, export_id]", "args: [id, export_id, q]",
        "namespaces.segments.methods.export_status.args", "'q' is not",
    ),
    "a text about what is no argument": (
        "admin.yaml", "about: {user_id: \"the user's id, an alias included\"}", "about: {user: \"the user's id\"}",
        "namespaces.segments.methods.membership.about", "an argument of this method; found 'user'",
    ),
    "a job that no method waits for": (
        "admin.yaml", "job: {wait: wait_for_recompute,", "job: {wait: estimate,",
        "namespaces.segments.methods.recompute.job.wait", "a method that polls; 'estimate' does not",
    ),
    "a query parameter that is not described": (
        "admin.yaml", "          limit: {type: integer, minimum: 1, maximum: 1000, x-source: documented,",
        "          limit: {type: integer, minimum: 1, maximum: 1000,",
        "namespaces.segments.methods.members.params.limit", "x-source",
    ),
    "an enumeration without a name": (
        "records/AIQuery.yaml", "schedule: {title: Schedule, enum:", "schedule: {enum:",
        "properties.schedule", "title",
    ),
    "an argument that is not declared": (
        "admin.yaml", "args: [definition]", "args: [definitoin]",
        "namespaces.segments.methods.preview.args", "found 'definitoin'",
    ),
    "a required argument after an optional one": (
        "admin.yaml", 'args: [q, "params?"]', 'args: ["params?", q]',
        "namespaces.pages.methods.query.args", "required arguments first",
    ),
    "a default that is not one of the values": (
        "admin.yaml", "format=html", "format=pdf", "namespaces.pages.methods.export.args", "tsx, html, json",
    ),
    "an enum without values": (
        "admin.yaml", "        formats: [csv, parquet]\n", "",
        "namespaces.segments.methods.export.args", "`formats`",
    ),
    "a record that is not there": (
        "admin.yaml", "returns: SegmentPreview", "returns: SegmentReview",
        "namespaces.segments.methods.preview.returns", "found 'SegmentReview'",
    ),
    "a source that is not listed": (
        "admin.yaml", "        source: segment-history\n", "        source: segment-story\n",
        "namespaces.segments.methods.versions.source", "found 'segment-story'",
    ),
    "an iteration over what does not page": (
        "admin.yaml", "iterates: members", "iterates: versions",
        "namespaces.segments.methods.iterate_members.iterates", "does not",
    ),
    "a poll of what is not there": (
        "admin.yaml", "polls: export_status", "polls: export_state",
        "namespaces.segments.methods.wait_for_export.polls", "found 'export_state'",
    ),
    "a poll without the arguments of its request": (
        "admin.yaml", 'args: [id, export_id, "*", "timeout', 'args: [id, "*", "timeout',
        "namespaces.segments.methods.wait_for_export.args", "id, export_id",
    ),
    "a method that crud has already": (
        "admin.yaml", "      preview:\n", "      list:\n",
        "namespaces.segments.methods.list", "`crud` does not have",
    ),
    "a command line that is none": (
        "admin.yaml", "cli: preview <BODY>", "cli: preview [BODY]", "namespaces.segments.methods.preview.cli", "[BODY]",
    ),
    "a key that is written twice": (
        "admin.yaml", "        mutates: false\n", "        mutates: false\n        mutates: true\n",
        "line", "'mutates' appears twice",
    ),
    "no YAML": ("admin.yaml", "contract: segops-admin/1", "contract: [", "line", "expected YAML"),
    "a behaviour that is no sentence": (
        "behaviours.yaml", "is taken from the environment.", "is taken from the environment",
        "behaviours[0].rule", "full stop",
    ),
    "a behaviour twice": (
        "behaviours.yaml", "id: config.api-key-missing", "id: config.api-key-from-environment",
        "behaviours[1].id", "appears twice",
    ),
    "a behaviour of no area": (
        "behaviours.yaml", "id: config.api-key-missing", "id: konfig.api-key-missing",
        "behaviours[1].id", "an area out of config,",
    ),
    "a flag that is not known": (
        "behaviours.yaml", "applies: mutates\n", "applies: changes\n", "behaviours[", "'changes' is none of",
    ),
    "a behaviour of no operation": (
        "behaviours.yaml", "applies: mutates\n", "applies: mutates and cursor\n", "behaviours[", "matches none",
    ),
    "a vector without a verdict": (
        "webhooks.yaml", "    valid: true\n", "", "vectors[0]", "'valid' is a required",
    ),
    "a genuine vector that does not say whether it parses": (
        "webhooks.yaml", "    parses: true\n", "", "vectors[0]", "'parses' is a required",
    ),
    "a vector twice": ("webhooks.yaml", "- id: bytes\n", "- id: text\n", "vectors[1].id", "appears twice"),
    "bytes that are not hex": ("webhooks.yaml", 'hex: "7b22', 'hex: "xb22', "vectors[1].body", "{hex: …}"),
    "an event of no record": ("webhooks.yaml", "event: WebhookEvent", "event: Delivery", "event", "'Delivery'"),
    "a record under another name": ("records/Member.yaml", "title: Member", "title: User", "title", "'Member'"),
    "a property without a mark": (
        "records/Member.yaml", "x-source: inferred, ", "", "properties.user_id", "'x-source' is a required",
    ),
    "a property with another mark": (
        "records/Member.yaml", "x-source: inferred", "x-source: guessed", "properties.user_id.x-source", "documented",
    ),
    "a record that refuses unknown keys": (
        "records/Member.yaml", "type: object\n", "type: object\nadditionalProperties: false\n",
        "additionalProperties", "False is not of type 'object'",
    ),
    "a reference to no record": ("records/MemberPage.yaml", "Member.yaml", "Membre.yaml", "$ref", "'Membre'"),
    "a record for no argument": (
        "records/Event.yaml", "users.publish_sandbox.event", "users.publish_sandbox.events",
        "x-request[0]", "'users.publish_sandbox.events' is no argument",
    ),
    "a required property that is not there": (
        "records/Segment.yaml", "x-required-to-create: [name]", "x-required-to-create: [nom]",
        "x-required-to-create", "found nom",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_a_contract_with(what: str, broken: Callable[..., Path]) -> None:
    file, old, new, where, expected = BROKEN[what]
    folder = broken(file, old, new)
    with pytest.raises(ContractError) as raised:
        load(folder)
    assert raised.value.file == str(folder / file)
    assert raised.value.where.startswith(where)
    assert expected in raised.value.problem
    told = raised.value.told
    place, _, rest = told.partition(": ")
    assert place.rpartition(":")[0] == str(folder / file) if raised.value.line else place == str(folder / file)
    assert rest.startswith(where)
    assert len(told) < 1000


def test_a_folder_without_a_contract_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"admin\.yaml: expected a readable file"):
        load(tmp_path)


def test_the_contract_is_found_from_inside_the_repository(spec: Path) -> None:
    assert find_spec(Path(__file__)) == spec
    assert load().path == spec


def test_a_contract_that_cannot_be_found_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="found none, so pass its path"):
        find_spec(tmp_path)
