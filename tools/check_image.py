"""Builds the sandbox's container image with buildah and checks what it is: its user, its health, its controls.

    python tools/check_image.py [--base python:3.12-slim | --base debian]

buildah needs no daemon; where containers can't be made it runs each step in a chroot, as this tool does with the
server itself. `--base debian` needs no registry of images either: debootstrap makes a base with Debian's own Python.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
IMAGE = "localhost/segops-sandbox:check"
PORT = 8000
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
ENVIRON = {**os.environ, "BUILDAH_ISOLATION": "chroot", "STORAGE_DRIVER": "vfs"}


def main() -> int:
    """Build the image, inspect it, run it, call it; 1 on the first failure."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--base", default="python:3.12-slim", help="the image to build on (default: %(default)s)")
    base = parser.parse_args().base
    if shutil.which("buildah") is None:
        print("needs buildah (apt-get install buildah)", file=sys.stderr)
        return 2
    if base == "debian":
        base = debian_base()
    dockerfile = str(ROOT / "sandbox/Dockerfile")
    buildah("build", "--format", "docker", "--build-arg", f"BASE={base}", "-f", dockerfile, "-t", IMAGE, str(ROOT))
    config = json.loads(buildah("inspect", "--type", "image", IMAGE))["Docker"]["config"]
    check(config["User"] == "10001", "it does not run as root")
    check(list(config["ExposedPorts"]) == [f"{PORT}/tcp"], "it exposes its port")
    container = buildah("from", IMAGE).strip()
    try:
        look_at(container, config)
    finally:
        buildah("rm", container)
    return 0


def debian_base() -> str:
    """An image of Debian with its Python, made from Debian's packages; one that is there is taken as it is."""
    name = "localhost/segops-python:debian"
    if succeeds_here("buildah", "inspect", "--type", "image", name):
        return name
    if shutil.which("debootstrap") is None:
        sys.exit("--base debian needs debootstrap (apt-get install debootstrap), and root")
    with tempfile.TemporaryDirectory() as folder:
        packages = "--include=python3,python3-pip,ca-certificates"
        subprocess.run(
            ["debootstrap", "--variant=minbase", packages, "bookworm", folder], check=True, stdout=sys.stderr
        )
        Path(folder, "usr/bin/python").symlink_to("python3")
        # Behind a proxy with a certificate authority of its own, pip needs that authority.
        shutil.copy(ssl.get_default_verify_paths().cafile or CERTIFICATES, folder + CERTIFICATES)
        container = buildah("from", "scratch").strip()
        buildah("add", "--quiet", container, folder, "/")
        buildah("config", "--env", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", container)
        buildah("commit", "--quiet", container, name)
        buildah("rm", container)
    return name


def look_at(container: str, config: dict[str, Any]) -> None:
    """Start the server as the image does, and call it."""
    health = config["Healthcheck"]["Test"][1:]
    check(not succeeds(container, health), "without a server it is not healthy")
    # Its standard input is ours: it ends with this program.
    words = ["buildah", "run", "--isolation", "chroot", container, "--", *config["Entrypoint"], "--until-eof", "--demo"]
    with subprocess.Popen(words, env=ENVIRON, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            ready = json.loads(server.stdout.readline())
            check(succeeds(container, health), "with one it is")
            ask(ready["api_key"], ready["control_token"])
        finally:
            server.stdin.close()
    check(server.returncode == 0, "it stops cleanly")


def ask(key: str, token: str) -> None:
    """Request a path as a client on another machine would: by an address that is not loopback."""
    root = f"http://{own_address()}:{PORT}"
    check(status(f"{root}/api/segments/", Authorization=f"ApiKey {key}") == 200, "the API answers others")
    check(status(f"{root}/_sandbox/clock/") == 403, "controls want the token")
    check(status(f"{root}/_sandbox/clock/", **{"X-Sandbox-Token": token}) == 200, "and answer to it")
    check(status(f"{root}/controls") == 403, "pages want it as well")
    check(status(f"{root}/controls?token={token}") == 200, "and answer to it")
    check(status(f"{root}/api/segments/", Host="segops.example") == 421, "other names are refused")


def own_address() -> str:
    """An address of this machine that is not loopback. Nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        return str(probe.getsockname()[0])


def status(url: str, **headers: str) -> int:
    """The status of a GET that keeps cookies over redirects, as a browser does."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(), urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(url, headers=headers), timeout=10) as response:
            return int(response.status)
    except urllib.error.HTTPError as exc:
        return exc.code


def succeeds(container: str, command: list[str]) -> bool:
    """Whether a command succeeds in the container."""
    return succeeds_here("buildah", "run", "--isolation", "chroot", container, "--", *command)


def succeeds_here(*command: str) -> bool:
    """Whether a command succeeds on this machine."""
    return subprocess.run(command, env=ENVIRON, capture_output=True, check=False).returncode == 0


def buildah(*words: str) -> str:
    """The output of a command of buildah, which has to succeed."""
    done = subprocess.run(["buildah", *words], env=ENVIRON, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"buildah {' '.join(words)} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return done.stdout


def check(holds: bool, what: str) -> None:
    """Print a check that holds; exit on one that does not."""
    if not holds:
        sys.exit(f"not so: {what}")
    print(f"ok: {what}")


if __name__ == "__main__":
    raise SystemExit(main())
