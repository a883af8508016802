"""Drives the last published ``segops_admin`` (0.2.2), unpacked in the folder PARITY_PUBLISHED, for the upgrade notes.

It has neither a clock to replace nor half of the operations, so it names those that it has, and sleeps are noted and
left out by exchanging ``time.sleep``.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from typing import Any

sys.path.insert(0, os.environ["PARITY_PUBLISHED"])
import segops_admin

delays: list[float] = []
time.sleep = delays.append  # type: ignore[assignment]
clients: dict[str, Any] = {}


def error_value(error: Exception) -> dict[str, Any]:
    """What the published package tells of an error."""
    told: dict[str, Any] = {"kind": type(error).__name__, "message": str(error)}
    return told | {name: getattr(error, name) for name in ("status", "body") if hasattr(error, name)}


def operations() -> list[str]:
    """What it has, under the contract's names."""
    client = segops_admin.SegOpsAdmin("sk_test_describe")
    return [
        f"{name}.{method}"
        for name, value in vars(client).items()
        if name != "http" and not name.startswith("_")
        for method in dir(value)
        if not method.startswith("_")
    ]


def carry_out(command: dict[str, Any]) -> dict[str, Any]:
    """The reply to one command."""
    if command["cmd"] == "hello":
        version = getattr(segops_admin, "__version__", "0.2.2")
        told = {"protocol": command["protocol"], "sdk": "segops_admin", "version": version, "language": "published"}
        return {"ok": {**told, "runtime": "CPython", "capabilities": [], "operations": operations()}}
    if command["cmd"] == "open":
        options = {name: value for name, value in command["options"].items() if name != "timeout"}
        clients[command["client"]] = segops_admin.SegOpsAdmin(command.get("api_key") or "", **options)
        return {"ok": None}
    if command["cmd"] == "call":
        namespace, _, method = command["op"].partition(".")
        delays.clear()
        try:
            value = getattr(getattr(clients[command["client"]], namespace), method)(
                *[_value(each) for each in command["args"]], **command.get("named", {})
            )
            return {"ok": value, "delays": list(delays)}
        except Exception as error:  # noqa: BLE001 - whatever it raises is the observation
            return {"error": error_value(error), "delays": list(delays)}
    return {"ok": None}


def _value(sent: Any) -> Any:
    if isinstance(sent, dict) and "$bytes" in sent:
        import base64

        return base64.b64decode(sent["$bytes"])
    return sent


def main() -> None:
    """Answers one command a line."""
    output = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    for line in sys.stdin:
        command = json.loads(line)
        try:
            reply = carry_out(command)
        except Exception as error:  # noqa: BLE001 - a driver's own failure is a verdict of its own
            reply = {"fault": {"message": f"{type(error).__name__}: {error}", "trace": traceback.format_exc()}}
        output.write(json.dumps({"id": command["id"], **reply}) + "\n")
        output.flush()
        if command["cmd"] == "bye":
            return


if __name__ == "__main__":
    main()
