"""Sessions of ``requests`` as programs set them up: with an adapter, a login, or hooks of their own."""

from __future__ import annotations

from typing import Any

import requests
import urllib3
from requests.adapters import BaseAdapter, HTTPAdapter

__all__ = ["session_with"]


class _Plain(BaseAdapter):
    """Brings replies by urllib3 in a way of its own, as recorders and mocks do: the SDK's reader reads none of them."""

    def __init__(self) -> None:
        super().__init__()
        self._pool = urllib3.PoolManager(retries=False)
        self._built = HTTPAdapter()

    def send(  # type: ignore[override]
        self, request: requests.PreparedRequest, stream: bool = False, timeout: Any = None, **_: Any
    ) -> requests.Response:
        """Sends it."""
        try:
            reply = self._pool.request(
                request.method or "",
                request.url or "",
                body=request.body,
                headers=request.headers,
                redirect=False,
                preload_content=False,
                decode_content=False,
                timeout=timeout,
            )
        except urllib3.exceptions.ReadTimeoutError as error:
            raise requests.exceptions.ReadTimeout(error, request=request) from error
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise requests.exceptions.ConnectionError(error, request=request) from error
        return self._built.build_response(request, reply)

    def close(self) -> None:
        """Closes its connections."""
        self._pool.clear()


def _refuse(reply: requests.Response, **_: Any) -> None:
    raise LookupError(f"the session's own hook refuses {reply.status_code}")


def session_with(kind: str) -> requests.Session:
    """A session of a kind: ``retrying``, ``plain``, ``login`` or ``hook``."""
    session = requests.Session()
    if kind == "retrying":
        session.mount("http://", HTTPAdapter(max_retries=3))
    elif kind == "plain":
        session.mount("http://", _Plain())
    elif kind == "login":
        session.auth = ("ada", "test")
    elif kind == "hook":
        session.hooks["response"].append(_refuse)
    else:
        raise LookupError(f"expected retrying, plain, login or hook, found {kind!r}")
    return session
