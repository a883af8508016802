"""A script of the SDK's own test doubles, played: what its calls come to, and what it keeps of them."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

from segops_admin import testing
from segops_parity.drivers.python.values import plain

__all__ = ["play"]


def play(command: dict[str, Any], settled: Callable[[Any], Any], *, is_async: bool) -> dict[str, Any]:
    """What is told of a script that is played to a client of its own.

    Args:
        command: the command `testing` of the protocol.
        settled: what a call comes to once nothing of it is left to be waited for.
    """
    replies = [each for entry in command["replies"] for each in _scripted(entry)]
    script = testing.Script(*replies)
    begun = script.time.now()
    client: Any = (script.async_client if is_async else script.client)(**command.get("options", {}))
    told = {
        "replies": [_told_reply(each) for each in replies],
        "base_url": client.http.base_url,
        "begun": begun,
        "calls": [_called(client, call, settled) for call in command["calls"]],
        "requests": [_told_request(each) for each in script.requests],
        "sleeps": list(script.time.sleeps),
        "passed": round(script.time.now() - begun, 3),
    }
    settled(client.close())
    try:
        script.assert_done()
    except AssertionError as error:
        return {**told, "left": str(error)}
    return {**told, "left": None}


def _scripted(entry: dict[str, Any]) -> list[Any]:
    given = dict(entry)
    if "pages" in given:
        return list(testing.pages(given.pop("pages"), **given))
    if "member_pages" in given:
        return list(testing.member_pages(given.pop("member_pages"), **given))
    if "no_connection" in given:
        message = given["no_connection"]
        return [testing.no_connection() if message is None else testing.no_connection(message)]
    if "content" in given:
        given["content"] = base64.b64decode(given["content"])
    return [testing.reply(**given)]


def _told_reply(reply: Any) -> dict[str, Any]:
    if isinstance(reply, Exception):
        return {"error": type(reply).__name__, "message": str(reply), "sent": getattr(reply, "sent", None)}
    headers = sorted([name.lower(), value] for name, value in reply.headers.items())
    return {"status": reply.status, "headers": headers, **_content(reply.body)}


def _called(client: Any, call: dict[str, Any], settled: Callable[[Any], Any]) -> dict[str, Any]:
    owner, _, name = call["op"].partition(".")
    method = getattr(getattr(client, owner), name)
    try:
        value = settled(method(*call.get("args", ()), **call.get("named", {})))
        return {"ok": plain(list(value) if isinstance(value, Iterator) else value)}
    except Exception as error:  # noqa: BLE001 - whatever is raised is the observation
        return {"error": type(error).__name__, "message": str(error)}


def _told_request(request: testing.SentRequest) -> dict[str, Any]:
    return {
        "method": request.method,
        "url": request.url,
        "path": request.path,
        "query": request.query,
        "headers": {name.lower(): value for name, value in request.headers.items()},
        **_content(request.content),
        **({"decoded": request.json} if request.content else {}),
    }


def _content(body: bytes) -> dict[str, Any]:
    """A body: what it holds if it is JSON, else its text."""
    try:
        return {"json": json.loads(body)}
    except ValueError:
        return {"text": body.decode("utf-8", "replace")}
