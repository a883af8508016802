"""Does the environment ask for a proxy?"""

from __future__ import annotations

import os
from typing import NamedTuple

from .._errors import SegOpsConfigError

__all__ = ["Proxy", "proxy_for"]


class Proxy(NamedTuple):
    """Where a proxy is, and the headers that it wants for itself."""

    host: str
    port: int
    headers: dict[str, str]


def proxy_for(scheme: str, host: str) -> Proxy | None:
    """The proxy for a server, from ``HTTP_PROXY``, ``HTTPS_PROXY``, ``ALL_PROXY`` and ``NO_PROXY``.

    Raises:
        SegOpsConfigError: the variable does not hold an ``http://host:port`` address.
    """
    if not any(name.lower().endswith("_proxy") for name in os.environ):
        return None  # the usual case, without the cost of importing urllib.request
    # Python documents neither, but has had both since 2.6; getproxies() would ask the registry or the system too.
    from urllib.request import getproxies_environment, proxy_bypass_environment  # type: ignore[attr-defined]

    proxies = getproxies_environment()
    address = proxies.get(scheme) or proxies.get("all")
    if not address or proxy_bypass_environment(host, proxies):
        return None
    return _parse(address, scheme)


def _parse(address: str, scheme: str) -> Proxy:
    from base64 import b64encode
    from urllib.parse import unquote, urlsplit

    url = urlsplit(address if "://" in address else f"http://{address}")
    try:
        host, port = url.hostname, url.port or 80
    except ValueError:
        host, port = None, 0
    if url.scheme != "http" or not host:
        # The address may hold a password: name the variable, not its value.
        raise SegOpsConfigError(f"The proxy for {scheme} must be given as http://host:port in {scheme.upper()}_PROXY.")
    headers = {}
    if url.username:
        login = f"{unquote(url.username)}:{unquote(url.password or '')}".encode()
        headers["Proxy-Authorization"] = "Basic " + b64encode(login).decode("ascii")
    return Proxy(host, port, headers)
