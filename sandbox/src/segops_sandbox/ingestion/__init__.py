"""Event ingestion: which events are accepted, which are a bot's, and how they are stored."""
