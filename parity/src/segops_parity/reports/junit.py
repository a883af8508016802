"""The report for test runners: one testcase for each case and lane; a known deviation is skipped with its reason."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as Xml

__all__ = ["junit_xml"]

_UNPRINTABLE = {code: None for code in range(32) if code not in (9, 10, 13)}


def junit_xml(records: Sequence[dict[str, Any]]) -> str:
    """JUnit's XML."""
    reasons = {each["match"]: each["reason"] for each in records if each["type"] == "deviation"}
    groups: dict[tuple[str, str], list[str]] = {}
    for group in (each for each in records if each["type"] == "group"):
        told = f"{group['behaviour']}: {group['who']} {group['told']}".replace(":  ", ": ")
        for key in ((case, lane) for case in group["cases"] for lane in group["lanes"]):
            groups.setdefault(key, []).append(told)
    lanes = [each for each in records if each["type"] == "lane"]
    root = Xml.Element("testsuites", name="segops-parity")
    for lane in lanes:
        suite = Xml.SubElement(root, "testsuite", name=lane["lane"], time=str(lane["seconds"]))
        counts = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
        if lane["missing"]:
            counts["tests"] += 1
            counts["errors"] += 1
            test = Xml.SubElement(suite, "testcase", name="lane", classname=lane["lane"])
            Xml.SubElement(test, "error", message=f"untestable: {lane['missing']}")
        for case in records:
            if case["type"] == "case" and (lane["lane"] in case["checks"] or lane["lane"] in case["faults"]):
                _testcase(suite, lane["lane"], case, reasons, counts, groups.get((case["case"], lane["lane"]), ()))
        suite.attrib.update({name: str(number) for name, number in counts.items()})
    Xml.indent(root)
    return Xml.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _testcase(
    suite: Xml.Element,
    lane: str,
    case: dict[str, Any],
    reasons: dict[str, str],
    counts: dict[str, int],
    groups: Sequence[str],
) -> None:
    counts["tests"] += 1
    test = Xml.SubElement(suite, "testcase", name=case["case"], classname=f"{lane}.{case['operation']}")
    if lane in case["faults"]:
        counts["errors"] += 1
        Xml.SubElement(test, "error", message=case["faults"][lane])
        return
    problems = [each for each in case["problems"] if each["lane"] == lane]
    unknown = [each for each in problems if not each["deviation"]]
    if unknown:
        counts["failures"] += 1
        told = "; ".join(groups) or ", ".join(dict.fromkeys(each["check"] for each in unknown))
        failure = Xml.SubElement(test, "failure", message=told.translate(_UNPRINTABLE))
        once = dict.fromkeys(
            f"{each['step']}: {json.dumps(line, ensure_ascii=False)}"
            for each in unknown
            for line in each["differences"]
        )
        failure.text = "\n".join(list(once)[:20]).translate(_UNPRINTABLE)
    elif problems:
        counts["skipped"] += 1
        Xml.SubElement(test, "skipped", message=reasons.get(problems[0]["deviation"], "known deviation"))
