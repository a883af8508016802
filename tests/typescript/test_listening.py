"""``segops-admin listen`` of both languages, between a real sandbox and a real receiver."""

from __future__ import annotations

import contextlib
import http.client
import json
import signal
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import trustme
from scripted_server import Raw, Reply, ScriptedServer
from typescript_package import WORKSPACE, clean_environment

from segops_admin import SegOpsAdmin
from segops_admin.webhook import sign_webhook, verify_webhook

pytestmark = pytest.mark.needs_workspace

DEFINITION = {
    "logic": "AND",
    "conditions": [{"type": "event_count", "event_type": "purchase", "operator": "gte", "value": 1}],
}


@pytest.fixture
def client(segops_sandbox: Any) -> Iterator[SegOpsAdmin]:
    segops_sandbox.reset()
    with SegOpsAdmin(segops_sandbox.api_key, base_url=segops_sandbox.url) as made:
        yield made


@pytest.fixture(params=["python", "typescript"])
def program(request: pytest.FixtureRequest, built: Path) -> list[str]:
    if request.param == "python":
        return [sys.executable, "-m", "segops_admin"]
    return [str(WORKSPACE / "tools/node.sh"), "current", "node", str(built / "dist/esm/cli/bin.js")]


def as_from_a_terminal() -> None:
    """Signals as they are there: behind nohup SIGHUP is ignored, and stays so."""
    for number in (signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)


