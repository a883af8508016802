"""The blocking client: a key, a server, and the namespaces of its API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._call.blocking import Http
from ._call.options import KEEP, OnReply, Options
from ._config import checked_connections, hidden
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
    from collections.abc import Mapping

    from typing_extensions import Self

    from ._transport.pool import HTTPTransport
    from ._transport.protocol import Request, Response, Transport

__all__ = ["SegOpsAdmin"]


class SegOpsAdmin:
    """A client of one SegOps workspace. Safe to share between threads; close it, or use it in a ``with`` block.

    Args:
        api_key: a secret key (``sk_…``); ``SEGOPS_API_KEY`` unless given. Public (``pk_``) and MCP (``mk_``) keys
            are refused, since they may not administer a workspace.
        base_url: the API's root, ``/api`` included; ``SEGOPS_API_URL`` unless given, then
            ``https://api.segops.ai/api``.
        max_retries: how often a call is retried on 429, 5xx and failed connections.
        timeout: seconds without progress (to connect, to send a block, to receive) after which an attempt is given
            up. A simulation takes the server up to 30 s.
        deadline: seconds for a whole call, retries, waits, redirects and connecting included; no limit unless given.
            Looking up a host's address is the one step that cannot be cut short.
        headers: further headers for every request. Those that the SDK sends itself are refused.
        on_reply: called once an attempt with an ``Attempt``: operation, status, headers, request id, seconds. What it
            raises ends the call.
        max_connections: how many connections may be open at once; further calls wait for one to be free.
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
        deadline: float | None = None,
        headers: Mapping[str, str] | None = None,
        on_reply: OnReply = None,
        max_connections: int = 100,
        transport: Transport | None = None,
        _runtime: Runtime | None = None,
    ) -> None:
        api_key = hidden(api_key)
        options = Options(api_key, base_url).changed(
            max_retries=max_retries, timeout=timeout, deadline=deadline, headers=headers, on_reply=on_reply
        )
        connections = checked_connections(max_connections)
        self._transport: Transport = transport if transport is not None else _BuiltIn(connections)
        self._owns_transport = True
        self._assemble(Http(options, _runtime if _runtime is not None else Runtime(), self._transport))

    def _assemble(self, http: Http) -> None:
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

    def with_options(
        self,
        *,
        timeout: float | None = None,
        max_retries: int | None = None,
        deadline: float | None = KEEP,
        headers: Mapping[str, str] | None = KEEP,
        on_reply: OnReply = KEEP,
    ) -> Self:
        """A client like this one with other options, sharing its connections.

        Closing it leaves this client open; closing this client ends both. What is not given stays as it is.

        Args:
            timeout: seconds without progress, as for the client.
            max_retries: as for the client.
            deadline: seconds for a whole call; None for no limit.
            headers: further headers, in place of the client's own; None for none.
            on_reply: as for the client; None for none.
        """
        options = self.http.options.changed(
            timeout=KEEP if timeout is None else timeout,
            max_retries=KEEP if max_retries is None else max_retries,
            deadline=deadline,
            headers=headers,
            on_reply=on_reply,
        )
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)  # what a subclass has added stays
        other._owns_transport = False
        other._assemble(Http(options, self.http.runtime, self._transport, self.http))
        return other

    def close(self) -> None:
        """Closes the connections. May be called more than once; any other call afterwards is refused."""
        self.http.close()
        if self._owns_transport:
            self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.http.base_url}{' closed' if self.http.closed else ''}>"

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError(cannot_be_copied(self))

    def __copy__(self) -> Any:
        raise TypeError(cannot_be_copied(self))

    def __deepcopy__(self, memo: Any) -> Any:
        raise TypeError(cannot_be_copied(self))


def cannot_be_copied(client: object) -> str:
    """Why a client is neither pickled nor copied."""
    name = type(client).__name__
    return f"A {name} holds a key and open connections: it cannot be pickled or copied. Make one where it is needed."


class _BuiltIn:
    """The built-in transport, loaded when the first request is made: TLS and sockets take longer than all the rest."""

    def __init__(self, max_connections: int) -> None:
        self._max_connections = max_connections
        self._made: list[HTTPTransport] = []

    def send(self, request: Request) -> Response:
        """Sends the request; see ``Transport.send``."""
        if not self._made:
            from ._transport.pool import HTTPTransport

            # Without a lock, which a fork could leave held: threads that come here at once append more than one, and
            # the first is everybody's. The others have opened nothing.
            self._made.append(HTTPTransport(max_connections=self._max_connections))
        return self._made[0].send(request)

    def close(self) -> None:
        """Closes it, if it was ever needed."""
        for transport in self._made:
            transport.close()
