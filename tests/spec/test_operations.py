"""The operations of the contract, as the loader gives them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from segops_parity.contract import Contract, load

PUBLISHED = {
    "segments": "preview estimate versions recompute members membership export",
    "product_segments": "recompute",
    "products": "bulk_upsert score score_all facets schema import_csv import_status confirm_import",
    "schemas": "infer validate",
    "activations": "sync",
    "users": "search get events segments explain publish_sandbox",
    "identity": "alias merge",
    "queries": "run results simulate dashboard win_rate",
    "pages": "bulk_generate regenerate build publish export query",
    "analytics": "overview segments overlap activations usage",
}
CRUD = "list iterate get create update delete"
WITHOUT_CRUD = ("users", "identity", "analytics")
ADDED = {
    "segments.iterate_members", "segments.export_status", "segments.download_export", "segments.wait_for_export",
    "segments.wait_for_recompute", "segments.recompute_and_wait", "products.import_csv_in_parts",
    "products.get_score", "products.replace_schema", "products.wait_for_import",
}  # fmt: skip

# Published commands, as the vendor's page shows them (first two words and what they take).
PUBLISHED_COMMANDS = """
    segments list|segments get <id>|segments create <BODY>|segments recompute <id>|segments members <id>
    segments membership <user_id>|segments export <id>|segments delete <id>|products list|products get <id>
    products import <CSV>|products bulk-upsert <BODY>|products score <id>|products score-all|products facets
    schemas list|schemas validate <event_type> <BODY>|activations list|activations sync <id>|queries list
    queries run <id>|queries simulate <BODY>|queries dashboard|pages list|pages get <id>|pages export <id>
    pages publish <id>|pages regenerate <id>|users search|users get <user_id>|users events <user_id>
    analytics overview|analytics usage
