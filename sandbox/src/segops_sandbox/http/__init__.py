"""Shared by every endpoint: bodies, auth, errors, paging, transactions, repeated requests, jobs."""
