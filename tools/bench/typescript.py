"""The speed and size of the TypeScript SDK beside what it is measured against, each as a ratio of one run.

    python tools/bench/typescript.py [-n RUNS]

On the oldest Node and a current one, and on Node 20 where `make test-runtimes` has fetched it.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import trustme
from measuring import Ratio, measured, report
from sdk import page_server

ROOT = Path(__file__).resolve().parents[2]
WORKSPACE = ROOT / "typescript-fixtures"
PACKAGE = WORKSPACE / "admin"
PROGRAM = Path(__file__).with_name("typescript.mjs")
NODE_20 = WORKSPACE / "runtimes/node_modules/node-20/bin/node"


def nodes() -> dict[str, str]:
    """The Nodes, by version."""
    found = {}
    for which in ("oldest", "current"):
        tool = [str(WORKSPACE / "tools/node.sh"), which, "node", "-p", "process.execPath"]
        path = subprocess.run(
            tool, env={**os.environ, "SEGOPS_NODE_QUIET": "1"}, check=True, capture_output=True, text=True
        ).stdout.strip()
        found[which] = path
    if NODE_20.exists():
        found["20"] = str(NODE_20)
    return found


def figure(node: str, *words: str, options: tuple[str, ...] = (), **variables: str) -> Any:
    """One figure of the program."""
    command = [node, *options, str(PROGRAM), str(PACKAGE), *words]
    done = subprocess.run(command, env={**os.environ, **variables}, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def pages_over_tls(which: str, node: str, runs: int) -> None:
    """100 pages beside a bare loop."""
    authority = trustme.CA()
    with tempfile.TemporaryDirectory() as folder:
        chain, root = Path(folder, "chain.pem"), Path(folder, "root.pem")
        authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(str(chain))
        authority.cert_pem.write_to_path(str(root))
        with page_server(str(chain)) as port:
            pairs = figure(node, "pages", str(port), str(runs), NODE_EXTRA_CA_CERTS=str(root))
    processor, wall = zip(*pairs)
    found = Ratio(statistics.median(processor), statistics.median(wall), min(wall), max(wall))
    report(f"Node {which}: 100 pages of 50 over TLS / bare https agent", found, "<= 1.25")


def uploads(which: str, node: str) -> None:
    """Memory above an idle client while 1 GiB of CSV goes out."""
    with tempfile.TemporaryDirectory() as folder, page_server() as port:
        file = Path(folder, "products.csv")
        with file.open("wb") as sparse:
            sparse.truncate(1 << 30)
        for kind in ("path", "stream", "blob"):
            if kind == "blob" and which == "oldest":
                continue  # it has no Blob of a file, and one in memory is a GiB already
            grown = figure(node, "upload", str(port), kind, str(file), options=("--expose-gc",))
            report(f"Node {which}: upload of 1 GiB from a {kind}, growth", f"{grown:.1f} MiB", "<= 48 MiB")


def calls(which: str, node: str) -> None:
    """What 10,000 calls leave behind."""
    with page_server() as port:
        left = figure(node, "calls", str(port), "10000")
    told = f"{left['handles']} handles, {left['listeners']} listeners"
    report(f"Node {which}: left behind by 10,000 calls", told, "0")


def startup(which: str, node: str, runs: int) -> None:
    """Start-up of whole processes, relative to a Node that does nothing."""

    def process(*words: str) -> Callable[[], object]:
        return lambda: subprocess.run([node, *words], check=True, stdout=subprocess.DEVNULL)

    with tempfile.TemporaryDirectory() as folder:
        nothing, imported = Path(folder, "nothing.mjs"), Path(folder, "imported.mjs")
        nothing.write_text("")
        imported.write_text(f"import {json.dumps(str(PACKAGE / 'dist/esm/index.js'))};\n")
        bare = process(str(nothing))
        found = measured(process(str(imported)), bare, runs * 2)
        report(f"Node {which}: import of the package / an empty module", found, "<= 1.4")
        version = process(str(PACKAGE / "dist/esm/cli/bin.js"), "--version")
        report(f"Node {which}: segops-admin --version / an empty module", measured(version, bare, runs * 2), "<= 1.5")


def main() -> None:
    """Prints the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("-n", "--runs", type=int, default=12)
    runs = arguments.parse_args().runs
    print(f"TypeScript; median (least to greatest) of {runs} pairs of runs")
    for which, node in nodes().items():
        pages_over_tls(which, node, runs)
        startup(which, node, runs)
        calls(which, node)
        uploads(which, node)


if __name__ == "__main__":
    main()
