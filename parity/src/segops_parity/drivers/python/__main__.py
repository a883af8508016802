"""Speaks the protocol on standard streams until ``bye`` or the end of input. What the SDK prints goes to stderr.

With ``--async`` it drives the client for asyncio.
"""

from __future__ import annotations

import json
import os
import signal
import sys

from segops_parity.drivers.python.asynchronous import AsyncSession
from segops_parity.drivers.python.session import Session
from segops_parity.drivers.python.waiting import clock


def main() -> None:
    """Answers one command a line."""
    output = os.fdopen(os.dup(1), "w", encoding="ascii")
    sys.setrecursionlimit(20_000)  # a reply may be nested 500 levels deep
    # All of them whatever started this may have had ignored.
    for number in (signal.SIGINT, signal.SIGUSR2):
        signal.signal(number, clock.hear)
    for number in (signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, clock.look)
    os.dup2(2, 1)  # a stray print must not end up between two replies
    chosen = AsyncSession if "--async" in sys.argv[1:] else Session
    session = chosen()

    def tell(told: dict[str, float]) -> None:
        session.pass_time(told.get("passed", 0))
        os.write(output.fileno(), (json.dumps(told) + "\n").encode())  # a signal may come while another one is told

    clock.tell = tell
    for line in sys.stdin:
        command = json.loads(line)
        output.write(json.dumps(session.answer(command)) + "\n")
        output.flush()
        if command["cmd"] == "bye":
            return


if __name__ == "__main__":
    main()
