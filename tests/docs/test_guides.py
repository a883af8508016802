"""The programs of the guides, written into files as they stand, run with the frameworks that they are for."""

from __future__ import annotations

import ast
import contextlib
import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from guide_programs import write_django_project, write_programs
from repository import ROOT

pytestmark = pytest.mark.needs_workspace

GUIDES = ROOT / "docs/guides"
SECRET = "whsec_test_guides"


def write(guide: str, folder: Path) -> list[str]:
    return write_programs(GUIDES / guide, folder)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[dict[str, str]]:
    """The environment of a program that talks to a sandbox with the demo data."""
    command = [sys.executable, "-m", "segops_sandbox", "--demo", "--now", "1998-07-01", "--jobs", "instant"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        ready = json.loads(server.stdout.readline())
        try:
            own = {name: value for name, value in os.environ.items() if not name.startswith(("SEGOPS_", "DJANGO_"))}
            reached = {"SEGOPS_API_URL": ready["url"], "SEGOPS_API_KEY": ready["api_key"]}
            yield own | reached | {"TEST_CONTROL_TOKEN": ready["control_token"]}
        finally:
            server.terminate()


def python(code: str, folder: Path, env: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


NIGHT = """
import django
from django.core.management import call_command
django.setup()
call_command("migrate", run_syncdb=True, verbosity=0)
call_command("nightly_segments")
call_command("nightly_segments")  # the next night
from shop.models import Membership
from shop.segops import client
segments = list(client().segments.iterate())
assert len(segments) == 3
for segment in segments:
    assert Membership.objects.filter(segment_id=segment["id"]).count() == segment["member_count"] > 0
import json, os, urllib.request
fault = json.dumps({"kind": "status", "status": 400, "path": "/segments/2/compute/"}).encode()
headers = {"Content-Type": "application/json", "X-Sandbox-Token": os.environ["TEST_CONTROL_TOKEN"]}
url = os.environ["SEGOPS_API_URL"].removesuffix("/api") + "/_sandbox/faults/"
urllib.request.urlopen(urllib.request.Request(url, fault, headers)).close()
try:
    call_command("nightly_segments")
except django.core.management.CommandError as error:
    print(error)
"""


def test_the_django_command_stores_the_members_night_after_night(sandbox: dict[str, str], tmp_path: Path) -> None:
    write_django_project(GUIDES / "django.md", tmp_path)
    printed = python(NIGHT, tmp_path, sandbox | {"DJANGO_SETTINGS_MODULE": "settings"})
    assert printed.count("Lapsed 90 days: 2058 members") == 2
    assert "1 segments failed" in printed


# A WSGI server that prints its port; the frameworks' own servers cannot pick a free one.
WSGI = """
import sys
from wsgiref.simple_server import WSGIRequestHandler, make_server
WSGIRequestHandler.log_message = lambda *about: None
{app}
with make_server("127.0.0.1", 0, app) as server:
    print("port", server.server_port, flush=True)
    server.serve_forever()
"""
DJANGO = """
from django.conf import settings
settings.configure(ROOT_URLCONF="django_hooks", ALLOWED_HOSTS=["127.0.0.1"], SECRET_KEY="test")
from django.core.wsgi import get_wsgi_application
app = get_wsgi_application()
"""
SERVICE = """
import socket, uvicorn
from service import app
listener = socket.create_server(("127.0.0.1", 0))
print("port", listener.getsockname()[1], flush=True)
uvicorn.Server(uvicorn.Config(app, log_level="warning")).run([listener])
"""
RECEIVERS = ("django", "flask", "fastapi", "express")


def command_of(name: str) -> list[str]:
    """The command that starts a program: the one in the table of the guide, at a free port."""
    if name in ("service", "django"):
        return [sys.executable, "-c", SERVICE if name == "service" else WSGI.format(app=DJANGO)]
    page = (GUIDES / "webhooks.md").read_text(encoding="utf-8")
    (words,) = re.findall(rf"^\| `{name}_hooks\.\w+` \| `([^`]+)` \|$", page, re.MULTILINE)
    program, *rest = words.replace("--port 3000", "--port 0").split()
    if program == "node":
        return [str(ROOT / "typescript-fixtures/tools/node.sh"), "current", "node", *rest]
    return [str(Path(sys.executable).with_name(program)), *rest]


@contextlib.contextmanager
def receiver(name: str, folder: Path, env: dict[str, str]) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """A running receiver of the guide: its port and its process."""
    if name == "express":
        runners = ROOT / "typescript-fixtures/runners/node_modules"
        (folder / "node_modules/@segops").mkdir(parents=True)
        (folder / "node_modules/express").symlink_to(runners / "express")
        (folder / "node_modules/@segops/admin").symlink_to(ROOT / "typescript-fixtures/admin")
    env = env | {"PORT": "0", "SEGOPS_NODE_QUIET": "1", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command_of(name), cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as server:
        assert server.stdout is not None
        try:
            said = ""
            for line in server.stdout:
                said += line
                if port := re.search(r"(?:port |http://127\.0\.0\.1:)(\d+)", line):
                    break
            else:
                pytest.fail(said)
            yield int(port[1]), server
        finally:
            server.terminate()


@pytest.mark.parametrize("name", RECEIVERS)
def test_a_receiver_of_webhooks_takes_what_is_signed_and_refuses_what_is_not(
    name: str, sandbox: dict[str, str], tmp_path: Path
) -> None:
    from segops_admin import SegOpsAdmin

    write("webhooks.md", tmp_path)
    env = sandbox | {"SEGOPS_WEBHOOK_SECRET": SECRET}
    client = SegOpsAdmin(sandbox["SEGOPS_API_KEY"], base_url=sandbox["SEGOPS_API_URL"])
    with client, receiver(name, tmp_path, env) as (port, server):
        url = f"http://127.0.0.1:{port}/hooks/segops"
        forged = urllib.request.Request(
            url, b"{}", {"Content-Type": "application/json", "X-SegOps-Signature": "sha256=00"}
        )
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(forged)
        with refused.value as answer:
            assert answer.code == 401
        hook = client.http.request("POST", "/webhooks/", body={"url": url, "secret": SECRET})
        segment = client.segments.recompute_and_wait(1)
        assert server.stdout is not None
        said = next(line for line in server.stdout if line.startswith("recomputed:"))
        assert said.split() == ["recomputed:", "1", str(segment["member_count"])]
        client.http.request("PATCH", f"/webhooks/{hook['id']}/", body={"is_active": False})
        deliveries = f"/webhooks/{hook['id']}/deliveries/"
        deadline = time.monotonic() + 60
        # The sandbox notes a delivery a moment after its receiver has answered.
        while not (noted := client.http.request("GET", deliveries)["results"]) and time.monotonic() < deadline:
            pass
        (delivery,) = noted
        assert (delivery["status"], delivery["status_code"]) == ("success", 204)


def test_the_asynchronous_service_answers(sandbox: dict[str, str], tmp_path: Path) -> None:
    write("async-services.md", tmp_path)
    with receiver("service", tmp_path, sandbox) as (port, _):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/segments/2/size") as answer:
            assert json.load(answer) == {"members": 2058}
        with pytest.raises(urllib.error.HTTPError) as missing:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/segments/4711/size")
        with missing.value as answer:
            assert answer.code == 404


AIRFLOW_JOBS = """
import pathlib, segops_jobs
size = segops_jobs.export(2, "members.parquet")
assert pathlib.Path("members.parquet").stat().st_size == size > 0
print(segops_jobs.recompute(2))
"""


def test_the_jobs_that_airflow_runs_do_their_work_without_it(sandbox: dict[str, str], tmp_path: Path) -> None:
    names = write("airflow.md", tmp_path)
    assert python(AIRFLOW_JOBS, tmp_path, sandbox) == "2058\n"
    # Airflow itself is not installed here (test_airflow.py runs it): the module with the schedule calls what there is.
    tree = ast.parse((tmp_path / names[1]).read_text(encoding="utf-8"))
    attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    called = {node.attr for node in attributes if ast.unparse(node.value) == "segops_jobs"}
    assert called == {"recompute", "export"}


TASK = """
from tasks import app, create_segment
app.conf.task_always_eager = True
definition = {"conditions": [{"type": "recency", "event_type": "order_placed", "operator": "gt", "window_days": 9}]}
first = create_segment.delay("From a task", definition).get()
again = create_segment.delay("From a task", definition).get()
print(first == again, type(first).__name__)
"""


def test_the_celery_task_creates_a_segment_once(sandbox: dict[str, str], tmp_path: Path) -> None:
    write("processes.md", tmp_path)
    assert python(TASK, tmp_path, sandbox) == "True int\n"


def test_each_message_of_the_troubleshooting_page_is_one_that_a_user_can_meet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from segops_admin import SegOpsAdmin, SegOpsConnectionError
    from segops_admin.testing import Script, reply

    monkeypatch.delenv("SEGOPS_API_KEY", raising=False)

    def closed() -> None:
        client = SegOpsAdmin("sk_test_guides")
        client.close()
        client.segments.list()

    def answered(status: int) -> None:
        Script(*[reply({"detail": "No."}, status=status)] * 4).client().segments.get(1)

    def lost() -> None:
        Script(SegOpsConnectionError("the connection was closed", sent=True)).client().segments.create({"name": "x"})

    provoked = [
        SegOpsAdmin,
        lambda: SegOpsAdmin("pk_test_guides"),
        lambda: SegOpsAdmin("sk_test_guides", base_url="api.segops.ai"),
        lambda: SegOpsAdmin("sk_test_guides").segments.get(None),  # type: ignore[arg-type]
        closed,
        *(lambda status=status: answered(status) for status in (401, 403, 404, 429)),
        lambda: Script(reply(text="<html>Log in")).client().segments.get(1),
        lost,
    ]
    said = ""
    for provoke in provoked:
        with pytest.raises(Exception, match=r".") as error:
            provoke()
        said += f"{error.value}\n"
    # Messages that need a bad certificate or a failed job are looked up in the sources.
    for source in ("_transport/failures.py", "_errors.py"):
        said += (ROOT / "python/src/segops_admin" / source).read_text(encoding="utf-8")
    page = (GUIDES / "troubleshooting.md").read_text(encoding="utf-8")
    headings = re.findall(r"^\*\*`(.+?)`\*\*", page, re.MULTILINE)
    assert len(headings) >= 12
    assert [heading for heading in headings if heading not in said] == []
