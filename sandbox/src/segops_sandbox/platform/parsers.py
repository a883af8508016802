"""How is a JSON body read? Strictly: what could not be stored or sent back is refused at the door."""

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
        try:
            data = super().parse(stream, media_type=media_type, parser_context=parser_context)
            _check(data)
        except RecursionError:
            raise ParseError("JSON parse error - nested too deeply") from None
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


def _check(value: Any, depth: int = 0) -> None:
    if depth > _MAX_DEPTH:
        raise ParseError("JSON parse error - nested too deeply")
    if isinstance(value, str):
        if "\x00" in value:
            raise ParseError("JSON parse error - NUL characters are not allowed")
        try:
            value.encode(settings.DEFAULT_CHARSET)
        except UnicodeEncodeError:
            raise ParseError("JSON parse error - a lone surrogate is not text") from None
    elif isinstance(value, float) and math.isinf(value):
        raise ParseError("JSON parse error - a number is too large")  # 1e999; it could not be sent back
    elif isinstance(value, dict):
        for key, item in value.items():
            _check(key)
            _check(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _check(item, depth + 1)
