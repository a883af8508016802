"""The SDK together with uvloop, Jupyter, FastAPI, Sentry, VCR.py and pytest-recording."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import textwrap
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import vcr
from repository import ROOT
from scripted_server import Hangup, Raw, Reply, ScriptedServer

from segops_admin import AsyncSegOpsAdmin, RequestsTransport, SegOpsAdmin, SegOpsConnectionError, SegOpsDecodeError

pytestmark = pytest.mark.needs_workspace

KEY = "sk_test_frameworks"


def run(program: str, *arguments: str, folder: Path, **environment: str) -> str:
    """The output of a program run in a subprocess: some of these libraries patch the interpreter permanently."""
    file = folder / "program.py"
    file.write_text(textwrap.dedent(program), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(file), *arguments],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(ROOT / "tests/support"), "PATH": os.defpath, "HOME": str(folder), **environment},
        cwd=folder,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


# -------------------------------------------------------------------------------------------------------- asyncio


def test_under_uvloop_calls_iteration_cuts_and_cancellations_are_as_under_asyncio() -> None:
    import uvloop

    pages = [
        Reply(json={"count": 4, "next": "x", "results": [1, 2]}),
        Reply(json={"count": 4, "next": None, "results": [3, 4]}),
    ]
    # The broken reply closes the kept connection: the hang-up then meets a fresh one, and is not made good by another.
    broken = [Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n1"), Hangup()]
    steps = [Reply(json={"id": 7}), *pages, *broken, Reply(json={"id": 8}, chunked=3, gzip=True)]

    async def main(url: str) -> list[Any]:
        seen: list[Any] = []
        async with AsyncSegOpsAdmin(KEY, base_url=url, max_retries=0) as client:
            seen.append(await client.segments.get(7))
            seen.append([each async for each in client.segments.iterate(prefetch=2)])
            for error in (SegOpsDecodeError, SegOpsConnectionError):
                with pytest.raises(error):
                    await client.segments.get(7)
            task = asyncio.ensure_future(client.segments.get(7))
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            seen.append(await client.segments.get(8))
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return seen

    loop = uvloop.new_event_loop()
    try:
        with ScriptedServer(*steps) as server:
            got = loop.run_until_complete(main(server.url))
    finally:
        loop.close()
    assert got == [{"id": 7}, [1, 2, 3, 4], {"id": 8}]


CELLS = """
    import asyncio, sys
    from IPython.core.interactiveshell import InteractiveShell

    url = sys.argv[1]

    async def notebook():  # what ipykernel does for each cell, within the loop that it runs for good
        shell = InteractiveShell.instance()
        for cell in (
            "from segops_admin import AsyncSegOpsAdmin, SegOpsAdmin",
            f"client = AsyncSegOpsAdmin('sk_test_cell', base_url={url!r})",
            "await client.segments.get(7)",
            "[each async for each in client.segments.iterate()]",
            f"SegOpsAdmin('sk_test_cell', base_url={url!r}).segments.get(8)",
            "await client.close()",
        ):
            done = await shell.run_cell_async(cell, store_history=False, transformed_cell=shell.transform_cell(cell))
            done.raise_error()
            print("->", done.result)

    asyncio.run(notebook())
"""


def test_in_a_notebook_cells_await_the_asyncio_client_and_call_the_blocking_one(tmp_path: Path) -> None:
    with ScriptedServer(Reply(json={"id": 7}), Reply(json=[1, 2]), Reply(json={"id": 8})) as server:
        printed = run(CELLS, server.url, folder=tmp_path)
    results = [line for line in printed.splitlines() if line.startswith("->")]
    assert results == ["-> None", "-> None", "-> {'id': 7}", "-> [1, 2]", "-> {'id': 8}", "-> None"]


def test_a_fastapi_application_holds_one_client_for_its_lifespan() -> None:
    from contextlib import asynccontextmanager

    import uvicorn
    from fastapi import FastAPI, Request

    async def main(url: str) -> list[Any]:
        @asynccontextmanager
        async def lifespan(app: FastAPI) -> AsyncIterator[None]:
            async with AsyncSegOpsAdmin(KEY, base_url=url) as client:
                app.state.client = client
                yield

        async def segment(number: int, request: Request) -> Any:
            return await request.app.state.client.segments.get(number)

        segment.__annotations__ = {"number": int, "request": Request}
        app = FastAPI(lifespan=lifespan)
        app.get("/segments/{number}", response_model=None)(segment)
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical"))
        with socket.create_server(("127.0.0.1", 0)) as listener:
            serving = asyncio.ensure_future(server.serve([listener]))
            address = f"http://127.0.0.1:{listener.getsockname()[1]}/segments/"
            bodies = [await asyncio.to_thread(fetch, f"{address}{number}") for number in range(3)]
            server.should_exit = True
            await serving
        return bodies

    with ScriptedServer(*[Reply(json={"id": number}) for number in range(3)]) as api:
        assert asyncio.run(main(api.url)) == [{"id": 0}, {"id": 1}, {"id": 2}]
        assert api.connections == 1


def fetch(url: str) -> Any:
    with urllib.request.urlopen(url) as reply:
        return json.load(reply)


# --------------------------------------------------------------------------------------------------------- Sentry

SENTRY = """
    import json
    import sentry_sdk
    from sentry_sdk.transport import Transport
    from segops_admin import SegOpsAdmin, SegOpsError

    before = SegOpsAdmin()  # key and address come from the environment: no variable of the program's own holds the key
    before.segments.get(1)  # a connection from before Sentry is set up

    class Memory(Transport):
        sent = []
        def capture_envelope(self, envelope):
            self.sent += [item.payload.json for item in envelope.items]

    sentry_sdk.init("https://public@sentry.example/1", transport=Memory, traces_sample_rate=1.0, send_default_pii=True)
    with sentry_sdk.start_transaction(name="job"):
        client = SegOpsAdmin(max_retries=0)
        client.segments.get(7)
        before.segments.create({"name": "x"})
        for call in (client.segments.get, before.segments.get):
            try:
                call(8)
            except SegOpsError as error:
                sentry_sdk.capture_exception(error)
        try:
            local = client
            client.segments.get(9)
            raise RuntimeError("a mistake of the program's own")
        except RuntimeError as error:
            sentry_sdk.capture_exception(error)
    sentry_sdk.flush()
    print(json.dumps(Memory.sent))
