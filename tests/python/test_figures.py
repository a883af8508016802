"""The contract's figures: each is tested at its value, one below and one above, where these exist.

They are read from spec/behaviours.yaml, so that a figure that changes there turns these tests red until the code has it
too. `segops-parity hygiene` fails on a number in the contract that this file does not read.
"""

from __future__ import annotations

import json
import re
from contextlib import closing
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
import yaml

import segops_admin
from segops_admin import SegOpsAdmin, SegOpsApiError, SegOpsArgumentError, SegOpsDecodeError, SegOpsWaitTimeout
from segops_admin._wire.csv_parts import check_import
from segops_admin.cli.failures import exit_code
from segops_admin.cli.json_lines import JsonLines, read_rows
from segops_admin.cli.main import main
from segops_admin.cli.retries import Retries
from segops_admin.testing import FakeTime, Reply, Script, reply

BEHAVIOURS = Path(__file__).parents[2] / "spec" / "behaviours.yaml"
FIGURES: dict[str, Any] = {
    each["id"]: each.get("figures", {})
    for each in yaml.load(BEHAVIOURS.read_text(encoding="utf-8"), yaml.CSafeLoader)["behaviours"]
}
OK = {"id": 1}


def figure(behaviour: str, name: str) -> Any:
    return FIGURES[behaviour][name]


def sleeps_of(*replies: Reply, **options: Any) -> list[float]:
    """The waits of a call that is answered by these."""
    script = Script(*replies)
    script.client(**options).segments.get(1)
    script.assert_done()
    return script.time.sleeps


def test_defaults() -> None:
    client = SegOpsAdmin("sk_test_figures", base_url="http://127.0.0.1:9/api")
    assert client.http.max_retries == figure("config.defaults", "max_retries")
    assert client.http.timeout == figure("config.defaults", "timeout")
    client.close()


def test_longest_idempotency_key() -> None:
    longest = figure("request.idempotency-key-given", "longest")
    for length in (longest - 1, longest):
        Script(reply(OK)).client().segments.recompute(1, idempotency_key="k" * length)
    with pytest.raises(SegOpsArgumentError):
        Script().client().segments.recompute(1, idempotency_key="k" * (longest + 1))


def test_largest_whole_numbers() -> None:
    assert figure("limit.large-integers", "largest") == figure("request.query-numbers", "largest")
    largest = figure("request.query-numbers", "largest")
    for number in (largest - 1, largest):
        script = Script(reply(OK))
        script.client().http.request("GET", "/x/", query={"n": float(number)})
        assert script.requests[0].query == {"n": [str(number)]}
    with pytest.raises(SegOpsArgumentError):
        Script().client().http.request("GET", "/x/", query={"n": float(largest + 1)})
    with pytest.raises(SegOpsArgumentError):
        Script().client().segments.get(float(largest + 1))


def nested(levels: int) -> str:
    return "[" * levels + "]" * levels


def test_deepest_body() -> None:
    deepest = figure("request.json-unsendable", "deepest")
    for levels in (deepest - 1, deepest):
        script = Script(reply(OK))
        script.client().http.request("POST", "/x/", body=json.loads(nested(levels)))
        assert script.requests[0].content.decode() == nested(levels)
    with pytest.raises(SegOpsArgumentError):
        Script().client().http.request("POST", "/x/", body=json.loads(nested(deepest + 1)))


def test_deepest_reply() -> None:
    deepest = figure("response.too-deep", "deepest")

    def read(levels: int) -> Any:
        answer = reply(content=nested(levels).encode(), headers={"Content-Type": "application/json"})
        return Script(answer).client().http.request("GET", "/x/")

    assert read(deepest - 1)
    assert read(deepest)
    with pytest.raises(SegOpsDecodeError):
        read(deepest + 1)


def test_largest_reply() -> None:
    largest = figure("response.too-large", "largest")

    def read(size: int) -> Any:
        answer = reply(content=b'{"id":1}'.ljust(size), headers={"Content-Type": "application/json"})
        return Script(answer).client().http.request("GET", "/x/")

    assert read(largest) == OK
    with pytest.raises(SegOpsDecodeError):
        read(largest + 1)


