"""The search of the built site, in pages that are opened from a folder, without a server or a network."""

from __future__ import annotations

import re
from typing import Any

import pytest
from browser import chromium as chromium
from browser import open_page as open_page
from repository import ROOT


@pytest.mark.parametrize("name", ["index.html", "reference/segments/create.html"])
def test_a_page_opened_from_a_folder_finds_what_is_searched_for(open_page: Any, name: str) -> None:
    page = open_page((ROOT / "build/site" / name).as_uri())
    page.get_by_role("button", name="Search").first.click()
    page.get_by_role("combobox", name="Search").fill("idempotency")
    page.get_by_text(re.compile(r"^\d+ results$")).wait_for()
