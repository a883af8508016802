"""AI landing pages: how they are written, and how they are exported."""
