"""A trend as a small SVG: a line from the oldest day to today, over nothing less than zero."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString

_WIDTH, _HEIGHT, _MARGIN, _DAYS = 120, 24, 2, 30


def sparkline(trend: list[tuple[int, int]]) -> SafeString:
    """The picture of (days ago, members) points, oldest first; empty text for no point at all."""
    if not trend:
        return SafeString("")
    most = max(count for _, count in trend) or 1
    points = [(_x(days_ago), _y(count, most)) for days_ago, count in trend]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    described = "; ".join(f"{_day(days_ago)}: {count}" for days_ago, count in trend)
    return format_html(
        '<svg class="trend" viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}">'
        '<title>{}</title><polyline points="{}"/><circle cx="{}" cy="{}" r="2"/></svg>',
        *(_WIDTH, _HEIGHT, _WIDTH, _HEIGHT, f"Members by day: {described}", described, line),
        *(f"{each:.1f}" for each in points[-1]),
    )


def _day(days_ago: int) -> str:
    return {0: "today", 1: "1 day ago"}.get(days_ago, f"{days_ago} days ago")


def _x(days_ago: int) -> float:
    return _MARGIN + (_DAYS - 1 - days_ago) / (_DAYS - 1) * (_WIDTH - 2 * _MARGIN)


def _y(count: int, most: int) -> float:
    return _HEIGHT - _MARGIN - count / most * (_HEIGHT - 2 * _MARGIN)
