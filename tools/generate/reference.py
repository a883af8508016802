"""The OpenAPI document that the sandbox serves at `/docs`."""

from __future__ import annotations

import json
from collections.abc import Mapping

from segops_parity.contract import Contract
from segops_parity.openapi import document


def reference(contract: Contract) -> Mapping[str, str]:
    """The document, compact: it is read by programs, and `make openapi` writes it for people."""
    text = json.dumps(document(contract), separators=(",", ":"), ensure_ascii=False, sort_keys=True)
    return {"sandbox/src/segops_sandbox/reference/openapi.json": text + "\n"}
