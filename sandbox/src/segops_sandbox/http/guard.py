"""Access to the sandbox's controls: not for pages that happen to be open in a developer's browser.

A page of any site can send requests to loopback addresses, and a host name of its own can be made to lead there. So the
server answers to the names of this machine only, and its controls and pages refuse requests that other sites' pages
send. The controls need the token of the ready line besides, which no page can know.
"""

from __future__ import annotations

import hmac
import ipaddress
import os
import secrets
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from django.http import HttpRequest

from segops_sandbox.network import loopback_addresses

TOKEN_VARIABLE = "SEGOPS_SANDBOX_CONTROL_TOKEN"
TOKEN_HEADER = "X-Sandbox-Token"
TOKEN_FIELD = "sandbox_token"

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class _Rules:
    """What the options said."""

    def __init__(self) -> None:
        self.token = os.environ.get(TOKEN_VARIABLE) or secrets.token_urlsafe(32)
        self.names: frozenset[str] = frozenset()
        self.remote_addresses = False
        self.remote_controls = False


_rules = _Rules()


def configure(*, names: Iterable[str] = (), remote_addresses: bool = False, remote_controls: bool = False) -> None:
    """Set the rules of this process, and make its token.

    Args:
        names: host names to answer to, besides those of loopback.
        remote_addresses: whether to answer to any IP address as a host, which no name can be made to stand for.
        remote_controls: whether clients on other machines may use controls and pages, given the token.
    """
    global _rules
    _rules = _Rules()
    _rules.names = frozenset(name.lower().rstrip(".") for name in names)
    _rules.remote_addresses = remote_addresses
    _rules.remote_controls = remote_controls


def control_token() -> str:
    """The token of this process: what SEGOPS_SANDBOX_CONTROL_TOKEN says, else random, whatever the seed."""
    return _rules.token


def wrong_host(host: str, own_address: str) -> str | None:
    """Why a request that calls this server by a name is not answered; None when it is.

    Args:
        host: the Host header.
        own_address: the address that the connection came in at.
    """
    name = _host_name(host)
    if name is None:
        return "The request does not say which host it is for."
    if loopback_addresses(name) or name.rstrip(".") in _rules.names:
        return None
    address = _address(name)
    if address is not None and (_rules.remote_addresses or address == _address(own_address)):
        return None
    return f"The sandbox answers to loopback names only, not to {name!r}: start it with --allowed-host {name}."


def is_foreign(headers: Mapping[str, str]) -> bool:
    """Whether a page of another site, or of another port, had a browser send this request."""
    site = headers.get("Sec-Fetch-Site", "")
    if site not in ("", "none", "same-origin"):
        return True
    origin = headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc.lower() != headers.get("Host", "").lower()


def may_steer(request: HttpRequest) -> bool:
    """Whether the client's address allows it to use the controls, given the token."""
    return _rules.remote_controls or is_local(request)


def may_see(request: HttpRequest) -> bool:
    """Whether the client may see the pages, which hold the token: from this machine, or because it has the token."""
    return is_local(request) or (_rules.remote_controls and is_token(request.COOKIES.get(TOKEN_FIELD, "")))


def is_local(request: HttpRequest) -> bool:
    """Whether the client is on this machine. No header can change it."""
    address = ipaddress.ip_address(request.META["REMOTE_ADDR"].partition("%")[0])
    # A server on all IPv6 addresses sees an IPv4 client in this disguise.
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def has_token(request: HttpRequest) -> bool:
    """Whether a request carries the token, as a header or as the field of a form."""
    given = request.headers.get(TOKEN_HEADER, "")
    if not given and request.content_type in _FORMS:
        given = request.POST.get(TOKEN_FIELD, "")
    return is_token(given)


def is_token(text: str) -> bool:
    """Whether a text is the token of this process."""
    return hmac.compare_digest(text.encode(), control_token().encode())


def _host_name(host: str) -> str | None:
    """The name in a Host header, in lower case and without the port and the brackets of IPv6."""
    try:
        parts = urlsplit(f"//{host}")
        parts.port  # noqa: B018 - raises when it is none
    except ValueError:
        return None
    if not host or parts.username is not None or parts.path or parts.query:
        return None
    return parts.hostname


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return None
