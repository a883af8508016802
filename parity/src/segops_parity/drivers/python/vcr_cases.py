"""The Python SDK within this process and without a network, against the cassettes: one test for each case.

Run by the harness (lane ``python``, and ``segops-parity record``), with ``vcr_plugin``.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from segops_parity.cases import Case
from segops_parity.cassettes import BASE_URL
from segops_parity.drivers.python import vcr_plugin
from segops_parity.drivers.python.session import Session
from segops_parity.observation import observe

_numbers = itertools.count(1)
sys.setrecursionlimit(20_000)  # a reply may be nested 500 levels deep


@pytest.fixture(scope="session")
def session(request: pytest.FixtureRequest) -> Session:
    return Session()


@pytest.fixture(scope="session")
def written(request: pytest.FixtureRequest) -> Iterator[Any]:
    out = Path(request.config.getoption("--parity-out"))
    with (out / "observations.ndjson").open("w", encoding="utf-8") as file:
        yield file


@pytest.fixture
def vcr_cassette_dir(cases: list[Case]) -> str:
    vcr_plugin.use_case(cases[0])  # before VCR asks for the cassette
    return "cassettes"


@pytest.mark.vcr
def test_cases(cases: list[Case], vcr: Any, session: Session, written: Any, request: pytest.FixtureRequest) -> None:
    plan = request.config.parity_plan  # type: ignore[attr-defined]
    recording = "server" in plan
    stage = vcr_plugin.VcrStage(plan.get("server", BASE_URL), vcr, recording=recording)
    for case in cases:

        def ask(cmd: str, case: Case = case, **fields: Any) -> dict[str, Any]:
            if cmd == "open" and recording and "api_key" not in case.options:
                fields["api_key"] = plan["key"]
            reply = session.answer({"id": next(_numbers), "cmd": cmd, **json.loads(json.dumps(fields))})
            if "fault" in reply:
                raise RuntimeError(reply["fault"]["message"])
            return reply

        written.write(json.dumps(observe(case, ask, stage)) + "\n")
