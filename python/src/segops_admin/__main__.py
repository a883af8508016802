"""``python -m segops_admin`` is the ``segops-admin`` command."""

import sys

from .cli import main

sys.exit(main())
