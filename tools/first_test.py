"""Measures how long a new user takes to a first passing test: a Django project, an empty environment, the plugin.

    python tools/first_test.py [--django "~=4.2.0"] [--python python3.12] [--pip]

Builds the distributions of this repository, installs them as pip would from an index, and has the plugin make an
environment for the sandbox. Everything else comes from wherever pip is told to look. Fails when it takes longer than
two minutes, or when the sandbox's environment is larger than 80 MB without its tools.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("python", "sandbox", "sandbox/pytest-segops")
INSTALLED = ("pytest-django", "pytest-segops", "segops_admin")
LIMIT_S, LIMIT_MB = 120, 80

FILES = {
    "shop/__init__.py": "",
    "shop/settings.py": """
SECRET_KEY = "shop-demo"
ROOT_URLCONF = "shop.urls"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
USE_TZ = True
""",
    "shop/urls.py": """
from django.http import JsonResponse
from django.urls import path
from segops_admin import SegOpsAdmin


def segments(request):
    with SegOpsAdmin() as client:
        return JsonResponse({"segments": [segment["name"] for segment in client.segments.iterate()]})


urlpatterns = [path("segments/", segments)]
""",
    "pytest.ini": "[pytest]\nDJANGO_SETTINGS_MODULE = shop.settings\n",
    "test_shop.py": """
from django.contrib.auth.models import User


def test_the_page_lists_the_segments(client, db, segops_client, segops_sandbox, monkeypatch):
    User.objects.create(username="a row of the shop's own database")
    for name, value in segops_sandbox.env.items():
        monkeypatch.setenv(name, value)
    segops_client.segments.create({"name": "Buyers"})
    assert client.get("/segments/").json() == {"segments": ["Buyers"]}
""",
}


def main() -> int:
    """Build, install, test, report; 1 when it fails or takes too long."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pip", action="store_true", help="hide uv from the plugin, so that it uses venv and pip")
    parser.add_argument("--django", default="~=4.2.0", help="the project's Django (default: %(default)s)")
    parser.add_argument("--python", default=sys.executable, help="the project's Python; Django 6 needs 3.12")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="segops-first-test-") as folder:
        return walk(Path(folder), f"django{options.django}", options.python, hide_uv=options.pip)


def walk(folder: Path, django: str, interpreter: str, *, hide_uv: bool) -> int:
    """Run every step in a temporary folder."""
    wheels = folder / "wheels"
    for part in PARTS:
        run(sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(wheels), str(ROOT / part))
    project = folder / "project"
    for name, text in FILES.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text, encoding="utf-8")
    python = project / ".venv/bin/python"
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("SEGOPS_", "PYTEST_", "PYTHON"))},
        "PATH": os.pathsep.join(search_path(None if hide_uv else folder / "bin")),
        "PIP_FIND_LINKS": str(wheels),
        "UV_FIND_LINKS": str(wheels),
        "XDG_CACHE_HOME": str(folder / "cache"),  # of pip, uv and the plugin: all empty
    }
    steps = {
        "python -m venv": [interpreter, "-m", "venv", str(project / ".venv")],
        "pip install": [str(python), "-m", "pip", "install", "-q", django, *INSTALLED],
        "pytest, the first time": [str(python), "-m", "pytest", "-q"],
        "pytest, the second time": [str(python), "-m", "pytest", "-q"],
    }
    took = {name: timed(command, project, environ) for name, command in steps.items()}
    version = subprocess.run([str(python), "-m", "django", "--version"], capture_output=True, text=True, check=True)
    print(f"{'Django':26} {version.stdout.strip()}")
    for name, seconds in took.items():
        print(f"{name:26} {seconds:6.1f} s")
    first = sum(took.values()) - took["pytest, the second time"]
    [site] = (folder / "cache/segops-sandbox").glob("*/lib/python*/site-packages")
    tools = ("pip", "setuptools")
    size = sum(megabytes(part) for part in site.iterdir() if part.name.partition("-")[0] not in tools)
    print(f"{'empty to first pass':26} {first:6.1f} s   (limit {LIMIT_S} s)")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{'processor, with builds':26} {used.ru_utime + used.ru_stime:6.1f} s")
    print(f"{'the plain server':26} {size:6.1f} MB  (limit {LIMIT_MB} MB)")
    return int(first > LIMIT_S or size > LIMIT_MB)


def run(*command: str) -> None:
    """A step of the preparation, which has to succeed."""
    subprocess.run(command, check=True, capture_output=True)


def timed(command: list[str], folder: Path, environ: dict[str, str]) -> float:
    """Seconds of a step, which has to succeed."""
    began = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return time.perf_counter() - began


def search_path(for_uv: Path | None) -> list[str]:
    """The search path without the tools that a new user lacks; `for_uv` is a folder in which uv is put."""
    parts = [part for part in os.environ["PATH"].split(os.pathsep) if not (Path(part) / "segops-sandbox").exists()]
    if for_uv is None:
        return [part for part in parts if not (Path(part) / "uv").exists()]
    for_uv.mkdir()
    (for_uv / "uv").symlink_to(Path(sys.executable).parent / "uv")
    return [str(for_uv), *parts]


def megabytes(path: Path) -> float:
    """What a file or folder holds, bytecode included."""
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return sum(file.stat().st_size for file in files) / 1e6


if __name__ == "__main__":
    raise SystemExit(main())
