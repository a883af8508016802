"""Real drivers run real cases: both languages, a third party's driver, and misbehaving ones."""

from __future__ import annotations

import fnmatch
import json
import re
import shlex
import signal
import subprocess
import sys
import tarfile
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from programs import program
from repository import ROOT, outside_make

from segops_parity.archives import unpack
from segops_parity.contract_checks import OUTCOME
from segops_parity.driver import Driver, DriverFault, Protocol
from segops_parity.lane_runner import run_lane
from segops_parity.lanes import Lane, LaneRun
from segops_parity.project import find_lanes
from segops_parity.replay import PlaySession
from segops_parity.replies import Reply
from segops_parity.reports.ndjson import records, write_ndjson
from segops_parity.runner import Outcome, check
from segops_parity.suite import Suite

PYTHON = (sys.executable, "-m", "segops_parity.drivers.python")


def lane(suite: Suite, name: str) -> Lane:
    return next(each for each in find_lanes(suite.project) if each.name == name)


@pytest.mark.needs_workspace
def test_all_lanes_agree_on_a_cross_section(suite: Suite) -> None:
    outcome = check(suite, find_lanes(suite.project), pattern="schemas.[lc]*/[!s]*")
    assert outcome.exit_code == 0, [vars(p) for each in outcome.failures for p in each.problems][:3] or outcome.faulty
    assert {name for each in outcome.verdicts for name in each.verdicts} == {
        "contract-python",
        "contract-typescript",
        "python-typescript",
    }
    assert all(run.observations for run in outcome.runs.values())


