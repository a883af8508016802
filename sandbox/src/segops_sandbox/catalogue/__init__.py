"""The product catalogue: its fields, imports, upserts, scores and search."""
