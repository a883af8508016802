"""What runs in a server process? The database brought up to date, the job thread, and the HTTP server."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from importlib import import_module

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection

from segops_sandbox import schema, workspace
from segops_sandbox.control import faults
from segops_sandbox.platform import jobs
from segops_sandbox.platform.wire import Wire
from segops_sandbox.server import Server

log = logging.getLogger("segops_sandbox")


@dataclass
class Running:
    """A server that answers."""

    server: Server
    worker: jobs.Worker
    thread: threading.Thread
    api_key: str

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


def start(host: str, port: int, jobs_mode: str, *, demo: bool = False) -> Running:
    """Prepare the database and serve; returns once requests are answered. Raises OSError when the port is taken."""
    schema.bring_up_to_date()
    workspace.remember_start(jobs_mode)
    key = workspace.ensure()
    if connection.vendor == "sqlite":
        jobs.requeue_interrupted()
    import_module("segops_sandbox.urls")  # registers the job handlers too
    if demo:
        workspace.load_demo(key.tenant)
    server = Server(host, port, Wire(WSGIHandler()))
    server.prepare()
    thread = threading.Thread(target=server.serve, name="segops-http", daemon=True)
    thread.start()
    worker = jobs.Worker()
    worker.start()
    log.info("serving %s; account %s, password %s", server.url, workspace.EMAIL, workspace.PASSWORD)
    return Running(server, worker, thread, key.key)
