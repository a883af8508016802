"""One PostgreSQL for the tests of this folder; and, with --on-postgres, for those of tests/sandbox as well."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from postgres_cluster import Cluster
from sandbox_servers import Server, launch

# The server that the sandboxes of tests/sandbox make their databases on.
SERVER = "SEGOPS_TEST_DATABASE_URL"
_cluster: Cluster | None = None


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--on-postgres", action="store_true", help="run the sandboxes of tests/sandbox on a PostgreSQL made for the run"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Start one server for the whole run; the processes that tests are spread over inherit its address."""
    global _cluster
    if config.getoption("--on-postgres", False):
        config.pluginmanager.register(EnginesOnPostgres())
        if not hasattr(config, "workerinput"):
            _cluster = Cluster()
            os.environ[SERVER] = _cluster.url("postgres")


def pytest_unconfigure() -> None:
    """Stop it."""
    global _cluster
    if _cluster is not None:
        os.environ.pop(SERVER)
        _cluster.stop()
        _cluster = None


class EnginesOnPostgres:
    """Tests that compile segments in their own process, from a fixture named `engine`, get a database as well.

    One for the process: Django is set up once.
    """

    def __init__(self) -> None:
        self._url = ""

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[None]:
        if fixturedef.argname != "engine":
            return (yield)
        if not self._url:
            self._url = new_database(os.environ[SERVER])
        os.environ["DATABASE_URL"] = self._url
        try:
            return (yield)
        finally:
            del os.environ["DATABASE_URL"]


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a PostgreSQL server: the run's, or one for this process."""
    if SERVER in os.environ:
        yield os.environ[SERVER]
        return
    cluster = Cluster()
    yield cluster.url("postgres")
    cluster.stop()


@pytest.fixture
def own_cluster() -> Iterator[Cluster]:
    """A PostgreSQL server of the test's own, to do with as it likes."""
    cluster = Cluster()
    yield cluster
    cluster.stop()


@pytest.fixture
def new(server: str) -> Callable[[], str]:
    """Make a new, empty database; its URL."""
    return lambda: new_database(server)


@pytest.fixture
def database(new: Callable[[], str]) -> str:
    """A new, empty database."""
    return new()


@pytest.fixture
def launched(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start servers without waiting for them; they are stopped after the test."""
    servers: list[Server] = []

    def start(*options: str, **env: str) -> Server:
        servers.append(launch(tmp_path / f"server-{len(servers)}.log", *options, **env))
        return servers[-1]

    yield start
    for each in servers:
        each.stop()


@dataclass(frozen=True)
class Team:
    """Servers on one database."""

    servers: list[Server]
    database: str

    def query(self, text: str, *params: Any) -> list[tuple[Any, ...]]:
        """What the database itself says."""
        with psycopg.connect(self.database, autocommit=True) as connection:
            cursor = connection.execute(text, params)  # type: ignore[call-overload]
            return cursor.fetchall() if cursor.description else []


@pytest.fixture(scope="module")
def two_servers(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """Two servers on one database, for all tests of a module; nothing in their logs may be a crash."""
    folder, database = tmp_path_factory.mktemp("two"), new_database(server)
    servers = [launch(folder / f"{number}.log", DATABASE_URL=database) for number in range(2)]
    for each in servers:
        each.wait()
    yield Team(servers, database)
    for each in servers:
        assert each.stop() == 0
        assert "Traceback" not in each.log.read_text(encoding="utf-8"), each.log.read_text(encoding="utf-8")


@pytest.fixture
def team(two_servers: Team) -> Team:
    """The two servers, on an empty workspace."""
    for each in two_servers.servers:
        each.control("POST", "/jobs/", {"mode": "background"})
    two_servers.servers[0].control("POST", "/reset/")
    return two_servers


def new_database(server: str) -> str:
    """The URL of a new, empty database on a server."""
    name = f"segops_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[call-overload]
    return urlsplit(server)._replace(path=f"/{name}").geturl()
