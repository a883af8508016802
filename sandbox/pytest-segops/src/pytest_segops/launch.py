"""How a sandbox can be started on this machine: the ways, which of them there are, and the command of each.

In their order: the package beside the tests, the `segops-sandbox` command, an environment made for it, a container.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pytest_segops import environment
from pytest_segops._version import __version__

__all__ = ["AUTO", "WAYS", "Launch", "Wanted", "find"]

AUTO, PACKAGE, COMMAND, ENVIRONMENT, CONTAINER = "auto", "package", "command", "environment", "container"
WAYS = (AUTO, PACKAGE, COMMAND, ENVIRONMENT, CONTAINER)

# `-E` leaves PYTHONPATH and its like out. What the run can import, the child can too, but last: a module of the project
# under test never stands in for one that the sandbox needs.
_LAUNCH = """
import sys
del sys.path[0]  # the working folder
import json
home, others = json.loads(sys.argv.pop(1))
if home not in sys.path:
    sys.path.insert(0, home)
sys.path += [path for path in others if path not in sys.path]
from segops_sandbox.cli import main
raise SystemExit(main())
"""


@dataclass(frozen=True)
class Wanted:
    """What the project's configuration says about where a server comes from.

    Attributes:
        way: one of WAYS.
        requirements: what pip installs into an environment made for the sandbox.
        image: the container image.
        cache: the folder in which environments are made and kept.
        say: called before what takes long.
    """

    way: str = AUTO
    requirements: tuple[str, ...] = (f"segops-sandbox=={__version__}",)
    image: str = f"segops-sandbox:{__version__}"
    cache: Path | None = None
    say: Callable[[str], None] = lambda line: None


@dataclass(frozen=True)
class Launch:
    """A way to start a sandbox.

    Attributes:
        way: one of WAYS.
        command: the arguments before those of `segops-sandbox` itself.
        engine: the container engine, where the server runs in a container.
    """

    way: str
    command: tuple[str, ...]
    engine: str | None = None


def find(wanted: Wanted) -> Launch:
    """The way to start a sandbox here. An environment is made on the first call, which takes some seconds.

    Raises RuntimeError, which says what was looked for and what to install, when there is none.
    """
    if wanted.way not in WAYS:
        raise RuntimeError(f"segops_sandbox_server = {wanted.way!r} is none of: {', '.join(WAYS)}.")
    tried: list[str] = []
    for way in WAYS[1:] if wanted.way == AUTO else (wanted.way,):
        try:
            return _FINDERS[way](wanted)
        except LookupError as exc:
            tried.append(f"  {way}: {exc.args[0]}")
    raise RuntimeError(
        "There is no SegOps sandbox to test against, and none could be made:\n"
        + "\n".join(tried)
        + "\nStart one yourself and name it by SEGOPS_SANDBOX_URL, or make one of these possible."
    )


def python_command(python: str | os.PathLike[str]) -> tuple[str, ...]:
    """The command that runs the sandbox of another environment; nothing of this one's variables reaches it."""
    return (str(python), "-I", "-m", "segops_sandbox")


def _package(wanted: Wanted) -> Launch:
    found = importlib.util.find_spec("segops_sandbox")
    if found is None or found.origin is None:
        raise LookupError("segops_sandbox is not installed beside pytest")
    paths: Sequence[str] = [path for path in sys.path if path]
    where = json.dumps([str(Path(found.origin).parents[1]), paths])
    return Launch(PACKAGE, (sys.executable, "-E", "-c", _LAUNCH, where))


def _command(wanted: Wanted) -> Launch:
    found = shutil.which("segops-sandbox")
    if found is None:
        raise LookupError("no segops-sandbox on the PATH (uv tool install segops-sandbox, pipx install segops-sandbox)")
    return Launch(COMMAND, (found,))


def _environment(wanted: Wanted) -> Launch:
    return Launch(ENVIRONMENT, python_command(environment.python_of(wanted.requirements, wanted.cache, wanted.say)))


def _container(wanted: Wanted) -> Launch:
    engine = shutil.which("docker") or shutil.which("podman")
    if engine is None:
        raise LookupError("neither docker nor podman is on the PATH")
    # Its log and its ready line come through; `-i` hands on the standard input that ends with the run.
    command = (engine, "run", "--rm", "-i", "-p", "127.0.0.1::8000")
    return Launch(CONTAINER, (*command, wanted.image), engine)


_FINDERS = {PACKAGE: _package, COMMAND: _command, ENVIRONMENT: _environment, CONTAINER: _container}
