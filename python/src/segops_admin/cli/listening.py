"""``segops-admin listen``: a sandbox's webhooks, passed on to a program on this machine."""

from __future__ import annotations

import os
import secrets
import signal
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from .._config import is_loopback
from .._errors import SegOpsNotFoundError
from .failures import UsageError
from .output import say
from .receiver import Receiver

if TYPE_CHECKING:
    from .._client import SegOpsAdmin
    from .parsing import Invocation
    from .results import Results

__all__ = ["listen"]

_PATH = "/webhooks/"
_VARIABLE = "SEGOPS_WEBHOOK_SECRET"


def listen(line: Invocation, client: SegOpsAdmin, results: Results) -> None:
    """Registers a webhook, passes its deliveries on until a signal ends that, and removes it.

    Raises:
        UsageError: it is not said where to, or the server is on another machine.
    """
    to = line.options.get("forward-to", "")
    target = _target(to)
    if not is_loopback(urlsplit(client.http.base_url).hostname or ""):
        raise UsageError(
            f"listen needs a sandbox on this machine: {client.http.base_url} cannot reach it.",
            "Give its address: --api-url=http://127.0.0.1:PORT/api",
        )
    if line.options.get("dry-run"):
        _registered(client, "http://127.0.0.1:0/", "***")
    given = os.environ.get(_VARIABLE)
    secret = given or "whsec_test_" + secrets.token_hex(16)
    deliveries: SimpleQueue[Any] = SimpleQueue()
    with Receiver(target, secret, deliveries.put) as receiver, _ended_by_signals(deliveries):
        hook = _registered(client, receiver.url, secret)
        with ExitStack() as registered:
            registered.callback(_remove, client, hook)
            say(f"webhook {hook} is registered; its deliveries are forwarded to {to}")
            if not given:
                say(f"{_VARIABLE}={secret} verifies them. Ctrl-C removes the webhook.")
            results.each(_received(deliveries, registered, receiver))


def _target(text: str) -> SplitResult:
    try:
        url = urlsplit(text)
        is_address = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0 and "@" not in url.netloc
        if is_address and text.isascii() and text.isprintable() and not set(text) & set(" \\"):
            return url
    except ValueError:
        pass  # a port that is none
    what = f", not {text!r}" if text else ""
    raise UsageError(
        f"listen needs --forward-to with an absolute http(s) URL{what}.",
        "Such as --forward-to=http://localhost:3000/hook",
    )


def _registered(client: SegOpsAdmin, url: str, secret: str) -> Any:
    """Registers a webhook and returns its id."""
    body = {"url": url, "secret": secret, "description": "segops-admin listen"}
    return client.http.request("POST", _PATH, body=body, idempotent=True)["id"]


def _remove(client: SegOpsAdmin, hook: Any) -> None:
    try:
        client.http.request("DELETE", f"{_PATH}{hook}/", idempotent=True)
    except SegOpsNotFoundError:
        say(f"webhook {hook} had been removed")
    else:
        say(f"webhook {hook} is removed")


@contextmanager
def _ended_by_signals(deliveries: SimpleQueue[Any]) -> Generator[None]:
    """Puts None behind the deliveries at the first signal: what is under way is finished. The second one interrupts."""

    def end(number: int, frame: object) -> None:
        for each in before:
            signal.signal(each, signal.default_int_handler)
        deliveries.put(None)

    names = ("SIGINT", "SIGTERM", "SIGHUP")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    if threading.current_thread() is not threading.main_thread():
        numbers = []
    # What is ignored already, as nohup does it, stays so.
    before = {each: signal.signal(each, end) for each in numbers if signal.getsignal(each) is not signal.SIG_IGN}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _received(deliveries: SimpleQueue[Any], registered: ExitStack, receiver: Receiver) -> Iterator[Any]:
    """Deliveries as they come; once that is to end, the webhook is removed, and those under way follow."""
    yield from _until_none(deliveries)
    registered.close()
    receiver.close()
    deliveries.put(None)
    yield from _until_none(deliveries)


def _until_none(deliveries: SimpleQueue[Any]) -> Iterator[Any]:
    # Windows lets no signal in while a queue is waited for without end.
    patience = 0.2 if sys.platform == "win32" else None
    while True:
        try:
            delivery = deliveries.get(timeout=patience)
        except Empty:
            continue
        if delivery is None:
            return
        yield delivery
