"""OpenTelemetry: a span for each request that clients send, by the semantic conventions for HTTP.

    from segops_admin.opentelemetry import SegOpsAdminInstrumentor

    SegOpsAdminInstrumentor().instrument()

Needs the extra: ``pip install 'segops_admin[opentelemetry]'``. ``opentelemetry-instrument`` finds it by itself.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

try:
    from opentelemetry import propagate, trace
    from opentelemetry.instrumentation.instrumentor import BaseInstrumentor  # type: ignore[attr-defined]
    from opentelemetry.instrumentation.utils import is_http_instrumentation_enabled, suppress_http_instrumentation
except ImportError as error:
    raise ImportError("Tracing needs OpenTelemetry: pip install 'segops_admin[opentelemetry]'.") from error

from ._call import tracing
from ._call.steps import Sleep
from ._transport.protocol import Request
from ._version import __version__

if TYPE_CHECKING:
    from opentelemetry.util.types import AttributeValue

    from ._call.call import Call
    from ._call.course import Course

__all__ = ["SegOpsAdminInstrumentor"]

_SCHEMA = "https://opentelemetry.io/schemas/1.23.1"  # the first in which the attributes below are stable
_PORTS = {"http": 80, "https": 443}
_COUNTS = ("limit", "page", "page_size")


class SegOpsAdminInstrumentor(BaseInstrumentor):  # type: ignore[misc]  # its module is exempt from type checks
    """Traces every client of the process, blocking and asyncio, made before or after ``instrument``.

    Each request is a span of its own: retries and followed redirects say in ``http.request.resend_count`` that they
    are. ``traceparent``, or what the configured propagator sends, goes to the API's own origin only. Values of query
    parameters are recorded as ``REDACTED``, except for page numbers and sizes: they may hold personal data.

    ``instrument(tracer_provider=...)`` takes a provider in place of the global one.
    """

    def instrumentation_dependencies(self) -> Collection[str]:
        """None: what is instrumented is the package that this module is a part of."""
        return ()

    def _instrument(self, **kwargs: Any) -> None:
        tracer = trace.get_tracer("segops_admin", __version__, kwargs.get("tracer_provider"), _SCHEMA)

        def around(course: Course, call: Call) -> Course:
            return _spans(course, call, tracer) if is_http_instrumentation_enabled() else course

        tracing.around = around

    def _uninstrument(self, **kwargs: Any) -> None:
        tracing.around = None


def _spans(course: Course, call: Call, tracer: trace.Tracer) -> Course:
    """The course of a call, with a span for each request: from before it is sent until its reply has been read."""
    exchange: _Exchange | None = None
    resends = 0
    answer: list[Any] = [None]  # popped when it is handed over, as in the drivers: it may hold what no frame may show
    failure: Exception | None = None
    try:
        while True:
            step = course.send(answer.pop()) if failure is None else course.throw(failure)
            failure = None
            if exchange is not None and isinstance(step, (Request, Sleep)):
                exchange.end()
            try:
                if isinstance(step, Request):
                    exchange = _Exchange(tracer, call, step, resends)
                    resends += 1
                    # Current only while the transport works: what a download is written to may make calls of its own.
                    with exchange.current(), suppress_http_instrumentation():
                        answer.append((yield step))
                    exchange.replied(answer[0].status)
                else:
                    answer.append((yield step))
            except Exception as error:  # noqa: BLE001 -- the course decides
                failure = error
                if exchange is not None:
                    exchange.failed(error)
    except StopIteration as end:
        return end.value
    except BaseException as error:
        if exchange is not None:
            # A driver that is interrupted or cancelled closes its course: why, is the exception's context.
            exchange.failed((error.__context__ or error) if isinstance(error, GeneratorExit) else error)
        raise
    finally:
        failure = None
        if exchange is not None:
            exchange.end()
        course.close()


class _Exchange:
    """The span of one request and its reply."""

    def __init__(self, tracer: trace.Tracer, call: Call, request: Request, resends: int) -> None:
        url = urlsplit(request.url)
        attributes: dict[str, AttributeValue] = {
            "http.request.method": request.method,
            "url.full": _redacted(request.url),
            "server.address": url.hostname or "",
            "server.port": url.port or _PORTS[url.scheme],
            "segops.operation": call.operation,
        }
        if resends:
            attributes["http.request.resend_count"] = resends
        self._span = tracer.start_span(request.method, kind=trace.SpanKind.CLIENT, attributes=attributes)
        self._failed = False
        self._propagate(request)

    def _propagate(self, request: Request) -> None:
        """Adds the propagator's headers, unless a redirect has led to another origin, where the key does not go."""
        if not any(name == "Authorization" for name, _ in request.headers):
            return
        added: dict[str, str] = {}
        propagate.inject(added, trace.set_span_in_context(self._span))
        names = {name.lower() for name in added}
        # A list of its own: the course sends its headers again with the next request.
        request.headers = [pair for pair in request.headers if pair[0].lower() not in names] + list(added.items())

    def current(self) -> Any:
        """Makes it the current span, for what the transport does."""
        return trace.use_span(self._span, record_exception=False, set_status_on_exception=False)

    def replied(self, status: int) -> None:
        """Notes the reply's status."""
        self._span.set_attribute("http.response.status_code", status)
        if status >= 400:
            self._fail(str(status))

    def failed(self, error: BaseException) -> None:
        """Notes what it ended in, by its class alone: a message may hold what the server has sent."""
        if not self._failed:
            module = type(error).__module__.partition("._")[0]  # where it is public
            name = type(error).__qualname__
            self._fail(name if module == "builtins" else f"{module}.{name}")

    def end(self) -> None:
        """Ends the span; again is nothing."""
        if self._span.is_recording():
            self._span.end()

    def _fail(self, kind: str) -> None:
        self._failed = True
        self._span.set_attribute("error.type", kind)
        self._span.set_status(trace.StatusCode.ERROR)


def _redacted(url: str) -> str:
    """An address without the values of its query, which may be signatures or personal data; counts stay."""
    address, mark, query = url.partition("?")
    return address + mark + "&".join(map(_without_value, query.split("&") if query else ()))


def _without_value(parameter: str) -> str:
    name, mark, value = parameter.partition("=")
    if not mark:
        return "REDACTED"
    return parameter if name in _COUNTS and value.isdigit() else f"{name}=REDACTED"
