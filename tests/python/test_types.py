"""The types that checkers see."""

from __future__ import annotations

import subprocess
import sys
import typing
from importlib.util import find_spec
from pathlib import Path

import pytest
from repository import ROOT

import segops_admin
from segops_admin import types as records

PACKAGE = Path(segops_admin.__file__).parent

USE = """
from pathlib import Path
from typing import Any
from segops_admin import (
    HTTPTransport, Paginated, RequestsTransport, Segment, SegOpsAdmin, SegOpsApiError, SegOpsRateLimitError, Transport,
)
from segops_admin.testing import Script, pages, reply
from segops_admin.webhook import parse_webhook, verify_webhook

with SegOpsAdmin("sk_1", base_url="https://x/api", max_retries=1, timeout=3, transport=HTTPTransport()) as client:
    for segment in client.segments.iterate({"page_size": 50, "page": "2"}, prefetch=2):
        name: str = segment["name"]
    page = client.segments.list()
    total: int = page["count"]
    made: Segment = client.segments.create({"name": "x"}, idempotency_key="k")
    client.segments.update(made["id"], {"name": "y"}, method="PUT")
    nothing: None = client.segments.delete("7")  # type: ignore[func-returns-value]
    written: int = client.segments.download_export(5, Path("x.csv"))
    for member in client.segments.iterate_members(7):
        user_id: str = member["user_id"]
    job = client.products.wait_for_import(5, on_progress=lambda job: print(job["status"]))
    rows: int = job["row_count"]
    with open("x.csv", "rb") as file:
        client.products.import_csv(file)
    answer: Any = client.http.request("POST", "/x/", body={"a": 1}, form=None, idempotent=True)
    other: SegOpsAdmin = client.with_options(timeout=1)
try:
    pass
except SegOpsRateLimitError as error:
    wait: "float | None" = error.retry_after
except SegOpsApiError as error:
    status: int = error.status
transport: Transport = RequestsTransport()
script = Script(*pages([{"id": 1}]), reply(status=503))
scripted: Transport = script
valid: bool = verify_webhook(b"", None, ["a", b"b"])
event = parse_webhook("{}", "x", "y")
members: int = event["member_count"]
paginated: "Paginated[Any]" = Paginated.from_dict({})
"""

MISUSE = {
    'client.segments.create("name")': "create",
    "client.segments.get()": "get",
    "client.segments.get(1.5)": "get",
    "client.segments.list(7)": "list",
    "client.segments.export(7, 'csv')": "export",
    'client.segments.get(7)["nmae"]': "nmae",
    "client.segmnts": "segmnts",
    "SegOpsAdmin('sk_1', 'https://x')": "SegOpsAdmin",
    "x: str = client.segments.get(7)['id']": "str",
}


def test_the_package_says_that_it_is_typed() -> None:
    assert (PACKAGE / "py.typed").is_file()


def test_records_can_be_inspected_at_run_time_on_every_python() -> None:
    shapes = [value for value in vars(records).values() if isinstance(value, type) and issubclass(value, dict)]
    assert len(shapes) > 100
    for shape in shapes:
        assert typing.get_type_hints(shape), shape


needs_mypy = pytest.mark.skipif(
    find_spec("mypy") is None, reason="the SDK's own environments have no type checker; the repository's has"
)


def mypy(source: str, folder: Path) -> str:
    """The output of mypy --strict for a user's program."""
    program = folder / "program.py"
    program.write_text(source, "utf-8")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--config-file=",
            f"--cache-dir={ROOT / '.mypy_cache'}",
            str(program),
        ],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
        cwd=folder,
        env={"MYPYPATH": str(PACKAGE.parent), "PATH": ""},
    )
    return done.stdout + done.stderr


@needs_mypy
def test_a_users_program_is_clean_under_mypy_strict(tmp_path: Path) -> None:
    said = mypy(USE, tmp_path)
    assert said.startswith("Success"), said


@needs_mypy
def test_a_users_mistakes_are_found(tmp_path: Path) -> None:
    lines = list(MISUSE)
    said = mypy("from segops_admin import SegOpsAdmin\nclient = SegOpsAdmin('sk_1')\n" + "\n".join(lines), tmp_path)
    for number, line in enumerate(lines):
        told = [text for text in said.splitlines() if f"program.py:{number + 3}:" in text and "error" in text]
        assert told, f"not found: {line}\n{said}"
        assert MISUSE[line] in " ".join(told)
