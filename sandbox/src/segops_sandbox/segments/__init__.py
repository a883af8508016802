"""The segment engine: from a definition to members, by one SQL query."""
