"""``python -m segops_parity`` is ``segops-parity``."""

from __future__ import annotations

import sys

from segops_parity.cli import main

if __name__ == "__main__":  # the processes that lanes run in import this module, too
    sys.exit(main())
