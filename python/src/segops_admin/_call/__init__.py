"""The course of a call, without I/O: attempts, retries, redirects, deadline, replies as values, errors."""
