"""How does a page look as a file? HTML with its style inside, a React component, or its blocks as JSON."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from segops_sandbox.models import GeneratedPage, PageExport, Tenant
from segops_sandbox.platform import jobs

FORMATS = {"html": "text/html; charset=utf-8", "tsx": "text/plain; charset=utf-8", "json": "application/json"}
_STYLE = "body{font-family:sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem}section{margin:2rem 0}"


def render(page: GeneratedPage, file_format: str) -> str:
    """The page as text in one of FORMATS."""
    if file_format == "json":
        document = {"slug": page.slug, "title": page.title, "intro_copy": page.intro_copy, "blocks": page.blocks}
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    if file_format == "tsx":
        return _tsx(page)
    sections = "\n".join(f"    <section>{_html_of(block)}</section>" for block in page.blocks)
    return (
        f'<!doctype html>\n<html lang="en">\n  <head>\n    <meta charset="utf-8">\n'
        f"    <title>{escape(page.title)}</title>\n    <style>{_STYLE}</style>\n  </head>\n"
        f"  <body>\n{sections}\n  </body>\n</html>\n"
    )


@jobs.handler("pages.export")
def _write(tenant: Tenant, export_id: int) -> None:
    export = PageExport.objects.select_related("page").filter(tenant=tenant, pk=export_id).first()
    if export is None:
        return
    try:
        export.content, export.status = render(export.page, export.format).encode(), PageExport.READY
    except Exception as exc:
        export.status, export.error = PageExport.FAILED, str(exc)
        export.save()
        raise
    export.save()


def _html_of(block: dict[str, Any]) -> str:
    heading = "h1" if block["type"] == "hero" else "h2"
    parts = [f"<{heading}>{escape(_heading(block))}</{heading}>", f"<p>{escape(str(block.get('text') or ''))}</p>"]
    if block.get("price") is not None:
        parts.append(f"<p><strong>{escape(_price(block['price']))}</strong></p>")
    return "".join(parts)


def _tsx(page: GeneratedPage) -> str:
    """A component without dependencies but React's JSX; texts are JSON strings, which no text can break out of."""
    sections = []
    for block in page.blocks:
        heading = "h1" if block["type"] == "hero" else "h2"
        lines = [f"      <section>\n        <{heading}>{{{json.dumps(_heading(block))}}}</{heading}>"]
        lines.append(f"        <p>{{{json.dumps(str(block.get('text') or ''))}}}</p>")
        if block.get("price") is not None:
            lines.append(f"        <p><strong>{{{json.dumps(_price(block['price']))}}}</strong></p>")
        sections.append("\n".join([*lines, "      </section>"]))
    body = "\n".join(sections)
    return f"export default function Page() {{\n  return (\n    <main>\n{body}\n    </main>\n  );\n}}\n"


def _heading(block: dict[str, Any]) -> str:
    return str(block.get("title") or block.get("name") or block.get("sku") or "")


def _price(price: Any) -> str:
    if isinstance(price, dict):
        return f"{price.get('amount', '')} {price.get('currency', '')}".strip()
    return str(price)
