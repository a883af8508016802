"""Generated files match the contract, and a change of the contract is one edit."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from generate.__main__ import GENERATORS, ROOT
from generate.__main__ import main as generate
from generate.shapes import Shapes

from segops_parity.contract import load

pytestmark = pytest.mark.needs_workspace


@functools.cache
def written(spec: Path) -> dict[str, str]:
    contract = load(spec)
    return {path: text for generator in GENERATORS for path, text in generator(contract).items()}


def edited(tmp_path: Path, name: str, old: str, new: str) -> Path:
    """A copy of the contract with one edit."""
    spec = tmp_path / "spec"
    shutil.copytree(ROOT / "spec", spec)
    text = (spec / name).read_text("utf-8")
    assert text.count(old) == 1
    (spec / name).write_text(text.replace(old, new), "utf-8")
    return spec


def added(spec: Path, path: str) -> list[str]:
    """The lines that a generated file gains."""
    before = (ROOT / path).read_text("utf-8").splitlines()
    return [line.strip() for line in written(spec)[path].splitlines() if line not in before]


def test_what_is_committed_is_what_the_contract_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert generate(["--check"]) == 0, capsys.readouterr().err


def test_a_stale_file_is_named_with_what_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("generate.__main__.ROOT", tmp_path)
    assert generate(["--check"]) == 1
    assert (
        "python/src/segops_admin/types.py is not what the contract says: run `make generate`" in capsys.readouterr().err
    )
    assert list(tmp_path.iterdir()) == []
    assert generate([]) == 0
    assert generate(["--check"]) == 0


def test_a_run_whose_sets_are_in_another_order_writes_the_same() -> None:
    seed = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"
    done = subprocess.run(
        [sys.executable, "-m", "generate", "--check"],
        env={"PYTHONPATH": str(ROOT / "tools"), "PYTHONHASHSEED": seed, "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_a_new_word_of_an_enumeration_is_one_edit(tmp_path: Path) -> None:
    spec = edited(tmp_path, "records/Provider.yaml", "gemini, grok]", "gemini, grok, mistral]")
    (python,) = added(spec, "python/src/segops_admin/types.py")
    (typescript,) = added(spec, "typescript-fixtures/admin/src/types/records.ts")
    assert '"mistral"' in python
    assert '"mistral"' in typescript


def test_a_new_field_of_a_record_is_one_edit(tmp_path: Path) -> None:
    old = "  is_active: {type: boolean, x-source: inferred,"
    new = f"  colour: {{type: [string, 'null'], x-source: documented, description: Its colour.}}\n{old}"
    spec = edited(tmp_path, "records/Segment.yaml", old, new)
    python = added(spec, "python/src/segops_admin/types.py")
    assert python == ["colour: Optional[str]", '"""Its colour."""'] * 3  # what comes back, what is created and changed
    assert "colour?: string | null;" in added(spec, "typescript-fixtures/admin/src/types/records.ts")
    assert (
        added(spec, "typescript-fixtures/admin/src/types/inputs.ts").count("colour?: string | null | undefined;") == 2
    )


def test_a_new_query_parameter_and_a_new_command_are_one_edit(tmp_path: Path) -> None:
    old = "          limit: {type: integer, minimum: 1, maximum: 1000,"
    new = f"          order: {{type: string, x-source: documented, description: In which order.}}\n{old}"
    spec = edited(tmp_path, "admin.yaml", old, new)
    assert "order: Optional[str]" in added(spec, "python/src/segops_admin/types.py")
    assert any('("order", "In which order.")' in line for line in added(spec, "python/src/segops_admin/cli/table.py"))
    assert '"In which order."' in added(spec, "typescript-fixtures/admin/src/cli/table.ts")


def test_two_types_of_one_name_are_refused(tmp_path: Path) -> None:
    spec = edited(tmp_path, "records/AIQuery.yaml", "title: Schedule, enum: [hourly,", "title: Metric, enum: [hourly,")
    with pytest.raises(ValueError, match="two different enumerations the name Metric"):
        Shapes(load(spec))
