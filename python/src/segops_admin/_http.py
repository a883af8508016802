"""What does one call go through: headers, attempts, redirects, decoding?"""

from __future__ import annotations

import sys
from collections.abc import Generator, Mapping
from typing import IO, Any, Callable, NoReturn, Optional, Union
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

from ._call import retry as _retry
from ._call.reply import decode, decode_error_body, read_failure, read_reply
from ._config import Secret, is_loopback
from ._errors import (
    SegOpsApiError,
    SegOpsArgumentError,
    SegOpsConfigError,
    SegOpsConnectionError,
    SegOpsDecodeError,
    describe_body,
    error_class,
    what_to_do,
)
from ._runtime import Runtime
from ._transport.protocol import Headers, Request, Response, Transport
from ._version import __version__
from ._wire.encoding import encode_json, encode_path, encode_query
from ._wire.multipart import FileData, Multipart, open_file

__all__ = ["Call", "Http"]

_METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
_WITHOUT_BODY = ("GET", "HEAD", "OPTIONS")
_MOST_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_ADDRESS_SAFE = "%:/?#[]@!$&'()*+,;=~-._"  # RFC 3986: reserved, unreserved, and what is encoded already
_REQUEST_ID_HEADERS = ("X-Request-Id", "Request-Id", "X-Correlation-Id")

Form = Union[tuple[str, Optional[str], FileData], tuple[str, Optional[str], FileData, str]]


class Call:
    """One call as it is about to be made: everything but the key."""

    __slots__ = ("body", "headers", "idempotency_key", "method", "path", "query", "safe")

    def __init__(
        self,
        method: str,
        path: str,
        query: str = "",
        headers: list[tuple[str, str]] | None = None,
        body: bytes | Multipart | None = None,
        safe: bool = False,
        idempotency_key: str | None = None,
    ) -> None:
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers if headers is not None else []
        self.body = body
        self.safe = safe
        self.idempotency_key = idempotency_key

    @property
    def target(self) -> str:
        """Path and query, as error messages and logs show them."""
        if not self.query:
            return self.path
        return f"{self.path}{'&' if '?' in self.path else '?'}{self.query}"


