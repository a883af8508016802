"""Checks of what the caller, or the environment, has configured."""

from __future__ import annotations

import math
import os
from typing import Any

from ._errors import SegOpsConfigError
from ._wire.words import LARGEST_SAFE, described

TYPE_CHECKING = False  # false; tools that read False literally would see nothing behind it
if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "DEFAULT_BASE_URL",
    "Secret",
    "checked_base_url",
    "checked_connections",
    "checked_deadline",
    "checked_headers",
    "checked_key",
    "checked_retries",
    "checked_timeout",
    "hidden",
    "is_loopback",
    "written_plainly",
]

DEFAULT_BASE_URL = "https://api.segops.ai/api"

_warned: set[str] = set()


class Secret(str):
    """Text that does not show itself: tracebacks with local variables, and debuggers, print a repr."""

    def __repr__(self) -> str:
        return "'***'"


def hidden(key: Any) -> Any:
    """A key so that no frame shows it which it is given to; what is no text stays as it is, to be refused."""
    return Secret(key) if isinstance(key, str) else key


_NOT_CARRIED = "{} must not carry a user, a query or a fragment: https://host/api."


def checked_key(api_key: str | None) -> Secret:
    """The API key, from the argument or ``SEGOPS_API_KEY``. No message repeats what was given.

    Raises:
        SegOpsConfigError: there is none, or it is not a secret key.
    """
    given_as = "api_key" if api_key is not None else "SEGOPS_API_KEY"
    key = api_key if api_key is not None else hidden(os.environ.get("SEGOPS_API_KEY", ""))
    if not isinstance(key, str):
        raise SegOpsConfigError("api_key must be text.")
    if not key:
        if api_key is None:
            raise SegOpsConfigError("No API key: pass api_key= or set SEGOPS_API_KEY to a secret key (sk_...).")
        raise SegOpsConfigError("api_key is empty; expected a secret key (sk_...).")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise SegOpsConfigError(
            f"{given_as} holds a blank, a line end or another character that no key has: give the secret key alone "
            "(sk_...)."
        )
    if key.startswith(("pk_", "mk_")):
        raise SegOpsConfigError(
            f"{given_as} is a {'public' if key[0] == 'p' else 'MCP'} key ({key[:3]}...). "
            "The Admin SDK needs a secret key (sk_...): public (pk_) and MCP (mk_) keys may not administer a workspace."
        )
    if not key.startswith("sk_") or key == "sk_":
        raise SegOpsConfigError(f'{given_as} is not a SegOps API key: a secret key starts with "sk_".')
    return Secret(key)


def checked_base_url(base_url: str | None) -> str:
    """The API's root without a trailing slash, from the argument, ``SEGOPS_API_URL`` or the default.

    Raises:
        SegOpsConfigError: it is not an absolute http(s) address, or carries a user, a query or a fragment.
    """
    from urllib.parse import urlsplit

    if base_url is not None and not isinstance(base_url, str):
        raise SegOpsConfigError(f"base_url must be text, not {described(base_url)}.")
    # Empty counts as not given, here and in the environment: published programs pass os.environ.get(...) or "".
    text = base_url or os.environ.get("SEGOPS_API_URL") or DEFAULT_BASE_URL
    given_as = "base_url" if base_url else "SEGOPS_API_URL"
    if not text.isascii() or any(character <= " " or character == "\x7f" for character in text):
        reason = "holds a blank, a control or a non-ASCII character"
        raise SegOpsConfigError(f"{given_as} {_without_user(text)!r} {reason}.")
    if any(character in text for character in '\\"<>^`{|}'):
        raise SegOpsConfigError(f"{given_as} {_without_user(text)!r} holds a character that no address has.")
    try:
        url = urlsplit(text)
        host, _port = url.hostname, url.port
    except ValueError:  # its text may quote what was taken for a port, which may be a password
        if "@" in text.partition("://")[2].partition("/")[0]:
            raise SegOpsConfigError(_NOT_CARRIED.format(given_as)) from None
        raise SegOpsConfigError(f"{given_as} {_without_user(text)!r} has a host or port that none can be.") from None
    if url.scheme in ("http", "https") and host and "@" not in url.netloc and not _is_host(url.netloc):
        raise SegOpsConfigError(f"{given_as} {_without_user(text)!r} has a host or port that none can be.")
    if url.scheme not in ("http", "https") or not host:
        raise SegOpsConfigError(f"{given_as} {_without_user(text)!r} is not absolute: expected https://host/api.")
    if "@" in url.netloc or "?" in text or "#" in text:
        raise SegOpsConfigError(_NOT_CARRIED.format(given_as))
    if any(part.lower().replace("%2e", ".") in (".", "..") for part in url.path.split("/")):
        raise SegOpsConfigError(f"{given_as} {_without_user(text)!r} holds a path with . or .. in it.")
    if url.scheme == "http" and not is_loopback(host):
        _warn_once(host)
    path = text[len(url.scheme) + len("://") + len(url.netloc) :]
    return f"{url.scheme}://{written_plainly(url.scheme, url.netloc)}{path}".rstrip("/")


