"""The pytest plugin, as its users run it: in a pytest run and a folder of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from pytest_segops import environment, launch
from pytest_segops.process import SandboxProcess

Run = Callable[..., subprocess.CompletedProcess[str]]


class Project:
    """A folder with tests in it, and how pytest runs there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("pytest.ini", "[pytest]\naddopts = -p no:cacheprovider --strict-markers\nfilterwarnings = error\n")

    def write(self, name: str, text: str) -> Path:
        """A file of the project."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    def command(self, *options: str) -> list[str]:
        """pytest with this plugin only: there are many installed here, and they take their time."""
        return [sys.executable, "-m", "pytest", "-q", "-p", "pytest_segops", *options]

    def environment(self, **variables: str) -> dict[str, str]:
        """What a shell would have."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "SEGOPS_"))}
        return {**own, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **variables}

    def run(self, *options: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run the tests to their end."""
        return subprocess.run(
            self.command(*options),
            cwd=self.folder,
            env=self.environment(**variables),
            capture_output=True,
            text=True,
            timeout=100,
        )

    def passes(self, *options: str, **variables: str) -> str:
        """Run the tests, which have to pass; returns what pytest said."""
        done = self.run(*options, **variables)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty project."""
    return Project(tmp_path)


def until(condition: Callable[[], Any], what: str) -> Any:
    """Wait for what another process does in its own time."""
    deadline = time.monotonic() + 30
    while not (found := condition()):
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(0.02)
    return found


# --- what the fixtures give ---------------------------------------------------------------------------------------


def test_a_run_has_one_server_and_each_test_a_clean_workspace_with_a_client(project: Project) -> None:
    project.write(
        "test_it.py",
        """
        seen = []

        def test_one(segops_client, segops_sandbox):
            seen.append(segops_sandbox.process.popen.pid)
            assert segops_client.products.create({"sku": "A1", "name": "Boot"})["id"] == 1
            segops_client.segments.create({"name": "All"})

        def test_two(segops_sandbox, segops_client):
            assert segops_sandbox.process.popen.pid == seen[0]
            assert segops_client.segments.list()["count"] == 0
            assert segops_client.products.create({"sku": "A1", "name": "Boot"})["id"] == 1

        def test_three_the_client_is_closed_after_its_test():
            import gc, segops_admin
            clients = [found for found in gc.get_objects() if isinstance(found, segops_admin.SegOpsAdmin)]
            for client in clients:
                try:
                    client.segments.list()
                except segops_admin.SegOpsError as error:
                    assert "closed" in str(error)
                else:
                    raise AssertionError("a client is open")
        """,
    )
    assert "3 passed" in project.passes()


def test_a_test_steers_faults_clock_and_jobs_and_sees_what_arrived(segops_sandbox: Any, segops_client: Any) -> None:
    segops_sandbox.fault("status", status=503, retry_after="0", path="/segments/")
    assert [fault["status"] for fault in segops_sandbox.faults()] == [503]
    assert segops_client.segments.list()["count"] == 0
    assert [(seen["status"], seen["fault"]) for seen in segops_sandbox.requests("GET", "/segments/")] == [
        (503, "status"),
        (200, None),
    ]
    assert segops_sandbox.requests("POST") == []
    segops_sandbox.clear_requests()
    assert segops_sandbox.requests() == []
    segops_sandbox.fault("reset")
    segops_sandbox.clear_faults()
    assert segops_sandbox.faults() == []

    segops_sandbox.freeze("2026-05-01T00:00:00Z")
    segops_sandbox.advance(61)
    assert segops_sandbox.now() == "2026-05-01T00:01:01Z"

    segops_sandbox.jobs_mode("manual")
    segops_client.products.create({"sku": "A1", "name": "Boot"})
    segops_client.products.score(1)
    assert [job["status"] for job in segops_sandbox.jobs()] == ["queued"]
    assert [job["status"] for job in segops_sandbox.run_jobs()] == ["done"]

    key = segops_sandbox.add_tenant("globex")
    assert key.startswith("sk_")
    assert key != segops_sandbox.api_key
    segops_sandbox.reset()
    assert segops_client.products.list()["count"] == 0


def test_clients_find_it_by_the_variables_it_names(segops_sandbox: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from segops_admin import SegOpsAdmin

    for name, value in segops_sandbox.env.items():
        monkeypatch.setenv(name, value)
    with SegOpsAdmin() as client:
        assert client.segments.list()["count"] == 0


@pytest.mark.segops(now="1998-07-01", demo=True, jobs="manual", plan="starter")
def test_a_marker_says_what_the_workspace_holds(segops_sandbox: Any, segops_client: Any) -> None:
    assert segops_sandbox.now() == "1998-07-01T00:00:00Z"
    assert segops_client.users.search({"limit": 1})["count"] > 2000
    assert segops_client.analytics.usage()["plan"] == "starter"
    segops_client.segments.recompute(1)
    assert {job["status"] for job in segops_sandbox.jobs()} == {"queued"}


def test_after_a_marked_test_the_next_one_has_the_usual_workspace(segops_sandbox: Any, segops_client: Any) -> None:
    assert segops_sandbox.now() == "2026-05-01T12:00:00Z"
    assert segops_client.users.search({"limit": 1})["count"] == 0
    assert segops_client.analytics.usage()["plan"] == "business"
    assert segops_sandbox.control("GET", "/jobs/")["mode"] == "instant"


def test_a_webhook_arrives_at_the_receiver(
    segops_sandbox: Any, segops_client: Any, segops_webhook_receiver: Any
) -> None:
    from segops_admin.webhook import verify_webhook

    hook = {"url": segops_webhook_receiver.url, "secret": "s3cret"}
    segops_client.http.request("POST", "/webhooks/", body=hook)
    segops_client.http.request("POST", "/ingestion/track/", body={"user_id": "u1", "event_type": "seen", "payload": {}})
    seen = {"type": "event_count", "event_type": "seen", "operator": "gte", "value": 1}
    segment = segops_client.segments.create({"name": "Seen", "definition": {"conditions": [seen]}})
    segops_client.segments.recompute(segment["id"])
    [delivery] = segops_webhook_receiver.wait()
    assert delivery.json()["event"] == "segment.recomputed"
    assert verify_webhook(delivery.body, delivery.headers["X-SegOps-Signature"], "s3cret")


def test_waiting_for_a_webhook_that_does_not_come_ends(segops_webhook_receiver: Any) -> None:
    with pytest.raises(TimeoutError, match=r"0 of 1 webhooks arrived within 0\.01 s"):
        segops_webhook_receiver.wait(timeout=0.01)


def test_a_folder_may_have_a_server_with_other_options_and_a_test_one_of_its_own(project: Project) -> None:
    project.write(
        "test_usual.py",
        """
        def test_it(segops_sandbox):
            assert segops_sandbox.now() == "2001-01-01T00:00:00Z"
        """,
    )
    project.write(
        "later/conftest.py",
        """
        import pytest

        @pytest.fixture(scope="session")
        def segops_sandbox_options():
            return ("--now=2002-02-02",)
        """,
    )
    project.write(
        "later/test_it.py",
        """
        def test_it(segops_sandbox, segops_sandbox_factory):
            assert segops_sandbox.now() == "2002-02-02T00:00:00Z"
            with segops_sandbox_factory("--now=2003-03-03") as own:
                assert own.now() == "2003-03-03T00:00:00Z"
                assert own.url != segops_sandbox.url
            assert own.process.popen.returncode == 0
        """,
    )
    assert "2 passed" in project.passes("-o", "segops_sandbox_options=--now 2001-01-01", "test_usual.py", "later")


# --- scopes -------------------------------------------------------------------------------------------------------


def test_workspaces_of_a_module_and_of_the_run_outlive_a_test_and_nobody_elses_reset_empties_them(
    project: Project,
) -> None:
    for name, before in (("first", 0), ("second", 1)):
        project.write(
            f"test_{name}.py",
            f"""
            import pytest

            pytestmark = pytest.mark.segops(now="2001-01-01")

            def test_one(segops_client, segops_client_module, segops_client_session):
                assert segops_client_session.segments.list()["count"] == {before}
                for client in (segops_client, segops_client_module, segops_client_session):
                    client.segments.create({{"name": "{name}"}})

            def test_two(segops_client, segops_client_module, segops_client_session, segops_sandbox_module):
                clients = (segops_client, segops_client_module, segops_client_session)
                assert [client.segments.list()["count"] for client in clients] == [0, 1, {before + 1}]
                assert segops_sandbox_module.now() == "2001-01-01T00:00:00Z"
            """,
        )
    assert "4 passed" in project.passes()


# --- where the server comes from ----------------------------------------------------------------------------------


def test_a_server_that_runs_already_is_used_and_left_running(project: Project, segops_sandbox: Any) -> None:
    project.write(
        "test_it.py",
        """
        def test_one(segops_client, segops_sandbox):
            segops_client.products.create({"sku": "A1", "name": "Boot"})
            assert segops_client.products.score(1)["status"] == "queued"
            assert [job["status"] for job in segops_sandbox.jobs()] == ["done"]

        def test_two(segops_client):
            assert segops_client.products.list()["count"] == 0
        """,
    )
    named = {
        "SEGOPS_SANDBOX_URL": segops_sandbox.process.root + "/",
        "SEGOPS_SANDBOX_CONTROL_TOKEN": segops_sandbox.process.control_token,
    }
    assert "2 passed" in project.passes(**named)
    assert segops_sandbox.process.popen.poll() is None


def test_what_a_server_that_runs_already_cannot_do_is_said(project: Project, segops_sandbox: Any) -> None:
    project.write("test_it.py", "def test_it(segops_sandbox, segops_sandbox_module): pass\n")
    named = {
        "SEGOPS_SANDBOX_URL": segops_sandbox.url,
        "SEGOPS_SANDBOX_CONTROL_TOKEN": segops_sandbox.process.control_token,
    }
    assert "can't serve tests of function and module scope" in project.run(**named).stdout
    options = project.run("-o", "segops_sandbox_options=--demo", **named).stdout
    assert "can't be given the options --demo" in options
    nobody = project.run(SEGOPS_SANDBOX_URL="http://127.0.0.1:9").stdout
    assert "No sandbox answers at http://127.0.0.1:9/api" in nobody
    assert "Traceback" not in nobody


def test_a_command_on_the_path_is_started_where_the_package_is_not_installed(project: Project) -> None:
    command = project.write("bin/segops-sandbox", f'#!/bin/sh\nexec "{sys.executable}" -m segops_sandbox "$@"\n')
    command.chmod(0o755)
    project.write("test_it.py", "def test_it(segops_sandbox): assert segops_sandbox.now()\n")
    hide = "import sys\nsys.modules['segops_sandbox'] = None\n"
    project.write("conftest.py", hide)
    project.passes(PATH=f"{command.parent}:{os.environ['PATH']}")
    done = project.run("-o", "segops_sandbox_server=command", PATH="/nowhere")
    assert "no segops-sandbox on the PATH" in done.stdout
    assert "SEGOPS_SANDBOX_URL" in done.stdout


def test_an_environment_is_made_once_and_what_goes_wrong_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Offline, so by a distribution that stands for the sandbox; `make first-test` has the real one."""
    wheel = distribution_of_one_module(tmp_path, "segops_sandbox", "print('ready')")
    said: list[str] = []
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))  # where uv is
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))  # a home that uv could keep it in may be missing
    python = environment.python_of([str(wheel)], tmp_path / "cache", said.append)
    assert environment.python_of([str(wheel)], tmp_path / "cache", said.append) == python
    with pytest.raises(LookupError, match=r"failed:\s.*no-such-file"):
        environment.python_of([str(tmp_path / "no-such-file.whl")], tmp_path / "cache", said.append)
    assert [line.partition(" into ")[0] for line in said] == [
        f"installing {wheel}",
        f"installing {tmp_path / 'no-such-file.whl'}",
    ]
    run = subprocess.run(launch.python_command(python), capture_output=True, text=True, check=True)
    assert run.stdout == "ready\n"


def test_a_container_is_started_by_the_engine_and_found_by_its_published_port(project: Project) -> None:
    """With a program in the engine's place, which does what `docker run -i -p` and `docker port` do, and notes how."""
    engine = project.write(
        "bin/docker",
        f"""\
        #!/bin/sh
        "exec" "{sys.executable}" "$0" "$@"
        import json, os, re, subprocess, sys
        with open({str(project.folder / "calls")!r}, "a") as file:
            print(json.dumps(sys.argv[1:]), file=file)
        if sys.argv[1] == "port":
            print(open("port").read())
            sys.exit()
        image = next(place for place, word in enumerate(sys.argv) if word.startswith("segops-sandbox:"))
        command = [sys.executable, "-m", "segops_sandbox", *sys.argv[image + 1 :]]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        ready = json.loads(server.stdout.readline())
        port = re.search(r":(\\d+)/", ready["url"])[1]
        with open("port", "w") as file:
            file.write(f"127.0.0.1:{{port}}")
        print(json.dumps({{**ready, "url": "http://0.0.0.0:8000/api"}}), flush=True)
        sys.exit(server.wait())
        """,
    )
    engine.chmod(0o755)
    project.write(
        "test_it.py",
        """
        import pytest

        @pytest.fixture(scope="session")
        def segops_sandbox_environment():
            return {"SEGOPS_SANDBOX_RATE_LIMITS": ""}

        def test_it(segops_sandbox):
            assert segops_sandbox.url != "http://0.0.0.0:8000/api"
            assert segops_sandbox.now()
        """,
    )
    path = f"{engine.parent}:{os.environ['PATH']}"
    project.passes("-o", "segops_sandbox_server=container", PATH=path)
    run, port = [json.loads(line) for line in (project.folder / "calls").read_text().splitlines()]
    assert run[:5] == ["run", "--rm", "-i", "-p", "127.0.0.1::8000"]
    assert run[run.index("--name") + 1] == port[1]
    assert "--env=SEGOPS_SANDBOX_RATE_LIMITS" in run, "by its name: its value is in no list of processes"
    assert "--until-eof" in run[run.index("segops-sandbox:1.0.0") :]


def distribution_of_one_module(folder: Path, name: str, text: str) -> Path:
    """A wheel, written by hand."""
    path = folder / f"{name}-1.0.0-py3-none-any.whl"
    info = f"{name}-1.0.0.dist-info"
    files = {
        f"{name}.py": text,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{file},,\n" for file in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(path, "w") as archive:
        for file, content in {**files, f"{info}/RECORD": record}.items():
            archive.writestr(file, content)
    return path


# --- what is wrong is said ----------------------------------------------------------------------------------------


def test_a_server_that_does_not_start_shows_its_log(project: Project) -> None:
    project.write("test_it.py", "def test_it(segops_client): pass\n")
    done = project.run("-o", "segops_sandbox_options=--now=yesterday")
    assert done.returncode == 1
    assert "The sandbox did not start (exit status 2): segops-sandbox" in done.stdout
    assert "'yesterday' is not an ISO 8601 time" in done.stdout
    assert "Traceback" not in done.stdout


NONSENSE = {
    "demo='yes'": "Must be a valid boolean.",
    "plan='gold'": "is not a valid choice",
    "noww='2026-01-01'": '"noww":["Unknown field."]',
    "now='soon'": '"now":["Datetime has wrong format',
    "True": "takes named arguments only",
}


def test_a_marker_that_makes_no_sense_is_an_error_with_its_reason(project: Project) -> None:
    text = "import pytest\n"
    for number, marker in enumerate(NONSENSE):
        text += f"@pytest.mark.segops({marker})\ndef test_{number}(segops_sandbox): pass\n"
    project.write("test_it.py", text)
    done = project.run()
    assert done.returncode == 1
    assert f"{len(NONSENSE)} errors" in done.stdout
    for said in NONSENSE.values():
        assert said in done.stdout.replace("\\", "")
    assert "Traceback" not in done.stdout


def test_without_the_sdk_the_client_says_what_to_install(project: Project) -> None:
    project.write("test_it.py", "def test_it(segops_client): pass\n")
    project.write("conftest.py", "import sys\nsys.modules['segops_admin'] = None\n")
    done = project.run()
    assert done.returncode == 1
    assert "pip install segops_admin" in done.stdout


def test_the_report_of_a_failed_test_has_the_servers_log_of_that_test(project: Project) -> None:
    project.write(
        "test_it.py",
        """
        def test_before(segops_client):
            segops_client.segments.list()

        def test_fails(segops_client, segops_sandbox):
            segops_sandbox.fault("status", status=400, path="/schemas/")
            segops_client.schemas.list()
        """,
    )
    done = project.run()
    assert done.returncode == 1
    _, _, section = done.stdout.partition("segops-sandbox log call")
    assert "GET /api/schemas/: 400 Bad Request (status)" in section
    assert "/api/segments/" not in section


def test_a_server_that_died_is_reported_as_such(project: Project) -> None:
    project.write(
        "test_it.py",
        """
        def test_it(segops_sandbox):
            segops_sandbox.process.popen.kill()
            segops_sandbox.process.popen.wait()
            segops_sandbox.now()

        def test_next(segops_sandbox):
            pass
        """,
    )
    done = project.run()
    assert done.returncode == 1
    assert done.stdout.count("The sandbox has ended (exit status -9).") >= 2


# --- it keeps to itself -------------------------------------------------------------------------------------------


def test_it_runs_beside_another_django_project(project: Project) -> None:
    """Whose settings, database and modules with unlucky names the server must not see; found as users have it."""
    project.write("shop/__init__.py", "")
    project.write("shop/settings.py", 'SECRET_KEY = "x"\nINSTALLED_APPS = ["shop"]\nROOT_URLCONF = "shop.urls"\n')
    for name in ("rest_framework", "jwt", "uvicorn", "platform", "segops_sandbox_settings"):
        project.write(f"{name}.py", "raise RuntimeError('a module of the shop')\n")
    project.write(
        "test_shop.py",
        """
        import os, sys

        def test_it(segops_client, segops_sandbox):
            from django.conf import settings
            assert not settings.configured
            assert "rest_framework" not in sys.modules and "django.db" not in sys.modules
            assert settings.ROOT_URLCONF == "shop.urls"
            assert os.environ["DJANGO_SETTINGS_MODULE"] == "shop.settings"
            assert segops_client.segments.list()["count"] == 0
            import psutil
            theirs = psutil.Process(segops_sandbox.process.popen.pid).environ()
            assert not {"DJANGO_SETTINGS_MODULE", "DATABASE_URL"} & set(theirs)
        """,
    )
    # `python -m pytest` would put this folder before the standard library in the test process too.
    launcher = (
        "import sys; sys.path.pop(0); import platform, pytest; sys.path.append('.'); sys.exit(pytest.main(['-q']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", launcher],
        cwd=project.folder,
        env=project.environment(
            DJANGO_SETTINGS_MODULE="shop.settings",
            DATABASE_URL="mysql://shop@db/shop",
            PYTEST_DISABLE_PLUGIN_AUTOLOAD="",
        ),
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_python_path_names_never_replaces_a_module_of_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "trap").mkdir()
    for name in ("django", "json", "selectors"):
        (tmp_path / "trap" / f"{name}.py").write_text("raise RuntimeError('a trap')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "trap"))
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    monkeypatch.syspath_prepend(str(tmp_path / "trap"))
    monkeypatch.chdir(tmp_path / "trap")
    process = SandboxProcess.start(tmp_path / "log")
    assert process.stop() == 0


def test_each_worker_of_a_parallel_run_has_its_own_server(project: Project) -> None:
    project.write(
        "test_it.py",
        """
        import os, pathlib, pytest, time

        @pytest.mark.parametrize("number", range(8))
        def test_it(segops_client, segops_sandbox, number):
            assert segops_client.products.create({"sku": "A1", "name": "Boot"})["id"] == 1
            pathlib.Path(f"{os.environ['PYTEST_XDIST_WORKER']}-{number}.url").write_text(segops_sandbox.url)
            deadline = time.monotonic() + 20
            while len({path.name[:3] for path in pathlib.Path(".").glob("*.url")}) < 2:
                assert time.monotonic() < deadline
        """,
    )
    assert "8 passed" in project.passes("-p", "xdist", "-n", "2")
    ports = {path.name[:3]: path.read_text() for path in project.folder.glob("*.url")}
    assert len(set(ports.values())) == 2, ports


def test_a_run_that_does_not_use_it_starts_and_imports_nothing(project: Project) -> None:
    project.write(
        "test_it.py",
        """
        import os, sys, psutil

        def test_it(request):
            assert request.config.pluginmanager.has_plugin("pytest_segops")
            assert not [child for child in psutil.Process().children() if "segops" in " ".join(child.cmdline())]
            ours = ("pytest_segops", "segops_", "django", "rest_framework")
            loaded = {name for name in sys.modules if name.startswith(ours)}
            assert loaded == {"pytest_segops", "pytest_segops._version"}
        """,
    )
    project.passes()


# --- it ends with the run -----------------------------------------------------------------------------------------

RUNS_UNTIL_ENDED = """
    import json, pathlib, time

    def test_it(segops_sandbox):
        facts = {"pid": segops_sandbox.process.popen.pid, "url": segops_sandbox.url}
        pathlib.Path("facts.part").write_text(json.dumps(facts))
        pathlib.Path("facts.part").rename("facts.json")
        time.sleep(60)
"""


@pytest.fixture
def interrupted(project: Project) -> Iterator[tuple[subprocess.Popen[str], psutil.Process]]:
    """A test run in the middle of a test, and its server."""
    project.write("test_it.py", RUNS_UNTIL_ENDED)
    run = subprocess.Popen(
        project.command(),
        cwd=project.folder,
        env=project.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    facts = project.folder / "facts.json"
    until(lambda: facts.exists() or run.poll() is not None, "the test runs")
    server = psutil.Process(json.loads(facts.read_text())["pid"])
    yield run, server
    with run:
        run.kill()
    if server.is_running():
        server.kill()


def test_ctrl_c_in_the_terminal_ends_the_run_first_and_its_server_with_it(
    interrupted: tuple[subprocess.Popen[str], psutil.Process],
) -> None:
    run, server = interrupted
    os.killpg(run.pid, signal.SIGINT)  # as a terminal does: to all of the process group
    output, _ = run.communicate(timeout=30)
    assert "KeyboardInterrupt" in output
    assert "Error" not in output
    assert run.returncode == 2
    assert not server.is_running(), "it was waited for, so that no zombie is left either"


def test_a_run_that_is_killed_takes_its_server_with_it(
    interrupted: tuple[subprocess.Popen[str], psutil.Process],
) -> None:
    run, server = interrupted
    folder = next(Path(file.path).parent for file in server.open_files() if file.path.endswith(".sqlite3"))
    run.kill()
    run.wait()
    until(lambda: not server.is_running() or server.status() == psutil.STATUS_ZOMBIE, "the server ends")
    assert not folder.exists(), "it stopped as it does when it is told to"


def test_a_server_without_a_standard_input_to_watch_stops_at_once(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "segops_sandbox", "--until-eof"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 0
    assert json.loads(done.stdout)["url"].startswith("http://127.0.0.1:")
