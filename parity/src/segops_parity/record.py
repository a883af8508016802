"""Recording of cassettes: the Python SDK calls a server under pytest-recording; then redact, check, scan, replace.

Nothing is touched until everything has been recorded and has passed: a recording that is interrupted, fails, or would
keep a secret leaves the old cassettes as they were.
"""

from __future__ import annotations

import gzip
import json
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from importlib.metadata import version
from pathlib import Path
from typing import Any

from segops_parity.canonical import canonical_path, difference
from segops_parity.cases import Case
from segops_parity.cassettes import Interaction, cassette_file, content_of, dump, save_cassette
from segops_parity.contract import Contract
from segops_parity.driver import absolute_paths
from segops_parity.family_cases import Builder
from segops_parity.places import Places
from segops_parity.redaction import Redactor, leaks, looks_secret
from segops_parity.sandbox import running_sandbox
from segops_parity.scenarios import Scenarios
from segops_parity.wire import expected_request

__all__ = ["RecordError", "record", "recordable"]


class RecordError(Exception):
    """A recording that cannot be kept. The cassettes are as they were."""


def recordable(contract: Contract, scenarios: Scenarios, cassettes: Path, pattern: str = "*") -> list[Case]:
    """The cases that are recorded from a server, without their replies."""
    built = Builder(contract, scenarios, cassettes, recording=True).cases()
    return [case for case in built if fnmatchcase(case.id, pattern)]


def record(
    contract: Contract,
    scenarios: Scenarios,
    cassettes: Path,
    *,
    pattern: str = "*",
    api: tuple[str, str] | None = None,
    unchecked: dict[str, str] | None = None,
) -> dict[Path, bytes]:
    """What the cassettes should hold now, by file; nothing is written.

    Args:
        pattern: which cases, with ``*``.
        api: base URL and key of a server to record from: the calls that change nothing, with ids of its workspace.
        unchecked: takes by case why it could not be recorded there.
    """
    cases = recordable(contract, scenarios, cassettes, pattern)
    if api is not None:
        cases = [case for case in cases if "reads" in contract.operations[case.operation].flags]
    if not cases:
        raise RecordError(f"expected a case that is recorded; {pattern!r} matches none")
    if api is not None:
        unchecked = {} if unchecked is None else unchecked
        with Places(contract, scenarios, api, unchecked) as places:
            recorded = _run(places.fit(cases), *api, None) if cases else {}
        return _finished(contract, scenarios, cassettes, recorded, api, "api", places)
    with running_sandbox() as (server, key, token):
        recorded = _run(cases, server, key, scenarios.workspace, token)
        return _finished(contract, scenarios, cassettes, recorded, (server, key), "sandbox")


def _run(
    cases: Sequence[Case], server: str, key: str, workspace: Sequence[Mapping[str, Any]] | None, token: str = ""
) -> dict[str, list[Any]]:
    with tempfile.TemporaryDirectory(prefix="parity-record-") as folder:
        out = Path(folder)
        plan = {"cases": list(cases), "server": server, "key": key, "workspace": workspace, "token": token}
        (out / "plan").write_bytes(pickle.dumps(plan))
        run_pytest(out, "--record-mode=all", encrypted=server.startswith("https:"))
        recorded = {}
        for case in cases:
            file = out / f"{case.id.replace('/', '--')}.pickle"
            if not file.is_file():
                raise RecordError(f"{case.id}: nothing was recorded")
            recorded[case.id] = pickle.loads(file.read_bytes())
        return recorded


def run_pytest(folder: Path, *options: str, encrypted: bool = False) -> None:
    """Run the cases of ``folder/plan`` within a process of their own, under pytest-recording."""
    module = Path(__file__).parent / "drivers" / "python" / "vcr_cases.py"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "segops_parity.drivers.python.vcr_plugin"]
    command += [
        "-p",
        "pytest_recording.plugin",
        "-p",
        "no:cacheprovider",
        "-c",
        str(folder / "pytest.ini"),
        "--rootdir",
        str(folder),
    ]
    command += ["--import-mode=importlib", "--tb=short", "--no-header", *options]
    command += ["--parity-plan", str(folder / "plan"), "--parity-out", str(folder), str(module)]
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    # Only what is named above is loaded; and reading the machine's certificates takes longer than ten cases do.
    env = {**absolute_paths(os.environ), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""}
    if not encrypted:
        env["SSL_CERT_FILE"] = os.devnull
    env = {name: value for name, value in env.items() if not name.startswith(("SEGOPS_", "PARITY_"))}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env, cwd=folder)
    if done.returncode:
        raise RecordError(f"the Python SDK could not be run in process:\n{done.stdout[-3000:]}{done.stderr[-1000:]}")


