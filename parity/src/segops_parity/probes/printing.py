"""A finding in words, and as a case to paste into ``parity/scenarios``."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from segops_parity.probes.comparing import Difference
from segops_parity.probes.kinds import has_half_characters
from segops_parity.probes.searching import Finding

__all__ = ["as_yaml", "report"]

_UNPRINTABLE = re.compile("[^\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029]")


def as_yaml(value: Any) -> str:
    """A value on one line of YAML, with every character and number as it is."""
    if has_half_characters(value) and (isinstance(value, str) or any(map(has_half_characters, value))):
        return f"{{$json: {as_yaml(json.dumps(value))}}}"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{as_yaml(key)}: {as_yaml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(as_yaml, value)) + "]"
    if isinstance(value, str):
        if re.fullmatch(r"[A-Za-z_$][\w.-]*", value, re.ASCII) and value.lower() not in _WORDS:
            return value
        return _UNPRINTABLE.sub(_escape, json.dumps(value, ensure_ascii=False))
    if isinstance(value, float):
        return _float(value)
    return json.dumps(value)


_WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf"}


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


def _float(value: float) -> str:
    if not math.isfinite(value):
        return {"inf": ".inf", "-inf": "-.inf"}.get(str(value), ".nan")
    mantissa, mark, exponent = repr(value).partition("e")
    if not mark:
        return mantissa
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}e{int(exponent):+d}"


def report(finding: Finding, number: int) -> Iterator[str]:
    """The lines that tell of a finding."""
    probe = finding.smallest
    yield f"PROBE {finding.area}: {finding.sign} ({finding.count} probes, seed {number})"
    for each in finding.differences[:4]:
        yield _line(each)
    if len(finding.differences) > 4:
        yield f"    … and {len(finding.differences) - 4} places more"
    if not finding.case:
        yield f"  it was: {as_yaml(probe.entry)}"
        return
    file = f"parity/scenarios/{'shell' if probe.is_shell else 'client'}.yaml"
    yield f"  as a case of {file}, which holds in {_NAMES[finding.holds_in]}; change it to what is right:"
    yield f"  - {as_yaml(finding.case)}"


_NAMES = {"python": "Python", "typescript": "TypeScript"}


def _line(each: Difference) -> str:
    found = ", ".join(f"{_NAMES[language]} has {_short(value)}" for language, value in each.found.items())
    return f"    {each.at}: {found}" + (
        f", the contract says {_short(each.wanted)}" if each.check == "contract" else ""
    )


def _short(value: Any) -> str:
    text = as_yaml(value)
    return text if len(text) <= 160 else f"{text[:110]} … {text[-40:]}"
