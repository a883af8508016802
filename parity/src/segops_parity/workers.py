"""Pools of worker processes that end when whoever uses them is stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import active_children, get_context
from typing import Any

__all__ = ["worker_pool"]


@contextmanager
def worker_pool(count: int, begin: Callable[..., None], *args: Any) -> Iterator[ProcessPoolExecutor]:
    """So many fresh processes, each of which begins with a call of its own.

    Forked ones would share this one's threads and sockets. A pool by itself does all that has been handed to it before
    it ends, whatever has been raised meanwhile.
    """
    with ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=begin, initargs=args) as pool:
        try:
            yield pool
        except BaseException:  # interrupted: what still runs is of no use any more
            for process in active_children():
                process.terminate()
            # Its own thread has to be over: Python, as it ends, would wake it through a pipe that it is just closing.
            pool.shutdown(cancel_futures=True)
            raise
