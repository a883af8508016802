"""The table of hostile replies (parity/scenarios/hostile.yaml) through the TypeScript SDK: TCP and TLS, two Nodes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hostile_replies import hostile_replies
from hostile_typescript import wrong_outcomes
from typescript_package import WORKSPACE, clean_environment

pytestmark = pytest.mark.needs_workspace


def test_what_a_server_may_answer_comes_to_what_the_table_says(which: str, project: Path) -> None:
    assert len(hostile_replies()) >= 120
    command = [str(WORKSPACE / "tools/node.sh"), which, "node"]
    played, wrong = wrong_outcomes(command, project, clean_environment)
    assert "\n".join(wrong) == ""
    assert played > 400
