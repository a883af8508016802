"""A throw-away PostgreSQL server: made by `initdb`, on a free port, and gone with the process that asked for it."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

PASSWORD = "p@ss/word#1?"  # every character that has to be escaped in a URL
_READY_S = 60.0
# Durability is not needed: the data are thrown away.
_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "300",
    "shared_buffers": "64MB",
    "autovacuum_naptime": "10s",
}
# Runs PostgreSQL until standard input ends, as it does when the process at its other end dies, however that comes.
_WHILE_ASKED_FOR = 'folder=$1; shift; "$@" & read -r _; kill -QUIT $!; wait; rm -rf "$folder"'


class Cluster:
    """A PostgreSQL server for tests. Call `stop` at the end; it also stops when this process is killed."""

    def __init__(self) -> None:
        programs = _programs()
        self._postgres = str(programs / "postgres")
        self._as_user = _unprivileged()
        self.folder = Path(tempfile.mkdtemp(prefix="segops-postgres-"))
        self._data = self.folder / "data"
        if self._as_user:
            shutil.chown(self.folder, self._as_user["user"], self._as_user["group"])
        secret = self.folder / "password"
        secret.write_text(PASSWORD, encoding="utf-8")
        secret.chmod(0o644)
        options = ["--no-sync", f"--pwfile={secret}", "--auth-local=trust", "--auth-host=scram-sha-256"]
        subprocess.run(
            [programs / "initdb", "-D", self._data, "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", *options],
            check=True,
            capture_output=True,
            cwd=self.folder,
            **self._as_user,
        )
        self.port = _free_port()
        self._processes: list[subprocess.Popen[bytes]] = []
        self.start()

    def start(self) -> None:
        """Start, also after `crash`; returns once it answers."""
        options = [f"-c{name}={value}" for name, value in _SETTINGS.items()]
        where = [f"-k{self.folder}", "-clisten_addresses=127.0.0.1", f"-p{self.port}"]
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                ["sh", "-c", _WHILE_ASKED_FOR, "sh", self.folder, self._postgres, f"-D{self._data}", *where, *options],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,  # a Ctrl-C is for the tests
                **self._as_user,
            )
        self._processes.append(process)
        deadline = time.monotonic() + _READY_S
        while True:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=5).close()
                return
            except psycopg.OperationalError:
                if process.poll() is not None or time.monotonic() > deadline:
                    log_text = (self.folder / "log").read_text(encoding="utf-8", errors="replace")
                    raise AssertionError(f"PostgreSQL did not start:\n{log_text[-4000:]}") from None
                time.sleep(0.05)

    def crash(self) -> None:
        """End it at once and keep its data, as a restart by its keeper would."""
        pid = int((self._data / "postmaster.pid").read_text(encoding="ascii").split()[0])
        os.kill(pid, signal.SIGINT)  # "fast": connections are cut, what was committed stays
        deadline = time.monotonic() + _READY_S
        while (self._data / "postmaster.pid").exists():
            assert time.monotonic() < deadline, "PostgreSQL did not stop"
            time.sleep(0.02)

    def stop(self) -> None:
        """End it and remove its folder."""
        for process in self._processes:
            with process:  # closes standard input, and waits
                pass
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str) -> str:
        """By socket, as a user who needs no password there."""
        return f"postgresql://postgres@/{database}?host={quote(str(self.folder), safe='')}&port={self.port}"

    def url_with_password(self, database: str, password: str = PASSWORD) -> str:
        """By TCP."""
        return f"postgresql://postgres:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"


def _programs() -> Path:
    """The folder of the newest `initdb`, where Debian puts it or on the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda each: int(each.parts[-3]))
    on_path = shutil.which("initdb")
    if found:
        return found[-1].parent
    if on_path:
        return Path(on_path).resolve().parent
    raise AssertionError("PostgreSQL's initdb is missing: run `make test-postgres`, which installs it")


def _unprivileged() -> dict[str, Any]:
    """The user to run it as: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    names = {each.pw_name for each in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
