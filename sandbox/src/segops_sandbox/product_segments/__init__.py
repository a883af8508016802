"""Segments of products: what a definition means, which products match it, and what is stored of that."""
