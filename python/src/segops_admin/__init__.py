"""SegOps Admin: the server-side SDK of the SegOps customer-data platform.

    from segops_admin import SegOpsAdmin

    with SegOpsAdmin() as client:                # the key comes from SEGOPS_API_KEY
        for segment in client.segments.iterate():
            print(segment["id"], segment["name"])

Public names are loaded on first use, so that ``import segops_admin`` itself costs next to nothing. Webhook helpers
are in ``segops_admin.webhook``, test doubles in ``segops_admin.testing``.
"""

from ._version import __version__

TYPE_CHECKING = bool()  # type checkers know this name; importing it from typing would cost more than this whole module
if TYPE_CHECKING:
    from ._async_client import AsyncSegOpsAdmin
    from ._call.observe import Attempt
    from ._client import SegOpsAdmin
    from ._errors import (
        SegOpsApiError,
        SegOpsArgumentError,
        SegOpsAuthenticationError,
        SegOpsBadRequestError,
        SegOpsConfigError,
        SegOpsConnectionError,
        SegOpsDecodeError,
        SegOpsDeprecationWarning,
        SegOpsError,
        SegOpsJobError,
        SegOpsNotFoundError,
        SegOpsPermissionError,
        SegOpsRateLimitError,
        SegOpsServerError,
        SegOpsTimeoutError,
        SegOpsWaitTimeout,
        SegOpsWebhookError,
    )
    from ._transport.async_pool import AsyncHTTPTransport
    from ._transport.pool import HTTPTransport
    from ._transport.protocol import AsyncResponse, AsyncTransport, Headers, Request, Response, Transport
    from ._transport.requests import RequestsTransport
    from ._types import Paginated
    from .types import Activation, AIQuery, EventSchema, ExportJob, GeneratedPage, Product, ProductSegment, Segment

__all__ = [
    "AIQuery",
    "Activation",
    "AsyncHTTPTransport",
    "AsyncResponse",
    "AsyncSegOpsAdmin",
    "AsyncTransport",
    "Attempt",
    "EventSchema",
    "ExportJob",
    "GeneratedPage",
    "HTTPTransport",
    "Headers",
    "Paginated",
    "Product",
    "ProductSegment",
    "Request",
    "RequestsTransport",
    "Response",
    "SegOpsAdmin",
    "SegOpsApiError",
    "SegOpsArgumentError",
    "SegOpsAuthenticationError",
    "SegOpsBadRequestError",
    "SegOpsConfigError",
    "SegOpsConnectionError",
    "SegOpsDecodeError",
    "SegOpsDeprecationWarning",
    "SegOpsError",
    "SegOpsJobError",
    "SegOpsNotFoundError",
    "SegOpsPermissionError",
    "SegOpsRateLimitError",
    "SegOpsServerError",
    "SegOpsTimeoutError",
    "SegOpsWaitTimeout",
    "SegOpsWebhookError",
    "Segment",
    "Transport",
    "__version__",
]

_RECORDS = (
    "AIQuery",
    "Activation",
    "EventSchema",
    "ExportJob",
    "GeneratedPage",
    "Product",
    "ProductSegment",
    "Segment",
)


def _home(name: str) -> str:
    """The module that a public name lives in."""
    if name.startswith("SegOps"):
        return "_client" if name == "SegOpsAdmin" else "_errors"
    if name in _RECORDS:
        return "types"
    elsewhere = {
        "AsyncHTTPTransport": "_transport.async_pool",
        "AsyncSegOpsAdmin": "_async_client",
        "Attempt": "_call.observe",
        "HTTPTransport": "_transport.pool",
        "Paginated": "_types",
        "RequestsTransport": "_transport.requests",
    }
    return elsewhere.get(name, "_transport.protocol")


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module("." + _home(name), __name__), name)
    globals()[name] = value
    return value


def __dir__() -> "list[str]":
    return sorted({*globals(), *__all__})
