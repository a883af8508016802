"""pytest fixtures for code that uses SegOps, a marker, and the server's log in the report of a failed test.

Nothing is started, and next to nothing imported, before a test asks for one of the fixtures. The server is a process
of its own: the run may be that of another Django project, and each pytest-xdist worker has its own server and port.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_segops._version import __version__

if TYPE_CHECKING:
    from pytest_segops.factory import SandboxFactory
    from pytest_segops.launch import Wanted
    from pytest_segops.receiver import WebhookReceiver
    from pytest_segops.sandbox import Sandbox
    from segops_admin import SegOpsAdmin

__all__ = ["__version__"]

_FACTORY = pytest.StashKey["SandboxFactory"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The ini options; `-o segops_sandbox_options="…"` sets one on the command line."""
    parser.addini("segops_sandbox_options", "options of the segops-sandbox command for the tests' server", type="args")
    parser.addini(
        "segops_sandbox_server",
        "where the server comes from: auto, package (beside pytest), command, environment (made for it), container",
        default="auto",
    )
    parser.addini(
        "segops_sandbox_requirements",
        f"what is installed into an environment made for the server (segops-sandbox=={__version__})",
        type="args",
    )
    parser.addini("segops_sandbox_image", "the server's container image", default=f"segops-sandbox:{__version__}")


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
    from pytest_segops.factory import SandboxFactory

    factory = SandboxFactory(tmp_path_factory.mktemp("segops-sandbox"), _wanted(pytestconfig))
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
    return _clean(request, segops_sandbox_factory, segops_sandbox_options, segops_sandbox_environment)


@pytest.fixture(scope="module")
def segops_sandbox_module(
    request: pytest.FixtureRequest,
    segops_sandbox_factory: SandboxFactory,
    segops_sandbox_options: tuple[str, ...],
    segops_sandbox_environment: Mapping[str, str],
) -> Sandbox:
    """The same with a workspace that the tests of a module share, on another server than `segops_sandbox`.

    It is clean when the module begins; `pytestmark = pytest.mark.segops(…)` says what it holds.
    """
    __tracebackhide__ = True
    return _clean(request, segops_sandbox_factory, segops_sandbox_options, segops_sandbox_environment)


@pytest.fixture(scope="session")
def segops_sandbox_session(
    request: pytest.FixtureRequest,
    segops_sandbox_factory: SandboxFactory,
    segops_sandbox_options: tuple[str, ...],
    segops_sandbox_environment: Mapping[str, str],
) -> Sandbox:
    """The same with a workspace that all tests of the run share, on another server than the other two."""
    __tracebackhide__ = True
    return _clean(request, segops_sandbox_factory, segops_sandbox_options, segops_sandbox_environment)


@pytest.fixture
def segops_client(segops_sandbox: Sandbox) -> Iterator[SegOpsAdmin]:
    """The Admin SDK's client for `segops_sandbox`; closed after the test."""
    with _client(segops_sandbox) as client:
        yield client


@pytest.fixture(scope="module")
def segops_client_module(segops_sandbox_module: Sandbox) -> Iterator[SegOpsAdmin]:
    """The Admin SDK's client for `segops_sandbox_module`; closed after the module."""
    with _client(segops_sandbox_module) as client:
        yield client


@pytest.fixture(scope="session")
def segops_client_session(segops_sandbox_session: Sandbox) -> Iterator[SegOpsAdmin]:
    """The Admin SDK's client for `segops_sandbox_session`; closed at the end of the run."""
    with _client(segops_sandbox_session) as client:
        yield client


@pytest.fixture
def segops_webhook_receiver() -> Iterator[WebhookReceiver]:
    """A server on loopback for webhooks: give its `url` to the sandbox, `wait()` for deliveries."""
    from pytest_segops.receiver import WebhookReceiver

    receiver = WebhookReceiver()
    yield receiver
    receiver.close()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Marks the beginning of a test in the logs."""
    factory = item.config.stash.get(_FACTORY, None)
    if factory is not None:
        factory.mark_logs()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Adds the server's log of a failed test to its report."""
    outcome: Any = yield
    factory = item.config.stash.get(_FACTORY, None)
    report = outcome.get_result()
    if factory is not None and report.failed and (logged := factory.logged()):
        report.sections.append((f"segops-sandbox log {report.when}", logged))


def _wanted(config: pytest.Config) -> Wanted:
    """The configured source of servers."""
    from pytest_segops.launch import Wanted

    def say(line: str) -> None:
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        capture = config.pluginmanager.get_plugin("capturemanager")
        if reporter is not None and capture is not None:
            with capture.global_and_fixture_disabled():
                reporter.write_line(f"pytest-segops: {line}")

    named = tuple(config.getini("segops_sandbox_requirements"))
    requirements = tuple(map(_absolute, named)) or Wanted.requirements
    image = config.getini("segops_sandbox_image")
    return Wanted(config.getini("segops_sandbox_server"), requirements, image, say=say)


def _absolute(requirement: str) -> str:
    """A path to a wheel or a folder, from wherever it is later read; any other requirement as it is."""
    return str(Path(requirement).resolve()) if Path(requirement).exists() else requirement


def _clean(
    request: pytest.FixtureRequest, factory: SandboxFactory, options: tuple[str, ...], env: Mapping[str, str]
) -> Sandbox:
    """The sandbox of the fixture's scope, emptied, and filled as the markers say."""
    __tracebackhide__ = True
    workspace = _workspace(request.node)
    try:
        sandbox = factory.shared(*options, env=env, scope=request.scope)
        sandbox.reset(**workspace)
    except RuntimeError as exc:
        pytest.fail(str(exc), pytrace=False)
    except ValueError as exc:
        pytest.fail(f"@pytest.mark.segops: {exc}", pytrace=False)
    return sandbox


def _client(sandbox: Sandbox) -> SegOpsAdmin:
    try:
        from segops_admin import SegOpsAdmin
    except ModuleNotFoundError as exc:
        if exc.name != "segops_admin":
            raise
        pytest.fail("segops_client is the client of the Admin SDK: pip install segops_admin", pytrace=False)
    return SegOpsAdmin(sandbox.api_key, base_url=sandbox.url)


def _workspace(node: pytest.Item | pytest.Collector) -> dict[str, Any]:
    """The workspace that the markers ask for; the nearest one wins."""
    wanted: dict[str, Any] = {}
    for marker in reversed(list(node.iter_markers("segops"))):
        if marker.args:
            pytest.fail("@pytest.mark.segops takes named arguments only: demo, now, jobs, plan.", pytrace=False)
        wanted.update(marker.kwargs)
    return wanted
