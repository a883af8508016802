"""A software bill of materials (CycloneDX) beside each built file: what an installation of it brings along.

    python tools/release/sbom.py dist build/sbom

Each wheel is installed with all of its extras, at the versions of requirements/dev.txt, into an environment of its own,
and cyclonedx-py lists that (`make sbom` puts it on the path); the npm package is installed into an empty project, and
`npm sbom` lists that.
"""

from __future__ import annotations

import email
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import version

BIN = Path(sys.executable).parent
NODE = version.ROOT / "typescript-fixtures/tools/node.sh"


def of_wheel(wheel: Path, out: Path) -> None:
    """Writes the bill of what installing the wheel with its extras brings."""
    name, release = wheel.name.split("-")[:2]
    with tempfile.TemporaryDirectory() as folder:
        python = Path(folder) / "venv/bin/python"
        lock = version.ROOT / "requirements/dev.txt"
        uv = [str(BIN / "uv")]
        _run([*uv, "venv", "--quiet", "--python", sys.executable, str(python.parents[1])])
        wanted = f"{name.replace('_', '-')}[{','.join(_extras(wheel))}] @ {wheel.as_uri()}"
        _run([*uv, "pip", "install", "--quiet", "--python", str(python), "--constraint", str(lock), wanted])
        command = [
            sys.executable,
            "-m",
            "cyclonedx_py",
            "environment",
            "--output-reproducible",
            "--output-format",
            "JSON",
        ]
        bill = json.loads(_run([*command, str(python)]))
    (own,) = (each for each in bill["components"] if each["name"].replace("-", "_") == name)
    assert own["version"] == release
    # The bill describes the distribution itself, but not where it lies on this machine.
    bill["components"].remove(own)
    bill["metadata"]["component"] = {key: own[key] for key in ("bom-ref", "name", "version", "licenses") if key in own}
    bill["metadata"]["component"].update(type="library", purl=f"pkg:pypi/{name.replace('_', '-')}@{release}")
    _write(bill, out / f"{name}-{release}.cdx.json")


def of_npm_package(tarball: Path, out: Path) -> None:
    """Writes the bill of what installing the npm package brings."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "package.json").write_text('{"name": "empty", "version": "0.0.0", "private": true}')
        npm = [str(NODE), "current", "npm"]
        _run([*npm, "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", str(tarball)], folder)
        bill = json.loads(_run([*npm, "sbom", "--silent", "--sbom-format=cyclonedx"], folder))
    (own,) = (each for each in bill["components"] if each["purl"].startswith("pkg:npm/%40segops/admin@"))
    own.pop("externalReferences", None)
    own.pop("properties", None)
    own["purl"] = own["purl"].partition("?")[0]
    bill["metadata"]["component"] = own
    bill["metadata"].pop("timestamp", None)
    bill.pop("serialNumber", None)
    bill["components"] = [each for each in bill["components"] if each is not own]
    bill["dependencies"] = [each for each in bill["dependencies"] if each["ref"] != "empty@0.0.0"]
    _write(bill, out / f"{tarball.name.removesuffix('.tgz')}-npm.cdx.json")


def _extras(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
        return email.message_from_bytes(archive.read(name)).get_all("Provides-Extra") or []


def _write(bill: dict[str, Any], file: Path) -> None:
    file.write_text(json.dumps(bill, indent=2) + "\n", encoding="utf-8")
    print(f"{len(bill['components']):>4} components {file}")


def _run(command: list[str], folder: str | None = None) -> str:
    env = os.environ | {"SEGOPS_NODE_QUIET": "1"}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def main(built: str, out: str) -> int:
    folder = Path(out).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    for file in sorted(Path(built).resolve().iterdir()):
        if file.suffix == ".whl":
            of_wheel(file, folder)
        elif file.suffix == ".tgz":
            of_npm_package(file, folder)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
