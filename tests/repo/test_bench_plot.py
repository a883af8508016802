"""The plot of a benchmark: every printed ratio at its position, red where it misses its target."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from repository import ROOT

PRINTED = """Python 3.11.2; median (least to greatest) of 12 pairs of runs
100 pages of 50 over TLS / bare http.client + json         0.84 x (0.80 to 0.91), processor 0.82            <= 0.90
published 0.2.2 / the same pages                           3.10 x  (2.90 to 3.40)             >= 5
16 threads on one client, 1,600 calls                      <HTTPTransport>, 0 wrong           <= 16 idle, 0 wrong
published 0.2.2: import / python -c pass                   2.04 x  (1.95 to 2.10)             (2.0)
"""
SVG = "{http://www.w3.org/2000/svg}"


def plot(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    benchmark = [sys.executable, "-c", f"print({text!r}, end='')"]
    command = [sys.executable, str(ROOT / "tools/bench/plot.py"), str(folder / "pictures/bench"), *benchmark]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_ratios_are_kept_as_data_and_drawn_with_their_marks(tmp_path: Path) -> None:
    done = plot(tmp_path, PRINTED)
    assert (done.returncode, done.stdout) == (0, PRINTED)
    ratios = json.loads((tmp_path / "pictures/bench.json").read_text())["ratios"]
    assert [row["median"] for row in ratios] == [0.84, 3.1, 2.04]
    assert [row.get("reach") for row in ratios] == [0.9, 5.0, None]
    drawn = ElementTree.parse(tmp_path / "pictures/bench.svg")
    points = drawn.findall(f"{SVG}circle")
    assert [point.get("class") for point in points] == ["good", "bad", "plain"]
    first, second, third = (float(point.get("cx", "0")) for point in points)
    assert first < third < second
    assert len([line for line in drawn.findall(f"{SVG}line") if line.get("class") == "mark"]) == 2


def test_a_run_without_a_ratio_draws_nothing(tmp_path: Path) -> None:
    assert plot(tmp_path, "nothing was measured\n").returncode == 1
    assert not (tmp_path / "pictures").exists()


@pytest.mark.parametrize("name", ["bench-python", "bench-typescript"])
def test_a_picture_of_the_documentation_is_drawn_from_the_figures_beside_it(name: str) -> None:
    from bench.plot import picture

    figures = json.loads((ROOT / f"docs/pictures/{name}.json").read_text(encoding="utf-8"))
    assert len(figures["ratios"]) >= 4
    drawn = picture(figures["ratios"], figures["run"])
    assert (ROOT / f"docs/pictures/{name}.svg").read_text(encoding="utf-8") == drawn
    assert f"pictures/{name}.svg" in (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
