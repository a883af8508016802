"""`make sandbox` prints lines to paste into a shell, and stops on a signal."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from repository import ROOT, outside_make

TOOL = [sys.executable, str(ROOT / "tools/run_sandbox.py")]


def environment() -> dict[str, str]:
    return {k: v for k, v in outside_make().items() if k != "DATABASE_URL" and not k.startswith("SEGOPS_")}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_two_lines_reach_a_running_sandbox_that_stops_when_told_to(tmp_path: Path, number: signal.Signals) -> None:
    with (tmp_path / "log").open("w") as log:
        tool = subprocess.Popen(TOOL, stdout=subprocess.PIPE, stderr=log, text=True, cwd=tmp_path, env=environment())
    with tool:
        try:
            assert tool.stdout is not None
            lines = tool.stdout.readline() + tool.stdout.readline()
            shell = f'{lines}\nprintf "%s %s" "$SEGOPS_API_URL" "$SEGOPS_API_KEY"'
            pasted = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, env={}, check=True).stdout
            url, key = pasted.split()
            answer = requests.get(f"{url}/segments/", headers={"Authorization": f"ApiKey {key}"}, timeout=10)
            assert answer.status_code == 200, answer.text
        finally:
            tool.send_signal(number)
        assert tool.wait(20) == 0, (tmp_path / "log").read_text()
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{url}/segments/", timeout=5)


def test_a_sandbox_that_does_not_start_prints_no_lines_and_passes_its_exit_status_on(tmp_path: Path) -> None:
    done = subprocess.run(
        [*TOOL, "--now", "yesterday"], capture_output=True, text=True, cwd=tmp_path, env=environment(), check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "yesterday" in done.stderr
