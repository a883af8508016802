"""The DAG of the guide, run by Airflow (`dag.test()`) against a sandbox, in the environment of `make test-long`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from guide_programs import write_programs
from repository import ROOT

pytestmark = [pytest.mark.needs_workspace, pytest.mark.long]

BIN = ROOT / ".venvs/airflow/bin"
RUN = """
import segops_dag
run = segops_dag.nightly_segments().test()
print("state:", run.state)
"""


def test_airflow_runs_the_dag_of_the_guide(tmp_path: Path) -> None:
    if not (BIN / "airflow").is_file():
        pytest.fail("Airflow is not installed in .venvs/airflow: run `make test-long`", pytrace=False)
    write_programs(ROOT / "docs/guides/airflow.md", tmp_path)
    dag = tmp_path / "segops_dag.py"
    text = dag.read_text(encoding="utf-8")
    assert "recompute(42), 42" in text
    dag.write_text(text.replace("42", "2").replace("/data/", f"{tmp_path}/"), encoding="utf-8")

    command = [sys.executable, "-m", "segops_sandbox", "--demo", "--now", "1998-07-01", "--jobs", "instant"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as sandbox:
        assert sandbox.stdout is not None
        ready = json.loads(sandbox.stdout.readline())
        own = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "SEGOPS_"))}
        env = own | {
            "AIRFLOW_HOME": str(tmp_path / "home"),
            "AIRFLOW__CORE__DAGS_FOLDER": str(tmp_path),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "PYTHONPATH": str(ROOT / "python/src"),
            "SEGOPS_API_KEY": ready["api_key"],
            "SEGOPS_API_URL": ready["url"],
        }
        try:
            for words in ((BIN / "airflow", "db", "migrate"), (BIN / "python", "-c", RUN)):
                done = subprocess.run(words, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
                assert done.returncode == 0, done.stdout + done.stderr
        finally:
            sandbox.terminate()
    said = done.stdout + done.stderr
    assert "state: success" in said
    assert "Returned value was: 2058" in said, "the segment was recomputed"
    assert (tmp_path / "segment-2.parquet").read_bytes().startswith(b"PAR1")
    assert "airflow.decorators" not in said, "Airflow warns of what the guide imports"
