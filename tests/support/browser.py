"""A real browser for tests of pages: Debian's chromium, driven headless by Playwright.

A conftest imports the fixtures that its tests use. Where there is no such browser the tests are skipped and say so.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from programs import program

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """The browser, for the tests of one module: while it runs, Django takes this thread for an asynchronous one."""
    path = program(*_NAMES)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_OPTIONS))
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Open an address in a tab of its own: `open_page(url, dark=True, width=390)`.

    Whatever the page complains about in its console, and whatever it asks of any other server, fails the test.
    """
    contexts: list[Any] = []
    complaints: list[str] = []

    def open_one(url: str, *, dark: bool = False, width: int = 1280) -> Any:
        context = chromium.new_context(
            color_scheme="dark" if dark else "light", viewport={"width": width, "height": 900}
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        origin = "/".join(url.split("/")[:3])
        page.on("request", lambda sent: None if _own(sent.url, origin) else complaints.append(f"asked for {sent.url}"))
        page.goto(url)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


class _Page(BaseHTTPRequestHandler):
    """Some other site's page."""

    def do_GET(self) -> None:
        body = b"<!doctype html><title>another site</title>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


@pytest.fixture
def other_site() -> Iterator[str]:
    """The origin of a page on another port of this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def _own(url: str, origin: str) -> bool:
    return url.startswith((origin, "data:"))


def contrast(page: Any, selector: str) -> float:
    """The contrast of a text with what is behind it, by WCAG's formula (1 to 21; 4.5 is enough for plain text)."""
    return float(page.eval_on_selector(selector, _CONTRAST))


def sideways(page: Any) -> int:
    """How many pixels the page is wider than its window; 0 means that nobody has to scroll sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


_CONTRAST = """element => {
  const parse = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  let behind = [255, 255, 255];
  for (let at = element; at; at = at.parentElement) {
    const colour = parse(getComputedStyle(at).backgroundColor);
    if (colour.length === 3 || colour[3] === 1) { behind = colour; break; }
  }
  const [a, b] = [light(parse(getComputedStyle(element).color)), light(behind)].sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05);
}"""
