"""The parity harness: do the Python and TypeScript SDKs do what the contract in ``spec/`` says, and the same?

``contract`` reads the contract, ``openapi`` derives an OpenAPI document from it.
"""

from __future__ import annotations

__version__ = "1.0.0"