"""


def test_the_published_surface_is_there_and_marked(contract: Contract) -> None:
    published = {
        f"{namespace}.{method}"
        for namespace, own in PUBLISHED.items()
        for method in (own if namespace in WITHOUT_CRUD else f"{CRUD} {own}").split()
    }
    assert len(published) == 85
    assert {op.id for op in contract.operations.values() if op.since == "0.2"} == published


def test_what_was_added_is_marked(contract: Contract) -> None:
    assert {op.id for op in contract.operations.values() if op.since == "1.0"} == ADDED
    assert len(contract.operations) == 95


def test_what_was_added_is_in_the_changelog() -> None:
    changelog = (Path(__file__).parents[2] / "CHANGELOG.md").read_text(encoding="utf-8")
    assert [name for name in sorted(ADDED) if f"`{name}`" not in changelog] == [], "CHANGELOG.md does not name them"


def test_the_shared_six_take_path_record_and_source_from_their_namespace(contract: Contract) -> None:
    create = contract.operations["product_segments.create"]
    assert create.request is not None
    assert (create.request.methods, create.request.path) == (("POST",), "/product-segments/")
    assert (create.returns.record, create.source, create.since, create.body) == (
        "ProductSegment", "product-segments", "0.2", "body",
    )  # fmt: skip
    assert contract.operations["products.list"].returns.text == "Page<Product>"
    assert contract.operations["queries.list"].returns.text == "AIQuery[]"
    assert contract.operations["segments.iterate"].iterates == "segments.list"
    assert contract.operations["segments.delete"].returns.kind == "null"


def test_update_chooses_between_patch_and_put(contract: Contract) -> None:
    update = contract.operations["segments.update"]
    assert update.request is not None
    assert update.request.methods == ("PATCH", "PUT")
    assert update.request.path == "/segments/{id}/"
    method = update.argument("method")
    assert (method.default, method.values, method.keyword_only, method.required) == (
        "PATCH", ("PATCH", "PUT"), True, False,
    )  # fmt: skip


def test_arguments_are_read_from_their_notation(contract: Contract) -> None:
    wait = contract.operations["segments.wait_for_export"]
    assert [(a.name, a.required, a.default, a.keyword_only) for a in wait.arguments] == [
        ("id", True, None, False),
        ("export_id", True, None, False),
        ("timeout", False, 600, True),
        ("interval", False, 2, True),
        ("on_progress", False, None, True),
    ]
    assert wait.argument("on_progress").typescript == "onProgress"
    with pytest.raises(KeyError, match="wait_for_export has no argument 'speed'"):
        wait.argument("speed")


def test_bodies_queries_and_files_are_mapped(contract: Contract) -> None:
    operations = contract.operations
    assert operations["products.bulk_upsert"].body == {"products": "rows"}
    assert operations["queries.simulate"].body == "body"
    assert operations["segments.members"].query == {"*": "params"}
    assert operations["pages.query"].query == {"q": "q", "*": "params"}
    assert operations["products.import_csv"].multipart == {"file": ("data", "filename")}


def test_typescript_names_are_camel_case(contract: Contract) -> None:
    for operation in contract.operations.values():
        words = operation.name.split("_")
        assert operation.typescript == words[0] + "".join(word.capitalize() for word in words[1:])
    assert contract.operations["product_segments.recompute"].typescript_id == "productSegments.recompute"
    assert contract.operations["queries.win_rate"].typescript_id == "queries.winRate"


def test_a_typescript_name_that_is_written_out_wins(broken: Callable[..., Path]) -> None:
    folder = broken("admin.yaml", "      win_rate:\n", "      win_rate:\n        typescript: winrate\n")
    assert load(folder).operations["queries.win_rate"].typescript == "winrate"


def test_placeholders_are_id_arguments_and_every_id_is_sent(contract: Contract) -> None:
    for operation in contract.operations.values():
        if operation.request is None:
            continue
        placeholders = set(operation.request.placeholders)
        ids = {argument.name for argument in operation.arguments if argument.type == "id"}
        assert placeholders - {"user_id"} <= ids, operation.id
        assert ids <= placeholders | set(operation.query.values()), operation.id
        assert all(operation.argument(name).required for name in placeholders), operation.id


def test_no_two_operations_send_the_same_request(contract: Contract) -> None:
    lines = Counter(
        (method, re.sub(r"\{\w+\}", "{}", op.request.path))
        for op in contract.operations.values()
        if op.request is not None
        for method in op.request.methods
    )
    assert [line for line, count in lines.items() if count > 1] == []


def test_only_gets_and_the_posts_that_merely_ask_change_nothing(contract: Contract) -> None:
    asking = {op.id for op in contract.operations.values() if op.request is not None and not op.mutates}
    gets = {op.id for op in contract.operations.values() if op.request is not None and op.request.methods == ("GET",)}
    assert gets <= asking
    assert asking - gets == {
        "segments.preview",
        "segments.estimate",
        "schemas.infer",
        "schemas.validate",
        "queries.simulate",
        "users.publish_sandbox",
    }


def test_every_source_is_a_published_page_and_every_page_is_used(contract: Contract) -> None:
    used = {op.source for op in contract.operations.values()} | {ns.source for ns in contract.namespaces.values()}
    assert used == set(contract.sources)
    for operation in contract.operations.values():
        assert operation.source_url == contract.sources[operation.source]


def test_the_published_commands_are_there(contract: Contract) -> None:
    commands = {
        " ".join([op.cli.resource, op.cli.verb, *(f"<{name}>" for name in op.cli.positionals)])
        for op in contract.operations.values()
    }
    published = {command.strip() for line in PUBLISHED_COMMANDS.split("\n") for command in line.split("|")} - {""}
    assert len(published) == 33
    assert published <= commands


def test_commands_take_what_their_operations_need(contract: Contract) -> None:
    for operation in contract.operations.values():
        needed = [a for a in operation.arguments if a.required and not a.keyword_only]
        # A wait is a flag of the command that starts the job, and takes that command's arguments.
        if operation.polls is None:
            assert len(operation.cli.positionals) == len(needed), operation.id
        assert not any(flag.required for flag in operation.cli.flags) or operation.repeats, operation.id


def test_a_command_is_read_from_its_notation(contract: Contract) -> None:
    export = contract.operations["segments.export"].cli
    assert (export.resource, export.verb, export.positionals) == ("segments", "export", ("id",))
    assert [(flag.name, flag.value, flag.required) for flag in export.flags] == [
        ("format", "csv|parquet", False), ("wait", None, False), ("to", "OUT", False),
    ]  # fmt: skip
    assert contract.operations["product_segments.list"].cli.resource == "product-segments"


@pytest.mark.parametrize(
    ("operation", "flags"),
    [
        ("segments.list", "request get reads bodyless query params page"),
        ("segments.iterate", "params page iterates"),
        ("segments.update", "request patch put mutates json path-id choices"),
        ("segments.delete", "request delete mutates bodyless path-id"),
        ("segments.preview", "request post reads json"),
        ("segments.recompute", "request post mutates bodyless path-id"),
        ("segments.iterate_members", "params cursor iterates"),
        ("segments.export_status", "request get reads bodyless query path-id"),
        ("segments.download_export", "request get reads bodyless path-id downloads"),
        ("segments.wait_for_export", "polls states"),
        ("segments.wait_for_recompute", "polls"),
        ("segments.recompute_and_wait", "polls queues"),
        ("products.import_csv_in_parts", "splits"),
        ("products.import_csv", "request post mutates multipart"),
        ("pages.export", "request post mutates json path-id choices"),
    ],
)
def test_flags_are_computed(contract: Contract, operation: str, flags: str) -> None:
    assert contract.operations[operation].flags == set(flags.split())


def test_the_hash_is_the_same_every_time_and_for_nobody_else(contract: Contract) -> None:
    again = load()
    hashes = {op.id: op.hash for op in contract.operations.values()}
    assert hashes == {op.id: op.hash for op in again.operations.values()}
    assert len(set(hashes.values())) == len(hashes)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("POST /segments/{id}/estimate/", "PUT /segments/{id}/estimate/"),
        ("returns: SegmentEstimate", "returns: SegmentPreview"),
        ("cli: estimate <id>", "cli: estimate <id> [--wait]"),
    ],
)
def test_the_hash_changes_with_the_meaning(contract: Contract, broken: Callable[..., Path], old: str, new: str) -> None:
    changed = load(broken("admin.yaml", old, new))
    different = {op.id for op in changed.operations.values() if op.hash != contract.operations[op.id].hash}
    assert different == {"segments.estimate"}


def test_the_hash_changes_with_the_values_of_an_argument(contract: Contract, broken: Callable[..., Path]) -> None:
    changed = load(broken("admin.yaml", "values: [PATCH, PUT]", "values: [PATCH, PUT, POST]"))
    different = {op.name for op in changed.operations.values() if op.hash != contract.operations[op.id].hash}
    assert different == {"update"}


def test_the_hash_stays_when_only_words_change(contract: Contract, broken: Callable[..., Path]) -> None:
    changed = load(broken("admin.yaml", "Estimates how many users", "Guesses how many users"))
    assert changed.operations["segments.estimate"].summary.startswith("Guess")
    assert changed.operations["segments.estimate"].hash == contract.operations["segments.estimate"].hash
