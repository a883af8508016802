"""What the Python driver finds left open: it waits for what is being closed, but not for thousands of leaks."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.needs_workspace

SEVEN_LEAKS = """
import json, threading, time
from collections import Counter
from types import SimpleNamespace
from segops_parity.drivers.python import watched

now = [0.0]
watched.opened = lambda: Counter(socket=1)
time.perf_counter = lambda: now[0]
threading.Event = lambda: SimpleNamespace(wait=lambda seconds: now.append(now.pop() + seconds))

def waited():
    before = now[0]
    assert watched.left_open(Counter()) == ["socket"]
    return round(now[0] - before, 1)

print(json.dumps([waited() for _ in range(7)]))
"""


def test_after_some_cases_that_leave_something_open_the_next_ones_are_hardly_waited_for() -> None:
    done = subprocess.run([sys.executable, "-c", SEVEN_LEAKS], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [2.0] * 5 + [0.1] * 2
