"""Programs that some tests run and a machine may lack.

A test that misses one is skipped with its reason, and the run closes with one line that counts what was not tested.
With ``SEGOPS_EVERY_TOOL=1``, as in CI, a missing program fails the test instead.
"""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest

_REASON = " is not installed: `make test-tools` installs it"


def program(*names: str) -> str:
    """The path of the first of these programs that is there; without any of them the test is skipped."""
    return next((found for found in map(shutil.which, names) if found), "") or _missing(names[0])


def _missing(name: str) -> NoReturn:
    if os.environ.get("SEGOPS_EVERY_TOOL"):
        pytest.fail(name + _REASON, pytrace=False)
    pytest.skip(name + _REASON)


def missing_in(reason: str) -> str:
    """The program for want of which a test was skipped, given the reason that it gave; "" if it was another one."""
    return reason.rpartition("Skipped: ")[2][: -len(_REASON)] if reason.endswith(_REASON) else ""
