"""The parity harness: holds the Python and TypeScript SDKs to the contract in ``spec/``, and to each other.

``contract`` reads the contract, ``openapi`` derives an OpenAPI document from it.
"""

from __future__ import annotations

__version__ = "1.0.0"
