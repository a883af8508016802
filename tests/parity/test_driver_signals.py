"""What signals tell the Python driver while a call waits: heard in time, whichever thread the system hands them to."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from repository import ROOT

pytestmark = pytest.mark.needs_workspace

HANDED_TO_ANOTHER_THREAD = """
import signal, socket, threading
from segops_parity.drivers.python.waiting import clock

signal.signal(signal.SIGUSR2, clock.hear)
signal.signal(signal.SIGALRM, clock.look)
told = []
clock.tell = told.append
clock.stand()
here, there = socket.socketpair()
here.settimeout(30)
main = f"/proc/self/task/{threading.get_native_id()}/stat"

def hand() -> None:  # the handler runs in the main thread, which this signal does not wake
    while not (clock._due and open(main).read().rpartition(")")[2].split()[0] == "S"):
        pass
    signal.pthread_kill(threading.get_ident(), signal.SIGUSR2)

began = clock.now()
clock.begin([30.0], abortable=False)
threading.Thread(target=hand).start()
try:
    here.recv(1)
except TimeoutError:
    print(clock.now() - began, told)
clock.end()
print(signal.getitimer(signal.ITIMER_REAL))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks in /proc whether a thread waits")
def test_a_signal_that_does_not_wake_the_waiting_thread_is_heard_all_the_same() -> None:
    command = [sys.executable, "-c", HANDED_TO_ANOTHER_THREAD]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == ["30.0 [{'hears': True}, {'passed': 30.0}]", "(0.0, 0.0)"], done.stderr


def test_cases_of_signals_are_the_same_where_these_are_ignored_as_behind_nohup(tmp_path: Path) -> None:
    def ignore() -> None:
        for number in (signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)

    command = ["check", "--case", "cli/listen-ended-by-*", "--lane", "cli-*", "--report", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-m", "segops_parity", "--root", str(ROOT), *command],
        capture_output=True,
        text=True,
        preexec_fn=ignore,
    )
    assert "2 of 2 cases equal: equal" in done.stdout, done.stdout
