"""The page for people: one file, no network. Verdicts, heat map, coverage, deviations; `html_wire` shows the wire."""

# ruff: noqa: E501 - markup is easier to read on one line

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from segops_parity.reports.html_wire import anchor, wires

__all__ = ["html_page"]

_PAIRS = (
    ("contract-python", "contract", "Python"),
    ("contract-typescript", "contract", "TypeScript"),
    ("python-typescript", "Python", "TypeScript"),
)


def html_page(records: Sequence[dict[str, Any]]) -> str:
    """The whole page."""
    folder = Path(__file__).parent
    footer, cases = records[-1], _of(records, "case")
    lanes = sorted(_of(records, "lane"), key=lambda lane: (not lane["missing"], *_rank(cases, lane["lane"])))
    body = [
        _head(records[0], footer),
        _groups(_of(records, "group")),
        _verdicts(footer),
        _lanes(lanes),
        _heat(cases, lanes),
        wires(cases),
        _coverage(_of(records, "coverage")),
        _deviations(_of(records, "deviation")),
    ]
    style = (folder / "page.css").read_text(encoding="utf-8")
    script = (folder / "page.js").read_text(encoding="utf-8")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">'
        f"<title>Parity: {escape(footer['meaning'])}</title><style>{style}</style></head>"
        f"<body><main>{''.join(body)}</main><script>{script}</script></body></html>\n"
    )


