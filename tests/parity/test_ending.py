"""A stopped run of the harness leaves no server, no driver and no folder behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import pytest

from segops_parity.beside import Beside
from segops_parity.ending import leave_in_order


@contextmanager
def running(folder: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """The harness as a process, whose temporary files go to a folder of its own."""
    command = [sys.executable, "-m", "segops_parity", *words]
    env = {**os.environ, "TMPDIR": str(folder)}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def of_the_run(folder: Path) -> dict[int, str]:
    """The processes that have that folder for their temporary files, which those that a run starts inherit."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                env = (entry / "environ").read_bytes()
                words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:  # it has ended meanwhile, or belongs to another user
                continue
            if f"TMPDIR={folder}".encode() in env.split(b"\0") and words:
                found[int(entry.name)] = words
    return found


def wait_until(folder: Path, wanted: str) -> None:
    while not any(wanted in words for words in of_the_run(folder).values()):
        time.sleep(0.02)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are found by Linux's /proc")
@pytest.mark.parametrize(
    ("words", "started"),
    [
        (["record", "*", "--check"], "vcr_cases.py"),
        (["check", "--lane=python*", "--report=REPORT"], "segops_parity.drivers.python"),
        (["check", "--lane=python-http", "--case=client/loopback", "--probe", "--report=REPORT"], " probe"),
    ],
)
def test_sigterm_ends_all_that_a_run_has_started_and_leaves_no_folder(
    words: list[str], started: str, tmp_path: Path
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    with running(folder, *(word.replace("REPORT", str(tmp_path / "report")) for word in words)) as process:
        wait_until(folder, started)
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate()
        assert process.returncode == 128 + signal.SIGTERM, output
    assert "Traceback" not in output
    while left := of_the_run(folder):
        time.sleep(0.02)  # until the stopped processes have exited; one that does not fails the test by its timeout
    assert left == {}
    assert list(folder.iterdir()) == []


def test_an_upload_in_the_background_leaves_no_file_behind(tmp_path: Path) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    words = ["check", "--lane=typescript-fetch", "--case=client/fetch-uploads-side-by-side", f"--report={tmp_path}/r"]
    with running(folder, *words) as process:
        output, _ = process.communicate()
        assert process.returncode == 0, output
    assert "1 of 1 cases equal" in output
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("when", ["handed out", "waited for"])
def test_an_interrupt_while_lanes_run_leaves_no_process_and_no_thread(
    when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from segops_parity import runner, workers
    from segops_parity.lanes import Lane
    from segops_parity.project import Project
    from segops_parity.suite import open_suite

    left: list[Any] = []

    def interrupt() -> None:
        left.extend(active_children())
        raise KeyboardInterrupt

    class Interrupted(ProcessPoolExecutor):
        def submit(self, *args: Any, **options: Any) -> Any:  # type: ignore[override]
            if when == "handed out" and self._pending_work_items:
                interrupt()
            future = super().submit(*args, **options)
            monkeypatch.setattr(future, "result", interrupt)
            return future

    monkeypatch.setattr(workers, "ProcessPoolExecutor", Interrupted)
    suite = open_suite(Project.find())
    cases = 500 * [suite.cases["segments.get/happy"]]
    lanes = [Lane(name, "python", (sys.executable, "-m", "segops_parity.drivers.python")) for name in ("one", "other")]
    with pytest.raises(KeyboardInterrupt):
        runner.run_all(suite, lanes, cases)
    assert active_children() == []
    assert left
    assert {each.exitcode for each in left} <= {-signal.SIGTERM, 128 + signal.SIGTERM}, "they were waited for"
    assert [each.name for each in threading.enumerate() if "Executor" in type(each).__name__] == []


def test_a_pool_that_is_left_by_an_exception_does_not_do_what_it_was_given_first() -> None:
    from segops_parity.workers import worker_pool

    def interrupted() -> None:
        with worker_pool(1, leave_in_order) as pool:
            first = pool.submit(signal.pause)  # without an end of its own
            while not first.running():
                pass
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert active_children() == []


def test_the_report_of_a_part_does_not_take_the_place_of_the_report_of_everything(tmp_path: Path) -> None:
    for name in ("spec", "parity"):
        (tmp_path / name).symlink_to(Path(__file__).parents[2] / name)
    whole = tmp_path / "build/parity/report.ndjson"
    whole.parent.mkdir(parents=True)
    whole.write_text("the report of everything", encoding="utf-8")
    words = ["--root", str(tmp_path), "check", "--lane=python-http", "--case=segments.get/happy"]
    with running(tmp_path, *words) as process:
        output, _ = process.communicate()
        assert process.returncode == 0, output
    assert whole.read_text(encoding="utf-8") == "the report of everything"
    assert f"{tmp_path}/build/parity/part/report.html" in output


def test_a_command_beside_another_is_told_of_in_its_turn(capsys: pytest.CaptureFixture[str]) -> None:
    with Beside([sys.executable, "-c", "print('found'); raise SystemExit(1)"]) as beside:
        assert (beside.result(), capsys.readouterr().out) == (0, "")
        beside.begin()
        print("first")
        assert (beside.result(), capsys.readouterr().out) == (1, "first\nfound\n")


def test_a_signal_that_comes_while_a_command_is_started_ends_it_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[str]] = []

    def start(*words: Any, **options: Any) -> subprocess.Popen[str]:
        started.append(popen(*words, **options))
        signal.raise_signal(signal.SIGTERM)
        return started[0]

    popen = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", start)
    before = signal.getsignal(signal.SIGTERM)
    try:
        leave_in_order()
        with pytest.raises(SystemExit), Beside([sys.executable, "-c", "input()"]) as beside:
            beside.begin()
    finally:
        signal.signal(signal.SIGTERM, before)
    assert started[0].returncode == -signal.SIGTERM


def test_a_worker_that_has_done_its_lane_is_ended_by_sigterm_whatever_catches_what_is_raised() -> None:
    caught = "try: signal.raise_signal(signal.SIGTERM)\nexcept BaseException: print('it continues')"
    program = f"import signal\nfrom segops_parity.ending import leave_at_once\nleave_at_once()\n{caught}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (128 + signal.SIGTERM, "", "")
