"""A case or a cassette served to any client, such as curl."""

from __future__ import annotations

import json
import time
from pathlib import Path

from segops_parity._files import ContractError
from segops_parity.cases import API_KEY
from segops_parity.cassettes import load_cassette
from segops_parity.replay import ReplayServer
from segops_parity.replies import Reply
from segops_parity.suite import Suite

__all__ = ["serve_case"]


def serve_case(suite: Suite, wanted: str, port: int) -> int:
    """Serve a case's replies in order to any client, printing each request; ends when all have been played."""
    replies = _replies(suite, wanted)
    with ReplayServer(API_KEY, port) as server:
        session = server.open()
        session.begin(replies)
        print(json.dumps({"url": session.base_url, "api_key": API_KEY, "replies": len(replies)}), flush=True)
        told = 0
        while session.unplayed or session.sent < len(session.seen) or told < len(session.seen):
            for request in session.seen[told:]:
                told += 1
                shown = {name: request[name] for name in ("method", "path", "query", "body")}
                print(json.dumps(shown, ensure_ascii=False), flush=True)
            time.sleep(0.05)
        return 1 if session.mismatches else 0


def _replies(suite: Suite, wanted: str) -> list[Reply]:
    if wanted in suite.cases:
        return [reply for step in suite.cases[wanted].steps for reply in step.replies]
    file = Path(wanted)
    if not file.is_file():
        raise ContractError("serve", wanted, "expected a case, or the file of a cassette")
    cassette = load_cassette(file, suite.contract.path / "schema" / "cassette-metadata.schema.json")
    return [
        Reply(
            each.status,
            each.reply_headers,
            each.reply_body,
            request={n: each.request()[n] for n in ("method", "path", "query", "body")},
        )
        for each in cassette.interactions
    ]
