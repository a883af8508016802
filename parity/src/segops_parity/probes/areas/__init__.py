"""What is probed, by area: each draws inputs and says, where the contract decides, what must come of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from hypothesis import strategies as st

from segops_parity.probes.areas import (
    bodies,
    command_lines,
    environment,
    framing,
    ids,
    listings,
    options,
    queries,
    redirects,
    replies,
    retry_after,
    waits,
    webhooks,
)
from segops_parity.probes.model import Ground, Probe

__all__ = ["AREAS"]

Draws = Callable[[Ground], st.SearchStrategy[Probe]]
Corners = Callable[[Ground], Iterator[Probe]]

AREAS: Mapping[str, tuple[Corners, Draws]] = {
    "ids": (ids.corners, ids.probes),
    "queries": (queries.corners, queries.probes),
    "bodies": (bodies.corners, bodies.probes),
    "replies": (replies.corners, replies.probes),
    "framing": (framing.corners, framing.probes),
    "retry-after": (retry_after.corners, retry_after.probes),
    "redirects": (redirects.corners, redirects.probes),
    "listings": (listings.corners, listings.probes),
    "waits": (waits.corners, waits.probes),
    "webhooks": (webhooks.corners, webhooks.probes),
    "options": (options.corners, options.probes),
    "environment": (environment.corners, environment.probes),
    "argv": (command_lines.argv_corners, command_lines.argv_probes),
    "stdin": (command_lines.stdin_corners, command_lines.stdin_probes),
}
"""For each area the inputs that every run puts, and what further ones are drawn from."""
