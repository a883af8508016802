"""Takes the pictures of the documentation with Debian's Chromium: the sandbox's pages and a parity report.

    python tools/docs/pictures.py docs/pictures [--site FOLDER]

The sandbox has the demo data and a clock that stands; the report is of a case that a changed figure turns red. With
--site, pages of the built site are taken into that folder as well, on a desktop and a phone, light and dark, to be
looked at.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "build/site"
SITE_PAGES = ("index", "python", "guides/webhooks", "guides/retries", "reference/segments/create", "architecture")
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@contextmanager
def sandbox() -> Iterator[str]:
    """The URL of a sandbox with the demo data."""
    command = [
        sys.executable,
        "-m",
        "segops_sandbox",
        "--demo",
        "--now",
        "1998-07-01",
        "--seed",
        "1",
        "--jobs",
        "instant",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        try:
            yield str(json.loads(server.stdout.readline())["url"]).removesuffix("/api")
        finally:
            server.terminate()


def red_report(folder: Path) -> Path:
    """The report of a run in which the contract's retry delay differs from the SDKs'."""
    copy = folder / "copy"
    for part in ("spec", "parity", "typescript-fixtures"):
        ignored = shutil.ignore_patterns("node_modules", "__pycache__", "runners")
        shutil.copytree(ROOT / part, copy / part, symlinks=True, ignore=ignored)
    behaviours = copy / "spec/behaviours.yaml"
    text = behaviours.read_text(encoding="utf-8")
    behaviours.write_text(text.replace("longest: 30, jitter", "longest: 20, jitter"), encoding="utf-8")
    command = [sys.executable, "-m", "segops_parity", "--root", str(copy), "check", "--case", "segments.*"]
    lanes = ["--lane", "python", "--lane", "python-http"]
    report = folder / "report"
    subprocess.run([*command, *lanes, "--report", str(report)], cwd=copy, capture_output=True, check=False)
    return report / "report.html"


def shoot(browser: Browser, url: str, file: Path, *, dark: bool = False, width: int = 1280, height: int = 800) -> None:
    """Takes one screenshot of the viewport."""
    scheme: Any = "dark" if dark else "light"
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": height})
    page = context.new_page()
    page.goto(url)
    file.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(file))
    context.close()
    print(file)


def main() -> int:
    parser = argparse.ArgumentParser(description="Takes the pictures of the documentation.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--site", type=Path, metavar="FOLDER", help="take pages of the built site as well")
    options = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise SystemExit("chromium is not installed: `make test-tools` installs it")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as scratch:
        browser = playwright.chromium.launch(executable_path=chromium, args=OPTIONS)
        with sandbox() as url:
            shoot(browser, f"{url}/", options.out / "sandbox.png")
        report = red_report(Path(scratch))
        if report.is_file():
            shoot(browser, report.as_uri(), options.out / "parity-report.png")
        for name in SITE_PAGES if options.site else ():
            for width, dark in ((1280, False), (1280, True), (390, False), (390, True)):
                file = options.site / f"{name.replace('/', '-')}-{width}{'-dark' if dark else ''}.png"
                shoot(browser, (SITE / f"{name}.html").as_uri(), file, dark=dark, width=width, height=900)
        browser.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
