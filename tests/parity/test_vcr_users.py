"""A user's own VCR cassettes stand in for the platform: recorded from a real server, played back without one."""

from __future__ import annotations

from pathlib import Path

import pytest
import vcr
from scripted_server import Reply, ScriptedServer

from segops_admin import SegOpsAdmin, SegOpsNotFoundError

pytestmark = pytest.mark.needs_workspace


def calls(base_url: str) -> list[object]:
    with SegOpsAdmin("sk_test_vcr", base_url=base_url) as client:
        seen: list[object] = [client.segments.get(7), client.segments.delete(7)]
        with pytest.raises(SegOpsNotFoundError) as caught:
            client.segments.get(7)
        return [*seen, caught.value.body]


def test_a_recorded_cassette_is_played_back_through_the_built_in_transport(tmp_path: Path) -> None:
    replies = Reply(json={"id": 7}), Reply(status=204), Reply(status=404, json={"detail": "Not found."})
    cassette = str(tmp_path / "segments.yaml")
    with ScriptedServer(*replies) as server:
        base_url = f"http://127.0.0.1:{server.port}/api"
        with vcr.use_cassette(cassette):
            recorded = calls(base_url)
    with vcr.use_cassette(cassette, record_mode="none"):
        assert calls(base_url) == recorded == [{"id": 7}, None, {"detail": "Not found."}]
