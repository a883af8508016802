"""Tracing with the real OpenTelemetry SDK: exported spans, and the headers that servers receive."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
from fresh_interpreter import loaded_by
from scripted_server import Hangup, Reply
from sdk_client import KEY

from segops_admin import (
    AsyncSegOpsAdmin,
    Request,
    Response,
    SegOpsAdmin,
    SegOpsApiError,
    SegOpsConnectionError,
    SegOpsDecodeError,
    SegOpsNotFoundError,
)
from segops_admin.testing import FakeTime, Script, pages, reply

pytestmark = pytest.mark.needs_workspace  # OpenTelemetry is not among requirements/sdk-tests.in

LOCAL = "127.0.0.1"


class Traced:
    """The instrumentor, a tracer for parents, and the spans that have ended."""

    def __init__(self) -> None:
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import SimpleSpanProcessor
        from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

        from segops_admin.opentelemetry import SegOpsAdminInstrumentor

        self.exporter = InMemorySpanExporter()
        self.provider = TracerProvider(shutdown_on_exit=False)
        self.provider.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.tracer = self.provider.get_tracer("test")
        self.instrumentor = SegOpsAdminInstrumentor()

    def instrument(self) -> None:
        self.instrumentor.instrument(tracer_provider=self.provider)

    @property
    def spans(self) -> list[Any]:
        return list(self.exporter.get_finished_spans())

    def attributes(self, name: str) -> list[Any]:
        return [span.attributes.get(name) for span in self.spans]


@pytest.fixture
def traced() -> Iterator[Traced]:
    made = Traced()
    made.instrument()
    yield made
    if made.instrumentor.is_instrumented_by_opentelemetry:
        made.instrumentor.uninstrument()


def parent_of(seen: Any) -> str:
    """The span that a request names in its ``traceparent``."""
    version, _, span, _ = seen.header("traceparent").split("-")
    assert version == "00"
    return str(span)


def ids(spans: list[Any]) -> list[str]:
    return [f"{span.context.span_id:016x}" for span in spans]


def test_a_call_is_a_client_span_by_the_conventions(traced: Traced, serve: Any, connect: Any) -> None:
    from opentelemetry.trace import SpanKind, StatusCode

    server = serve(Reply(json={"id": 7}))
    with traced.tracer.start_as_current_span("work") as work:
        connect(server).segments.get(7)
    span = traced.spans[0]
    assert (span.name, span.kind, span.status.status_code) == ("GET", SpanKind.CLIENT, StatusCode.UNSET)
    assert dict(span.attributes) == {
        "http.request.method": "GET",
        "url.full": f"{server.url}/segments/7/",
        "server.address": LOCAL,
        "server.port": server.port,
        "http.response.status_code": 200,
        "segops.operation": "segments.get",
    }
    assert span.parent.span_id == work.get_span_context().span_id
    assert span.instrumentation_scope.name == "segops_admin"
    assert [parent_of(seen) for seen in server.requests] == ids([span])


def test_each_attempt_and_each_redirect_is_a_span_that_counts_on(traced: Traced, serve: Any, connect: Any) -> None:
    server = serve(Reply(503), Hangup(), Reply(302, headers=[("Location", "/api/segments/8/")]), Reply(json={"id": 8}))
    assert connect(server).segments.get(7) == {"id": 8}
    assert traced.attributes("http.request.resend_count") == [None, 1, 2, 3]
    assert traced.attributes("http.response.status_code") == [503, None, 302, 200]
    assert traced.attributes("error.type") == ["503", "segops_admin.SegOpsConnectionError", None, None]
    assert traced.attributes("url.full")[-1] == f"{server.url}/segments/8/"
    assert [parent_of(seen) for seen in server.requests] == ids(traced.spans)


def test_a_span_does_not_last_until_the_next_attempt(traced: Traced) -> None:
    during: list[int] = []

    class Clock(FakeTime):
        def _sleep(self, seconds: float) -> None:
            during.append(len(traced.spans))

    script = Script(reply(status=503), reply({"id": 7}))
    SegOpsAdmin(KEY, transport=script, _runtime=Clock()).segments.get(7)
    assert during == [1]


def test_a_traceparent_of_the_callers_own_is_replaced(traced: Traced, serve: Any, connect: Any) -> None:
    server = serve(Reply(json={"id": 7}))
    connect(server, headers={"Traceparent": "00-" + "1" * 32 + "-" + "2" * 16 + "-01"}).segments.get(7)
    assert parent_of(server.requests[0]) == ids(traced.spans)[0]


def test_tracebacks_with_local_variables_do_not_show_the_key(traced: Traced, serve: Any, connect: Any) -> None:
    import traceback

    server = serve(Reply(400, json={"detail": KEY}), Reply(text=KEY), Reply(json=KEY, length=99, hang_up=True))
    client = connect(server, max_retries=0)
    for error in (SegOpsApiError, SegOpsDecodeError, SegOpsConnectionError):
        with pytest.raises(error) as caught:
            client.segments.get(7)
        told = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
        ours = [frame for frame in told.stack if "/segops_admin/" in frame.filename]
        assert "_spans" in {frame.name for frame in ours}
        assert KEY not in repr([frame.locals for frame in ours])


def test_a_failed_call_says_how_it_ended_and_no_more(traced: Traced, serve: Any, connect: Any) -> None:
    from opentelemetry.trace import StatusCode

    server = serve(
        Reply(404, json={"detail": f"{KEY}, Ann"}),
        Reply(text=f"<p>{KEY}"),
        Reply(json={"id": 7}, length=900, hang_up=True),
    )
    client = connect(server, max_retries=0)
    for error in (SegOpsNotFoundError, SegOpsDecodeError, SegOpsConnectionError):
        with pytest.raises(error):
            client.segments.get(7)
    kinds = ["404", "segops_admin.SegOpsDecodeError", "segops_admin.SegOpsConnectionError"]
    assert traced.attributes("error.type") == kinds
    assert {span.status.status_code for span in traced.spans} == {StatusCode.ERROR}
    exported = "".join(span.to_json() for span in traced.spans)
    assert KEY not in exported
    assert "Ann" not in exported  # nor anything else that the server has said


def test_values_of_the_query_are_not_recorded(traced: Traced) -> None:
    Script(reply({"results": []})).client().users.search({"q": "ann@example.com", "limit": 5})
    assert traced.attributes("url.full")[0].endswith("/users/?q=REDACTED&limit=5")
    Script(reply([])).client().http.request("GET", "/x/?token&page=a&page_size=9")
    assert traced.attributes("url.full")[1].endswith("/x/?REDACTED&page=REDACTED&page_size=9")


def test_the_trace_goes_to_the_api_and_not_to_a_storage_server(
    traced: Traced, serve: Any, connect: Any, tmp_path: Path
) -> None:
    storage = serve(Reply(body=b"user_id\n"))
    server = serve(Reply(302, headers=[("Location", f"{storage.origin}/export.csv?X-Signature=abc")]))
    connect(server).segments.download_export(5, tmp_path / "export.csv")
    assert parent_of(server.requests[0]) == ids(traced.spans)[0]
    assert storage.requests[0].header("traceparent") is None
    assert traced.attributes("url.full")[1] == f"{storage.origin}/export.csv?X-Signature=REDACTED"
    assert traced.attributes("server.port") == [server.port, storage.port]


@pytest.mark.parametrize("prefetch", [0, 3])
def test_prefetched_pages_belong_to_the_trace_of_the_iteration(prefetch: int, traced: Traced) -> None:
    answers = Script(*pages([1, 2, 3, 4], page_size=1))
    with traced.tracer.start_as_current_span("work") as work:
        assert len(list(answers.client().segments.iterate(prefetch=prefetch))) == 4
    iterated = [span for span in traced.spans if span.name == "GET"]
    assert [span.parent.span_id for span in iterated] == [work.get_span_context().span_id] * 4


def test_clients_made_before_are_traced_until_it_is_turned_off(traced: Traced) -> None:
    traced.instrumentor.uninstrument()
    script = Script(*[reply({"id": 7})] * 3)
    client = script.client()
    client.segments.get(7)
    assert traced.spans == []
    traced.instrument()
    client.segments.get(7)
    assert len(traced.spans) == 1
    traced.instrumentor.uninstrument()
    client.segments.get(7)
    assert len(traced.spans) == 1
    assert ["traceparent" in sent.headers for sent in script.requests] == [False, True, False]


def test_what_a_transport_does_is_within_the_span_and_no_second_span(traced: Traced) -> None:
    from opentelemetry import trace
    from opentelemetry.instrumentation.utils import is_http_instrumentation_enabled, suppress_http_instrumentation

    script = Script(reply({"id": 7}), reply({"id": 7}))
    during: list[Any] = []

    class Watched:
        def send(self, request: Request) -> Response:
            during.append((trace.get_current_span().get_span_context().span_id, is_http_instrumentation_enabled()))
            return script.send(request)

        def close(self) -> None:
            pass

    client = SegOpsAdmin(KEY, transport=Watched())
    client.segments.get(7)
    assert during == [(traced.spans[0].context.span_id, False)]
    assert is_http_instrumentation_enabled()
    with suppress_http_instrumentation():  # another instrumentation traces it already
        client.segments.get(7)
    assert len(traced.spans) == 1


def test_asyncio_calls_are_traced_with_their_own_parents(traced: Traced, serve: Any) -> None:
    server = serve(answer=lambda seen: Reply(503) if seen.target.endswith("/0/") else Reply(json={"id": 1}))

    async def work(number: int, client: AsyncSegOpsAdmin) -> None:
        with traced.tracer.start_as_current_span(f"work {number}"):
            await client.segments.get(number)

    async def main() -> None:
        async with AsyncSegOpsAdmin(KEY, base_url=server.url, max_retries=1, _runtime=FakeTime()) as client:
            await asyncio.gather(*[work(number, client) for number in (1, 2, 3)])
            with pytest.raises(SegOpsApiError):
                await work(0, client)

    asyncio.run(main())
    calls = {f"{span.context.span_id:016x}": span for span in traced.spans if span.name == "GET"}
    parents = {span.context.span_id: span.name for span in traced.spans if span.name != "GET"}
    assert len(calls) == len(server.requests) == 5
    for seen in server.requests:
        span = calls[parent_of(seen)]
        assert span.attributes["url.full"] == server.origin + seen.target
        assert parents[span.parent.span_id] == f"work {seen.segments[-2]}"
    assert sorted(span.attributes.get("http.request.resend_count", 0) for span in calls.values()) == [0, 0, 0, 0, 1]


def test_a_cancelled_call_ends_its_span_at_once(traced: Traced, serve: Any) -> None:
    never = threading.Event()
    server = serve(Reply(after=never))

    async def main() -> None:
        async with AsyncSegOpsAdmin(KEY, base_url=server.url) as client:
            call = asyncio.ensure_future(client.segments.get(7))
            await asyncio.get_running_loop().run_in_executor(None, server.wait_for_requests, 1)
            call.cancel()
            await asyncio.wait([call])
            assert traced.attributes("error.type") == ["asyncio.exceptions.CancelledError"]
            never.set()

    asyncio.run(main())


def test_an_interrupted_call_ends_its_span_at_once(traced: Traced) -> None:
    class Interrupted:
        def send(self, request: Request) -> Response:
            raise KeyboardInterrupt

        def close(self) -> None:
            pass

    with pytest.raises(KeyboardInterrupt) as kept:
        SegOpsAdmin(KEY, transport=Interrupted()).segments.get(7)
    assert traced.attributes("error.type") == ["KeyboardInterrupt"], kept


def test_opentelemetry_finds_the_instrumentor_by_its_entry_point() -> None:
    from opentelemetry.instrumentation.instrumentor import BaseInstrumentor

    from segops_admin.opentelemetry import SegOpsAdminInstrumentor

    (found,) = [each for each in entry_points(group="opentelemetry_instrumentor") if each.name == "segops_admin"]
    assert found.load() is SegOpsAdminInstrumentor
    assert isinstance(SegOpsAdminInstrumentor(), BaseInstrumentor)


def test_a_program_under_opentelemetry_instrument_is_traced_without_a_line_of_its_own() -> None:
    program = (
        "from opentelemetry import trace\n"
        "from opentelemetry.sdk.trace import TracerProvider\n"
        "from segops_admin.testing import Script, reply\n"
        "trace.set_tracer_provider(TracerProvider())\n"
        "script = Script(reply({'id': 7}))\n"
        "script.client().segments.get(7)\n"
        "print(script.requests[0].headers['traceparent'])\n"
    )
    runner = Path(sys.executable).with_name("opentelemetry-instrument")
    exporters = [f"--{kind}_exporter=none" for kind in ("traces", "metrics", "logs")]
    command = [str(runner), *exporters, sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.startswith("00-"), done.stderr


def test_nothing_of_opentelemetry_is_loaded_by_those_who_do_not_trace() -> None:
    loaded = loaded_by("from segops_admin.testing import Script, reply; Script(reply({})).client().segments.get(7)")
    assert "segops_admin._call.tracing" in loaded
    assert not [name for name in loaded if "opentelemetry" in name]


def test_without_opentelemetry_the_error_says_what_to_install() -> None:
    with pytest.raises(subprocess.CalledProcessError) as failed:
        loaded_by("import segops_admin.opentelemetry")
    assert "pip install 'segops_admin[opentelemetry]'" in failed.value.stderr
