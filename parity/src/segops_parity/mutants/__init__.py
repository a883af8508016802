"""Mutants of the SDKs' sources: every small change that parity must notice, all compiled into one copy of a package."""
