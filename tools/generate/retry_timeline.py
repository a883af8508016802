"""The picture of the guide on retries: one call that is answered 503, then 429 with Retry-After, then 201."""

from __future__ import annotations

from collections.abc import Mapping

from segops_parity.contract import Contract

_LEFT, _SECOND, _BASE = 40, 90, 92
_ASKED = 5


def retry_timeline(contract: Contract) -> Mapping[str, str]:
    """The figures are the contract's: the first delay, and how much of it may be left out at random."""
    figures = contract.behaviours["retry.delay"].figures
    first = float(min(figures["longest"], figures["base"] ** 0))
    shortest = first * (1 - figures["jitter"])
    attempts = [(0.0, "503"), (first, "429"), (first + _ASKED, "201")]
    waits = [
        (0.0, first, f"{shortest:g}–{first:g} s"),
        (first, first + _ASKED, f"{_ASKED} s, as Retry-After asks"),
    ]
    parts = [f'<line x1="{_LEFT}" y1="{_BASE}" x2="{_x(7)}" y2="{_BASE}" class="axis"/>']
    parts += [f'<text x="{_x(second)}" y="{_BASE + 22}" class="tick">{second} s</text>' for second in range(7)]
    for start, end, label in waits:
        parts.append(f'<line x1="{_x(start) + 9}" y1="{_BASE}" x2="{_x(end) - 9}" y2="{_BASE}" class="wait"/>')
        parts.append(f'<text x="{(_x(start) + _x(end)) / 2:g}" y="{_BASE - 12}" class="tick">{label}</text>')
    for number, (at, status) in enumerate(attempts, start=1):
        good = "good" if status == "201" else "bad"
        parts.append(f'<circle cx="{_x(at)}" cy="{_BASE}" r="8" class="{good}"/>')
        parts.append(f'<text x="{_x(at)}" y="{_BASE - 46}" class="tick">attempt {number}</text>')
        parts.append(f'<text x="{_x(at)}" y="{_BASE - 30}" class="status">{status}</text>')
    parts.append(f'<text x="{_LEFT}" y="22" class="title">One call, one Idempotency-Key, three attempts</text>')
    return {"docs/guides/retries.svg": _svg(parts)}


def _x(seconds: float) -> float:
    return _LEFT + round(seconds * _SECOND)


def _svg(parts: list[str]) -> str:
    # Colours that stand on a light and on a dark page.
    style = (
        "text{font:13px sans-serif;fill:#7a7f8a}.title{font-weight:bold}.tick{text-anchor:middle}"
        ".status{text-anchor:middle;font-weight:bold}.axis{stroke:#9aa0ab}"
        ".wait{stroke:#5c7cfa;stroke-width:4}.bad{fill:#e8590c}.good{fill:#2f9e44}"
    )
    body = "\n  ".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 700 130" role="img">\n'
        f"  <style>{style}</style>\n  {body}\n</svg>\n"
    )
