"""Contract, scenarios and cassettes go into the distributions, so that what is installed runs in an empty folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FILES = ("scenarios", "cassettes", "deviations.yaml")


class Data(BuildHookInterface[Any]):
    """Adds them where the package looks for them; an editable installation finds those of the repository."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """In the repository they lie around this folder; in a source distribution they are in the package already."""
        here = Path(self.root)
        if version == "editable" or not (here.parent / "spec" / "admin.yaml").is_file():
            return
        inside = "src/segops_parity/data" if self.target_name == "sdist" else "segops_parity/data"
        added = {str(here.parent / "spec"): f"{inside}/spec"}
        added |= {str(here / name): f"{inside}/parity/{name}" for name in FILES}
        build_data["force_include"].update(added)
