"""``http.client`` as tracers and recorders leave it: something of it replaced, which counts what goes through it."""

from __future__ import annotations

import http.client
import io
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

__all__ = ["Opened", "Tracer"]

_SHIPPED = (http.client.HTTPConnection, http.client.HTTPSConnection)


class _Counter:
    def __init__(self) -> None:
        self._seen = 0

    def taken(self) -> int:
        """How many there were since this was asked last."""
        taken, self._seen = self._seen, 0
        return taken

    def _count(self) -> None:
        self._seen += 1


class Opened(_Counter):
    """Counts the connections that ``http.client`` opens, from outside: nothing of it is replaced."""

    def __init__(self) -> None:
        super().__init__()
        sys.addaudithook(self._hear)

    def _hear(self, event: str, _: Any) -> None:
        if event == "http.client.connect":
            self._count()


class Tracer(_Counter):
    """Counts what ``http.client`` does, by a kind of replacement at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._undo: Callable[[], None] = lambda: None

    def trace(self, kind: str) -> None:
        """Replaces what tracers of a kind replace, and nothing else.

        Args:
            kind: ``sends``, ``connects``, ``handshakes`` or ``answers`` for a method; ``objects`` for a method that
                becomes an object; ``classes`` for the classes of connections, ``secured`` for that over TLS alone;
                ``partly`` for a class that lacks some methods; ``recording`` for classes that answer in a way of their
                own.

        Raises:
            LookupError: there is no such kind.
        """
        if kind not in _KINDS:
            raise LookupError(f"expected a kind of tracer, found {kind!r}")
        self._undo()
        self._undo = _KINDS[kind](self._count)


def _replaced(owner: Any, name: str, count: Callable[[], None]) -> Callable[[], None]:
    """Replaces a method by one that counts. What takes it back is returned."""
    shipped = getattr(owner, name)

    def counted(*args: Any, **named: Any) -> Any:
        count()
        return shipped(*args, **named)

    return _set(owner, name, counted)


def _set(owner: Any, name: str, value: Any) -> Callable[[], None]:
    """Sets an attribute. What takes it back is returned."""
    shipped = getattr(owner, name)
    setattr(owner, name, value)
    return lambda: setattr(owner, name, shipped)


class _Counting:
    """What stands in a method's place and is no function."""

    def __init__(self, count: Callable[[], None], shipped: Callable[..., Any]) -> None:
        self._count = count
        self._shipped = shipped

    def __get__(self, owner: Any, _: Any = None) -> Any:
        return self if owner is None else partial(self, owner)

    def __call__(self, *args: Any, **named: Any) -> Any:
        self._count()
        return self._shipped(*args, **named)


def _put(classes: Iterable[Any]) -> Callable[[], None]:
    """Puts the classes of plain and of TLS connections in place. What takes them back is returned."""
    before = http.client.HTTPConnection, http.client.HTTPSConnection
    http.client.HTTPConnection, http.client.HTTPSConnection = classes  # type: ignore[misc]

    def undo() -> None:
        http.client.HTTPConnection, http.client.HTTPSConnection = before  # type: ignore[misc]

    return undo


def _of_ones_own(count: Callable[[], None], shipped: Any) -> Any:
    class Counted(shipped):  # type: ignore[misc]
        """A connection that counts its requests."""

        def __init__(self, *args: Any, **named: Any) -> None:
            undo = _put(_SHIPPED)  # the one for TLS finds its base by the name that this class has taken
            try:
                super().__init__(*args, **named)
            finally:
                undo()

        def putrequest(self, *args: Any, **named: Any) -> None:
            count()
            super().putrequest(*args, **named)

    return Counted


def _in_part(count: Callable[[], None], shipped: Any) -> Any:
    class InPart:
        """What stands in front of a connection: it has the rest from there, which the class does not show."""

        def __init__(self, *args: Any, **named: Any) -> None:
            self.__dict__["_connection"] = shipped(*args, **named)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._connection, name)

        def __setattr__(self, name: str, value: Any) -> None:
            setattr(self._connection, name, value)

        def putrequest(self, *args: Any, **named: Any) -> None:
            count()
            self._connection.putrequest(*args, **named)

    return InPart


def _recording(count: Callable[[], None], shipped: Any) -> Any:
    class Recording(_of_ones_own(count, shipped)):  # type: ignore[misc]
        """A connection whose replies are read as a whole, by its own class, and handed out as recorders do it."""

        @property
        def response_class(self) -> Any:
            return http.client.HTTPResponse

        @response_class.setter
        def response_class(self, given: Any) -> None:
            """Keeps its own."""

        def getresponse(self) -> Any:
            return _Recorded(super().getresponse())

    return Recording


class _Recorded(io.BytesIO):
    """A reply that was read before; where that failed, so does reading it."""

    def __init__(self, reply: Any) -> None:
        self.status, self.headers = reply.status, reply.headers
        self._failure: Exception | None = None
        body = b""
        try:
            body = reply.read()
        except (OSError, http.client.HTTPException) as error:
            self._failure = error
        super().__init__(body)

    def read(self, amount: int | None = -1, /) -> bytes:
        """The next bytes."""
        if self._failure is not None:
            raise self._failure
        return super().read(amount)


def _method(owner: Any, name: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    return lambda count: _replaced(owner, name, count)


def _classes(made: Callable[[Callable[[], None], Any], Any]) -> Callable[[Callable[[], None]], Callable[[], None]]:
    return lambda count: _put(made(count, each) for each in _SHIPPED)


_PLAIN, _SECURE = _SHIPPED
_KINDS: Mapping[str, Callable[[Callable[[], None]], Callable[[], None]]] = {
    "sends": _method(_PLAIN, "putrequest"),
    "connects": _method(_PLAIN, "connect"),
    "handshakes": _method(_SECURE, "connect"),
    "answers": _method(http.client.HTTPResponse, "begin"),
    "objects": lambda count: _set(_PLAIN, "putrequest", _Counting(count, _PLAIN.putrequest)),
    "classes": _classes(_of_ones_own),
    "secured": lambda count: _put((_PLAIN, _of_ones_own(count, _SECURE))),
    "partly": _classes(_in_part),
    "recording": _classes(_recording),
}
"""By kind what replaces something by what counts, and returns what takes that back."""
