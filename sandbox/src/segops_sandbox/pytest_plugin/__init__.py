"""What does a test run get from the sandbox? Fixtures, a marker, and the server's log in the report of a failed test.

Nothing is started, and next to nothing imported, before a test asks for one of the fixtures. The server is a process
of its own: the run may be that of another Django project, and each pytest-xdist worker has its own server and port.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from segops_admin import SegOpsAdmin
    from segops_sandbox.pytest_plugin.factory import SandboxFactory
    from segops_sandbox.pytest_plugin.receiver import WebhookReceiver
    from segops_sandbox.pytest_plugin.sandbox import Sandbox

_FACTORY = pytest.StashKey["SandboxFactory"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The ini option; `-o segops_sandbox_options="…"` sets it on the command line."""
    parser.addini("segops_sandbox_options", "options of the segops-sandbox command for the tests' server", type="args")


def pytest_configure(config: pytest.Config) -> None:
    """The marker."""
    config.addinivalue_line(
        "markers",
        "segops(demo=False, now=ISO, jobs=MODE, plan=NAME): the workspace that segops_sandbox gives to the test",
    )


@pytest.fixture(scope="session")
def segops_sandbox_options(pytestconfig: pytest.Config) -> tuple[str, ...]:
    """Options of the server that `segops_sandbox` starts: the ini option. Override it for a folder or a module."""
    return tuple(pytestconfig.getini("segops_sandbox_options"))


@pytest.fixture(scope="session")
def segops_sandbox_environment() -> Mapping[str, str]:
    """Environment variables of that server, none by default. Override it, for DATABASE_URL for example."""
    return {}


@pytest.fixture(scope="session")
def segops_sandbox_factory(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SandboxFactory]:
    """Starts further sandboxes: `with segops_sandbox_factory("--demo") as sandbox: …`."""
    from segops_sandbox.pytest_plugin.factory import SandboxFactory

    factory = SandboxFactory(tmp_path_factory.mktemp("segops-sandbox"))
    pytestconfig.stash[_FACTORY] = factory
    yield factory
    factory.close()


@pytest.fixture
def segops_sandbox(
    request: pytest.FixtureRequest,
    segops_sandbox_factory: SandboxFactory,
    segops_sandbox_options: tuple[str, ...],
    segops_sandbox_environment: Mapping[str, str],
) -> Sandbox:
    """A running sandbox with a clean workspace: `url`, `api_key`, and controls such as `fault()` and `requests()`.

    The server is started by the first test of the run that asks; `@pytest.mark.segops` says what the workspace holds.
    """
    __tracebackhide__ = True
    workspace = _workspace(request.node)
    try:
        sandbox = segops_sandbox_factory.shared(*segops_sandbox_options, env=segops_sandbox_environment)
        sandbox.reset(**workspace)
    except RuntimeError as exc:
        pytest.fail(str(exc), pytrace=False)
    except ValueError as exc:
        pytest.fail(f"@pytest.mark.segops: {exc}", pytrace=False)
    return sandbox


@pytest.fixture
def segops_client(segops_sandbox: Sandbox) -> Iterator[SegOpsAdmin]:
    """The Admin SDK's client for `segops_sandbox`; closed after the test."""
    try:
        from segops_admin import SegOpsAdmin
    except ModuleNotFoundError as exc:
        if exc.name != "segops_admin":
            raise
        pytest.fail("segops_client is the client of the Admin SDK: pip install segops_admin", pytrace=False)
    with SegOpsAdmin(segops_sandbox.api_key, base_url=segops_sandbox.url) as client:
        yield client


@pytest.fixture
def segops_webhook_receiver() -> Iterator[WebhookReceiver]:
    """A server on loopback for webhooks: give its `url` to the sandbox, `wait()` for deliveries."""
    from segops_sandbox.pytest_plugin.receiver import WebhookReceiver

    receiver = WebhookReceiver()
    yield receiver
    receiver.close()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test's log begins here."""
    factory = item.config.stash.get(_FACTORY, None)
    if factory is not None:
        factory.mark_logs()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """A failed test's report says what the server logged meanwhile."""
    outcome: Any = yield
    factory = item.config.stash.get(_FACTORY, None)
    report = outcome.get_result()
    if factory is not None and report.failed and (logged := factory.logged()):
        report.sections.append((f"segops-sandbox log {report.when}", logged))


def _workspace(node: pytest.Item) -> dict[str, Any]:
    """What the markers ask for; the nearest one wins."""
    wanted: dict[str, Any] = {}
    for marker in reversed(list(node.iter_markers("segops"))):
        if marker.args:
            pytest.fail("@pytest.mark.segops takes named arguments only: demo, now, jobs, plan.", pytrace=False)
        wanted.update(marker.kwargs)
    return wanted
