"""The commands of `segops-sandbox` beside serving: `load` and `snapshot`."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from importlib import import_module
from pathlib import Path

NAMES = ("load", "snapshot")
_TOLD_EVERY_S = 5.0


def run(argv: list[str]) -> int:
    """Run a command; 0 when all went well, 1 when something did not, 2 for wrong options."""
    options = _parser().parse_args(argv)
    if not os.environ.get("DATABASE_URL") and options.db is None and options.needs_database:
        print("segops-sandbox: name the workspace with --db PATH, or by DATABASE_URL.", file=sys.stderr)
        return 2
    if options.db is not None:
        os.environ.pop("DATABASE_URL", None)
        os.environ["SEGOPS_SANDBOX_DB"] = options.db
    os.environ["DJANGO_SETTINGS_MODULE"] = "segops_sandbox.settings"
    import django
    from django.db import DatabaseError

    django.setup()
    from segops_sandbox.error_text import one_line
    from segops_sandbox.own_data.files import BadFile
    from segops_sandbox.own_data.snapshots import SnapshotError

    try:
        return int(options.command(options))
    except (BadFile, SnapshotError) as exc:
        print(f"segops-sandbox: {exc}", file=sys.stderr)
    except (DatabaseError, OSError) as exc:
        print(f"segops-sandbox: {options.db or 'the database'}: {one_line(exc)}", file=sys.stderr)
    except KeyboardInterrupt:
        print("segops-sandbox: stopped; run the same command again to resume.", file=sys.stderr)
        return 130
    return 1


def _load(options: argparse.Namespace) -> int:
    from segops_sandbox import jobs, tables, workspace
    from segops_sandbox.models import Tenant
    from segops_sandbox.own_data.load import load
    from segops_sandbox.own_data.progress import Progress

    tables.bring_up_to_date()
    workspace.ensure()
    import_module("segops_sandbox.urls")  # registers the job handlers
    jobs.set_mode(jobs.MANUAL)  # an import runs here, where its end is waited for
    tenant = Tenant.objects.filter(slug=options.tenant).first()
    if tenant is None:
        print(f"segops-sandbox: there is no tenant {options.tenant!r}.", file=sys.stderr)
        return 1
    rejected = 0
    for name in options.files:
        progress = Progress(sys.stderr, time.monotonic, every=_TOLD_EVERY_S)
        report = load(tenant, Path(name), kind=options.kind, again=options.again, progress=progress)
        progress.end(report)
        print(json.dumps(report.as_dict()), flush=True)
        rejected += report.rejected
    return 1 if rejected else 0


def _save(options: argparse.Namespace) -> int:
    from segops_sandbox.own_data import begin, snapshots

    print(json.dumps(snapshots.save(begin.database_file(), options.name).as_dict()))
    return 0


def _restore(options: argparse.Namespace) -> int:
    from segops_sandbox.own_data import begin, snapshots

    print(json.dumps(snapshots.restore(options.name, begin.database_file()).as_dict()))
    return 0


def _list(options: argparse.Namespace) -> int:
    from segops_sandbox.own_data import snapshots

    for snapshot in snapshots.listed():
        print(json.dumps(snapshot.as_dict()))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="segops-sandbox")
    parser.set_defaults(needs_database=True, db=None)
    commands = parser.add_subparsers(required=True, metavar="command")
    load = commands.add_parser("load", help="load files of events (NDJSON, CSV) and products (NDJSON, CSV)")
    load.add_argument("files", nargs="+", metavar="FILE", help="one JSON object a line, or CSV with a header")
    load.add_argument("--as", dest="kind", choices=("events", "products"), help="what a file holds (told by its names)")
    load.add_argument("--tenant", default="acme", metavar="SLUG", help="the tenant (default: %(default)s)")
    load.add_argument("--again", action="store_true", help="load a file from its beginning that was loaded before")
    load.set_defaults(command=_load)
    snapshot = commands.add_parser("snapshot", help="save, restore and list whole workspaces")
    verbs = snapshot.add_subparsers(required=True, metavar="verb")
    save = verbs.add_parser("save", help="copy a workspace into a snapshot, also while a server works on it")
    restore = verbs.add_parser("restore", help="replace a workspace by a snapshot")
    for verb, command in ((save, _save), (restore, _restore)):
        verb.add_argument("name", metavar="NAME", help="a name, or the path of a file")
        verb.set_defaults(command=command)
    listing = verbs.add_parser("list", help="the named snapshots, the newest first, one JSON object a line")
    listing.set_defaults(command=_list, needs_database=False)
    for each in (load, save, restore):
        each.add_argument("--db", metavar="PATH", help="the SQLite file of the workspace; DATABASE_URL if that is set")
    return parser
