"""Keeps the ratios that a benchmark printed in a data file, and draws them.

    python tools/bench/plot.py docs/pictures/bench-python COMMAND...

Passes on what the command prints. Writes bench-python.json, which is data for other programs, and bench-python.svg: for
each ratio its spread, its median, and the mark that it should reach.
"""

from __future__ import annotations

import html
import json
import math
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROW = re.compile(
    r"^(?P<what>\S.*?)\s+(?P<median>\d+\.\d+) x\s+\((?P<least>\d+\.\d+) to (?P<greatest>\d+\.\d+)\)"
    r"(?:, processor \d+\.\d+)?(?:\s+(?P<sense>[<>]=) (?P<reach>[\d.]+))?"
)
_LEFT, _WIDTH, _ROW = 380, 300, 28


def measured(text: str) -> list[dict[str, Any]]:
    """The ratios among the lines of a benchmark."""
    rows: list[dict[str, Any]] = []
    for line in text.splitlines():
        if row := ROW.match(line):
            figures = {key: float(row[key]) for key in ("median", "least", "greatest")}
            reach = {"sense": row["sense"], "reach": float(row["reach"])} if row["reach"] else {}
            rows.append({"what": row["what"], **figures, **reach})
    return rows


def picture(rows: list[dict[str, Any]], heading: str) -> str:
    """The rows as SVG, on one logarithmic scale; green what reaches its mark, red what does not."""
    ends = [value for row in rows for value in (row["least"], row["greatest"], row.get("reach", row["median"]))]
    low, high = math.log10(min(ends) * 0.8), math.log10(max(ends) * 1.25)

    def place(value: float) -> float:
        return round(_LEFT + (math.log10(value) - low) / (high - low) * _WIDTH, 1)

    parts = [f'<text x="10" y="20" class="title">{html.escape(heading)}</text>']
    for number, row in enumerate(rows):
        y = 50 + number * _ROW
        parts.append(f'<text x="10" y="{y + 4}">{html.escape(row["what"])}</text>')
        ends_at = f'x1="{place(row["least"])}" x2="{place(row["greatest"])}"'
        parts.append(f'<line {ends_at} y1="{y}" y2="{y}" class="spread"/>')
        state = "plain"
        if "reach" in row:
            good = row["median"] <= row["reach"] if row["sense"] == "<=" else row["median"] >= row["reach"]
            state = "good" if good else "bad"
            at = place(row["reach"])
            parts.append(f'<line x1="{at}" x2="{at}" y1="{y - 9}" y2="{y + 9}" class="mark"/>')
        parts.append(f'<circle cx="{place(row["median"])}" cy="{y}" r="5" class="{state}"/>')
        parts.append(f'<text x="{_LEFT + _WIDTH + 15}" y="{y + 4}">{row["median"]:.2f} ×</text>')
    style = (
        "text{font:13px sans-serif;fill:#7a7f8a}.title{font-weight:bold}.spread{stroke:#9aa0ab;stroke-width:4}"
        ".mark{stroke:#5c7cfa;stroke-width:2}.good{fill:#2f9e44}.bad{fill:#e03131}.plain{fill:#7a7f8a}"
    )
    height = 60 + len(rows) * _ROW
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEFT + _WIDTH + 80} {height}" role="img">\n'
        f"  <style>{style}</style>\n  " + "\n  ".join(parts) + "\n</svg>\n"
    )


def main(out: str, *command: str) -> int:
    lines = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as benchmark:
        assert benchmark.stdout is not None
        for line in benchmark.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
            lines.append(line)
    if benchmark.returncode != 0:
        return benchmark.returncode
    rows = measured("".join(lines))
    if not rows:
        print("no ratio was measured: nothing is drawn", file=sys.stderr)
        return 1
    heading = f"{lines[0].strip()}, {time.strftime('%Y-%m-%d')}"
    target = Path(out)
    target.parent.mkdir(parents=True, exist_ok=True)
    data = json.dumps({"run": heading, "ratios": rows}, indent=2)
    target.with_suffix(".json").write_text(data + "\n", encoding="utf-8")
    target.with_suffix(".svg").write_text(picture(rows, heading), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
