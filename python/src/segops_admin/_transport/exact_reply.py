"""A reply of ``http.client`` that is read by our own reader: interim replies, lengths, chunks, how it ends."""

from __future__ import annotations

import contextlib
import http.client
import io
import ssl
from typing import Any

from .._wire.http1 import ReplyReader

__all__ = ["ExactReply"]


class ExactReply(http.client.HTTPResponse):
    """A reply whose head is read by our own reader; its body is to be read with ``reader`` from ``fp``.

    Raises:
        MalformedReply, CutShort: from ``begin``; they pass through ``http.client`` and urllib3 as they are.
    """

    reader: ReplyReader

    def __init__(self, sock: Any, *args: Any, **options: Any) -> None:
        if isinstance(sock, ssl.SSLSocket):
            tls: Any = sock
            tls.suppress_ragged_eofs = False  # a connection that is cut must not look like one that was closed
        super().__init__(sock, *args, **options)
        self._peer = sock

    @property
    def has_begun(self) -> bool:
        """Whether anything of it has come."""
        return hasattr(self, "reader") and self.reader.begun

    def in_step(self) -> bool:
        """Whether nothing has come beyond the reply; what the stream below it holds does not show on the socket."""
        stream: Any = self.fp
        timeout = self._peer.gettimeout()
        try:
            self._peer.settimeout(0)
            return not stream.peek(1)
        except OSError:  # nothing is there, as TLS says it
            return True
        finally:
            with contextlib.suppress(OSError):  # it has been closed meanwhile
                self._peer.settimeout(timeout)

    def begin(self) -> None:
        """Reads the head."""
        reply: Any = self
        if reply.headers is not None:
            return
        stream, self.reader = self.fp, ReplyReader(reply._method or "GET")
        head: list[bytes] = []
        while not self.reader.head():
            if head[-1:] == [b"\r\n"]:
                head.clear()  # an interim reply has ended
            line = stream.readline(65537)
            self.reader.feed(line)
            head.append(line)
        reply.fp = io.BytesIO(b"".join(head))
        try:
            super().begin()
        finally:
            reply.fp = stream