def test_retried_statuses() -> None:
    first, last = figure("retry.server-errors", "from"), figure("retry.server-errors", "to")
    for status in (figure("retry.too-many-requests", "status"), first, first + 1, last - 1, last):
        assert sleeps_of(reply(OK, status=status), reply(OK)) == [1.0]
    for status in (figure("retry.too-many-requests", "status") - 1, first - 1):
        with pytest.raises(SegOpsApiError):
            sleeps_of(reply(OK, status=status))


def test_delays() -> None:
    base, longest = figure("retry.delay", "base"), figure("retry.delay", "longest")
    wanted = [float(min(longest, base**retry)) for retry in range(7)]
    assert longest in wanted
    assert any(each < longest for each in wanted)
    assert sleeps_of(*[reply(status=500)] * 7, reply(OK), max_retries=7) == wanted
    jitter = figure("retry.delay", "jitter")
    script = Script(reply(status=500), reply(OK))
    script.time = FakeTime(random=0.5)
    script.client().segments.get(1)
    assert script.time.sleeps == [1 - jitter / 2]


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_longest_retry_after(form: str) -> None:
    longest = figure(f"retry.retry-after-{form}", "longest")
    assert longest == figure("retry.retry-after-too-long", "longest")

    def waits(seconds: int) -> list[float]:
        asked = str(seconds) if form == "seconds" else formatdate(FakeTime().time + seconds, usegmt=True)
        return sleeps_of(reply(status=429, headers={"Retry-After": asked}), reply(OK))

    assert waits(longest - 1) == [longest - 1]
    assert waits(longest) == [longest]
    with pytest.raises(SegOpsApiError) as caught:
        waits(longest + 1)
    assert caught.value.retry_after == longest + 1


def test_redirects() -> None:
    statuses = figure("redirect.same-origin-get", "statuses")
    for status in {each + step for each in statuses for step in (-1, 0, 1)}:
        script = Script(reply(status=status, headers={"Location": "/api/y/"}), reply(OK))
        if status in statuses:
            assert script.client(max_retries=0).http.request("GET", "/x/") == OK
        elif status >= 300:
            with pytest.raises(SegOpsApiError):
                script.client(max_retries=0).http.request("GET", "/x/")
    most = figure("redirect.limit", "most")
    hop = reply(status=302, headers={"Location": "/api/y/"})
    for hops in (most - 1, most):
        assert Script(*[hop] * hops, reply(OK)).client().http.request("GET", "/x/") == OK
    with pytest.raises(SegOpsDecodeError):
        Script(*[hop] * (most + 1)).client().http.request("GET", "/x/")


def test_classes_of_statuses() -> None:
    for status, name in FIGURES["error.by-status"].items():
        with pytest.raises(getattr(segops_admin, name)) as caught:
            Script(reply(status=int(status.replace("xx", "00")))).client(max_retries=0).segments.get(1)
        assert type(caught.value).__name__ == name


def test_pages_are_not_prefetched() -> None:
    assert figure("pagination.one-page-at-a-time", "prefetch") == 0
    script = Script(reply({"results": [OK], "next": "more", "count": 9}))
    assert next(script.client().segments.iterate()) == OK
    assert len(script.requests) == 1


def test_waits() -> None:
    first, factor, interval = (figure("wait.until-done", name) for name in ("first", "factor", "interval"))
    wanted = [min(first * factor**look, interval) for look in range(7)]
    assert interval in wanted
    script = Script(*[reply({"status": "running"})] * 7, reply({"status": "done"}))
    script.client().products.wait_for_import(1)
    assert script.time.sleeps == pytest.approx(wanted)


def test_timeout_of_waits() -> None:
    longest = figure("wait.timeout", "timeout")
    script = Script(*[reply({"status": "running"})] * 400)
    with pytest.raises(SegOpsWaitTimeout):
        script.client().products.wait_for_import(1)
    assert sum(script.time.sleeps) == pytest.approx(longest)


ROOM_OF_A_FORM = 4096


