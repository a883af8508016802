"""`python -m segops_sandbox` is the `segops-sandbox` command."""

from __future__ import annotations

from segops_sandbox.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