class Http:
    """Makes calls: adds the key, tries again where that is safe, and turns replies into values or errors.

    ``client.http`` is the way to reach what no method wraps.
    """

    def __init__(
        self,
        *,
        api_key: Secret,
        base_url: str,
        max_retries: int,
        timeout: float,
        transport: Transport,
        runtime: Runtime,
        parent: Http | None = None,
    ) -> None:
        self.base_url = base_url
        self.max_retries = max_retries
        self.timeout = timeout
        self._key = api_key
        self._transport = transport
        self.runtime = runtime
        self._closed = False
        self._parent = parent
        self._headers: list[tuple[str, str]] = [
            ("Authorization", Secret(f"ApiKey {api_key}")),
            ("Accept", "application/json"),
            ("User-Agent", f"segops-admin-python/{__version__}"),
            ("Accept-Encoding", "gzip"),
        ]

    def __repr__(self) -> str:
        return f"<Http {self.base_url} max_retries={self.max_retries} timeout={self.timeout:g}>"

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        form: Form | None = None,
        idempotent: bool = False,
        idempotency_key: str | None = None,
    ) -> Any:
        """Makes any call of the API, wrapped by a method or not.

        Args:
            method: ``GET``, ``POST``, ``PUT``, ``PATCH`` or ``DELETE``.
            path: the path below the base URL, such as ``/segments/``.
            query: query parameters; None values are left out.
            body: a JSON body.
            form: a file to upload in place of a body: ``(field, filename, data)``, and optionally its content type
                (``text/csv`` unless given). ``data`` is bytes, a path or an open binary file.
            idempotent: send a fresh ``Idempotency-Key``, the same on every attempt.
            idempotency_key: send this ``Idempotency-Key``.

        Returns:
            The decoded JSON, the text of a reply that is not JSON, or None for an empty one.

        Raises:
            SegOpsApiError: the server answered with anything but success.
            SegOpsConnectionError: no whole reply came back.
            SegOpsDecodeError: the reply cannot be read.
            SegOpsArgumentError: an argument cannot be sent.
        """
        method = str(method).upper()
        if method not in _METHODS:
            raise SegOpsArgumentError(f"{method!r} is not one of {', '.join(_METHODS)}.")
        if method in _WITHOUT_BODY and (body is not None or form is not None):
            raise SegOpsArgumentError(f"A {method} request cannot carry a body; use query= for parameters.")
        mutates = method not in _WITHOUT_BODY
        key = self._idempotency_key(idempotency_key, mutates and idempotent)
        if form is not None:
            if body is not None:
                raise SegOpsArgumentError("Give either body= or form=, not both.")
            return self._upload(method, encode_path(path), encode_query(query), form, key, receive=self._value)
        return self._value(self._json_call(method, encode_path(path), query, body, key, not mutates))

    def paginate(
        self, path: str, query: Mapping[str, Any] | None = None, *, prefetch: int = 0
    ) -> Generator[Any, None, None]:
        """Walks every item of a listing with ``page=1,2,…``; see ``_pagination.pages``."""
        from ._call.pagination import paginate

        return paginate(self, encode_path(path), query, prefetch)

    # What the resource methods use: the path is encoded already, and the answer must be JSON.

    def read(self, path: str, query: Mapping[str, Any] | None = None) -> Any:
        """A GET."""
        return self._record(self._json_call("GET", path, query, None, None, True))

    def ask(self, path: str, body: Any = None) -> Any:
        """A POST that changes nothing: it carries no key and may be repeated."""
        return self._record(self._json_call("POST", path, None, body, None, True))

    def change(self, method: str, path: str, body: Any = None, *, idempotency_key: str | None = None) -> Any:
        """A call that changes something: it carries an ``Idempotency-Key``."""
        key = self._idempotency_key(idempotency_key, True)
        return self._record(self._json_call(method, path, None, body, key, False))

    def upload(self, path: str, form: Form, *, unnamed: str, idempotency_key: str | None = None) -> Any:
        """A POST of one file; ``unnamed`` is its name if it has none of its own."""
        key = self._idempotency_key(idempotency_key, True)
        return self._upload("POST", path, "", form, key, unnamed=unnamed, receive=self._record)

    def download(self, path: str, sink: IO[bytes]) -> int:
        """A GET whose reply goes to ``sink`` as it comes. Returns the number of bytes written."""
        from ._call.download import copy_reply

        self._check_open()
        call = Call("GET", path, safe=True)
        return int(self._attempts(call, lambda response: copy_reply(response, sink), elsewhere=True))

    @property
    def closed(self) -> bool:
        """Whether this client, or the one that it shares its connections with, has been closed."""
        return self._closed or (self._parent is not None and self._parent.closed)

    def close(self) -> None:
        """Refuses further calls."""
        self._closed = True

    def _check_open(self) -> None:
        if self.closed:
            raise SegOpsConfigError("This client is closed. Make a new one.")

    def _idempotency_key(self, given: object, wanted: bool) -> str | None:
        if given is None:
            return self.runtime.new_key() if wanted else None
        if not isinstance(given, str) or not given.isascii() or not given.isprintable() or not 0 < len(given) < 256:
            raise SegOpsArgumentError("An idempotency key is 1 to 255 printable ASCII characters.")
        return given

    def _json_call(
        self, method: str, path: str, query: Mapping[str, Any] | None, body: Any, key: str | None, safe: bool
    ) -> Call:
        self._check_open()
        content = None
        headers: list[tuple[str, str]] = []
        if body is not None:
            content = encode_json(body)
            headers.append(("Content-Type", "application/json"))
        return Call(method, path, encode_query(query) if query else "", headers, content, safe, key)

    def _upload(
        self,
        method: str,
        path: str,
        query: str,
        form: Form,
        key: str | None,
        *,
        receive: Callable[[Call], Any],
        unnamed: str = "file",
    ) -> Any:
        self._check_open()
        import secrets

        field, filename, data = form[:3]
        content_type = form[3] if len(form) == 4 else "text/csv"
        with open_file(data) as source:
            name = filename or source.name or unnamed
            part = Multipart(field, name, source.file, content_type, secrets.token_hex(16))
            headers = [("Content-Type", part.content_type), ("Content-Length", str(part.length))]
            return receive(Call(method, path, query, headers, part, False, key))

    def _value(self, call: Call) -> Any:
        """The reply to a call, decoded: JSON, text or None."""
        return self._attempts(call, _decoded)

    def _record(self, call: Call) -> Any:
        """The reply to a call that is answered with JSON, or with nothing."""
        value = self._attempts(call, _decoded)
        if isinstance(value, str):
            reason = f"it is text where JSON was expected: {describe_body(value, 60)!r}. Check the base URL."
            raise SegOpsDecodeError(self._hide(reason), method=call.method, path=call.target)
        return value

    def _attempts(self, call: Call, receive: Callable[[Response], Any], *, elsewhere: bool = False) -> Any:
        """Sends a call until it is answered for good, and gives its reply to ``receive``."""
        runtime = self.runtime
        headers = self._headers + call.headers
        if call.idempotency_key is not None:
            headers = [*headers, ("Idempotency-Key", call.idempotency_key)]
        retries = 0
        maybe_done = False  # an earlier attempt may have been carried out
        reopened = False
        while True:
            started = runtime.monotonic()
            try:
                response = self._follow(call, headers, elsewhere)
                if 200 <= response.status < 300:
                    value = receive(response)
                    self._log(call, response.status, started, retries)
                    return value
                body = read_failure(response)
            except SegOpsConnectionError as error:
                self._log(call, type(error).__name__, started, retries)
                again = error.transient and _retry.may_repeat(call.method, call.safe, error.sent)
                maybe_done = maybe_done or error.sent
                if again and error.stale and not reopened:
                    reopened = True
                    continue
                if not again or retries >= self.max_retries:
                    self._give_up(error, call, retries + 1)
                wait = None
            except SegOpsDecodeError as error:
                self._log(call, type(error).__name__, started, retries)
                error.method, error.path = call.method, call.target
                error.args = (self._hide(error.args[0]),)
                raise
            else:
                status = response.status
                self._log(call, status, started, retries)
                if status == 404 and call.method == "DELETE" and maybe_done:
                    return None
                wait = _retry.retry_after(response.headers, runtime.now())
                too_long = wait is not None and wait > _retry.LONGEST_WAIT
                if not _retry.retryable_status(status) or retries >= self.max_retries or too_long:
                    raise self._api_error(call, response, body, wait, retries + 1)
                maybe_done = maybe_done or status >= 500
            runtime.sleep(_retry.delay(retries, runtime.random()) if wait is None else wait)
            retries += 1

    def _follow(self, call: Call, headers: list[tuple[str, str]], elsewhere: bool) -> Response:
        """Sends one attempt, and follows its redirects where that is safe.

        The key stays with the origin that it is meant for. ``elsewhere`` allows a download to move on to a storage
        server, without the key.
        """
        url = f"{self.base_url}{call.target}"
        redirects = 0
        while True:
            response = self._send(Request(call.method, url, headers, call.body, self.timeout))
            if response.status not in _REDIRECTS or call.method != "GET":
                return response
            location = response.headers.get("Location")
            if not location:
                return response
            redirects += 1
            if redirects > _MOST_REDIRECTS:
                response.body.close()
                raise SegOpsDecodeError(f"it redirects more than {_MOST_REDIRECTS} times", status=response.status)
            target = _redirected(url, location, response)
            if _origin(target) != _origin(urlsplit(self.base_url)):
                if not (elsewhere and _is_confidential(target)):
                    return response
                headers = [pair for pair in headers if pair[0] in ("Accept-Encoding", "User-Agent")]
            url = urlunsplit(target)
            read_failure(response)  # so that the connection can be used again

    def _send(self, request: Request) -> Response:
        try:
            return self._transport.send(request)
        except OSError as error:
            # A transport that does not translate its errors still ends in one of ours; what was sent is unknown.
            raise SegOpsConnectionError(f"{type(error).__name__}: {error}") from error

    def _give_up(self, error: SegOpsConnectionError, call: Call, attempts: int) -> NoReturn:
        error.method, error.path, error.attempts = call.method, call.target, attempts
        error.idempotency_key = call.idempotency_key
        raise error

    def _api_error(
        self, call: Call, response: Response, raw: bytes, retry_after: float | None, attempts: int
    ) -> SegOpsApiError:
        body = decode_error_body(raw.replace(self._key.encode(), b"sk_***"))
        status = response.status
        from http import HTTPStatus

        try:
            phrase = f" {HTTPStatus(status).phrase}"
        except ValueError:
            phrase = ""
        request_id = next((response.headers[name] for name in _REQUEST_ID_HEADERS if name in response.headers), None)
        said = describe_body(body).removesuffix(".")
        parts = [f"{call.method} {call.target} answered {status}{phrase}" + (f": {said}." if said else ".")]
        advice = what_to_do(status, retry_after)
        if advice:
            parts.append(advice)
        notes = [f"tried {attempts} times"] if attempts > 1 else []
        notes += [f"request id {request_id}"] if request_id else []
        if notes:
            parts.append(f"({', '.join(notes)})")
        return error_class(status)(
            self._hide(" ".join(parts)),
            status,
            body,
            headers=Headers((name, self._hide(value)) for name, value in response.headers.items()),
            method=call.method,
            path=call.target,
            request_id=request_id,
            retry_after=retry_after,
            attempts=attempts,
            idempotency_key=call.idempotency_key,
        )

    def _hide(self, text: str) -> str:
        """A message without the key, which a server may have sent back."""
        return text.replace(self._key, "sk_***")

    def _log(self, call: Call, outcome: object, started: float, retries: int) -> None:
        """One DEBUG line per attempt, without the query (it may hold personal data), the key or a body."""
        logging = sys.modules.get("logging")
        if logging is None:
            return  # nobody has imported logging, so nobody listens: importing it here would cost more than a call
        logger = logging.getLogger("segops_admin")
        if logger.isEnabledFor(logging.DEBUG):
            ms = (self.runtime.monotonic() - started) * 1000
            path = call.path.partition("?")[0]
            logger.debug("%s %s %s %.0f ms attempt %d", call.method, path, outcome, ms, retries + 1)


def _redirected(url: str, location: str, response: Response) -> SplitResult:
    """Where a redirect leads: absolute, with a path, without a fragment."""
    try:
        # Headers arrive as Latin-1. What no address may hold is encoded, as browsers do it.
        target = urlsplit(urljoin(url, quote(location, safe=_ADDRESS_SAFE, encoding="latin-1", errors="strict")))
        _origin(target)
    except ValueError as error:
        response.body.close()
        raise SegOpsDecodeError("it redirects to what is no address", status=response.status) from error
    return target._replace(path=target.path or "/", fragment="")


def _origin(url: SplitResult) -> tuple[str, str | None, int | None]:
    """Scheme, host and port: what the key must not leave."""
    return url.scheme, url.hostname, url.port or {"http": 80, "https": 443}.get(url.scheme)


def _is_confidential(url: SplitResult) -> bool:
    """Whether nobody on the way can read along."""
    return url.scheme == "https" or (url.scheme == "http" and is_loopback(url.hostname or ""))


def _decoded(response: Response) -> Any:
    return decode(response.status, response.headers, read_reply(response))
