"""What is a page, and how does a walk go from one to the next?"""

from __future__ import annotations

import threading
from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING, Any, Callable

from .._errors import SegOpsArgumentError, SegOpsDecodeError

if TYPE_CHECKING:
    from .._http import Http

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


def _walk(path: str, fetch: Callable[[int], Any], first: int, ahead: int) -> Generator[Any, None, None]:
    page = first
    answer = fetch(page)
    if isinstance(answer, list):
        yield from answer
        return
    results, more = _envelope(answer, path, page)
    following = _Ahead(fetch, page + 1, ahead, _last_page(answer, results, page)) if more and ahead else None
    yield from results
    while more:
        page += 1
        answer = following.take() if following is not None else fetch(page)
        results, more = _envelope(answer, path, page)
        if following is not None and more:
            following.ask()
        yield from results


def _envelope(answer: Any, path: str, page: int) -> tuple[Any, bool]:
    if not isinstance(answer, dict) or not isinstance(answer.get("results"), list):
        kind = "nothing" if answer is None else f"a {type(answer).__name__} without a list of results"
        raise SegOpsDecodeError(f"it is not a page but {kind}", method="GET", path=f"{path} (page {page})")
    results, more = answer["results"], bool(answer.get("next"))
    if more and not results:
        # An empty page that promises another would be followed for ever.
        raise SegOpsDecodeError("it is an empty page that names a next one", method="GET", path=f"{path} (page {page})")
    return results, more


def _last_page(answer: Mapping[str, Any], results: Any, page: int) -> int:
    """The number of the last page that is known to exist: the next one, or more where ``count`` tells."""
    count = answer.get("count")
    if isinstance(count, bool) or not isinstance(count, int):
        return page + 1
    return max(page + 1, -(-count // len(results)))


class _Ahead:
    """Pages that are asked for before they are needed, several at once, and handed out in order.

    Args:
        fetch: asks for one page.
        page: the first of them.
        ahead: how many may be under way at once.
        last: the last page that is known to exist. None beyond it is asked for until the page before names it.
    """

    def __init__(self, fetch: Callable[[int], Any], page: int, ahead: int, last: int) -> None:
        self._fetch = fetch
        self._page = page
        self._ahead = ahead
        self._last = last
        self._under_way: list[_Fetching] = []
        self.ask()

    def ask(self) -> None:
        """Asks for as many pages as may be under way, knowing that the last page taken named a next one."""
        while len(self._under_way) < self._ahead and (self._page <= self._last or not self._under_way):
            self._under_way.append(_Fetching(self._fetch, self._page))
            self._page += 1

    def take(self) -> Any:
        """The next page, or the error that it ended with."""
        return self._under_way.pop(0).result()


class _Fetching(threading.Thread):
    """One page on its way. A daemon: neither Ctrl-C nor the end of the program waits for a page that nobody wants."""

    def __init__(self, fetch: Callable[[int], Any], page: int) -> None:
        super().__init__(name=f"segops-prefetch-{page}", daemon=True)
        self._fetch = fetch
        self._number = page
        self._answer: Any = None
        self._error: BaseException | None = None
        self.start()

    def run(self) -> None:
        """Asks for the page."""
        try:
            self._answer = self._fetch(self._number)
        except BaseException as error:  # noqa: BLE001 -- whatever it is, it belongs to whoever takes the page
            self._error = error

    def result(self) -> Any:
        """Waits for the page and returns it, or raises what it ended with."""
        self.join()
        if self._error is not None:
            raise self._error
        return self._answer


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
