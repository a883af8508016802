"""What does a failure look like? Always JSON: `{"detail": "..."}` or `{"<field>": ["..."]}`, never an HTML page."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions, status, views
from rest_framework.response import Response

log = logging.getLogger("segops_sandbox")

SERVER_ERROR = "Internal server error."


class Gone(exceptions.APIException):
    """What was here has expired."""

    status_code = status.HTTP_410_GONE
    default_detail = "Gone."
    default_code = "gone"


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Turn an exception of a view into the platform's answer. What it wrote is undone by `AtomicWritesMiddleware`."""
    if isinstance(exc, Http404):
        # Django says which model was not found; the platform only says "Not found."
        exc = exceptions.NotFound()
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    return views.exception_handler(exc, context)


def field_error(field: str, message: str) -> exceptions.ValidationError:
    """A 400 that blames one field; raise it."""
    return exceptions.ValidationError({field: [message]})


def refusal(status: int, detail: str) -> JsonResponse:
    """`{"detail": ...}` from outside of DRF, in the same compact JSON."""
    return JsonResponse({"detail": detail}, status=status, json_dumps_params={"separators": (",", ":")})


def bad_request(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    """Django's answer to a request that it distrusts."""
    return refusal(400, "Bad request.")


def not_found(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    """The answer to a path that no pattern matches; a path without its last slash is one of them."""
    return refusal(404, "Not found.")


def server_error(request: HttpRequest) -> JsonResponse:
    """The answer to a crash of ours; the traceback goes to the log (by `log_exception`)."""
    return refusal(500, SERVER_ERROR)
