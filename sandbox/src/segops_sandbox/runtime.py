"""A server process: database migrations, the job thread and the HTTP server."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

from django.core.handlers.wsgi import WSGIHandler
from django.db import DatabaseError, NotSupportedError, connection

from segops_sandbox import jobs, tables, workspace
from segops_sandbox.database import make_private
from segops_sandbox.error_text import one_line
from segops_sandbox.http import faults, guard
from segops_sandbox.http.wire import Wire
from segops_sandbox.own_data import begin
from segops_sandbox.server import Server

log = logging.getLogger("segops_sandbox")

_PATIENCE_S = 30.0


@dataclass
class Running:
    """A server that answers."""

    server: Server
    worker: jobs.Worker
    thread: threading.Thread
    api_key: str
    control_token: str

    @property
    def url(self) -> str:
        """The base URL of the API."""
        return self.server.url

    def stop(self) -> None:
        """Stop taking requests, let the current ones and the current job end, and close."""
        faults.clear()
        self.server.stop()
        self.worker.stop()
        self.thread.join(5)
        connection.close()


def start(
    host: str,
    port: int,
    jobs_mode: str,
    *,
    demo: bool = False,
    plan: str | None = None,
    begin_with: Sequence[str] = (),
) -> Running:
    """Prepare the database and serve; returns once requests are answered.

    Raises OSError when the port is taken or the file can't be opened, and DatabaseError or WrongFile, with one line
    that says what to do, when the database can't be reached or used.
    """
    _reach_the_database()
    begin.restore_into_new_database(begin_with)
    try:
        tables.bring_up_to_date()
    except DatabaseError as exc:
        if connection.vendor != "sqlite":
            raise
        raise DatabaseError(f"{connection.settings_dict['NAME']}: {one_line(exc)}") from exc
    workspace.remember_start(jobs_mode, plan)
    key = workspace.ensure()
    import_module("segops_sandbox.urls")  # registers the job handlers too
    if demo:
        with tables.alone():
            workspace.load_demo(key.tenant)
    begin.load_files(key.tenant, begin_with)
    server = Server(host, port, Wire(WSGIHandler()))
    server.prepare()
    thread = threading.Thread(target=server.serve_until_stopped, name="segops-http", daemon=True)
    thread.start()
    worker = jobs.Worker()
    worker.start()
    log.info("serving %s; account %s, password %s", server.url, workspace.EMAIL, workspace.PASSWORD)
    return Running(server, worker, thread, key.key, guard.control_token())


def _reach_the_database() -> None:
    """Connect. What the driver says is several lines long, and never has the password in it."""
    deadline = time.monotonic() + _PATIENCE_S
    if connection.vendor == "sqlite":
        make_private(connection.settings_dict["NAME"])
    while True:
        try:
            connection.ensure_connection()
            return
        except NotSupportedError as exc:  # too old
            raise DatabaseError(f"{one_line(exc)}.") from exc
        except DatabaseError as exc:
            if connection.vendor == "postgresql":
                settings = connection.settings_dict
                host = settings["HOST"] or settings["OPTIONS"].get("host") or "the default host"
                where = f"{settings['NAME'] or 'the default database'} on {host}"
                raise DatabaseError(f"no connection to {where}, see DATABASE_URL: {one_line(exc)}") from exc
            # Another server may be switching the new file to its journal, which SQLite waits for in no other way.
            if "locked" not in str(exc) or time.monotonic() > deadline:
                raise DatabaseError(f"{connection.settings_dict['NAME']}: {one_line(exc)}") from exc
            time.sleep(0.05)
