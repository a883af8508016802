"""Measures speed and size of the Python SDK beside what it is compared with; each figure is a ratio of one run.

    python tools/bench/sdk.py PUBLISHED-FOLDER BESIDE-FOLDER [-n RUNS] [--rows WORD]

The published release is installed into PUBLISHED-FOLDER by `make bench`, aiohttp into BESIDE-FOLDER.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import ssl
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import trustme
from measuring import measured, report
from sdk_async import gets_beside_aiohttp, pages_one_by_one

from segops_admin import HTTPTransport, SegOpsAdmin

HERE = Path(__file__).parent
KEY = "sk_test_benchmark"
ITEMS = 5000


@contextlib.contextmanager
def page_server(serves: str = "-", delay: float = 0.0) -> Iterator[int]:
    """The port of a server of pages or records in a process of its own."""
    command = [sys.executable, str(HERE / "server.py"), serves, str(delay)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        try:
            yield int(server.stdout.readline())
        finally:
            assert server.stdin is not None
            server.stdin.close()


def pages_over_tls(runs: int, published: str) -> None:
    """100 pages: beside a bare http.client loop, and beside the published release."""
    authority = trustme.CA()
    with tempfile.TemporaryDirectory() as folder:
        chain, root = Path(folder, "chain.pem"), Path(folder, "root.pem")
        certificate = authority.issue_cert("localhost")
        certificate.private_key_and_cert_chain_pem.write_to_path(str(chain))
        authority.cert_pem.write_to_path(str(root))
        context = ssl.create_default_context(cafile=str(root))
        with page_server(str(chain)) as port:
            transport = HTTPTransport(ssl_context=context)
            client = SegOpsAdmin(KEY, base_url=f"https://localhost:{port}/api", transport=transport)
            bare = http.client.HTTPSConnection("localhost", port, context=context)
            headers = {"Authorization": f"ApiKey {KEY}", "Accept": "application/json", "User-Agent": "bare"}

            def sdk() -> None:
                assert sum(1 for _ in client.segments.iterate()) == ITEMS

            def loop() -> None:
                count, number, following = 0, 0, "first"
                while following:
                    number += 1
                    bare.request("GET", f"/api/segments/?page={number}", headers=headers)
                    answer = json.loads(bare.getresponse().read())
                    count, following = count + len(answer["results"]), answer["next"]
                assert count == ITEMS

            report("100 pages of 50 over TLS / bare http.client + json", measured(sdk, loop, runs * 2), "<= 0.90")
            pages_one_by_one(KEY, port, context, loop, ITEMS, runs)
            old = published_pages(published, port, root)
            report("published 0.2.2 / the same pages", measured(old, sdk, max(3, runs // 4)), ">= 5")
            client.close()
            bare.close()


def published_pages(folder: str, port: int, root: Path) -> Callable[[], None]:
    """The published release's pagination, imported beside ours under its own name and then moved out of the way."""
    ours = {name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] == "segops_admin"}
    sys.path.insert(0, folder)
    os.environ["SSL_CERT_FILE"] = str(root)  # it takes no TLS context of the caller's
    try:
        import segops_admin
        from segops_admin import SegOpsAdmin as Published

        assert Path(segops_admin.__file__).resolve().is_relative_to(Path(folder).resolve()), (
            f"{folder} holds no segops_admin"
        )
        client = Published(KEY, base_url=f"https://localhost:{port}/api")
    finally:
        sys.path.remove(folder)
        for name in [name for name in sys.modules if name.split(".")[0] == "segops_admin"]:
            del sys.modules[name]
        sys.modules.update(ours)

    def iterate() -> None:
        assert sum(1 for _ in client.segments.iterate()) == ITEMS

    return iterate


