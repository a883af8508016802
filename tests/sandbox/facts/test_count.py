"""How many documented facts are held against the sandbox: 368 tests with 675 assertions, by page of its documentation.

Each test of this folder asks a running sandbox over HTTP and asserts one thing that the public pages say, or the same
thing for each of several names or values. What only a dashboard shows, and what needs an outside service, is no part.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

FACTS = {
    "test_activation_pages": 23,
    "test_ai_pages": 117,
    "test_analytics_page": 50,
    "test_api_page": 47,
    "test_catalogue_pages": 152,
    "test_explorer_pages": 38,
    "test_export_and_webhook_pages": 28,
    "test_identity_pages": 29,
    "test_ingestion_pages": 48,
    "test_keys_and_sessions": 53,
    "test_segments_pages": 90,
}


def module_of(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def facts_in(module: ModuleType) -> int:
    """One for each test, times the values of each of its parameters."""
    number = 0
    for name, test in vars(module).items():
        if name.startswith("test_"):
            cases = 1
            for mark in getattr(test, "pytestmark", ()):
                cases *= len(mark.args[1]) if mark.name == "parametrize" else 1
            number += cases
    return number


@pytest.mark.parametrize("page", FACTS)
def test_no_fact_gets_lost(page: str) -> None:
    assert facts_in(module_of(Path(__file__).with_name(f"{page}.py"))) == FACTS[page]
