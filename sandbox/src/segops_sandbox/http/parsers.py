"""JSON bodies, parsed strictly: what could not be stored or sent back is rejected."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.utils import json

# Far more than anything the platform knows, and far less than what a database or an encoder chokes on.
_MAX_DEPTH = 100


class StrictJSONParser(JSONParser):
    """DRF's JSON parser, which also refuses absurd nesting and size of numbers, lone surrogates and NUL characters."""

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The decoded body; ParseError (400) when it is not JSON that can be stored."""
        encoding = (parser_context or {}).get("encoding", settings.DEFAULT_CHARSET)
        try:
            text = stream.read().decode(encoding)
            data = json.loads(text, parse_constant=json.strict_constant, parse_float=_finite)
        except (ValueError, LookupError) as exc:  # LookupError: a charset that is known, but not of texts, such as zlib
            raise ParseError(f"JSON parse error - {exc}") from None
        except RecursionError:
            raise ParseError("JSON parse error - nested too deeply") from None
        _check_depth(data)
        # A batch has thousands of texts: they are looked at only where an escape can have put something into one.
        if "\\u" in text or encoding.lower() != "utf-8":
            _check_texts(data)
        return data


class AlwaysJSON(BaseContentNegotiation):
    """The platform only speaks JSON: whatever `Accept` says, JSON is the answer."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """The parser of the body's media type, as DRF chooses it; None is a 415."""
        from rest_framework.utils.mediatypes import media_type_matches

        return next((p for p in parsers if media_type_matches(p.media_type, request.content_type)), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        """The first renderer, JSON."""
        renderer = renderers[0] if renderers else JSONRenderer()
        return renderer, renderer.media_type


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError("a number is too large")  # 1e999; it could not be sent back
    return number


def _check_depth(data: Any) -> None:
    """Level by level, so that nothing here is nested deeply."""
    level = [data] if isinstance(data, (dict, list)) else []
    for _ in range(_MAX_DEPTH + 1):
        if not level:
            return
        level = [
            item
            for container in level
            for item in (container.values() if type(container) is dict else container)
            if type(item) is dict or type(item) is list
        ]
    raise ParseError("JSON parse error - nested too deeply")


def _check_texts(value: Any) -> None:
    if isinstance(value, str):
        if "\x00" in value:
            raise ParseError("JSON parse error - NUL characters are not allowed")
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ParseError("JSON parse error - a lone surrogate is not text") from None
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_texts(key)
            _check_texts(item)
    elif isinstance(value, list):
        for item in value:
            _check_texts(item)
