"""The one canonical form in which requests and values of all lanes are compared.

Requests that a server cannot tell apart are equal here (order of query keys, of JSON keys, of headers, spelling of
percent escapes, multipart boundaries), and those that it can are not: 10 and 10.0, null and absent, one slash more.
"""

from __future__ import annotations

import base64
import json
import marshal
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, quote, unquote_to_bytes

__all__ = [
    "canonical_path",
    "canonical_request",
    "canonical_value",
    "difference",
    "is_compact_json",
    "load_json",
    "with_texts",
]

KEPT_HEADERS = ("accept", "accept-encoding", "authorization", "content-type", "idempotency-key", "user-agent")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_NEEDLESS_ESCAPE = re.compile(r"\\/|\\u(?!00[01]|007f|d[89a-f])", re.IGNORECASE)


class RepeatedKey(ValueError):
    """A JSON object that holds a key twice: what it means depends on who reads it."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise RepeatedKey("a JSON object holds a key twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def load_json(text: bytes | str) -> Any:
    """A JSON value; raises ValueError for NaN, and for an object that repeats a key."""
    return json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)


@lru_cache(maxsize=1024)  # many requests go to few paths
def canonical_path(path: str) -> str:
    """A path with each segment escaped in one way; an encoded slash stays within its segment."""
    parts = (unquote_to_bytes(part.encode("utf-8", "surrogatepass")) for part in path.split("/"))
    return "/".join(quote(part, safe="~") for part in parts)


def canonical_query(text: str) -> dict[str, list[str]]:
    """A query as a multimap: the order of keys is lost, that of one key's values is kept."""
    found: dict[str, list[str]] = {}
    for key, value in parse_qsl(text, keep_blank_values=True):
        found.setdefault(key, []).append(value)
    return dict(sorted(found.items()))


def canonical_request(method: str, target: str, headers: Iterable[tuple[str, str]], body: bytes) -> dict[str, Any]:
    """A request as it is compared. `target` is path and query below the base URL."""
    path, _, query = target.partition("?")
    kept = {name.lower(): value for name, value in headers if name.lower() in KEPT_HEADERS}
    content_type = kept.get("content-type", "")
    if content_type.startswith("multipart/form-data"):
        kept["content-type"] = "multipart/form-data"
    return {
        "method": method,
        "path": canonical_path(path),
        "query": canonical_query(query),
        "headers": dict(sorted(kept.items())),
        "body": canonical_body(content_type, body),
    }


def canonical_body(content_type: str, body: bytes) -> dict[str, Any] | None:
    """A body by its media type, or None if there is none."""
    media_type = content_type.partition(";")[0].strip().lower()
    if not body:
        return None
    if media_type == "multipart/form-data":
        return {"parts": _parts(content_type, body)}
    if media_type == "application/json" or media_type.endswith("+json"):
        try:
            return {"json": load_json(body)}
        except (ValueError, RecursionError) as error:
            return {"broken-json": str(error), "text": body.decode("utf-8", "replace")}
    return {"text": _text(body)}


def _text(body: bytes) -> str | dict[str, str]:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return {"$bytes": base64.b64encode(body).decode("ascii")}


def _parts(content_type: str, body: bytes) -> list[dict[str, Any]]:
    boundary = re.search(r'boundary="?([^";]+)', content_type)
    if boundary is None:
        return []
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary[1].encode("latin-1"))
    found = []
    for piece in pieces[1:-1]:
        head, _, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        lines = (line.partition(":") for line in head.decode("utf-8", "replace").split("\r\n"))
        headers = {name.strip().lower(): value.strip() for name, _, value in lines}
        disposition = headers.get("content-disposition", "")
        quoted = dict(re.findall(r'(\w+)="([^"]*)"', disposition))
        found.append({**quoted, "content-type": headers.get("content-type", ""), "content": _text(content)})
    return found


def is_compact_json(body: bytes) -> bool:
    """Whether JSON is UTF-8, without blanks between tokens and without escapes that it does not need."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    bare = _STRING.sub('""', text)
    return not re.search(r"\s", bare) and not any(_NEEDLESS_ESCAPE.search(part) for part in _STRING.findall(text))


def with_texts(value: Any, change: Callable[[str], str]) -> Any:
    """A value with all texts in it changed, but for names."""
    if isinstance(value, list):
        return [with_texts(each, change) for each in value]
    if isinstance(value, dict):
        return {name: with_texts(each, change) for name, each in value.items()}
    return change(value) if isinstance(value, str) else value


def canonical_value(value: Any) -> Any:
    """A result as it is compared between languages: JavaScript has one kind of number, so 2.0 is 2 here."""
    if value is None or isinstance(value, (str, int)):  # nearly all are, and to ask for a mapping takes long
        return value
    if isinstance(value, Mapping):
        return {key: canonical_value(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [canonical_value(item) for item in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value


def difference(expected: Any, found: Any, at: str = "") -> list[dict[str, Any]]:
    """Where two values differ: JSON Pointers, with what was expected and found there. Absent is told from null."""
    # Nearly all are the same, which is seen much faster without going through them.
    if expected is found or (expected == found and (type(expected) is str or _is_same(expected, found))):
        return []
    return _differences(expected, found, at)


def _is_same(expected: Any, found: Any) -> bool:
    """Whether equal values are of the same types too: 1 is neither 1.0 nor True."""
    try:
        # Version 2 knows of values alone, not of references.
        return marshal.dumps(expected, 2) == marshal.dumps(found, 2)
    except ValueError:  # a type that it has no form for
        return repr(expected) == repr(found)


def _differences(expected: Any, found: Any, at: str) -> list[dict[str, Any]]:
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        lines: list[dict[str, Any]] = []
        for key in sorted({*expected, *found}, key=str):
            where = f"{at}/{str(key).replace('~', '~0').replace('/', '~1')}"
            if key not in found:
                lines.append({"at": where, "expected": expected[key], "absent": "found"})
            elif key not in expected:
                lines.append({"at": where, "found": found[key], "absent": "expected"})
            else:
                lines += _differences(expected[key], found[key], where)
        return lines
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        return [
            line
            for index, pair in enumerate(zip(expected, found, strict=True))
            for line in _differences(*pair, f"{at}/{index}")
        ]
    same = type(expected) is type(found) and expected == found
    return [] if same else [{"at": at, "expected": expected, "found": found}]
