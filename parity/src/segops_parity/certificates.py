"""The certificates of the replay server: those of an authority of its own, and such as a client must refuse.

Nothing is kept: each process makes its own, and tells the drivers that it starts where the authority's is.
"""

from __future__ import annotations

import datetime
import ssl
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

__all__ = ["KINDS", "Certificates"]

KINDS = ("trusted", "other-host", "expired", "stranger", "self-signed", "old")
"""Of the authority for `localhost`; for another host; expired; of an authority that nobody knows; that of such an
authority itself; TLS 1.1 at most."""


class Certificates:
    """An authority and its certificates, made when they are first asked for."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="parity-tls-")
        self._contexts: dict[str, ssl.SSLContext] = {}

    @cached_property
    def _authority(self):  # type: ignore[no-untyped-def]
        import trustme

        return trustme.CA()

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables by which a driver's SDK comes to trust the authority, and no other."""
        file = Path(self._folder.name, "authority.pem")
        if not file.exists():
            self._authority.cert_pem.write_to_path(str(file))
        return {"SSL_CERT_FILE": str(file), "NODE_EXTRA_CA_CERTS": str(file), "REQUESTS_CA_BUNDLE": str(file)}

    def context(self, kind: str) -> ssl.SSLContext:
        """What a server of a kind speaks TLS with; see `KINDS`."""
        if kind not in self._contexts:
            self._contexts[kind] = self._made(kind)
        return self._contexts[kind]

    def _made(self, kind: str) -> ssl.SSLContext:
        import trustme

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority = trustme.CA() if kind == "stranger" else self._authority
        names = ("other.example",) if kind == "other-host" else ("localhost", "127.0.0.1", "segops.example")
        past = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)
        if kind == "self-signed":
            file = Path(self._folder.name, "self-signed.pem")
            own = trustme.CA()
            file.write_bytes(own.private_key_pem.bytes() + own.cert_pem.bytes())
            context.load_cert_chain(file)
        else:
            authority.issue_cert(*names, not_after=past if kind == "expired" else None).configure_cert(context)
        if kind == "old":
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
            context.set_ciphers("ALL:@SECLEVEL=0")
        return context

    def close(self) -> None:
        """Remove the authority's file."""
        self._folder.cleanup()
