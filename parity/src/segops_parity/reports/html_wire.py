"""The page's section about the wire: what each language sent, side by side, and when it retried."""

# ruff: noqa: E501 - markup is easier to read on one line

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from typing import Any

from segops_parity.canonical import difference

__all__ = ["anchor", "wires"]

_WIRE_BYTES = 600_000  # the page stays below a megabyte: one that a browser opens at once, and a mail carries


def anchor(name: str) -> str:
    """Where a case stands on the page."""
    return escape(name.replace("/", "-").replace(".", "-"))


def wires(cases: Sequence[dict[str, Any]]) -> str:
    """The section with what each language sent, case by case."""
    shown = [case for case in cases if "wire" in case]
    shown.sort(key=lambda case: (not case["problems"], case["operation"] in ("webhook", "cli", "client")))
    blocks: list[str] = []
    room = _WIRE_BYTES
    for case in shown:
        block = _wire(case, opened=not blocks)
        room -= len(block.encode(errors="backslashreplace"))  # half of a character may be in it
        if room < 0:
            break
        blocks.append(block)
    return (
        "<section><h2>On the wire</h2><p>Cases that differ, a few of each kind, and one example of each family: what each language sent, "
        "how each ended, and when the next followed. What differs is marked.</p>"
        '<input id="find" type="search" placeholder="Find a case" aria-label="Find a case">'
        + "".join(blocks)
        + "</section>"
    )


def _wire(case: dict[str, Any], *, opened: bool) -> str:
    wire = case["wire"]
    python = next((wire[name] for name in ("python-http", "cli-python", "python") if name in wire), None)
    typescript = next(
        (wire[name] for name in ("typescript-current", "cli-typescript", "typescript-node18") if name in wire), None
    )
    steps = []
    for index in range(max(len(python or ()), len(typescript or ()))):
        one = python[index] if python and index < len(python) else None
        other = typescript[index] if typescript and index < len(typescript) else None
        steps.append(_step(one, other))
    state = (
        "bad" if any(not each["deviation"] for each in case["problems"]) else "known" if case["problems"] else "good"
    )
    return (
        f'<details class="case" id="w-{anchor(case["case"])}" data-name="{escape(case["case"])}"{" open" if opened and state == "bad" else ""}>'
        f'<summary><i class="h {state}"></i><b>{escape(case["case"])}</b> <small>{case["origin"]}, {len(steps)} steps</small></summary>'
        f"{_differences(case)}{''.join(steps)}</details>"
    )


def _differences(case: dict[str, Any]) -> str:
    """A case's differences, each once, with the lanes that it is seen in."""
    lanes: dict[str, list[str]] = {}
    for problem in case["problems"]:
        for line in () if problem["deviation"] else problem["differences"]:
            row = f"<td>{escape(problem['step'])}<td><code>{escape(line['at'] or '/')}</code>"
            row += "".join(f"<td><code>{_short(line, side)}</code>" for side in ("expected", "found"))
            lanes.setdefault(row, []).append(problem["lane"])
    if not lanes:
        return ""
    head = "<tr><th>Step<th>Where<th>Expected<th>Found<th>Lanes</tr>"
    rows = "".join(
        f"<tr>{row}<td>{escape(', '.join(dict.fromkeys(found)))}</tr>" for row, found in list(lanes.items())[:20]
    )
    return f'<div class="scroll"><table>{head}{rows}</table></div>'


def _short(line: dict[str, Any], side: str) -> str:
    if line.get("absent") == side:
        return "<i>absent</i>"
    return escape(json.dumps(line.get(side), ensure_ascii=False)[:160])


def _step(one: dict[str, Any] | None, other: dict[str, Any] | None) -> str:
    name = (one or other or {}).get("step", "")
    marked = {line["at"] for line in difference(one, other)} if one and other else set()
    columns = "".join(
        f"<div><h4>{language}</h4>{_timeline(side)}<pre>{_lines(side, '', marked, 0)}</pre></div>"
        if side
        else f"<div><h4>{language}</h4><p>not run</p></div>"
        for language, side in (("Python", one), ("TypeScript", other))
    )
    return f'<h3 class="step">{escape(name)}</h3><div class="sides">{columns}</div>'


def _timeline(step: dict[str, Any]) -> str:
    """Attempts on a line, with the seconds between them that the SDK asked to wait."""
    delays = step["delays"]
    if not delays:
        return ""
    total = sum(delays) or 1.0
    at, marks = 0.0, ['<circle cx="8" cy="12" r="5"/>']
    for delay in delays:
        start = 8 + 380 * at / total
        at += delay
        end = 8 + 380 * at / total
        label = f'<text x="{(start + end) / 2:.1f}" y="30">{delay:g} s</text>' if end - start > 24 else ""
        marks.append(
            f'<line x1="{start:.1f}" x2="{end:.1f}" y1="12" y2="12"/>{label}<circle cx="{end:.1f}" cy="12" r="5"/>'
        )
    return f'<svg class="timeline" viewBox="0 0 400 36" role="img" aria-label="waits of {delays} seconds">{"".join(marks)}</svg>'


def _lines(value: Any, at: str, marked: set[str], depth: int) -> str:
    """JSON with the places marked that differ."""
    pad = "  " * depth
    hit = at in marked and at != ""
    if isinstance(value, dict) and value and not hit:
        inner = ",\n".join(
            f"{pad}  <span class=k>{escape(json.dumps(key, ensure_ascii=False))}</span>: "
            + _lines(item, f"{at}/{str(key).replace('~', '~0').replace('/', '~1')}", marked, depth + 1)
            for key, item in value.items()
        )
        return f"{{\n{inner}\n{pad}}}"
    if (
        isinstance(value, list)
        and value
        and not hit
        and any(isinstance(item, (dict, list)) for item in value)
        and depth < 12
    ):
        inner = ",\n".join(
            f"{pad}  {_lines(item, f'{at}/{index}', marked, depth + 1)}" for index, item in enumerate(value)
        )
        return f"[\n{inner}\n{pad}]"
    text = json.dumps(value, ensure_ascii=False)
    text = escape(text if len(text) < 400 else text[:400] + " …")
    return f"<mark>{text}</mark>" if hit else text
