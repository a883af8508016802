"""An environment for the sandbox alone, made once by uv or venv and kept in the user's cache.

The project under test keeps its own versions of Django and everything else: nothing is installed beside it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

__all__ = ["cache_folder", "python_of"]

# The sandbox's own floor; the tests may run on an older Python.
FLOOR = (3, 10)
_CANDIDATES = tuple(f"python3.{minor}" for minor in (13, 12, 11, 14, 10))
_QUOTED = 3000
_READY = "segops-sandbox.json"

Say = Callable[[str], None]


def python_of(requirements: Sequence[str], cache: Path | None, say: Say) -> Path:
    """The interpreter of the environment that holds these requirements, which is made where it is missing.

    Arguments:
        requirements: what pip is asked for: `segops-sandbox==1.0.0`, an extra, a wheel.
        cache: the folder for environments; None for the user's cache.
        say: told when something is installed.

    Raises LookupError with the reason when it can't be made.
    """
    folder = (cache or cache_folder()) / _name(requirements)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        # Each worker of a parallel run comes here at once; so may the run of another project.
        with _alone(folder.with_suffix(".lock")):
            if not (folder / _READY).exists() or not python.exists():
                say(f"installing {' '.join(requirements)} into {folder} (once)")
                _make(folder, python, requirements)
    except OSError as exc:
        raise LookupError(f"{folder} can't be made: {exc}") from exc
    return python


def cache_folder() -> Path:
    """`segops-sandbox` in the user's cache folder."""
    if os.name == "nt":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library/Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "segops-sandbox"


def _name(requirements: Sequence[str]) -> str:
    """A folder name for the requirements: another wheel at the same path is another environment."""
    seen = [[each, os.stat(each).st_mtime_ns if os.path.isfile(each) else 0] for each in requirements]
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:16]


def _make(folder: Path, python: Path, requirements: Sequence[str]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    uv = shutil.which("uv")
    if uv is not None:
        # The interpreter that runs already, if it is new enough: asked for a range only, uv may download another one.
        wanted = sys.executable if sys.version_info >= FLOOR else f">={FLOOR[0]}.{FLOOR[1]}"
        _run(uv, "venv", "--quiet", "--no-project", "--python", wanted, str(folder))
        _run(uv, "pip", "install", "--quiet", "--python", str(python), *requirements)
    else:
        _run(_base_python(), "-I", "-m", "venv", str(folder))
        _run(str(python), "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements)
    (folder / _READY).write_text(json.dumps({"requirements": list(requirements)}), encoding="utf-8")


def _base_python() -> str:
    if sys.version_info >= FLOOR:
        return sys.executable
    found = next((path for path in map(shutil.which, _CANDIDATES) if path), None)
    if found is None:
        raise LookupError(f"needs uv, or Python {FLOOR[0]}.{FLOOR[1]} or later on the PATH")
    return found


def _run(*command: str) -> None:
    # The project's PYTHONPATH and active environment are not the sandbox's; where packages come from is.
    own = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")}
    done = subprocess.run(
        command, env=own, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip()[-_QUOTED:]
        raise LookupError(f"`{' '.join(command)}` failed:\n{said}")


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Let one process at a time into the block; the system lets go for one that dies."""
    with path.open("a+b") as file:
        if os.name == "nt":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined, unused-ignore]
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield
