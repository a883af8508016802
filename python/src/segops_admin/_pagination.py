"""What is a page, and how does a walk go from one to the next?"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ._errors import SegOpsArgumentError, SegOpsDecodeError

if TYPE_CHECKING:
    from ._http import Http

__all__ = ["paginate", "walk_cursor"]


def paginate(http: Http, path: str, query: Mapping[str, Any] | None, prefetch: int) -> Generator[Any, None, None]:
    """Walks every item of a listing, from the caller's ``page`` on, until ``next`` is empty.

    A bare array counts as the only page. Nothing is asked for before the first item is.

    Args:
        http: makes the requests.
        path: the listing's path.
        query: its parameters; ``page`` is where to begin.
        prefetch: how many pages after the first to ask for ahead of time, at once. They are handed out in order.

    Raises:
        SegOpsArgumentError: ``page`` or ``prefetch`` is not a count. Raised at once, not at the first item.
        SegOpsDecodeError: an answer is not a page.
    """
    parameters: dict[str, Any] = dict(query or {})
    first = _whole_number("page", parameters.pop("page", None), 1, 1)
    ahead = _whole_number("prefetch", prefetch, 0, 0)

    def fetch(page: int) -> Any:
        return http.read(path, {**parameters, "page": page})

    return _walk(path, fetch, first, ahead)


def _walk(path: str, fetch: Any, first: int, ahead: int) -> Generator[Any, None, None]:
    page = first
    answer = fetch(page)
    if isinstance(answer, list):
        yield from answer
        return
    pages: Iterator[Any] | None = None
    while True:
        results, more = _envelope(answer, path, page)
        if more and pages is None and ahead:
            pages = _fetched_ahead(fetch, page + 1, ahead, _last_page(answer, results, page))
        try:
            yield from results
        except GeneratorExit:
            if isinstance(pages, Generator):
                pages.close()
            raise
        if not more:
            if isinstance(pages, Generator):
                pages.close()
            return
        page += 1
        answer = next(pages) if pages is not None else fetch(page)


def _envelope(answer: Any, path: str, page: int) -> tuple[Any, bool]:
    if not isinstance(answer, dict) or not isinstance(answer.get("results"), list):
        kind = "nothing" if answer is None else f"a {type(answer).__name__} without a list of results"
        raise SegOpsDecodeError(f"it is not a page but {kind}", method="GET", path=f"{path} (page {page})")
    results, more = answer["results"], bool(answer.get("next"))
    if more and not results:
        # An empty page that promises another would be followed for ever.
        raise SegOpsDecodeError("it is an empty page that names a next one", method="GET", path=f"{path} (page {page})")
    return results, more


def _last_page(answer: Mapping[str, Any], results: Any, page: int) -> int | None:
    """The number of the last page, as far as ``count`` tells."""
    count = answer.get("count")
    if isinstance(count, bool) or not isinstance(count, int) or not results:
        return None
    return max(page + 1, -(-count // len(results)))


def _fetched_ahead(fetch: Any, page: int, ahead: int, last: int | None) -> Generator[Any, None, None]:
    """Pages in order, of which up to ``ahead`` are under way at once, none beyond the last that is known to exist."""
    from collections import deque
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(ahead, thread_name_prefix="segops-prefetch")
    under_way: Any = deque()
    try:
        while True:
            # Without a count only the next page is known to exist: asking for more would run past the end.
            while len(under_way) < ahead and (not under_way or (last is not None and page <= last)):
                under_way.append(pool.submit(fetch, page))
                page += 1
            yield under_way.popleft().result()
    finally:
        for future in under_way:
            future.cancel()
        pool.shutdown(wait=False)


def walk_cursor(http: Http, path: str, query: Mapping[str, Any] | None) -> Generator[Any, None, None]:
    """Walks every item of a listing by its cursor, from the caller's ``cursor`` on, until ``next_cursor`` is empty.

    Raises:
        SegOpsDecodeError: an answer is not a page, or its cursor leads back to itself.
    """
    parameters: dict[str, Any] = dict(query or {})
    while True:
        answer = http.read(path, parameters)
        if not isinstance(answer, dict) or not isinstance(answer.get("results"), list):
            raise SegOpsDecodeError("it is not a page of results with a next_cursor", method="GET", path=path)
        yield from answer["results"]
        cursor = answer.get("next_cursor")
        if not cursor:
            return
        if cursor == parameters.get("cursor"):
            raise SegOpsDecodeError("its next_cursor is the cursor that was sent", method="GET", path=path)
        parameters["cursor"] = cursor


def _whole_number(name: str, value: Any, default: int, least: int) -> int:
    if value is None:
        return default
    try:
        number = int(value)
    except (TypeError, ValueError):
        number = least - 1
    if isinstance(value, (bool, float)) or number < least:
        raise SegOpsArgumentError(f"{name} must be a whole number from {least} up, not {value!r}.")
    return number
