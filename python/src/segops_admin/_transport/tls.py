"""The TLS context of the built-in transports."""

from __future__ import annotations

import os
import ssl

from .._errors import SegOpsConfigError

__all__ = ["default_context", "noticing_cuts", "overlooking_cuts"]


def default_context() -> ssl.SSLContext:
    """A context that verifies servers against the system's authorities, or those of ``SSL_CERT_FILE``.

    Raises:
        SegOpsConfigError: ``SSL_CERT_FILE`` or ``SSL_CERT_DIR`` names what is not there.
    """
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    # OpenSSL passes over what is not there, and every certificate would be refused for no reason that anybody sees.
    if file and not os.path.exists(file):
        raise SegOpsConfigError(f"SSL_CERT_FILE names {file!r}, which does not exist.")
    if folder and not any(map(os.path.isdir, folder.split(os.pathsep))):
        raise SegOpsConfigError(f"SSL_CERT_DIR names {folder!r}, which does not exist.")
    return noticing_cuts(ssl.create_default_context())


def noticing_cuts(context: ssl.SSLContext) -> ssl.SSLContext:
    """The context, set so that a connection that is cut does not pass for one that was closed."""
    context.options &= ~_OVERLOOKING
    return context


def overlooking_cuts() -> bool:
    """Whether contexts let a connection that is cut pass for one that was closed, as Python 3.9 has OpenSSL 3 do."""
    return bool(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).options & _OVERLOOKING)


_OVERLOOKING: int = getattr(ssl, "OP_IGNORE_UNEXPECTED_EOF", 0)