@pytest.mark.parametrize("kind", ["sdk", "vcr"])
def test_what_an_sdk_writes_by_mistake_goes_with_its_driver(
    kind: str, suite: Suite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our drivers run in a folder of their own, also where their code is named by a relative path."""
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    left = """
import os, pathlib
pathlib.Path("left-behind").write_text("x")
pathlib.Path({!r}).write_text(os.getcwd())
"""
    (hidden / "sitecustomize.py").write_text(left.format(str(tmp_path / "ran-in")), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", "hidden")
    name = {"sdk": "python-http", "vcr": "python"}[kind]
    outcome = check(suite, [lane(suite, name)], pattern="segments.get/happy", whole=False)
    assert outcome.exit_code == 0, outcome.faulty
    ran_in = Path((tmp_path / "ran-in").read_text(encoding="utf-8").strip())
    assert ran_in != tmp_path
    assert not ran_in.exists()
    assert not (tmp_path / "left-behind").exists()


def test_a_driver_of_ones_own_is_started_where_the_harness_is(
    suite: Suite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = Path(third(suite).argv[-1]).read_text(encoding="utf-8")
    (tmp_path / "driver.pl").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    own = find_lanes(suite.project, drivers=["perl=perl driver.pl"])[-1]
    assert check(suite, [own], pattern="segments.get/happy", whole=False).exit_code == 0


@pytest.mark.needs_workspace
def test_faults_of_the_connection_are_played_to_both_languages(suite: Suite) -> None:
    lanes = [lane(suite, name) for name in ("python-http", "python-async", "typescript-current")]
    patterns = (
        "segments.get/lost-repl*",
        "segments.create/lost-reply-of-write",
        "segments.get/s[it]*",
        "segments.get/unsent",
    )
    found = {pattern: fnmatch.filter(suite.cases, pattern) for pattern in patterns}
    assert all(found.values()), found
    faults = replace(suite, cases={name: suite.cases[name] for names in found.values() for name in names})
    outcome = check(faults, lanes, whole=False)
    assert {each.case.id for each in outcome.verdicts if each.case.operation != "surface"} == faults.cases.keys()
    assert outcome.exit_code == 0, [vars(p) for each in outcome.failures for p in each.problems][:3]


def test_the_asynchronous_client_is_given_every_case_that_the_blocking_one_is(suite: Suite) -> None:
    blocking, asynchronous = lane(suite, "python-http"), lane(suite, "python-async")
    taken = [{name for name, case in suite.cases.items() if each.takes(case)} for each in (blocking, asynchronous)]
    assert taken[0] == taken[1]
    assert len(taken[0]) > 1000


PERL = f"perl=perl {shlex.quote(str(ROOT / 'tests/parity/perl_driver.pl'))}"


def third(suite: Suite) -> Lane:
    """The lane of the driver in Perl, as the command line makes it."""
    program("perl")
    return find_lanes(suite.project, drivers=[PERL])[-1]


def test_a_driver_in_a_third_language_joins_by_the_readme_alone_and_is_judged_as_its_own(suite: Suite) -> None:
    outcome = check(suite, [third(suite)], pattern="*/[hun][ano]*[ydt]*", whole=False)
    operations = ("analytics.overview", "products.schema", "segments.delete", "segments.get", "segments.list")
    families = {name.partition("/")[2] for name in outcome.runs["perl"].observations}
    assert {"happy", "unauthorized", "not-found"} <= families
    assert {name.partition("/")[0] for name in outcome.runs["perl"].observations} == set(operations)
    equal = {each.case.family for each in outcome.verdicts if each.verdicts == {"contract-perl": "pass"}}
    assert {"happy", "unauthorized", "not-found"} <= equal, [vars(p) for e in outcome.failures for p in e.problems][:2]
    assert "request.user-agent" in next(iter(outcome.verdicts)).checks["perl"]


def test_what_a_third_driver_does_not_do_is_reported_by_behaviour(suite: Suite) -> None:
    outcome = check(suite, [third(suite)], pattern="segments.get/server-errors", whole=False)
    assert outcome.exit_code == 1
    assert "retry.server-errors" in {problem.check for each in outcome.failures for problem in each.problems}


def test_a_driver_that_calls_itself_another_language_has_to_send_that_name(suite: Suite) -> None:
    as_ruby = third(suite).argv[-1]
    text = Path(as_ruby).read_text(encoding="utf-8").replace("language => 'perl'", "language => 'ruby'")
    outcome = check(
        suite, [replace(third(suite), argv=("perl", "-e", text))], pattern="segments.get/happy", whole=False
    )
    assert {problem.check for each in outcome.failures for problem in each.problems} == {"request.user-agent"}


def test_the_transcript_of_the_readme_is_one(suite: Suite) -> None:
    """Its commands and answers are valid by the protocol's schema, and are those of the driver."""
    text = (ROOT / "parity/README.md").read_text(encoding="utf-8")
    told = [json.loads(line) for line in re.findall(r"^> (.+)$", text, re.MULTILINE)]
    heard = [json.loads(line) for line in re.findall(r"^< (.+)$", text, re.MULTILINE)]
    assert [each["cmd"] for each in told] == ["hello", "open", "call", "close", "bye"]
    protocol = Protocol(suite.project.protocol)
    for command, answer in zip(told, heard):
        protocol.check_command(command)
        protocol.check(command, answer)
    commands = "\n".join(json.dumps(each) for each in told)
    perl = subprocess.run(third(suite).argv, input=commands, capture_output=True, text=True, check=True)
    answers = [json.loads(line) for line in perl.stdout.splitlines()]
    assert [each["id"] for each in answers] == [each["id"] for each in heard]
    assert answers[0]["ok"]["operations"] == heard[0]["ok"]["operations"]
    assert answers[1] == heard[1]


@pytest.mark.parametrize(
    ("program", "told", "timeout"),
    [
        # The fault is the same whether it exits before or after the first command is written to it.
        ("import os; os.close(0); print('my last words', file=sys.stderr); sys.exit(3)", "ended without an answer", 60),
        ("input(); print('my last words', file=sys.stderr); sys.exit(3)", "an answer: my last words", 60),
        ("print('hello', flush=True); input()", "expected a JSON object, found 'hello", 60),
        ('input(); print(\'{"id": 7, "ok": null}\', flush=True); input()', "hello: ", 60),
        ("import threading; threading.Event().wait()", "no answer within 0.2 s", 0.2),
    ],
)
def test_a_driver_that_misbehaves_is_a_fault_and_no_verdict(
    suite: Suite, program: str, told: str, timeout: float
) -> None:
    broken = Lane("broken", "broken", (sys.executable, "-Sc", f"import sys; {program}"))
    cases = [suite.cases[f"segments.{name}/happy"] for name in ("list", "get", "create", "delete", "preview")]
    run = run_lane(broken, cases, suite.project.protocol, timeout=timeout)
    assert not run.observations
    assert len(run.faults) == len(cases), "what could not be run is red, not left out"
    assert told in next(iter(run.faults.values()))
    assert "failed three times" in run.faults[cases[-1].id]


def test_a_driver_that_has_exited_is_reported_in_the_same_words_whichever_side_notices(suite: Suite) -> None:
    protocol = Protocol(suite.project.protocol)
    told = set()
    for command in ("sys.exit(3)", "input(); sys.exit(3)"):
        program = f"import sys; print('my last words', file=sys.stderr, flush=True); {command}"
        with Driver((sys.executable, "-Sc", program), protocol) as driver:
            if "input" not in command:
                driver._process.wait()  # it has exited before anything is written to it
            with pytest.raises(DriverFault) as fault:
                driver.ask("hello", protocol="segops-parity/1")
            told.add(str(fault.value))
    assert told == {"hello: the driver ended without an answer: my last words"}


HASTY = """
import json, sys
for line in sys.stdin:
    command = json.loads(line)
    reply = {"id": command["id"], "ok": None}
    if command["cmd"] == "hello":
        reply["ok"] = {"protocol": "segops-parity/1", "sdk": "hasty", "version": "1", "language": "python",
                       "runtime": "none", "capabilities": []}
    elif command["cmd"] == "open":
        timeout = command["options"]["timeout"]
    elif command["cmd"] == "call":
        error = {"kind": "SegOpsTimeoutError", "message": f"GET /segments/ timed out after {timeout:g} s", "sent": True}
        reply = {"id": command["id"], "error": error, "delays": []}
    print(json.dumps(reply), flush=True)
"""


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("ImportError: cannot import name 'SegOpsJobError' from 'segops_admin'", "surface.exports"),
        ("SyntaxError: The requested module does not provide an export named 'SegOpsJobError'", "surface.exports"),
        ("AttributeError: module 'segops_admin' has no attribute 'SegOpsJobError'", "surface.exports"),
        ("MemoryError", "cli.json-lines"),
    ],
)
def test_a_driver_that_finds_an_export_missing_is_told_with_that(suite: Suite, said: str, shown: str) -> None:
    program = f"raise SystemExit('Traceback:\\n  File 1\\n' + {said!r})"
    with Driver((sys.executable, "-Sc", program), Protocol(suite.project.protocol)) as driver:
        with pytest.raises(DriverFault) as fault:
            driver.ask("hello", protocol="segops-parity/1")
    run = LaneRun("a-lane", {}, faults={"cli/json-lines": str(fault.value)})
    (line,) = Outcome(suite, [], {"a-lane": run}, [], []).faulty
    begins = f"a-lane: cli/json-lines ({shown}): hello: the driver ended without an answer: {said}"
    assert line.startswith(begins)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGUSR2])