def _finished(
    contract: Contract,
    scenarios: Scenarios,
    cassettes: Path,
    recorded: Mapping[str, list[Any]],
    server: tuple[str, str],
    source: str,
    places: Places | None = None,
) -> dict[Path, bytes]:
    url, key = server
    files = {}
    builder = Builder(contract, scenarios, cassettes, recording=True)
    for case in builder.cases():
        if case.id not in recorded:
            continue
        redactor = Redactor(key, url, version("segops_admin"))
        interactions = tuple(redactor.interaction(_interaction(each, url)) for each in recorded[case.id])
        if places is not None:
            interactions = tuple(places.put_back(case.id, each) for each in interactions)
        try:
            _check(contract, scenarios, case, interactions)
        except RecordError as error:
            if places is None:
                raise
            places.missing[case.id] = str(error).removeprefix(f"{case.id}: ")
            continue
        metadata = {
            "case": case.id,
            "origin": "recorded",
            "spec_hash": builder.hash_of(contract.operations[case.operation]),
            "recorded_from": source,
        }
        data = dump(content_of(metadata, interactions))
        _scan(case.id, data, key)
        files[cassette_file(cassettes, case.id)] = data
    return files


def _interaction(found: tuple[dict[str, Any], dict[str, Any]], url: str) -> Interaction:
    request, response = found
    body = response["body"]["string"]
    if body[:2] == b"\x1f\x8b" and any(name.lower() == "content-encoding" for name in response["headers"]):
        body = gzip.decompress(body)  # kept readable; the replay server zips it again for whoever accepts that
    return Interaction(
        method=request["method"],
        target=request["uri"].removeprefix(url),
        request_headers=tuple(request["headers"]),
        request_body=request["body"],
        status=response["status"]["code"],
        reply_headers=tuple((name, value) for name, values in response["headers"].items() for value in values),
        reply_body=body,
    )


def _check(contract: Contract, scenarios: Scenarios, case: Case, interactions: Sequence[Interaction]) -> None:
    """What was recorded must be what the contract speaks of, or the cassette would be wrong from the start."""
    operation = contract.operations[case.operation]
    call = scenarios.calls[case.operation]
    given = {**call.arguments, **((call.missing or {}) if case.family == "not-found" else {})}
    given |= (call.invalid or {}) if case.family == "bad-request" else {}
    wanted = expected_request(operation, given)
    wanted["path"] = canonical_path(wanted["path"])
    last = interactions[-1]
    found = {name: last.request()[name] for name in ("method", "path", "query", "body")}
    if lines := difference(wanted, found):
        raise RecordError(f"{case.id}: the recorded request is not the contract's: {lines[:3]}")
    expected = {"happy": operation.success, "unauthorized": (401,), "not-found": (404,), "bad-request": (400, 422)}
    if last.status not in expected[case.family]:
        body = last.reply_body[:200].decode("utf-8", "replace")
        raise RecordError(f"{case.id}: expected status {expected[case.family]}, found {last.status}: {body}")
    if case.family != "happy" or not last.reply_body or operation.returns.kind in ("bytes", "null"):
        return
    if faults := contract.check(operation.returns, json.loads(last.reply_body)):
        raise RecordError(f"{case.id}: the reply is no {operation.returns}: {faults[:3]}")


def _scan(case: str, data: bytes, key: str) -> None:
    if found := leaks(data, [key]):
        raise RecordError(f"{case}: the key would be kept ({', '.join(found)})")
    if looks_secret(data.decode("utf-8", "replace")):
        raise RecordError(f"{case}: something in it looks like a key")


def replace_cassettes(files: Mapping[Path, bytes]) -> list[Path]:
    """Write what is new or different; returns those files."""
    changed = [file for file, data in files.items() if not file.is_file() or file.read_bytes() != data]
    for file in changed:
        save_cassette(file, files[file])
    return changed
