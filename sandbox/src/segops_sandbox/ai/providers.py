"""Queries of several assistants in parallel, within a time limit: https://segops.ai/docs/segments/simulation"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent import futures
from typing import Any

from segops_sandbox.models import ProviderLatency

PROVIDERS = ("chatgpt", "perplexity", "claude", "gemini", "grok")
# The time limit of one assistant. All start at once, so that a whole answer stays within the documented 30 s.
LIMIT_S = 28.0


def ask_all(
    providers: Iterable[str],
    ask: Callable[[str], str],
    *,
    latency_s: dict[str, float] | None = None,
    wait: Callable[..., Any] = futures.wait,
) -> dict[str, str]:
    """The answers of those that answer within the limit, in the order asked for.

    Args:
        ask: gives one assistant's answer; it runs in a thread of its own and must not use the database.
        latency_s: seconds that assistants are said to take. They are not spent: one over the limit is left out at once.
        wait: `concurrent.futures.wait`, or what a test puts in its place.
    """
    latencies = latency_s or {}
    in_time = [provider for provider in providers if latencies.get(provider, 0.0) <= LIMIT_S]
    if not in_time:
        return {}
    pool = futures.ThreadPoolExecutor(len(in_time), thread_name_prefix="segops-ai")
    asked = {provider: pool.submit(ask, provider) for provider in in_time}
    done, _ = wait(asked.values(), timeout=LIMIT_S)
    pool.shutdown(wait=False, cancel_futures=True)
    return {provider: future.result() for provider, future in asked.items() if future in done}


def latencies() -> dict[str, float]:
    """Simulated latency of each assistant in seconds; 0 unless a test set it."""
    return {**dict.fromkeys(PROVIDERS, 0.0), **dict(ProviderLatency.objects.values_list("provider", "seconds"))}
