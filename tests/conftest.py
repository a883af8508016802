"""Options and summaries of all tests.

Tests that need the workspace fail where it is missing, unless told to leave it out. Those that were skipped for want of
a program are summed up in one line.
"""

from __future__ import annotations

import gc
import importlib.util
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from programs import missing_in

WORKSPACE = ("segops_sandbox", "segops_parity")


# Tests started in the background of a shell without job control inherit an ignored Ctrl-C, and pass it on to every
# program that they start; some are started to be interrupted.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


# Ten thousand tests, contracts and cases are kept until the end: the collector need not look at them again and again.
gc.set_threshold(100_000, 50, 100)


# No verdict depends on the machine's speed: an example has no deadline.
hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--without-workspace",
        action="store_true",
        help="skip tests marked needs_workspace; only for environments that have the SDK alone (make test-all)",
    )
    parser.addoption(
        "--long",
        action="store_true",
        help="run tests marked long, and others with as many calls as they can take (make test-long)",
    )


def pytest_sessionstart(session: pytest.Session) -> None:
    """End at once where the contract is broken: one message, instead of a failure of each test that reads it."""
    spec = Path(__file__).parents[1] / "spec"
    if hasattr(session.config, "workerinput") or importlib.util.find_spec(WORKSPACE[1]) is None or not spec.is_dir():
        return
    from segops_parity.contract import ContractError, load
    from segops_parity.scenarios import load_scenarios

    try:
        load_scenarios(spec.parent / "parity/scenarios", load(spec))
    except ContractError as error:
        raise pytest.UsageError(f"the contract is broken, so no test was run: {error}") from None


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("long") is not None and not item.config.getoption("--long"):
        pytest.skip("takes minutes: make test-long")
    if item.get_closest_marker("needs_workspace") is None:
        return
    if item.config.getoption("--without-workspace"):
        pytest.skip("needs the sandbox or the harness, which this environment does not have")
    missing = [name for name in WORKSPACE if importlib.util.find_spec(name) is None]
    if missing:
        pytest.fail(f"needs {' and '.join(missing)}, not installed here: run `make setup`", pytrace=False)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """A last line that sums up what was not tested because a program is missing."""
    yield
    skipped = (each.longrepr for each in terminalreporter.stats.get("skipped", ()))
    missing = Counter(filter(None, (missing_in(reason[-1]) for reason in skipped if isinstance(reason, tuple))))
    if missing:
        told = ", ".join(f"{name} ({count})" for name, count in sorted(missing.items()))
        terminalreporter.write_line(
            f"Tests skipped for want of {told}: `make test-tools` installs what is missing.", yellow=True
        )
