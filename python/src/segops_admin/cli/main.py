"""What happens from the words of a command line to its exit code.

Modules are imported where they are used: ``--help``, ``--version`` and most usage errors load neither ``json`` nor
anything of the network.
"""

from __future__ import annotations

import atexit
import os
import sys

from . import output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .parsing import Invocation

__all__ = ["main", "program"]


def program() -> int:
    """The installed program: ``main``, and an end without the interpreter's own, which takes as long as the help.

    Where something is left to be done at the end (by a profiler, a log, a thread), the interpreter does it.
    """
    code = main()
    if _is_all_done():
        os._exit(code)
    return code


def _is_all_done() -> bool:
    if sys.gettrace() or sys.getprofile() or sys.flags.inspect or sys.flags.dev_mode or atexit._ncallbacks():
        return False
    threading = sys.modules.get("threading")
    if threading is not None and threading.active_count() > 1:
        return False
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except (OSError, ValueError):
        return False
    return True


def main(argv: Sequence[str] | None = None) -> int:
    """Carries out one command line.

    Args:
        argv: its words, without the program's name; those of this process unless given.

    Returns:
        The exit code: 0 success, 1 failure, 2 usage, 130 interrupted. See ``segops-admin help exit-codes``.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    output.begin(words)
    try:
        return _run(words)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - every error ends as a message and an exit code
        from .failures import report

        return report(error)


def _run(words: list[str]) -> int:
    output.prepare()
    if words in ([], ["help"], ["--help"], ["-h"]):  # nothing has to be understood for that
        from .front import FRONT

        output.write_text(FRONT)
        return 0
    if words[:1] == ["__complete"]:  # what the completion scripts call
        from .completion import candidates

        output.write_text("".join(f"{line}\n" for line in candidates(words[1:])))
        return 0
    from .parsing import parse

    invocation = parse(words)
    if invocation.options.get("version"):
        from .._version import __version__

        output.write_text(f"segops-admin {__version__}\n")
        return 0
    if invocation.command is None:
        return _help(invocation)
    if invocation.command.name == "completion":
        return _completion(invocation)
    from .running import run

    return run(invocation.command, invocation)


def _completion(invocation: Invocation) -> int:
    from . import output
    from .failures import UsageError

    shell, *rest = invocation.arguments
    if shell == "install":
        from .completion_install import install

        done, advice = install(rest[0] if rest else None)
        output.write_json(done, compact="compact" in invocation.options)
        output.say(advice)
        return 0
    if rest:
        raise UsageError(f"completion: surplus argument {rest[0]!r}.", "segops-admin completion --help says more.")
    from .shells import script

    output.write_text(script(shell))
    return 0


def _help(invocation: Invocation) -> int:
    from . import help

    text = help.text(invocation.path)
    if invocation.incomplete:
        output.say(text.rstrip("\n"))
        return 2
    output.write_text(text)
    return 0
