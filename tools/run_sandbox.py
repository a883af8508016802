"""Keeps a sandbox running and prints the two lines to paste into a shell.

    python tools/run_sandbox.py [options of segops-sandbox]

Its exit status is the sandbox's own. Ctrl-C or SIGTERM stops both.
"""

from __future__ import annotations

import json
import shlex
import signal
import subprocess
import sys


def main(options: list[str]) -> int:
    """Starts the sandbox, prints the export lines once it is ready, and waits for its end."""
    running: list[subprocess.Popen[str]] = []
    signals: list[int] = []

    def stop(number: int, _frame: object) -> None:
        signals.append(number)
        for process in running:
            process.terminate()

    # Set before the sandbox is started, so that a signal that comes early does not leave it behind.
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    with subprocess.Popen(
        [sys.executable, "-m", "segops_sandbox", *options], stdout=subprocess.PIPE, text=True
    ) as process:
        running.append(process)
        if signals:
            process.terminate()
        assert process.stdout is not None
        ready = process.stdout.readline()
        if ready and not ready.startswith("{"):  # --help and --version end without a server
            sys.stdout.write(ready + process.stdout.read())
        elif ready:
            print(exports(ready), flush=True)
            print("The sandbox runs until Ctrl-C. Paste the two lines into another shell.", file=sys.stderr)
        return process.wait()


def exports(ready: str) -> str:
    """The sandbox's ready line as shell exports."""
    facts = json.loads(ready)
    return "\n".join(
        f"export {name}={shlex.quote(facts[key])}"
        for name, key in (("SEGOPS_API_URL", "url"), ("SEGOPS_API_KEY", "api_key"))
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
