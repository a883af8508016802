"""What every endpoint goes through: bodies, auth, errors, paging, transactions, repeated requests, jobs."""
