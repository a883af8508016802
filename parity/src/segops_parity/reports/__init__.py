"""Reports for people and for other tools, all derived from the NDJSON report of record."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from segops_parity.redaction import looks_secret
from segops_parity.reports.html import html_page
from segops_parity.reports.junit import junit_xml
from segops_parity.reports.markdown import markdown_summary

__all__ = ["write_reports"]


def write_reports(folder: Path, records: Sequence[dict[str, Any]]) -> None:
    """Write report.html, junit.xml and summary.md beside the report of record. None is written that holds a key."""
    pages = {
        "report.html": html_page(records),
        "junit.xml": junit_xml(records),
        "summary.md": markdown_summary(records),
    }
    for name, text in pages.items():
        if found := looks_secret(text):
            raise ValueError(f"{name} would hold what looks like a key: {found[0][:6]}…")
        (folder / name).write_text(text, encoding="utf-8", errors="backslashreplace")
