"""How does a reply become a value: unzipped, decoded, parsed, and never half of it?"""

from __future__ import annotations

import json
import zlib
from typing import Any, NoReturn

from .._errors import SegOpsDecodeError
from .._transport.protocol import Headers, Response, read_all

__all__ = ["LARGEST_REPLY", "decode", "decode_error_body", "read_failure", "read_reply"]

LARGEST_REPLY = 64 * 1024 * 1024
"""Bytes, after unzipping. A page is far smaller; a zip bomb or a runaway reply is not."""


def read_reply(response: Response) -> bytes:
    """The whole body of a reply, unzipped; the connection is free for the next call afterwards.

    Raises:
        SegOpsDecodeError: larger than ``LARGEST_REPLY``, or its gzip is broken.
        SegOpsConnectionError: it was cut short.
    """
    length = response.headers.get("Content-Length", "")
    if length.isdigit() and int(length[:20]) > LARGEST_REPLY:
        _too_large(response)
    body = read_all(response.body, LARGEST_REPLY)
    if len(body) > LARGEST_REPLY:
        _too_large(response)
    encoding = response.headers.get("Content-Encoding")
    if encoding is None or not body:
        return body
    return _decompress(body, encoding.strip().lower(), response)


def read_failure(response: Response) -> bytes:
    """The body of a reply that is no success, or nothing if it cannot be unzipped or is too large.

    What it would have said must not hide that the call has failed, nor keep it from being tried again.
    """
    try:
        return read_reply(response)
    except SegOpsDecodeError:
        response.body.close()
        return b""


def _too_large(response: Response) -> NoReturn:
    response.body.close()
    raise SegOpsDecodeError(f"it is larger than {LARGEST_REPLY // 1024**2} MiB", status=response.status)


def _decompress(body: bytes, encoding: str, response: Response) -> bytes:
    if encoding in ("", "identity"):
        return body
    if encoding not in ("gzip", "x-gzip"):
        raise SegOpsDecodeError(f"its encoding {encoding!r} was not asked for", status=response.status)
    unzip = zlib.decompressobj(31)
    try:
        text = unzip.decompress(body, LARGEST_REPLY + 1)
    except zlib.error as error:
        raise SegOpsDecodeError(f"its gzip is broken ({error})", status=response.status) from error
    if len(text) > LARGEST_REPLY:
        _too_large(response)
    if not unzip.eof or unzip.unused_data:
        raise SegOpsDecodeError("its gzip is cut short or followed by something else", status=response.status)
    return text


def decode(status: int, headers: Headers, body: bytes) -> Any:
    """A successful reply as a value: None if it is empty, parsed if it is JSON, else its text.

    A reply without a content type is parsed if it can be.

    Raises:
        SegOpsDecodeError: it is not UTF-8, or says that it is JSON and is not.
    """
    if status in (204, 205) or not body:
        return None
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SegOpsDecodeError(f"it is not UTF-8 (byte {error.start})", status=status) from error
    if text.startswith("\ufeff"):
        text = text[1:]
    media_type = headers.get("Content-Type", "").split(";", 1)[0].strip().lower()
    says_json = media_type == "application/json" or media_type.endswith("+json")
    if media_type and not says_json:
        return text
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        if not says_json:
            return text
        reason = f"it is not JSON ({error})" if isinstance(error, ValueError) else "it is nested too deeply"
        raise SegOpsDecodeError(f"{reason}; it starts with {_excerpt(text)}", status=status) from error


def decode_error_body(body: bytes) -> Any:
    """The body of a failure, as well as it can be read: a broken one must not hide the failure."""
    if not body:
        return None
    text = body.decode("utf-8-sig", "replace")
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError):
        return text


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_no_constant)


def _excerpt(text: str, length: int = 60) -> str:
    return repr(text[:length]) + ("..." if len(text) > length else "")