@contextmanager
def listening(program: list[str], sandbox: Any, to: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
    """The command, once it has registered its webhook."""
    process = subprocess.Popen(
        [*program, "listen", f"--forward-to={to}"],
        env={**clean_environment(), **sandbox.env, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=as_from_a_terminal,
    )
    try:
        assert process.stderr is not None
        assert process.stderr.readline().endswith(f" is registered; its deliveries are forwarded to {to}\n")
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def recompute(client: SegOpsAdmin) -> Any:
    """A segment that has been recomputed, which SegOps tells its webhooks."""
    segment = client.segments.create({"name": "Käufer", "definition": DEFINITION})
    client.segments.recompute_and_wait(segment["id"], interval=0.02)
    return segment["id"]


def delivered(client: SegOpsAdmin, hook: int) -> Any:
    """The first delivery as SegOps notes it, which it does once it has read the answer: after the line was printed."""
    while True:
        for noted in client.http.request("GET", f"/webhooks/{hook}/deliveries/")["results"]:
            return noted


def printed(process: subprocess.Popen[str]) -> Any:
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_deliveries_go_on_as_they_came_and_the_webhook_is_removed(
    end: signal.Signals, program: list[str], segops_sandbox: Any, client: SegOpsAdmin
) -> None:
    with ScriptedServer(Reply(status=202)) as receiver:
        to = f"{receiver.origin}/hook?a=b%20c"
        with listening(program, segops_sandbox, to) as process:
            assert process.stderr is not None
            secret, _, advice = process.stderr.readline().partition("=")[2].partition(" ")
            assert advice == "verifies them. Ctrl-C removes the webhook.\n"
            segment = recompute(client)
            line = printed(process)
            process.send_signal(end)
            out, err = process.communicate(timeout=60)
        (seen,) = receiver.requests
    assert (process.returncode, out) == (0, "")
    assert err.endswith(" is removed\n")
    assert client.http.request("GET", "/webhooks/")["results"] == []
    assert seen.line == "POST /hook?a=b%20c HTTP/1.1"
    assert verify_webhook(seen.body, seen.header("X-SegOps-Signature"), secret)
    assert seen.header("Host") == receiver.origin.partition("//")[2]
    assert (seen.header("Content-Type"), seen.header("User-Agent")) == ("application/json", "segops-webhooks")
    assert json.loads(seen.body)["segment_id"] == segment
    assert isinstance(line.pop("ms"), int)
    signature = seen.header("X-SegOps-Signature")
    assert line == {"body": json.loads(seen.body), "status": 202, "error": None, "signature": signature}


def test_a_delivery_under_way_at_the_end_is_printed_and_its_sender_answered(
    program: list[str], segops_sandbox: Any, client: SegOpsAdmin
) -> None:
    secret = "whsec_test_1"

    def deliver(url: str) -> int:
        to = urlsplit(url)
        connection = http.client.HTTPConnection(to.netloc, timeout=60)
        with contextlib.closing(connection):
            connection.putrequest("POST", to.path)
            sent = {"X-SegOps-Signature": sign_webhook(b"{}", secret), "Content-Length": "2", "X-Trace": "one"}
            for name, value in [*sent.items(), ("X-Trace", "two")]:
                connection.putheader(name, value)
            connection.endheaders(b"{}")
            return connection.getresponse().status

    slow = Reply(status=202, after=(answer := threading.Event()))
    with (
        ScriptedServer(slow) as receiver,
        listening(program, segops_sandbox, receiver.origin, SEGOPS_WEBHOOK_SECRET=secret) as process,
        ThreadPoolExecutor(1) as sender,
    ):
        assert process.stderr is not None
        (hook,) = client.http.request("GET", "/webhooks/")["results"]
        delivery = sender.submit(deliver, hook["url"])
        receiver.wait_for_requests(1)
        process.send_signal(signal.SIGINT)
        assert process.stderr.readline().endswith(" is removed\n")
        answer.set()
        assert delivery.result(60) == 202
        out, _ = process.communicate(timeout=60)
        (seen,) = receiver.requests
    assert (process.returncode, json.loads(out)["status"]) == (0, 202)
    traces = [value for name, value in seen.headers if name.lower() == "x-trace"]
    assert ", ".join(traces) == "one, two"


def test_the_sender_learns_what_became_of_a_delivery(
    program: list[str], segops_sandbox: Any, client: SegOpsAdmin
) -> None:
    with ScriptedServer() as gone:
        pass  # its port is free again: nobody answers there
    with listening(program, segops_sandbox, gone.origin, SEGOPS_WEBHOOK_SECRET="whsec_test_1") as process:
        (hook,) = client.http.request("GET", "/webhooks/")["results"]
        recompute(client)
        line = printed(process)
        assert (line["status"], line["error"]) == (None, "Connection refused")
        assert process.stdout is not None
        process.stdout.close()  # nobody reads on: the next line ends it
        noted = delivered(client, hook["id"])
        recompute(client)
        assert process.wait(60) == 0
    assert noted["status_code"] == 502
    assert line["signature"] == sign_webhook(noted["body"], "whsec_test_1")
    assert client.http.request("GET", "/webhooks/")["results"] == []


def test_what_the_secret_has_not_signed_is_refused(
    program: list[str], segops_sandbox: Any, client: SegOpsAdmin
) -> None:
    import urllib.error
    import urllib.request

    with ScriptedServer() as receiver, listening(program, segops_sandbox, receiver.origin) as process:
        (hook,) = client.http.request("GET", "/webhooks/")["results"]
        signed = {"X-SegOps-Signature": sign_webhook(b"{}", "whsec_test_other")}
        for headers in ({}, signed):
            request = urllib.request.Request(hook["url"], b"{}", headers)
            with pytest.raises(urllib.error.HTTPError, match="401"):
                urllib.request.urlopen(request, timeout=60)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out, receiver.requests) == (0, "", [])
        assert err.count("note: refused a request that is not signed with the webhook's secret\n") == 2


def test_a_server_that_is_slow_to_remove_the_webhook_changes_no_exit_code(program: list[str]) -> None:
    slow = Reply(status=204, after=(removal := threading.Event()))
    with ScriptedServer(Reply(status=201, json={"id": 7}), slow) as server:
        variables = {"SEGOPS_API_KEY": "sk_test_listening", "SEGOPS_API_URL": server.url}
        process = subprocess.Popen(
            [*program, "listen", "--forward-to=http://127.0.0.1:9"],
            env={**clean_environment(), **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=as_from_a_terminal,
        )
        try:
            assert process.stderr is not None
            assert process.stderr.readline().startswith("webhook 7 is registered")
            process.send_signal(signal.SIGINT)
            # Longer than the command line waits for what merely tidies up.
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.8)
            removal.set()
            _, err = process.communicate(timeout=60)
        finally:
            process.kill()
    assert (process.returncode, err.splitlines()[-1]) == (0, "webhook 7 is removed")


@pytest.mark.parametrize(
    ("speaks_tls", "said"), [(False, "wrong version number"), (True, "its certificate is not valid here")]
)
def test_why_a_receiver_over_tls_is_not_reached_is_said_alike_in_both_languages(
    speaks_tls: bool, said: str, program: list[str], segops_sandbox: Any, client: SegOpsAdmin
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    plain = Raw(b"220 receiver.test ESMTP\r\n", read="nothing")
    with ScriptedServer(*(() if speaks_tls else (plain,)), tls=context if speaks_tls else None) as receiver:
        to = f"https://127.0.0.1:{receiver.port}/"
        with listening(program, segops_sandbox, to, SEGOPS_WEBHOOK_SECRET="whsec_test_1") as process:
            recompute(client)
            line = printed(process)
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)
    assert (line["status"], line["error"]) == (None, said)