def test_largest_import(tmp_path: Path) -> None:
    file = tmp_path / "catalogue.csv"
    most = figure("import.too-large", "rows")

    def imported(rows: int, head: bytes = b"sku\n") -> Any:
        file.write_bytes(head + b"1\n" * rows)
        return Script(reply(OK)).client().products.import_csv(file)

    assert imported(most - 1) == imported(most) == OK
    assert imported(most, b"\xef\xbb\xbfsep=;\r\n\r\nsku;n\r\n") == OK  # Excel's line is no row
    for head in (b"sku\n", b"sep=;\nsku\n"):
        with pytest.raises(SegOpsArgumentError, match=f"{most + 1:,} rows; an import takes {most:,} rows"):
            imported(most + 1, head)
    fits = figure("import.too-large", "bytes") - ROOM_OF_A_FORM
    with file.open("wb") as large:
        large.truncate(fits)  # a sparse file: it takes no space
    with file.open("rb") as large:
        check_import(large)
    with file.open("ab") as large:
        large.truncate(fits + 1)
    with pytest.raises(SegOpsArgumentError, match=f"{fits + 1:,} bytes"):
        Script().client().products.import_csv(file)


def test_rows_of_json_lines(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SEGOPS_API_KEY", "sk_test_figures")
    most = figure("cli.json-lines", "rows")
    file = tmp_path / "rows.jsonl"

    def first_batch(rows: int) -> int:
        file.write_text('{"sku": "A"}\n' * rows, encoding="utf-8")
        assert main(["--dry-run", "products", "bulk-upsert", str(file)]) == 0
        request, _ = json.JSONDecoder().raw_decode(capsys.readouterr().out)
        return len(request["body"]["products"])

    assert [first_batch(rows) for rows in (most - 1, most, most + 1)] == [most - 1, most, most]


def test_bytes_of_a_request_from_json_lines(tmp_path: Path) -> None:
    most, file, row = figure("cli.json-lines-size", "bytes"), tmp_path / "rows.jsonl", b'{"sku": "A"}\n'

    def batches(*sizes: int) -> list[int]:
        file.write_bytes(b"".join(row[:-1].ljust(size - 1) + b"\n" for size in sizes))
        lines = read_rows(str(file))
        assert isinstance(lines, JsonLines)
        with closing(lines):
            return [len(batch) for batch in lines.batches(1000, 0)]

    half = most // 2
    assert batches(half, half - 1, 20) == [2, 1]
    assert batches(half, half - 20, 20) == [3]
    assert batches(half, half - 20, 21) == [2, 1]
    assert batches(20, most + 1, 20) == [1, 1, 1]


def test_least_wait_that_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    least = figure("cli.retries-told", "least")
    for seconds in (least - 1, least, least + 1):
        answers = [reply(status=429, headers={"Retry-After": str(seconds)}), reply(OK)]
        Script(*answers).client(on_reply=Retries(verbose=False)).segments.get(1)
        assert ("retrying in" in capsys.readouterr().err) is (seconds >= least)


def test_exit_codes(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEGOPS_API_KEY", "sk_test_figures")
    assert main(["--version"]) == figure("cli.exit-success", "code")
    assert main(["no-such-command"]) == figure("cli.exit-usage", "code")
    assert exit_code(SegOpsDecodeError("unreadable")) == figure("cli.exit-failure", "code")
    assert exit_code(KeyboardInterrupt()) == figure("cli.exit-interrupt", "code")
    capsys.readouterr()
    main(["segments", "get", "1", "--dry-run", "--api-url=http://127.0.0.1:9/api"])
    indents = re.findall(r"^( +)\"method\"", capsys.readouterr().out, re.MULTILINE)
    assert indents == [" " * figure("cli.compact", "indent")]


def test_connections_that_a_transport_opens_at_most() -> None:
    most = yaml.load((BEHAVIOURS.parent / "surface.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    for transport in (segops_admin.HTTPTransport(), segops_admin.AsyncHTTPTransport()):
        assert transport._max_connections == most["options"]["max_connections"]["default"]


def test_seconds_that_an_unused_connection_is_kept() -> None:
    for transport in (segops_admin.HTTPTransport(), segops_admin.AsyncHTTPTransport()):
        assert transport._idle_seconds == figure("transport.idle-reaped", "seconds")
