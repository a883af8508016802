"""Error responses. Always JSON: `{"detail": "..."}` or `{"<field>": ["..."]}`, never an HTML page."""

from __future__ import annotations

import errno
import logging
import sys
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import Error, IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions, status, views
from rest_framework.response import Response

from segops_sandbox.extras import MissingExtra

log = logging.getLogger("segops_sandbox")

SERVER_ERROR = "Internal server error."
_AT_ONCE = "Another request changed the same thing at the same moment. Try again."
NO_SPACE = "The disk of the sandbox is full: nothing was stored. Make room, then send it again."
_NO_DATABASE = "The database does not answer. Try again."

# PostgreSQL's codes: what a second try gets over, because another transaction is through by then; broken connections.
_COLLISIONS = {"23503", "23505", "40001", "40P01", "55P03"}
_BROKEN = ("08", "53", "57P")
_PG_DISK_FULL = "53100"
_SQLITE_COLLISIONS = ("UNIQUE constraint", "FOREIGN KEY constraint")


class Gone(exceptions.APIException):
    """What was here has expired."""

    status_code = status.HTTP_410_GONE
    default_detail = "Gone."
    default_code = "gone"


class NotInstalled(exceptions.APIException):
    """This server lacks a package. Not a 501, which clients try again: nothing changes until somebody installs it."""

    status_code = status.HTTP_400_BAD_REQUEST
    default_detail = "Not installed."
    default_code = "not_installed"


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Turn an exception of a view into the platform's answer. What it wrote is undone by `AtomicWritesMiddleware`."""
    if isinstance(exc, Http404):
        # Django says which model was not found; the platform only says "Not found."
        exc = exceptions.NotFound()
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    elif isinstance(exc, MissingExtra):
        exc = NotInstalled(str(exc))
    return views.exception_handler(exc, context)


def field_error(field: str, message: str) -> exceptions.ValidationError:
    """A 400 that blames one field; raise it."""
    return exceptions.ValidationError({field: [message]})


def object_of(body: Any) -> dict[str, Any]:
    """A decoded body that has to be an object, as it is when there is none; raises the 400 that serializers give."""
    if not isinstance(body, dict):
        kind = type(body).__name__
        raise field_error("non_field_errors", f"Invalid data. Expected a dictionary, but got {kind}.")
    return body


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
    """The answer to a crash of ours; the traceback goes to the log (by `log_exception`).

    Trouble with the database that is nobody's mistake is a 409 or a 503, which clients try again; a full disk a 507.
    """
    exc = sys.exc_info()[1]
    if isinstance(exc, (Error, OSError)) and is_full(exc):
        return refusal(507, NO_SPACE)
    if isinstance(exc, Error) and is_unreachable(exc):
        answer = refusal(503, _NO_DATABASE)
    elif isinstance(exc, Error) and is_collision(exc):
        answer = refusal(409 if isinstance(exc, IntegrityError) else 503, _AT_ONCE)
    else:
        return refusal(500, SERVER_ERROR)
    answer["Retry-After"] = "1"
    return answer


def is_collision(exc: Error) -> bool:
    """Whether a request failed because of what another one wrote at the same time (or the like of it)."""
    code = getattr(exc.__cause__, "sqlstate", None)
    if code is not None:
        return code in _COLLISIONS
    return isinstance(exc, IntegrityError) and str(exc).startswith(_SQLITE_COLLISIONS)


def is_full(exc: BaseException) -> bool:
    """Whether there is no space left, for the database or for a file."""
    if isinstance(exc, OSError):
        return exc.errno in (errno.ENOSPC, errno.EDQUOT)
    code = getattr(exc.__cause__, "sqlstate", None)
    return code == _PG_DISK_FULL if code is not None else "disk is full" in str(exc)


def is_unreachable(exc: Error) -> bool:
    """Whether the database went away, takes no more connections, or is locked for longer than one waits."""
    if not isinstance(exc, (OperationalError, InterfaceError)) or is_full(exc):
        return False
    code = getattr(exc.__cause__, "sqlstate", None)
    return code.startswith(_BROKEN) if code is not None else not is_collision(exc)
