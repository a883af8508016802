"""Bytes: paths, queries, JSON, forms, and HTTP/1.1."""