def _of(records: Sequence[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [each for each in records if each["type"] == kind]


def _head(header: dict[str, Any], footer: dict[str, Any]) -> str:
    state = "good" if footer["exit"] == 0 else "bad"
    origins = ", ".join(f"{number} {origin}" for origin, number in footer["origins"].items())
    notes = "".join(
        f'<p class="note bad">{escape(text[:500])}</p>' for text in (*footer["faults"][:10], *footer["untestable"])
    )
    return (
        f'<header><h1>Parity <span class="badge {state}">{escape(footer["meaning"])}</span></h1>'
        f"<p>{footer['cases']} cases ({origins}), {footer['failing']} different. Suite <code>{header['suite']}</code>, "
        f"contract <code>{escape(header['contract'])}</code>.</p></header>{notes}"
    )


def _verdicts(footer: dict[str, Any]) -> str:
    cards = []
    for pair, one, other in _PAIRS:
        counts = footer["verdicts"].get(pair)
        if counts is None:
            cards.append(f'<div class="card"><h3>{one} ↔ {other}</h3><b>—</b><small>not run</small></div>')
            continue
        state = "bad" if counts["fail"] else "good"
        told = f"{counts['fail']} different" if counts["fail"] else "all equal"
        total = counts["pass"] + counts["fail"]
        cards.append(
            f'<div class="card {state}"><h3>{one} ↔ {other}</h3><b>{counts["pass"]}</b> of {total}<small>{told}</small></div>'
        )
    return f'<section class="cards">{"".join(cards)}</section>'


def _lanes(lanes: Sequence[dict[str, Any]]) -> str:
    rows = []
    for lane in lanes:
        driver = lane["driver"]
        rate = f"{lane['cases'] / lane['seconds']:.0f}" if lane["seconds"] and lane["cases"] else "—"
        state = lane["missing"] or (f"{len(lane['faults'])} faults" if lane["faults"] else "ran")
        kind = "bad" if lane["missing"] or lane["faults"] else "good"
        cells = (lane["lane"], f"{driver['sdk'] or ''} {driver['version'] or ''}", driver["runtime"] or "")
        rows.append(
            "<tr>"
            + "".join(f"<td>{escape(str(cell))}</td>" for cell in cells)
            + f'<td class="n">{lane["cases"]}</td><td class="n">{lane["seconds"]:.1f}</td><td class="n">{rate}</td>'
            f'<td class="{kind}">{escape(state)}</td></tr>'
        )
    head = "<tr><th>Lane<th>SDK<th>Runtime<th class=n>Cases<th class=n>Seconds<th class=n>Cases/s<th>State</tr>"
    return f'<section><h2>Lanes</h2><div class="scroll"><table>{head}{"".join(rows)}</table></div></section>'


def _state(case: dict[str, Any], lane: str) -> str:
    if lane in case["faults"]:
        return "fault"
    problems = [each for each in case["problems"] if each["lane"] == lane]
    if any(not each["deviation"] for each in problems):
        return "bad"
    return "known" if problems else "good" if lane in case["checks"] else "none"


def _rank(cases: Sequence[dict[str, Any]], lane: str) -> tuple[int, int]:
    """The worst lane comes first: most cases that fail; of equal ones that which ran most."""
    states = [_state(case, lane) for case in cases]
    return -states.count("bad") - states.count("fault"), states.count("none")


def _heat(cases: Sequence[dict[str, Any]], lanes: Sequence[dict[str, Any]]) -> str:
    """One map for each lane: operations down, families across, so that holes and red stripes show at once.

    The page's script draws it, of one letter a cell: as markup seven maps would be several megabytes.
    """
    of_operations = [case for case in cases if "." in case["operation"]]
    operations = list(dict.fromkeys(case["operation"] for case in of_operations))
    families = list(dict.fromkeys(case["family"] for case in of_operations))
    by_cell = {(case["operation"], case["family"]): case for case in of_operations}
    drawn = {}
    for lane in lanes:
        rows = []
        for operation in operations:
            found = (by_cell.get((operation, family)) for family in families)
            rows.append("".join((_state(case, lane["lane"]) if case else "none")[0] for case in found))
        drawn[lane["lane"]] = rows
    data = json.dumps({"operations": operations, "families": families, "lanes": drawn}, separators=(",", ":"))
    tabs = "".join(
        f'<button data-map="{escape(name)}" aria-pressed="{"true" if not index else "false"}">{escape(name)}</button>'
        for index, name in enumerate(drawn)
    )
    legend = "".join(
        f'<span><i class="h {state}"></i>{text}</span>'
        for state, text in (
            ("good", "equal"),
            ("bad", "different"),
            ("known", "known deviation"),
            ("fault", "fault"),
            ("none", "does not apply"),
        )
    )
    return (
        "<section><h2>Operations × behaviours</h2><p>Which families of behaviours were shown on which operation, in each lane; "
        "the lane that differs most comes first.</p>"
        f'<div class="tabs">{tabs}</div><div class="legend">{legend}</div><div id="maps"></div>'
        f'<script type="application/json" id="heat">{data.replace("<", "&lt;")}</script></section>'
    )


def _groups(groups: Sequence[dict[str, Any]]) -> str:
    """What differs: a row for each behaviour that is broken."""
    if not groups:
        return ""
    rows = "".join(
        f"<tr><td><b>{escape(each['behaviour'])}</b></td><td>{escape(each['who'] or 'both')}</td>"
        f"<td>{escape(each['told'])}</td>"
        f"<td class=n>{len(each['cases'])}</td>"
        f"<td><a href='#w-{anchor(each['cases'][0])}'>{escape(each['cases'][0])}</a><br><code>{escape(each['command'])}</code></td></tr>"
        for each in groups[:100]
    )
    head = "<tr><th>Behaviour<th>Who<th>What differs<th class=n>Cases<th>Such as</tr>"
    more = f"<p>… and {len(groups) - 100} more in report.ndjson.</p>" if len(groups) > 100 else ""
    return f'<section><h2>What differs</h2><div class="scroll"><table>{head}{rows}</table></div>{more}</section>'


def _coverage(found: Sequence[dict[str, Any]]) -> str:
    if not found:
        return ""
    rows = "".join(
        f'<tr><td>{each["language"]}</td><td class="n">{each["cells"]}</td><td class="n">{each["shown"]}</td>'
        f'<td class="n">{each["excused"]}</td><td class="n {"good" if not each["empty"] else "bad"}">{each["percent"]} %</td>'
        f"<td>{escape(', '.join(' × '.join(cell) for cell in each['empty'][:8]))}</td></tr>"
        for each in found
    )
    head = (
        "<tr><th>Language<th class=n>Cells<th class=n>Shown<th class=n>With a reason<th class=n>Covered<th>Empty</tr>"
    )
    return f"<section><h2>Coverage</h2><table>{head}{rows}</table></section>"


def _deviations(found: Sequence[dict[str, Any]]) -> str:
    if not found:
        return "<section><h2>Known deviations</h2><p>There are none: all lanes agree with the contract and with each other.</p></section>"
    rows = "".join(
        f"<tr><td><code>{escape(each['match'])}</code></td><td>{escape(each['lane'])}</td><td>{escape(each['reason'])}</td>"
        f'<td>{escape(each["owner"])}</td><td class="n">{each["age"]} d<div class="bar" style="width:{min(each["age"], 90)}px"></div></td>'
        f'<td>{each["expires"] or "intended"}</td><td class="{"good" if each["state"] == "ok" else "bad"}">{each["state"]}</td></tr>'
        for each in sorted(found, key=lambda one: -one["age"])
    )
    head = "<tr><th>Case<th>Lane<th>Why<th>Owner<th class=n>Age<th>Expires<th>State</tr>"
    return f'<section><h2>Known deviations, oldest first</h2><div class="scroll"><table>{head}{rows}</table></div></section>'
