"""A sandbox of one's own, from which recordings come: a process that is started, asked and stopped."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["MOMENT", "SEED", "running_sandbox"]

MOMENT = "2026-05-01T12:00:00Z"
SEED = 7


@contextmanager
def running_sandbox() -> Iterator[tuple[str, str, str]]:
    """A sandbox with a frozen clock and seeded ids, whose jobs end at once; gives base URL, key and control token."""
    command = [sys.executable, "-m", "segops_sandbox", "--now", MOMENT, "--seed", str(SEED), "--jobs", "instant"]
    command.append("--until-eof")  # it ends with this process, whatever ends that
    pipe = subprocess.PIPE
    with (
        tempfile.TemporaryFile("w+") as log,
        subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=log, text=True) as process,
    ):
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line:
                log.seek(0)
                raise RuntimeError(f"the sandbox did not start: {log.read()[-500:]}")
            ready = json.loads(line)
            yield ready["url"], ready["api_key"], ready["control_token"]
        finally:
            process.terminate()
            process.wait(20)
