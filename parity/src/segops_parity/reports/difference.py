"""Two reports compared: newly failing, newly fixed, no longer tested, new."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from segops_parity._files import ContractError

__all__ = ["compare", "read_report"]


def read_report(file: Path) -> list[dict[str, Any]]:
    """The records of a report; raises `ContractError` for one that is broken or was cut short."""
    try:
        lines = [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line]
    except OSError as error:
        raise ContractError(file, "", f"expected a readable report: {error.strerror}") from error
    except ValueError as error:
        raise ContractError(file, "", f"expected one JSON object a line: {error}") from error
    if not lines or lines[0].get("type") != "header" or lines[-1].get("type") != "footer":
        raise ContractError(file, "", "expected a header first and a footer last: the run was cut short")
    return lines


def compare(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[str]:
    """One line for each difference."""
    before, after = _states(old), _states(new)
    lines = []
    for name in sorted({*before, *after}):
        was, now = before.get(name), after.get(name)
        if was == now:
            continue
        if now is None:
            lines.append(f"no longer tested: {name}")
        elif was is None:
            lines.append(f"new: {name} ({now})" if now == "equal" else f"newly failing: {name} ({now})")
        else:
            lines.append(f"newly {'fixed' if now == 'equal' else 'failing'}: {name} ({was} -> {now})")
    return lines


def _states(records: list[dict[str, Any]]) -> dict[str, str]:
    states: dict[str, str] = {}
    for record in records:
        if record["type"] == "lane" and record["missing"]:
            states[f"lane {record['lane']}"] = "untestable"
        if record["type"] != "case":
            continue
        for lane in {*record["checks"], *record["faults"]}:
            problems = sorted({p["check"] for p in record["problems"] if p["lane"] == lane and not p["deviation"]})
            state = "fault" if lane in record["faults"] else ", ".join(problems) or "equal"
            states[f"{record['case']} [{lane}]"] = state
    return states
