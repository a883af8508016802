"""Packages that the web framework looks for and the sandbox makes no use of.

`rest_framework.compat` imports whatever of these happens to be installed: psycopg for the field types of PostgreSQL
(the database's own driver is loaded by the settings), requests for a test client, the others for generated
documentation. None is a dependency of the sandbox, but tests run it in environments that have them all: there the
import takes 0.76 s of processor time with them and 0.30 s without, of a start that may take 0.6 s. The framework has no
setting for it, and what is once imported cannot be taken back; hence `sys.modules`, for the time of that one import.
"""

from __future__ import annotations

import sys
from importlib import import_module

_UNUSED = ("django.contrib.postgres", "inflection", "markdown", "pygments", "requests", "uritemplate", "yaml")


def load_framework_without_them() -> None:
    """Import `rest_framework.compat` as where they are not installed; afterwards they can be imported as ever.

    For a process that is the sandbox's own: another project in it may want the framework with all it finds.
    """
    hidden = [name for name in _UNUSED if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: the import system's "not there"
    try:
        import_module("rest_framework.compat")
    finally:
        for name in hidden:
            del sys.modules[name]
