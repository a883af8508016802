"""The widths of characters on a terminal, for the tables of both command lines; from the data of `wcwidth`."""

from __future__ import annotations

from wcwidth import list_versions
from wcwidth.table_wide import WIDE_EASTASIAN
from wcwidth.table_zero import ZERO_WIDTH

from generate.heads import python_head, typescript_head
from generate.python_types import formatted
from segops_parity.contract import Contract

__all__ = ["widths"]

_ABOUT = "Characters that take two columns of a terminal, and those that take none, by Unicode {version}."
_NOTE = "Stretches of code points, in hexadecimal digits. Written by `make generate`."


def widths(_: Contract) -> dict[str, str]:
    """The texts of the modules, by their paths."""
    version = list_versions()[-1]
    wide, none = _lines(WIDE_EASTASIAN[version]), _lines(ZERO_WIDTH[version])
    about = _ABOUT.format(version=version)
    python = python_head(about, _NOTE) + '__all__ = ["NONE", "WIDE"]\n\n'
    typescript = typescript_head(about, _NOTE)
    for name, lines in (("WIDE", wide), ("NONE", none)):
        python += f'{name} = """\\\n' + "".join(f"{line}\n" for line in lines) + '"""\n'
        typescript += f"\nexport const {name} = `\n" + "".join(f"{line}\n" for line in lines) + "`;\n"
    return {
        "python/src/segops_admin/cli/widths.py": formatted(python, "widths.py"),
        "typescript-fixtures/admin/src/cli/widths.ts": typescript,
    }


def _lines(ranges: tuple[tuple[int, int], ...]) -> list[str]:
    words = [f"{first:x}-{last:x}" for first, last in ranges if first >= 0x80]
    return [" ".join(words[start : start + 10]) for start in range(0, len(words), 10)]
