"""From a reply to a value: read to its end, unzipped, decoded, parsed; never half of one."""

from __future__ import annotations

import json
import math
from collections.abc import Generator
from typing import Any, NoReturn

from .._errors import SegOpsDecodeError
from .._transport.protocol import Headers
from .._wire.nesting import is_too_deep
from .steps import Read

__all__ = ["LARGEST_REPLY", "UNREADABLE", "decode", "decode_error_body", "read_failure", "read_reply"]

LARGEST_REPLY = 64 * 1024 * 1024
"""Bytes, after unzipping. A page is far smaller; a zip bomb or a runaway reply is not."""

UNREADABLE = (ValueError, OverflowError, RecursionError)
"""What ``parse_json`` raises."""

_BLOCK = 1024 * 1024

_UNSURE = ("text/plain", "application/octet-stream", "binary/octet-stream")


def read_reply(response: Any, method: str = "GET") -> Generator[Read, bytes, bytes]:
    """The whole body of a reply, unzipped; the connection is free for the next call afterwards.

    Args:
        method: the request's method; the reply to HEAD tells the length of a body that it has not.

    Raises:
        SegOpsDecodeError: larger than ``LARGEST_REPLY``, or its gzip is broken.
        SegOpsConnectionError: it was cut short.
    """
    length = response.headers.get("Content-Length", "")
    if length.isdigit() and int(length[:20]) > LARGEST_REPLY and method != "HEAD":
        _too_large(response)
    blocks: list[bytes] = []
    size = 0
    while True:
        block = yield Read(response.body, _BLOCK)
        blocks.append(block)
        size += len(block)
        if size > LARGEST_REPLY:
            _too_large(response)
        # The built-in transports know when that was all; others are asked once more.
        if not block or getattr(response.body, "ended", False):
            break
    body = b"".join(blocks)
    encoding = response.headers.get("Content-Encoding")
    if encoding is None or not body:
        return body
    return _decompress(body, encoding.strip().lower(), response)


def read_failure(response: Any) -> Generator[Read, bytes, bytes]:
    """The body of a reply that is no success, or nothing if it cannot be unzipped or is too large.

    What it would have said must not hide that the call has failed, nor keep it from being retried.
    """
    try:
        return (yield from read_reply(response))
    except SegOpsDecodeError:
        return b""


def _too_large(response: Any) -> NoReturn:
    response.body.close()
    raise SegOpsDecodeError(f"it is larger than {LARGEST_REPLY >> 20} MiB", status=response.status)


def _decompress(body: bytes, encoding: str, response: Any) -> bytes:
    """The body without its encoding: gzip of one or several members."""
    if encoding in ("", "identity"):
        return body
    status = response.status
    if encoding not in ("gzip", "x-gzip"):
        raise SegOpsDecodeError(f"its encoding {encoding[:60]!r} was not asked for", status=status)
    import zlib  # here, as dry runs and the like read no reply

    texts: list[bytes] = []
    size = 0
    while body:
        unzip = zlib.decompressobj(31)
        try:
            text = unzip.decompress(body, LARGEST_REPLY + 1 - size)
        except zlib.error as error:
            raise SegOpsDecodeError(f"its gzip is broken ({error})", status=status) from error.with_traceback(None)
        texts.append(text)
        size += len(text)
        if size > LARGEST_REPLY:
            _too_large(response)
        if not unzip.eof:
            raise SegOpsDecodeError("its gzip is broken (it is cut short)", status=status)
        body = unzip.unused_data
    return b"".join(texts)


def decode(status: int, headers: Headers, body: bytes) -> Any:
    """A successful reply as a value: None if it is empty, parsed if it is JSON, else its text.

    What does not say that it is JSON, or says nothing, is parsed if it can be. What cannot be read is returned as an
    error rather than raised: frames that hold the reply must not end up in a traceback, since it may repeat the key.
    """
    if status == 205 or not body:
        return None
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        return SegOpsDecodeError(f"it is not UTF-8 (byte {error.start})", status=status)
    if text.startswith("\ufeff"):
        text = text[1:]
    media_type = headers.get("Content-Type", "")
    if media_type != "application/json":
        # A header that was sent twice reads as both, joined by a comma.
        media_type = media_type.partition(";")[0].partition(",")[0].strip().lower()
    says_json = media_type in ("application/json", "text/json") or media_type.endswith("+json")
    if not says_json and not _may_be_json(media_type, text):
        return text
    try:
        return parse_json(text, body)
    except UNREADABLE as error:
        if not says_json and isinstance(error, ValueError):
            return text
        reason = f"it is not JSON ({error})" if isinstance(error, ValueError) else error
        failure = SegOpsDecodeError(f"{reason}; it starts with {_excerpt(text)}", status=status)
        failure.__cause__ = ValueError(str(error))  # the decoder's own error holds the whole text
        return failure


def _may_be_json(media_type: str, text: str) -> bool:
    """Whether text that does not say what it is may be JSON: a lone number or word only where it has no type at all."""
    return not media_type or (media_type in _UNSURE and text.lstrip()[:1] in ("[", "{"))


def parse_json(text: str, encoded: bytes | None = None) -> Any:
    """A JSON text as a value.

    Args:
        encoded: the same in UTF-8, where it is at hand.

    Raises:
        ValueError: it is none.
        OverflowError: it holds a number that no float can.
        RecursionError: it is nested too deeply.
    """
    if is_too_deep(text, encoded):
        raise RecursionError("it is nested too deeply")
    try:
        value, end = _DECODER.raw_decode(text)
        if end == len(text):
            return value
    except ValueError:
        pass
    # With white space around it, or no JSON: that takes longer, as each end is looked at.
    return _DECODER.decode(text)


def decode_error_body(body: bytes) -> Any:
    """The body of a failure, as well as it can be read: a broken one must not hide the failure."""
    if not body:
        return None
    text = body.decode("utf-8-sig", "replace")
    try:
        return parse_json(text)
    except UNREADABLE:
        return text


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise OverflowError("it has a number that is too large")
    return number


_DECODER = json.JSONDecoder(parse_constant=_no_constant, parse_float=_finite)


def _excerpt(text: str, length: int = 60) -> str:
    return repr(text[:length]) + ("..." if len(text) > length else "")
