"""The namespaces of the API, one module each."""

from .activations import Activations
from .analytics import Analytics
from .identity import Identity
from .pages import Pages
from .product_segments import ProductSegments
from .products import Products
from .queries import Queries
from .schemas import Schemas
from .segments import Segments
from .users import Users

__all__ = [
    "Activations",
    "Analytics",
    "Identity",
    "Pages",
    "ProductSegments",
    "Products",
    "Queries",
    "Schemas",
    "Segments",
    "Users",
]
