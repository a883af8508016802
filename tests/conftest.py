"""May a test that needs the house run here? Where the house is missing it fails, unless told to leave it out."""

from __future__ import annotations

import importlib.util
import signal

import pytest

HOUSE = ("segops_sandbox", "segops_parity")


# Whoever starts the tests in the background of a shell without job control has them ignore Ctrl-C, and with them every
# program that they start; some are started to be interrupted.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--without-house",
        action="store_true",
        help="skip tests marked needs_house; only for environments that have the SDK alone (make test-all)",
    )


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("needs_house") is None:
        return
    if item.config.getoption("--without-house"):
        pytest.skip("needs the sandbox or the harness, which this environment does not have")
    missing = [name for name in HOUSE if importlib.util.find_spec(name) is None]
    if missing:
        pytest.fail(f"needs {' and '.join(missing)}, not installed here: run `make setup`", pytrace=False)
