"""A loaded contract, and copies of it to break."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from segops_parity import contract as contract_module
from segops_parity.contract import Contract

SPEC = Path(__file__).resolve().parents[2] / "spec"


@pytest.fixture(scope="session")
def spec() -> Path:
    return SPEC


@pytest.fixture(scope="session")
def contract() -> Contract:
    return contract_module.load()


@pytest.fixture
def broken(tmp_path: Path) -> Callable[..., Path]:
    """Makes a copy of the contract in which one text of one file is replaced by another."""

    def make(file: str, old: str, new: str) -> Path:
        copy = tmp_path / "spec"
        shutil.copytree(SPEC, copy)
        text = (copy / file).read_text(encoding="utf-8")
        assert old in text, f"{file} no longer holds what this test breaks: {old!r}"
        (copy / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return copy

    return make
