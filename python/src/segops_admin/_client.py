"""What is a client? A key, a server, and the namespaces of its API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._config import checked_base_url, checked_key, checked_retries, checked_timeout
from ._http import Http
from ._runtime import Runtime
from .resources import (
    Activations,
    Analytics,
    Identity,
    Pages,
    Products,
    ProductSegments,
    Queries,
    Schemas,
    Segments,
    Users,
)

if TYPE_CHECKING:
    from ._pool import HTTPTransport
    from ._transport.protocol import Request, Response, Transport

__all__ = ["SegOpsAdmin"]


class SegOpsAdmin:
    """A client of one SegOps workspace. Safe to share between threads; close it, or use it in a ``with`` block.

    Args:
        api_key: a secret key (``sk_…``); ``SEGOPS_API_KEY`` unless given. Public (``pk_``) and MCP (``mk_``) keys
            are refused, since they may not administer a workspace.
        base_url: the API's root, ``/api`` included; ``SEGOPS_API_URL`` unless given, then
            ``https://api.segops.ai/api``.
        max_retries: how often a call is tried again on 429, 5xx and failed connections.
        timeout: seconds without progress (to connect, to send a block, to receive) after which an attempt is given
            up. A simulation takes the server up to 30 s.
        transport: what carries the requests, in place of the built-in ``HTTPTransport``.

    Raises:
        SegOpsConfigError: one of these is unusable. Nothing is sent before the first call.

    Source: https://segops.ai/docs/sdks/admin-python
    """

    if TYPE_CHECKING:
        segments: Segments
        product_segments: ProductSegments
        products: Products
        schemas: Schemas
        activations: Activations
        users: Users
        identity: Identity
        queries: Queries
        pages: Pages
        analytics: Analytics
    else:
        # On the class they are the classes: help(SegOpsAdmin.segments.create) finds what it is asked for.
        segments = Segments
        product_segments = ProductSegments
        products = Products
        schemas = Schemas
        activations = Activations
        users = Users
        identity = Identity
        queries = Queries
        pages = Pages
        analytics = Analytics

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        max_retries: int = 3,
        timeout: float = 60.0,
        transport: Transport | None = None,
        _runtime: Runtime | None = None,
    ) -> None:
        self._key = checked_key(api_key)
        self._runtime = _runtime if _runtime is not None else Runtime()
        base_url = checked_base_url(base_url)
        max_retries = checked_retries(max_retries)
        timeout = checked_timeout(timeout)
        self._transport: Transport = transport if transport is not None else _BuiltIn()
        self._owns_transport = True
        self._assemble(base_url, max_retries, timeout)

    def _assemble(self, base_url: str, max_retries: int, timeout: float, parent: Http | None = None) -> None:
        http = Http(
            api_key=self._key,
            base_url=base_url,
            max_retries=max_retries,
            timeout=timeout,
            transport=self._transport,
            runtime=self._runtime,
            parent=parent,
        )
        self.http = http
        self.segments = Segments(http)
        self.product_segments = ProductSegments(http)
        self.products = Products(http)
        self.schemas = Schemas(http)
        self.activations = Activations(http)
        self.users = Users(http)
        self.identity = Identity(http)
        self.queries = Queries(http)
        self.pages = Pages(http)
        self.analytics = Analytics(http)

    def with_options(self, *, timeout: float | None = None, max_retries: int | None = None) -> SegOpsAdmin:
        """A client like this one with other options, sharing its connections.

        Closing it leaves this client open; closing this client ends both.

        Args:
            timeout: seconds without progress, as for the client; unchanged unless given.
            max_retries: as for the client; unchanged unless given.
        """
        other = object.__new__(type(self))
        other._key = self._key
        other._runtime = self._runtime
        other._transport = self._transport
        other._owns_transport = False
        other._assemble(
            self.http.base_url,
            self.http.max_retries if max_retries is None else checked_retries(max_retries),
            self.http.timeout if timeout is None else checked_timeout(timeout),
            parent=self.http,
        )
        return other

    def close(self) -> None:
        """Closes the connections. May be called more than once; any other call afterwards is refused."""
        self.http.close()
        if self._owns_transport:
            self._transport.close()

    def __enter__(self) -> SegOpsAdmin:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<SegOpsAdmin {self.http.base_url}{' closed' if self.http.closed else ''}>"


class _BuiltIn:
    """The built-in transport, loaded when the first request is made: TLS and HTTP take longer than all the rest."""

    def __init__(self) -> None:
        self._made: list[HTTPTransport] = []

    def send(self, request: Request) -> Response:
        """Sends the request; see ``Transport.send``."""
        if not self._made:
            from ._pool import HTTPTransport

            # Without a lock, which a fork could leave held: threads that come here at once append more than one, and
            # the first is everybody's. The others have opened nothing.
            self._made.append(HTTPTransport())
        return self._made[0].send(request)

    def close(self) -> None:
        """Closes it, if it was ever needed."""
        for transport in self._made:
            transport.close()
