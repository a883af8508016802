"""Imports in parts in both languages: files are split alike, and either language resumes an import of the other."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from repository import ROOT
from sandbox_servers import Server, launch

from segops_admin import SegOpsArgumentError
from segops_admin._wire.csv_parts import plan

pytestmark = pytest.mark.needs_workspace

WORKSPACE = ROOT / "typescript-fixtures"
CUT = """
import { Cutter } from "%s";
import { createInterface } from "node:readline";
for await (const line of createInterface({ input: process.stdin })) {
  const { text, rows, size } = JSON.parse(line);
  const data = Buffer.from(text);
  const cutter = new Cutter("a.csv", rows);
  cutter.feed(data.subarray(0, 3));
  for (let at = 3; at < data.length; at += size) cutter.feed(data.subarray(at, at + size));
  try {
    const { head, parts } = cutter.finish();
    console.log(JSON.stringify([head.toString(), parts.map((part) => Object.values(part))]));
  } catch (error) {
    console.log(JSON.stringify(error.message));
  }
}
"""
ROWS = 9


def node(*words: str) -> list[str]:
    return [str(WORKSPACE / "tools/node.sh"), "current", "node", *words]


def test_both_languages_cut_files_alike_and_pythons_csv_finds_the_same_rows(built: Path) -> None:
    draw = random.Random(12)
    asked = []
    for _ in range(600):
        text = "sku,name\r\n" + "".join(draw.choices('ab",\r\n;é\ufeff ', k=draw.randrange(40)))
        asked.append(
            {
                "text": draw.choice(["", "\ufeff", "sep=;\n", "\ufeff\r\n"]) + text,
                "rows": draw.randrange(1, 4),
                "size": draw.randrange(1, 9),
            }
        )
    lines = "".join(json.dumps(each) + "\n" for each in asked)
    script = CUT % (built / "build/src/wire/csv-parts.js").as_uri()
    environ = {**os.environ, "SEGOPS_NODE_QUIET": "1"}
    words = node("--input-type=module", "--eval", script)
    done = subprocess.run(words, input=lines, capture_output=True, text=True, check=True, env=environ, timeout=120)
    whole = 0
    for each, line in zip(asked, done.stdout.splitlines(), strict=True):
        found = json.loads(line)
        data = each["text"].encode()
        if isinstance(found, str):
            with pytest.raises(SegOpsArgumentError, match=re.escape(found)):
                plan(io.BytesIO(data), "a.csv", each["rows"])
            continue
        cut = plan(io.BytesIO(data), "a.csv", each["rows"])
        parts = [[part.start, part.end, part.first_row, part.last_row] for part in cut.parts]
        assert found == [cut.head.decode(), parts], each
        if "sep=" not in each["text"]:
            whole += 1
            rows = [row for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")) if row]
            bodies = [(cut.head + data[start:end]).decode("utf-8-sig") for start, end, _, _ in parts]
            sent = [[row for row in csv.reader(io.StringIO(body, newline="")) if row] for body in bodies]
            assert [rows[0], *(row for part in sent for row in part[1:])] == rows
    assert whole > 200


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = launch(tmp_path_factory.mktemp("sandbox") / "log", "--port", "0").wait()
    yield server
    assert server.stop() == 0


def started(words: list[str], sandbox: Server) -> subprocess.Popen[str]:
    environ = {**os.environ, "SEGOPS_API_KEY": sandbox.key, "SEGOPS_API_URL": sandbox.url, "SEGOPS_NODE_QUIET": "1"}
    pipe = subprocess.PIPE
    return subprocess.Popen(words, stdout=pipe, stderr=pipe, text=True, env=environ)


def test_whenever_it_is_killed_either_language_resumes_and_nothing_is_imported_twice(
    sandbox: Server, built: Path, tmp_path: Path
) -> None:
    file = tmp_path / "products.csv"
    rows = "".join(f'S-{number},"Name ""{number}""\n second line"\r' for number in range(1, ROWS + 1))
    file.write_text(f"\ufeffsku,name\r{rows}", encoding="utf-8", newline="")
    python, typescript = [sys.executable, "-m", "segops_admin"], node(str(built / "dist/esm/cli/bin.js"))
    told: list[str] = []
    done: dict[str, Any] = {}
    for attempt in range(1, 60):
        words = (python, typescript)[attempt % 2]
        running = started([*words, "products", "import", str(file), "--split", "--rows=3", "--interval=0.01"], sandbox)
        with running:
            assert running.stderr is not None
            assert running.stdout is not None
            # Killed at its first line of output, then at its second, and so on: at each step of each part.
            told += [running.stderr.readline().strip() for _ in range(1 + attempt // 3)]
            if told[-1]:
                running.kill()
                continue
            done = json.loads(running.stdout.read())
            assert running.wait() == 0
            break
    assert len(told) > 10
    assert (done["row_count"], done["imported_count"]) == (ROWS, ROWS)
    history = requests.get(
        f"{sandbox.url}/pim/import/", headers={"Authorization": f"ApiKey {sandbox.key}"}, timeout=60
    ).json()["results"]
    assert [(job["status"], job["imported_count"]) for job in history] == [("done", 3)] * 3
    assert sorted(part["job_id"] for part in done["parts"]) == sorted(job["id"] for job in history)
    products = sandbox("GET", "/pim/products/").json()
    assert products["count"] == ROWS
    assert {product["name"] for product in products["results"]} == {
        f'Name "{number}"\n second line' for number in range(1, ROWS + 1)
    }
    assert [each.name for each in tmp_path.iterdir()] == ["products.csv"]
