"""A page as a file: a complete HTML document, a React component in TypeScript, or its blocks as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from django.template import Context, Engine
from django.utils.safestring import mark_safe

from segops_sandbox.models import GeneratedPage
from segops_sandbox.pages.document import FOLDER, document_of


@dataclass(frozen=True)
class Format:
    """How a format is written and served."""

    content_type: str
    write: Callable[[GeneratedPage], str]


def _html(page: GeneratedPage) -> str:
    """One file with its style and its product data inside; every text is escaped by the template engine."""
    document = document_of(page)
    safe = {"style": mark_safe(document.style), "json_ld": mark_safe(document.json_ld)}
    template = Engine(dirs=[str(FOLDER)]).get_template("page.html")
    return str(template.render(Context({"document": document, **safe})))


def _tsx(page: GeneratedPage) -> str:
    """One component whose content is a literal: JSON in ASCII is an expression of TypeScript, whatever a text says."""
    literal = json.dumps(asdict(document_of(page)), ensure_ascii=True, indent=2)
    source = (FOLDER / "page.tsx").read_text(encoding="utf-8")
    before, after = source.split("__CONTENT__")
    return before + literal + after


def _json(page: GeneratedPage) -> str:
    """The stored page; its shape is in `page.schema.json`."""
    document: dict[str, Any] = {
        "slug": page.slug,
        "title": page.title,
        "intro_copy": page.intro_copy,
        "product_skus": page.product_skus,
        "blocks": page.blocks,
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


FORMATS = {
    "html": Format("text/html; charset=utf-8", _html),
    "tsx": Format("text/plain; charset=utf-8", _tsx),  # no media type is registered for it
    "json": Format("application/json", _json),
}
