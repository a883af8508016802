"""The demo: SegOps driven from Python and from the shell, one step at a time, with its real output.

    python tools/demo.py

Starts a sandbox of its own at the first of July 1998, ingests the purchase log of a made-up music shop, and works on it
from Python and from the shell. Leaves nothing running and no file behind.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from segops_admin import SegOpsAdmin
from segops_admin.types import SegmentDefinition
from segops_sandbox import demo

NOW = "1998-07-01"
BATCH = 500
GOOD_AND_GONE: SegmentDefinition = {
    "logic": "AND",
    "conditions": [
        {
            "type": "monetary",
            "event_type": "order_placed",
            "property": "total",
            "metric": "sum",
            "operator": "gte",
            "value": 100,
        },
        {"type": "recency", "event_type": "order_placed", "operator": "gt", "window_days": 90},
    ],
}
PRODUCTS = """sku,name,artist,price,in_stock
CD-1001,OK Computer,Radiohead,13.99,yes
CD-1002,Homogenic,Björk,14.49,yes
CD-1003,Time Out of Mind,Bob Dylan,12.97,no
CD-1004,Ray of Light,Madonna,13.47,yes
,No SKU at all,Nobody,9.99,no
"""

console = Console(highlight=False, soft_wrap=True)


def step(title: str, call: str = "") -> None:
    """Prints the heading of a step, and the code or command that it runs."""
    console.print(f"\n[bold cyan]{title}[/]")
    if call:
        console.print(f"  [dim]{call}[/]", markup=True)


def show(text: object) -> None:
    """Prints what came back."""
    for line in str(text).splitlines():
        console.print(f"  {line}", markup=False)


@contextmanager
def sandbox() -> Iterator[dict[str, str]]:
    """A running sandbox: its url and api_key. It is always stopped at the end."""
    command = [sys.executable, "-m", "segops_sandbox", "--now", NOW, "--seed", "1998"]
    with (
        tempfile.TemporaryFile("w+") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        assert process.stdout is not None
        ready = process.stdout.readline()
        if not ready:
            process.wait()
            log.seek(0)
            raise SystemExit(f"The sandbox did not start:\n{log.read()}")
        try:
            yield json.loads(ready)
        finally:
            process.terminate()
            process.wait()


def ingest(client: SegOpsAdmin) -> None:
    """Sends the whole log, 500 events at a time."""
    events = list(demo.events(demo.purchases()))
    columns = TextColumn("  events"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("events", total=len(events))
        outcome: Counter[str] = Counter()
        for start in range(0, len(events), BATCH):
            batch = events[start : start + BATCH]
            outcome.update(client.http.request("POST", "/ingestion/track/batch/", body={"events": batch}))
            progress.advance(task, len(batch))
    show(f"{outcome['queued']} stored, {outcome['skipped']} skipped")


def find(client: SegOpsAdmin) -> int:
    """Creates a segment from a definition and computes it; returns its id."""
    step("Who spent 100 or more in all, and has not been back for 90 days?", "client.segments.preview(definition)")
    preview = client.segments.preview(GOOD_AND_GONE)
    show(f"{preview['matched_users']} customers, such as {', '.join(preview['sample_user_ids'][:4])}")

    step("Keep that as a segment, compute it, and wait", "client.segments.create({...}); recompute_and_wait")
    segment = client.segments.create({"name": "Good and gone", "definition": GOOD_AND_GONE})
    states: list[str] = []
    segment = client.segments.recompute_and_wait(
        segment["id"], interval=0.05, on_progress=lambda job: states.append(job["status"])
    )
    show(f"{' -> '.join(dict.fromkeys(states))}: {segment['member_count']} members at {segment['last_computed_at']}")
    return segment["id"]


def look(client: SegOpsAdmin, segment_id: int) -> None:
    """Iterates over the members, and explains why one of them matches."""
    step("List its members", f"for member in client.segments.iterate_members({segment_id}, {{'limit': 100}})")
    members = [member["user_id"] for member in client.segments.iterate_members(segment_id, {"limit": 100})]
    show(f"{len(members)} members, the first: {', '.join(members[:4])}")

    step("Why is the first one in it?", f"client.users.explain({members[0]!r}, {segment_id})")
    for condition in client.users.explain(members[0], segment_id):
        mark = "yes" if condition["matches"] else "no "
        show(f"{mark}  {condition['label']}: {condition['actual_value']} against {condition['threshold']}")
    profile = client.users.get(members[0])
    show(f"{profile['event_count']} events, from {profile['first_seen'][:10]} to {profile['last_seen'][:10]}")


def take_out(client: SegOpsAdmin, segment_id: int, folder: Path) -> None:
    """Exports the members as Parquet and counts the rows of the file."""
    import pyarrow.parquet

    step(
        "Take them out as Parquet", f'client.segments.export({segment_id}, format="parquet"); wait_for_export; download'
    )
    export = client.segments.export(segment_id, format="parquet")
    client.segments.wait_for_export(segment_id, export["export_id"], interval=0.05)
    file = folder / "good-and-gone.parquet"
    size = client.segments.download_export(export["export_id"], file)
    table = pyarrow.parquet.read_table(file)
    show(f"{file.name}: {size} bytes, {table.num_rows} rows of {', '.join(table.column_names)}")


def catalogue(client: SegOpsAdmin, folder: Path) -> None:
    """Imports products from a CSV file, with the mapping that the server proposes."""
    file = folder / "products.csv"
    file.write_text(PRODUCTS, encoding="utf-8")
    step("Import a product catalogue", "client.products.import_csv('products.csv'); confirm_import; wait_for_import")
    upload = client.products.import_csv(file)
    show(f"{upload['row_count']} rows; proposed: {upload['suggested_mapping']}")
    client.products.confirm_import(upload["job_id"], {"mapping": upload["suggested_mapping"]})
    job = client.products.wait_for_import(upload["job_id"], interval=0.05)
    show(f"{job['status']}: {job['imported_count']} of {job['row_count']} imported (a row without a SKU is skipped)")


def from_the_shell(segment_id: int, folder: Path, environment: dict[str, str]) -> None:
    """Does the same with the segops-admin command."""
    (folder / "definition.json").write_text(json.dumps(GOOD_AND_GONE), encoding="utf-8")
    step("The same from the shell")
    for command in (
        "segops-admin segments preview definition.json --compact",
        f"segops-admin segments recompute {segment_id} --wait --compact",
        f"segops-admin segments members {segment_id} --limit=2",
        f"segops-admin segments members {segment_id} --all | wc -l",
        f"segops-admin segments export {segment_id} --format=csv --wait --to=members.csv --compact",
        "head -n 3 members.csv",
        "segops-admin products import products.csv --confirm='{}' --wait --compact",
        "segops-admin analytics overview --compact",
        f"segops-admin segments delete {segment_id} --dry-run --compact",
    ):
        console.print(f"  [dim]$[/] [green]{command}[/]", markup=True)
        ran = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command], cwd=folder, env=environment, capture_output=True, text=True
        )
        if ran.returncode:
            raise SystemExit(f"{shlex.quote(command)} failed with {ran.returncode}:\n{ran.stderr}")
        for line in ran.stdout.splitlines():
            show(line if len(line) <= 160 else line[:157] + "...")


def main() -> None:
    """Runs the demo."""
    with sandbox() as running, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        step(f"A sandbox of SegOps, on {NOW}", f"segops-sandbox --now {NOW}")
        show(running["url"])
        environment = {
            **os.environ,
            "PATH": str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"],
            "SEGOPS_API_URL": running["url"],
            "SEGOPS_API_KEY": running["api_key"],
        }
        with SegOpsAdmin(running["api_key"], base_url=running["url"]) as client:
            step(
                "Ingest a purchase log: 2,357 customers of a made-up music shop, 1997 to 1998",
                "POST /ingestion/track/batch/",
            )
            ingest(client)
            segment_id = find(client)
            look(client, segment_id)
            take_out(client, segment_id, folder)
            catalogue(client, folder)
        from_the_shell(segment_id, folder, environment)
    console.print("\n[bold]Nothing is left running.[/] Next: [cyan]make sandbox[/], and the quick start in README.md.")


if __name__ == "__main__":
    main()
