"""The command line of the harness.

Exit codes: 0 equal, 1 parity failure, 2 harness or driver fault (bad input included), 3 untestable lane, 4 stale or
expired.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from segops_parity._files import ContractError
from segops_parity._gc import collect_seldom
from segops_parity.ending import leave_in_order
from segops_parity.probes import COUNT, SEED
from segops_parity.project import LANES, Project

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out a command and return its exit code."""
    sys.setrecursionlimit(20_000)  # a reply may be nested 500 levels deep
    collect_seldom()
    options = _parser().parse_args(argv)
    from segops_parity import commands
    from segops_parity.record import RecordError

    leave_in_order()
    try:
        return int(getattr(commands, options.run)(Project.find(options.root), options))
    except (ContractError, RecordError) as error:
        print(f"segops-parity: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("segops-parity: interrupted; nothing has been replaced", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="segops-parity", description="Holds the Python and TypeScript SDKs to the contract, and to each other."
    )
    parser.add_argument("--root", type=Path, help="the repository (default: the one that this package is in)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: str, about: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=about, description=about)
        added.set_defaults(run=run)
        return added

    check = command("check", "check", "run all cases in all lanes, judge them and write the reports")
    _lane_options(check)
    where = "where reports go (default: build/parity; of a part of the cases or lanes: build/parity/part)"
    check.add_argument("--probe", action="store_true", help="put the probes, too, as segops-parity probe does")
    check.add_argument("--report", type=Path, metavar="FOLDER", help=where)
    record = command("record", "record", "re-record the cassettes from a sandbox, and replace those that changed")
    record.add_argument("pattern", nargs="?", default="*", help="which cases, such as 'segments.*'")
    record.add_argument("--check", action="store_true", help="replace nothing; fail if something would change")
    record.add_argument(
        "--api",
        metavar="URL",
        help="record from a real workspace, by the key in SEGOPS_API_KEY, the calls that change nothing for its owner",
    )
    explain = command("explain", "explain", "run one case and show what was expected, what came, and where they differ")
    explain.add_argument("case", help="such as segments.get/happy")
    _lane_options(explain, cases=False)
    coverage = command("coverage", "coverage", "which behaviour is shown on which operation; fails for an empty cell")
    coverage.add_argument("--strict", action="store_true", help="fail for stale proofs, too")
    regressions = command(
        "regressions", "regressions", "replay known regressions, and see whether the report's first line names each"
    )
    regressions.add_argument("ids", nargs="*", metavar="ID", help="which ones, such as '*gzip*'; all unless given")
    regressions.add_argument("--workers", type=int, default=2, help="how many at a time (2)")
    regressions.add_argument(
        "--whole", action="store_true", help="play every case, not two of each family and kind of operation"
    )
    regressions.add_argument("-v", "--verbose", action="store_true", help="print those that are named, too")
    figures = command(
        "figures", "figures", "raise each figure of the contract by one, and see whether a case fails in each language"
    )
    figures.add_argument("figure", nargs="?", default="*", help="which ones, such as 'retry.*'; all unless given")
    figures.add_argument("-v", "--verbose", action="store_true", help="print those that fail a case, too")
    probe = command("probe", "probe", "draw odd inputs, and see whether both SDKs and both command lines do the same")
    probe.add_argument(
        "--seed", type=int, default=SEED, metavar="N", help=f"the same seed draws the same probes (default: {SEED})"
    )
    probe.add_argument("--count", type=int, default=COUNT, metavar="N", help=f"how many in all (default: {COUNT})")
    probe.add_argument("--area", action="append", metavar="NAME", help="one of the areas; all unless given")
    _lane_options(probe, cases=False)
    mutants = command(
        "mutants", "mutants", "change the sources of both SDKs in small ways, and see whether parity notices"
    )
    mutants.add_argument("--language", choices=["python", "typescript"], help="one of them")
    mutants.add_argument("--part", choices=["sdk", "cli"], default="", help="the SDKs, or their command lines")
    mutants.add_argument(
        "--area",
        default="*",
        metavar="GLOBS",
        help="which files, or lines of them, such as 'cli/*' or '_call/*,call/retry.ts:4?'",
    )
    mutants.add_argument(
        "--changed", nargs="?", const="main", metavar="COMMIT", help="files that differ from it (main)"
    )
    mutants.add_argument(
        "--case", default="*", metavar="GLOBS", help="play these cases alone, such as 'client/redirect-*'"
    )
    mutants.add_argument("--again", type=Path, metavar="FILE", help="those that survived, by that report")
    mutants.add_argument("--prove", action="store_true", help="look for missing and stale proofs of behaviours alone")
    mutants.add_argument(
        "--behaviours", default="*", metavar="GLOBS", help="with --prove: of those alone, such as 'retry.*,wait.*'"
    )
    mutants.add_argument("--sample", type=int, metavar="N", help="that many, drawn by --seed")
    mutants.add_argument("--seed", type=int, default=0)
    mutants.add_argument("--limit", type=int, default=400, metavar="N", help="cases for each mutant at most (400)")
    mutants.add_argument(
        "--each", type=int, metavar="N", help="so many cases of each family for each kind of operation (all)"
    )
    mutants.add_argument("--workers", type=int, default=2, help="how many at a time (2)")
    mutants.add_argument("--report", type=Path, metavar="FILE", help="where the results go (build/mutants.ndjson)")
    diff = command("diff", "diff", "what has changed from one report to another")
    diff.add_argument("old", type=Path)
    diff.add_argument("new", type=Path)
    serve = command("serve", "serve", "play a cassette to anyone who asks, and print what arrives")
    serve.add_argument("cassette", help="a case, or the file of a cassette")
    serve.add_argument("--port", type=int, default=0)
    deviations = command("deviations", "deviations", "suggest: print an entry for each difference that is not known")
    deviations.add_argument("action", choices=["suggest", "check"])
    _lane_options(deviations)
    drift = command("drift", "drift", "record to the side, and tell what the server answers differently now")
    drift.add_argument("pattern", nargs="?", default="*", help="which cases, such as 'segments.*'")
    drift.add_argument(
        "--api",
        metavar="URL",
        help="ask a real workspace, by the key in SEGOPS_API_KEY, with calls that change nothing for its owner: ids are"
        " looked up in its lists, or made and deleted again; what cannot be set up is listed as not checked",
    )
    hygiene = command(
        "hygiene", "hygiene", "offline checks for a commit: contract, secrets, orphan cassettes, coverage"
    )
    hygiene.add_argument(
        "--only", choices=["contract", "secrets", "orphans", "figures", "coverage"], help="one of them"
    )
    return parser


def _lane_options(parser: argparse.ArgumentParser, *, cases: bool = True) -> None:
    parser.add_argument("--lane", action="append", metavar="NAME", help=f"one of {', '.join(LANES)}; * may be used")
    parser.add_argument("--sibling", metavar="PATH|TARBALL|NPM-SPEC", help="another build of @segops/admin")
    parser.add_argument("--driver", action="append", default=[], metavar="NAME=COMMAND", help="a further lane")
    parser.add_argument("--published", action="store_true", help="add the last published segops_admin as a lane")
    if cases:
        parser.add_argument("--case", default="*", metavar="PATTERN", help="which cases, such as 'segments.*/happy'")


if __name__ == "__main__":
    sys.exit(main())
