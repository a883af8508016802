"""Runs every generator: writes the files that differ, or, with --check, names them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from generate.async_resources import async_resources
from generate.bodies import bodies
from generate.columns import columns
from generate.front_page import front_page
from generate.manual import manual
from generate.python_commands import python_commands
from generate.python_types import python_types
from generate.reference import reference
from generate.retry_timeline import retry_timeline
from generate.typescript_commands import typescript_commands
from generate.typescript_types import typescript_types
from generate.widths import widths
from segops_parity.contract import Contract, ContractError, load

ROOT = Path(__file__).resolve().parents[2]
GENERATORS: tuple[Callable[[Contract], Mapping[str, str]], ...] = (
    python_types,
    async_resources,
    python_commands,
    typescript_types,
    reference,
    retry_timeline,
    typescript_commands,
    columns,
    bodies,
    widths,
    front_page,
    manual,
)


def main(arguments: list[str]) -> int:
    """Returns the exit code: 1 if --check finds a file that differs."""
    check = arguments == ["--check"]
    if arguments and not check:
        print("usage: python -m generate [--check]", file=sys.stderr)
        return 2
    try:
        contract = load()
        wanted = {path: text for generator in GENERATORS for path, text in generator(contract).items()}
    except ContractError as error:
        print(f"the contract is broken: {error}", file=sys.stderr)
        return 1
    stale = [path for path, text in wanted.items() if not _holds(ROOT / path, text)]
    for path in stale:
        if check:
            print(f"{path} is not what the contract says: run `make generate` and commit it.", file=sys.stderr)
        else:
            (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / path).write_text(wanted[path], encoding="utf-8")
            print(f"wrote {path}")
    return 1 if check and stale else 0


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
