"""What is probed, by area: each draws inputs and says, where the contract decides, what must come of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

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

AREAS: Mapping[str, Draws] = {
    "ids": ids.probes,
    "queries": queries.probes,
    "bodies": bodies.probes,
    "replies": replies.probes,
    "framing": framing.probes,
    "retry-after": retry_after.probes,
    "redirects": redirects.probes,
    "listings": listings.probes,
    "waits": waits.probes,
    "webhooks": webhooks.probes,
    "options": options.probes,
    "environment": environment.probes,
    "argv": command_lines.argv_probes,
    "stdin": command_lines.stdin_probes,
}
