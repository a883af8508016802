# Derived from resources/__init__.py by `make generate`. Change that.
"""The namespaces of the asyncio client; one module for each."""

from .activations import AsyncActivations
from .analytics import AsyncAnalytics
from .identity import AsyncIdentity
from .pages import AsyncPages
from .product_segments import AsyncProductSegments
from .products import AsyncProducts
from .queries import AsyncQueries
from .schemas import AsyncSchemas
from .segments import AsyncSegments
from .users import AsyncUsers

__all__ = [
    "AsyncActivations",
    "AsyncAnalytics",
    "AsyncIdentity",
    "AsyncPages",
    "AsyncProductSegments",
    "AsyncProducts",
    "AsyncQueries",
    "AsyncSchemas",
    "AsyncSegments",
    "AsyncUsers",
]