def test_a_driver_that_has_answered_is_told_of_nothing_and_not_waited_for(suite: Suite, number: int) -> None:
    """A signal that is due as the call ends by itself came too late; it waited for the driver's whole time once."""
    over = threading.Event()
    asked = []

    def is_over() -> bool:
        asked.append(over.is_set())
        over.set()  # the answer comes while it is waited for
        return asked[-1]

    with Driver((sys.executable, "-Sc", "input()"), Protocol(suite.project.protocol), timeout=3600) as driver:
        driver.signal(number, is_over)
        assert (asked, driver.alive) == ([False, True], True)


def test_a_timeout_without_any_request_is_retried_with_a_longer_timeout_and_then_judged(suite: Suite) -> None:
    hasty = Lane("hasty", "python", (sys.executable, "-Sc", HASTY))
    run = run_lane(hasty, [suite.cases["segments.list/silence"]], suite.project.protocol)
    (step,) = run.observations["segments.list/silence"]["steps"]
    assert step["requests"] == []
    assert step["outcome"]["error"]["message"].endswith("after 40 s"), "0.04 s, and a thousand times that at last"


def test_a_request_that_arrives_when_its_client_has_given_up_says_nothing(
    suite: Suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow: list[PlaySession] = []
    answer = PlaySession.answer

    def slowly(session: PlaySession, request: dict[str, Any]) -> Reply:
        if not slow:
            slow.append(session)
            session.released.wait()  # until the harness has given up on this one
        return answer(session, request)

    monkeypatch.setattr(PlaySession, "answer", slowly)
    python = lane(suite, "python-http")
    run = run_lane(python, [suite.cases["segments.list/silence"]], suite.project.protocol)
    (step,) = run.observations["segments.list/silence"]["steps"]
    assert slow[0].released.is_set()
    assert [request["path"] for request in step["requests"]] == ["/segments/"]
    assert step["outcome"]["error"]["kind"] == "SegOpsTimeoutError"


def test_a_driver_that_does_not_exist_names_what_could_not_be_started(suite: Suite) -> None:
    outcome = check(suite, [Lane("none", "none", ("./no-such-driver",))], pattern="segments.get/happy", whole=False)
    assert outcome.exit_code == 2
    assert "cannot start ./no-such-driver" in outcome.faulty[0]


def test_a_sibling_that_is_missing_is_untestable_and_exits_3(suite: Suite, tmp_path: Path) -> None:
    lanes = [each for each in find_lanes(suite.project, sibling=str(tmp_path)) if each.name == "typescript-current"]
    outcome = check(suite, lanes, pattern="segments.get/happy", whole=False)
    assert outcome.exit_code == 3
    assert "the sibling is missing" in outcome.untestable[0]


def test_a_sibling_that_is_not_built_says_what_to_do(suite: Suite, tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"exports": {".": {"import": "./dist/index.js"}}}', encoding="utf-8")
    lanes = [each for each in find_lanes(suite.project, sibling=str(tmp_path)) if each.name == "typescript-current"]
    assert "is not built" in lanes[0].missing
    assert "build it first" in lanes[0].missing


def test_the_report_has_a_header_and_a_footer_and_is_the_same_for_the_same_run(suite: Suite, tmp_path: Path) -> None:
    outcome = check(suite, [lane(suite, "python-http")], pattern="users.get/*", whole=False)
    first, second = (tmp_path / name for name in ("a.ndjson", "b.ndjson"))
    written = write_ndjson(first, records(outcome))
    write_ndjson(second, records(outcome))
    assert first.read_bytes() == second.read_bytes()
    assert (written[0]["type"], written[-1]["type"]) == ("header", "footer")
    assert all(json.loads(line) for line in first.read_text(encoding="utf-8").splitlines())


def test_the_command_exits_2_and_names_the_place_for_a_lane_that_is_not(suite: Suite) -> None:
    command = [sys.executable, "-m", "segops_parity", "check", "--lane", "cobol"]
    done = subprocess.run(command, cwd=ROOT, env=outside_make(), capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "expected one of python, python-http" in done.stderr


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tarball of ``npm pack`` for the TypeScript package."""
    folder = tmp_path_factory.mktemp("pack")
    node = str(ROOT / "typescript-fixtures/tools/node.sh")
    pack = [node, "current", "npm", "pack", "--ignore-scripts", "--pack-destination", str(folder)]
    subprocess.run(pack, cwd=ROOT / "typescript-fixtures/admin", capture_output=True, check=True)
    (tarball,) = folder.glob("*.tgz")
    return tarball


@pytest.mark.needs_workspace
@pytest.mark.parametrize(("name", "exit_code"), [("segops-admin-typescript", 0), ("another-client", 1)])
def test_a_tarball_of_npm_pack_is_taken_as_the_sibling_and_judged(
    name: str, exit_code: int, packed: Path, tmp_path: Path
) -> None:
    unpack(packed, tmp_path / "unpacked")
    for script in (tmp_path / "unpacked").rglob("*.js"):
        script.write_text(script.read_text().replace("segops-admin-typescript/", f"{name}/"))
    tarball = tmp_path / "sibling.tgz"
    with tarfile.open(tarball, "w:gz") as archive:
        archive.add(tmp_path / "unpacked/package", "package")
    check = [sys.executable, "-m", "segops_parity", "check", "--lane=typescript-current", "--case=segments.get/*"]
    where = [f"--sibling={tarball}", f"--report={tmp_path / 'report'}"]
    ran = subprocess.run([*check, *where], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == exit_code, ran.stdout + ran.stderr


def scripted(*answers: str) -> tuple[str, ...]:
    """A driver that answers `open` and `call` by the expressions given, of `command`, one after the other."""
    program = f"""
import json, sys
answers = iter([{", ".join(f"lambda command: {each}" for each in answers)}])
for line in sys.stdin:
    command = json.loads(line)
    reply = {{"ok": None}}
    if command["cmd"] == "hello":
        reply["ok"] = {{"protocol": "segops-parity/1", "sdk": "scripted", "version": "1", "language": "python",
                        "runtime": "none", "capabilities": []}}
    elif command["cmd"] in ("open", "call"):
        reply = {{"delays": []}} if command["cmd"] == "call" else {{}}
        reply |= next(answers)(command)
    print(json.dumps({{"id": command["id"], **reply}}), flush=True)
"""
    return (sys.executable, "-Sc", program)


OPENED = '{"ok": {"base_url": command["options"]["base_url"], "repr": "<client>", "warnings": 0}}'
REFUSED = '{"error": {"kind": "SegOpsConfigError", "message": "expected a number above 0"}}'


def test_a_client_that_opens_although_it_must_not_fails_its_step_and_leaves_the_others_be(suite: Suite) -> None:
    steps = len(suite.cases["client/options"].steps)
    driver = Lane("lenient", "python", scripted(OPENED, *[REFUSED] * (steps - 1)))
    outcome = check(suite, [driver], pattern="client/options", whole=False)
    assert outcome.exit_code == 1, outcome.faulty
    wrong = {problem.step for each in outcome.failures for problem in each.problems if problem.check == OUTCOME}
    assert wrong == {suite.cases["client/options"].steps[0].name}


def test_a_derived_client_that_is_refused_fails_the_steps_that_need_it(suite: Suite) -> None:
    driver = Lane("strict", "python", scripted(OPENED, REFUSED))
    outcome = check(suite, [driver], pattern="client/with-options", whole=False)
    assert outcome.exit_code == 1, outcome.faulty
    (failed,) = outcome.failures
    wrong = {problem.step: problem.differences[0] for problem in failed.problems if problem.check == OUTCOME}
    first, *others = [step.name for step in failed.case.steps]
    assert wrong[first]["at"] == "/error"
    assert all(wrong[name]["found"] == "it was not" for name in others)