"""


def test_sentry_sees_spans_and_errors_and_never_the_key(tmp_path: Path) -> None:
    echo = {"detail": f"You sent {KEY}."}
    broken = Raw(f"HTTP/1.1 200 {KEY}\r\nContent-Length: x{KEY}\r\n\r\n".encode())
    refused = Reply(403, json=echo, headers=[("X-Request-Id", KEY)])
    fine = [Reply(json={"id": 1}), Reply(json={"id": 7}), Reply(201, json={"id": 2})]
    with ScriptedServer(*fine, refused, broken, Reply(json={"id": 9})) as server:
        printed = run(SENTRY, folder=tmp_path, SEGOPS_API_KEY=KEY, SEGOPS_API_URL=server.url)
    assert KEY not in printed
    events = json.loads(printed)
    raised = [event["exception"]["values"][-1] for event in events if "exception" in event]
    assert [each["type"] for each in raised] == ["SegOpsPermissionError", "SegOpsDecodeError", "RuntimeError"]
    frames = [frame for each in raised for frame in each["stacktrace"]["frames"]]
    assert any(frame.get("vars") for frame in frames), "local variables are captured, or this would show nothing"
    (transaction,) = [event for event in events if event.get("type") == "transaction"]
    spans = [span["description"] for span in transaction["spans"] if span["op"] == "http.client"]
    assert len(spans) == 5
    assert all("/segments/" in span for span in spans)


# --------------------------------------------------------------------------------------------------------- VCR.py


@pytest.mark.parametrize("through", ["built in", "requests"])
def test_a_connection_from_before_a_cassette_is_not_used_inside_it(through: str, tmp_path: Path) -> None:
    cassette = str(tmp_path / "segments.yaml")
    steps = [Reply(json={"id": "recorded"}), Reply(json={"id": "before"}), Reply(json={"id": "after"})]
    with ScriptedServer(*steps) as server:

        def client() -> SegOpsAdmin:
            transport = RequestsTransport() if through == "requests" else None
            return SegOpsAdmin(KEY, base_url=server.url, transport=transport)

        with vcr.use_cassette(cassette), client() as recording:
            assert recording.segments.get(7) == {"id": "recorded"}
        with client() as kept:
            assert kept.segments.get(7) == {"id": "before"}
            with vcr.use_cassette(cassette, record_mode="none"):
                assert kept.segments.get(7) == {"id": "recorded"}
            assert kept.segments.get(7) == {"id": "after"}
        if through == "built in":
            assert server.connections == 2, "the connection from before the cassette serves again after it"


RECORDED = """
    import pytest
    from segops_admin import SegOpsAdmin, SegOpsError

    client = SegOpsAdmin("sk_test_recorded", base_url={url!r}, max_retries=0)

    def test_without_a_cassette():
        assert client.segments.get(1) == {{"id": 1}}

    @pytest.mark.vcr
    def test_with_one():
        assert client.segments.get(7) == {{"id": 7}}
"""


def test_pytest_recording_records_and_plays_for_a_client_of_the_whole_module(tmp_path: Path) -> None:
    def play(*options: str) -> None:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", str(tmp_path / "pytest.ini")]
        done = subprocess.run(
            [*command, *options, str(tmp_path)], capture_output=True, text=True, check=False, cwd=tmp_path
        )
        assert done.returncode == 0, done.stdout

    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = vcr\n")
    # Recording sends twice, replaying once: replayed calls are not sent.
    with ScriptedServer(Reply(json={"id": 1}), Reply(json={"id": 7}), Reply(json={"id": 1})) as server:
        (tmp_path / "test_module.py").write_text(textwrap.dedent(RECORDED).format(url=server.url))
        play("--record-mode=once")
        play("--record-mode=none")
