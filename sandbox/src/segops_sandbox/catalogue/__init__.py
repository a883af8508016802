"""The product catalogue: what its fields are, how rows get in, and what is computed from products."""
