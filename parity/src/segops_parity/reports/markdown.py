"""The summary for a pull request: three verdicts, lanes, failures, deviations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

__all__ = ["markdown_summary"]

_PAIRS = {
    "contract-python": "contract ↔ Python",
    "contract-typescript": "contract ↔ TypeScript",
    "python-typescript": "Python ↔ TypeScript",
}


def markdown_summary(records: Sequence[dict[str, Any]]) -> str:
    """GitHub's Markdown."""
    footer = records[-1]
    mark = "✅" if footer["exit"] == 0 else "❌"
    lines = [
        f"## {mark} Parity: {footer['meaning']}",
        "",
        f"Suite `{records[0]['suite']}`, {footer['cases']} cases.",
        "",
    ]
    groups = _of(records, "group")
    for group in groups[:25]:
        name, told = group["title"].split(": ", 1)
        lines += [f"- **`{name}`**: {_plain(told)}  ", f"  `{group['command']}`"]
    if len(groups) > 25:
        lines.append(f"- … and {len(groups) - 25} behaviours more")
    lines += [""] if groups else []
    lines += ["| Verdict | equal | different |", "| --- | ---: | ---: |"]
    for pair, counts in sorted(footer["verdicts"].items()):
        lines.append(f"| {_PAIRS.get(pair, pair)} | {counts['pass']} | {counts['fail']} |")
    lines += ["", "| Lane | SDK | on | cases | seconds | |", "| --- | --- | --- | ---: | ---: | --- |"]
    for lane in _of(records, "lane"):
        driver = lane["driver"]
        state = (
            f"untestable: {lane['missing']}"
            if lane["missing"]
            else f"{len(lane['faults'])} faults" * bool(lane["faults"])
        )
        sdk = f"{driver['sdk'] or ''} {driver['version'] or ''}".strip()
        row = (lane["lane"], sdk, driver["runtime"] or "", lane["cases"], lane["seconds"], state)
        lines.append("| " + " | ".join(_cell(each) for each in row) + " |")
    for text in (*footer["faults"][:10], *footer["untestable"]):
        lines += ["", f"> {text[:300]}"]
    for each in _of(records, "coverage"):
        lines += [
            "",
            f"Coverage, {each['language']}: {each['percent']} % ({each['excused']} of {each['cells']} with a reason).",
        ]
    known = _of(records, "deviation")
    if known:
        lines += [
            "",
            "### Known deviations",
            "",
            "| Case | why | days | expires | state |",
            "| --- | --- | ---: | --- | --- |",
        ]
        for each in sorted(known, key=lambda one: -one["age"]):
            known_row = (each["match"], each["reason"], each["age"], each["expires"] or "intended", each["state"])
            lines.append("| " + " | ".join(_cell(cell) for cell in known_row) + " |")
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    """A text in which nothing is Markdown."""
    return re.sub(r"([\\`*_\[\]<>|~])", r"\\\1", text.replace("\n", " "))


def _of(records: Sequence[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [each for each in records if each["type"] == kind]


def _cell(value: Any) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")