def prefetch(runs: int) -> None:
    """Pages with 20 ms added to every answer: eight pages ahead, beside one at a time."""
    with page_server(delay=0.02) as port:
        client = SegOpsAdmin(KEY, base_url=f"http://127.0.0.1:{port}/api")

        def ahead() -> None:
            assert sum(1 for _ in client.segments.iterate(prefetch=8)) == ITEMS

        def one_by_one() -> None:
            assert sum(1 for _ in client.segments.iterate()) == ITEMS

        report("20 ms an answer: one by one / prefetch=8", measured(one_by_one, ahead, max(3, runs // 4)), ">= 5")
        client.close()


def observed(runs: int) -> None:
    """A thousand gets with on_reply, beside the same without."""
    with page_server("records") as port:
        client = SegOpsAdmin(KEY, base_url=f"http://127.0.0.1:{port}/api")
        seen: list[int | None] = []
        observing = client.with_options(on_reply=lambda attempt: seen.append(attempt.status))

        def gets(of: SegOpsAdmin) -> Callable[[], None]:
            def run() -> None:
                for number in range(1000):
                    assert of.segments.get(number)["is_active"]

            return run

        report("one call with on_reply / without", measured(gets(observing), gets(client), runs * 2), "<= 1.03")
        assert set(seen) == {200}
        client.close()


def threads() -> None:
    """16 threads on one client: how many connections, and whether every answer is whole."""
    with page_server() as port:
        transport = HTTPTransport()
        client = SegOpsAdmin(KEY, base_url=f"http://127.0.0.1:{port}/api", transport=transport)
        wrong: list[object] = []

        def work() -> None:
            for number in range(1, 101):
                answer = client.segments.list({"page": number})
                if answer["results"][0]["id"] != number * 50:
                    wrong.append(answer)

        workers = [threading.Thread(target=work) for _ in range(16)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        report("16 threads on one client, 1,600 calls", f"{transport!r}, {len(wrong)} wrong", "<= 16 idle, 0 wrong")
        client.close()


def startup(runs: int, published: str) -> None:
    """Start-up of whole processes, relative to an interpreter that does nothing."""
    sources = str(Path(sys.modules["segops_admin"].__file__ or "").parents[1])

    def process(*arguments: str, path: str = "") -> Callable[[], None]:
        environment = {**os.environ, "PYTHONPATH": path}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        command = [sys.executable, *arguments]

        def run() -> None:
            subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)

        return run

    nothing = process("-c", "pass")
    imported = process("-c", "import segops_admin", path=sources)
    old = process("-c", "import segops_admin", path=published)
    report("import segops_admin / python -c pass", measured(imported, nothing, runs * 2), "<= 1.15")
    report("published 0.2.2: import / python -c pass", measured(old, nothing, runs), "(2.0)")


def installed_help(runs: int) -> None:
    """The console script that pip writes, in an environment with nothing but the wheel, beside its Python."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        project = str(HERE.parents[1] / "python")
        pip = [str(Path(folder, "bin", "python")), "-m", "pip", "install", "--quiet", "--no-deps"]
        wheels = Path(folder, "wheels")
        build = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(wheels), project]
        subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
        subprocess.run([*pip, *map(str, wheels.glob("*.whl"))], check=True)
        script, python = str(Path(folder, "bin", "segops-admin")), str(Path(folder, "bin", "python"))

        environment = {**os.environ, "SEGOPS_API_KEY": KEY, "XDG_CONFIG_HOME": folder}

        def process(*command: str) -> Callable[[], None]:
            def run() -> None:
                quiet = subprocess.DEVNULL
                subprocess.run(command, check=True, env=environment, stdout=quiet, stderr=quiet)

            return run

        nothing = process(python, "-c", "pass")
        ratio = measured(process(script, "--help"), nothing, runs * 2)
        report("installed segops-admin --help / python -c pass", ratio, "<= 1.6")
        ratio = measured(process(script, "segments", "list", "--dry-run"), nothing, runs * 2)
        report("installed segops-admin, a dry run / python -c pass", ratio, "<= 3")


UPLOAD = """
import re, sys
from segops_admin import SegOpsAdmin

def peak():  # ru_maxrss would start at the parent's: it survives exec
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1]) / 1024

client = SegOpsAdmin("sk_test_benchmark", base_url=f"http://127.0.0.1:{sys.argv[1]}/api")
client.products.facets()
idle = peak()
client.http.request("POST", "/pim/import/csv/", form=("file", None, sys.argv[2]))  # import_csv refuses so large a file
print(peak() - idle)
"""


def upload() -> None:
    """Peak memory above an idle client while 1 GiB of CSV goes out."""
    with tempfile.TemporaryDirectory() as folder, page_server() as port:
        file = Path(folder, "products.csv")
        with file.open("wb") as sparse:
            sparse.truncate(1 << 30)
        command = [sys.executable, "-c", UPLOAD, str(port), str(file)]
        grown = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        report("upload of 1 GiB: peak memory above an idle client", f"{grown:.1f} MiB", "<= 16 MiB")


def many_gets(given: argparse.Namespace) -> None:
    """1,000 gets at once."""
    with page_server("records") as port:
        gets_beside_aiohttp(KEY, port, given.beside, given.runs)


ROWS: dict[str, Callable[[argparse.Namespace], None]] = {
    "pages": lambda given: pages_over_tls(given.runs, given.published),
    "gets": many_gets,
    "on-reply": lambda given: observed(given.runs),
    "prefetch": lambda given: prefetch(given.runs),
    "threads": lambda given: threads(),
    "import": lambda given: startup(given.runs, given.published),
    "help": lambda given: installed_help(given.runs),
    "upload": lambda given: upload(),
}


def main() -> None:
    """Prints the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("published", help="the folder that holds the published release")
    arguments.add_argument("beside", help="the folder that holds aiohttp")
    arguments.add_argument("-n", "--runs", type=int, default=12)
    arguments.add_argument("--rows", choices=list(ROWS), action="append", help="only these")
    given = arguments.parse_args()
    print(f"Python {sys.version.split()[0]}; median (least to greatest) of {given.runs} pairs of runs")
    for name in given.rows or ROWS:
        ROWS[name](given)


if __name__ == "__main__":
    main()