def written_plainly(scheme: str, netloc: str) -> str:
    """Host and port in lower case, without a port that the scheme has anyway: other spellings are the same server."""
    host, _, port = netloc.lower().rpartition(":")
    if not (port.isdigit() or port == ""):
        return netloc.lower()
    return host if port == "" or int(port) == {"http": 80, "https": 443}[scheme] else f"{host}:{int(port)}"


def _is_host(netloc: str) -> bool:
    """Whether it is a name, an IPv4 or IPv6 address, with or without a port."""
    import re

    found = re.fullmatch(r"(?:([A-Za-z0-9._-]+)|\[([0-9A-Fa-f:.]+)\])(?::\d{0,5})?", netloc)
    if found is None:
        return False
    if found[2] is None and not found[1].rstrip(".").rpartition(".")[2].isdigit():
        return ".." not in netloc and not netloc.startswith(".")
    import ipaddress

    try:
        ipaddress.ip_address(found[2] or found[1])
    except ValueError:
        return False
    return True


def _without_user(text: str) -> str:
    """The address without what may be a password."""
    return text.rpartition("@")[2]


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    return (
        host in ("localhost", "::1")
        or (host.startswith("127.") and host.replace(".", "").isdigit())
        or host.endswith(".localhost")
    )


def _warn_once(host: str) -> None:
    if host in _warned:
        return
    _warned.add(host)
    import warnings

    warnings.warn(f"The API key travels unencrypted to {host}: use https.", UserWarning, stacklevel=5)


def _seconds(name: str, seconds: Any) -> float:
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        raise SegOpsConfigError(f"{name} must be a number of seconds, not {described(seconds)}.")
    try:
        if math.isfinite(seconds) and seconds > 0:
            return float(seconds)
    except OverflowError:  # a whole number beyond every float
        pass
    raise SegOpsConfigError(f"{name} must be more than 0 seconds, not {described(seconds)}.")


def _whole_number(name: str, count: Any, least: int) -> int:
    """A whole float is one, since JavaScript cannot tell it from a whole number."""
    is_number = isinstance(count, (int, float)) and not isinstance(count, bool)
    if not is_number or not least <= count <= LARGEST_SAFE or count != int(count):
        raise SegOpsConfigError(f"{name} must be a whole number from {least} up, not {described(count)}.")
    return int(count)


def checked_timeout(seconds: float) -> float:
    """Seconds without progress after which an attempt fails."""
    return _seconds("timeout", seconds)


def checked_retries(count: int) -> int:
    """How often a call is retried."""
    return _whole_number("max_retries", count, 0)


def checked_connections(count: int) -> int:
    """How many connections may be open at once."""
    return _whole_number("max_connections", count, 1)


def checked_deadline(seconds: float | None) -> float | None:
    """Seconds for a whole call, or None."""
    return None if seconds is None else _seconds("deadline", seconds)


_OWN_HEADERS = {
    "accept", "accept-encoding", "authorization", "connection", "content-encoding", "content-length", "content-type",
    "expect", "host", "idempotency-key", "keep-alive", "proxy-authorization", "proxy-connection", "te", "trailer",
    "transfer-encoding", "upgrade", "user-agent",
}  # fmt: skip
_TOKEN = "!#$%&'*+-.^_`|~"


def checked_headers(headers: Mapping[str, str] | None) -> list[tuple[str, str]]:
    """Extra headers as pairs. Their values may be secret: no message repeats one.

    Raises:
        SegOpsConfigError: one is the SDK's own, or no header can be so.
    """
    if headers is None:
        return []
    if not hasattr(headers, "items") or isinstance(headers, type):
        given: object = headers
        kind = "text" if isinstance(given, str) else described(given)
        raise SegOpsConfigError(f"headers must be a mapping of names to values, not {kind}.")
    pairs: list[tuple[str, str]] = []
    for name, value in headers.items():
        if not _is_token(name):
            raise SegOpsConfigError(f"headers names {name!r}, which no header can be called.")
        if name.lower() in _OWN_HEADERS:
            raise SegOpsConfigError(f"headers must not hold {name}: the SDK sends its own.")
        if not _is_printable(value):
            raise SegOpsConfigError(f"The header {name} must be printable ASCII text.")
        pairs.append((name, Secret(value.strip())))
    return pairs


def _is_token(name: object) -> bool:
    if not isinstance(name, str) or not name or not name.isascii():
        return False
    return all(character.isalnum() or character in _TOKEN for character in name)


def _is_printable(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and value.isprintable()
