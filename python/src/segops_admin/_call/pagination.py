"""Pagination: what a page is, and how to get from one to the next. Threads prefetch pages."""

from __future__ import annotations

import contextvars
import os
import threading
from collections.abc import Generator, Mapping
from typing import Any, Callable, Union

from .._errors import SegOpsArgumentError, SegOpsConfigError, SegOpsDecodeError
from .._wire.bodies import checked_parameters
from .._wire.encoding import encode_query
from .._wire.words import LARGEST_SAFE, described

__all__ = ["CursorPages", "Pages", "iterate"]


class Pages:
    """Pagination by ``page=1,2,…``, from the caller's ``page`` on, until ``next`` is empty. A bare array is one page.

    Attributes:
        ahead: how many pages may be asked for before they are needed.
        more: whether another page is there to be taken.
        last: the last page that is known to exist.
        number: of the next page to be taken.

    Raises:
        SegOpsArgumentError: ``page`` or ``prefetch`` is not a count. Raised at once, not at the first item.
    """

    def __init__(self, path: str, query: Mapping[str, Any] | None, prefetch: int) -> None:
        self._path = path
        self._parameters: dict[str, Any] = dict(checked_parameters(query))
        self.number = _whole_number("page", self._parameters.pop("page", None), 1, 1)
        self.ahead = _whole_number("prefetch", prefetch, 0, 0)
        self.last = self.number
        self._begun = False
        self._query: str | None = None
        self.more = True

    def query(self, number: int | None = None) -> str:
        """The query of a page: of the next one unless given.

        Raises:
            SegOpsArgumentError: a parameter cannot be sent.
        """
        if self._query is None:  # once, as all but the number is the same for every page
            query = encode_query(self._parameters)
            self._query = f"{query}&page=" if query else "page="
        return f"{self._query}{self.number if number is None else number}"

    def take(self, answer: Any) -> list[Any]:
        """The items of the next page.

        Raises:
            SegOpsDecodeError: it is no page.
        """
        begun, self._begun = self._begun, True
        if isinstance(answer, list) and not begun:
            self.more = False
            return answer
        page: dict[str, Any] = answer if isinstance(answer, dict) else {}
        results: Any = page.get("results")
        if not isinstance(results, list):
            kind = "nothing" if answer is None else f"{described(answer)} without a list of results"
            raise self._no_page(f"it is not a page but {kind}")
        self.more = _goes_on(page.get("next"))
        if self.more and not results:
            # An empty page that promises another would be followed forever.
            raise self._no_page("it is an empty page that names a next one")
        if self.more:
            self.last = max(self.last, _last_page(page.get("count"), len(results)))
        self.number += 1
        return results

    def _no_page(self, reason: str) -> SegOpsDecodeError:
        return SegOpsDecodeError(reason, method="GET", path=f"{self._path} (page {self.number})")


def _goes_on(following: Any) -> bool:
    """Whether what names the next page names one: not null, false, 0 or empty text. The same in both languages."""
    return following is not None and following != 0 and following != ""  # False is 0, too


def _last_page(count: Any, size: int) -> int:
    """The number of the last page, where ``count`` tells."""
    return -(-count // size) if type(count) is int else 0


class CursorPages:
    """Pagination by ``cursor``, from the caller's on, until ``next_cursor`` is empty.

    Attributes:
        more: whether another page is there to be taken.
    """

    ahead = 0

    def __init__(self, path: str, query: Mapping[str, Any] | None) -> None:
        self._path = path
        self._parameters: dict[str, Any] = dict(checked_parameters(query))
        self._dead_end = ""
        self.more = True

    def query(self) -> str:
        """The query of the next page.

        Raises:
            SegOpsArgumentError: a parameter cannot be sent.
            SegOpsDecodeError: its cursor is none, or leads back to itself.
        """
        if self._dead_end:
            raise SegOpsDecodeError(self._dead_end, method="GET", path=self._path)
        return encode_query(self._parameters)

    def take(self, answer: Any) -> list[Any]:
        """The items of the next page.

        Raises:
            SegOpsDecodeError: it is none.
        """
        if not isinstance(answer, dict) or not isinstance(answer.get("results"), list):
            raise SegOpsDecodeError("it is not a page of results with a next_cursor", method="GET", path=self._path)
        cursor, sent = answer.get("next_cursor"), self._parameters.get("cursor")
        self.more = _goes_on(cursor)
        # Looked at only where the page has not been the last one.
        if type(cursor) is bool or not isinstance(cursor, (str, int)):
            self._dead_end = f"its next_cursor is {described(cursor)}"
        elif cursor == sent and type(sent) is not bool:  # True, which is sent as text, is 1 to Python
            self._dead_end = "its next_cursor is the cursor that was sent"
        self._parameters = {**self._parameters, "cursor": cursor}
        results: list[Any] = answer["results"]
        return results


Paging = Union[Pages, CursorPages]


def iterate(pages: Paging, fetch: Callable[..., Any]) -> Generator[Any, None, None]:
    """Iterates over every item of a listing. No request is sent before the first item is asked for.

    Args:
        fetch: gets the page of a query; its second argument is what to do while the reply is on its way.
    """
    items = pages.take(fetch(pages.query()))
    following = _Prefetcher(pages, fetch) if pages.more and isinstance(pages, Pages) and pages.ahead else None
    yield from items
    while pages.more:
        # A page is given up before the next one is read, which then needs no memory of its own.
        if following is None:
            answer = fetch(pages.query(), items.clear)
        else:
            items.clear()
            answer = following.take()
        items = pages.take(answer)
        del answer
        if following is not None and pages.more:
            following.request_pages()
        yield from items


class _Prefetcher:
    """Pages that are asked for before they are needed, several at once, and handed out in order.

    None beyond the last page that is known to exist is asked for until the page before names it.
    """

    def __init__(self, pages: Pages, fetch: Callable[[str], Any]) -> None:
        self._pages = pages
        self._fetch = fetch
        self._next = pages.number
        self._process = os.getpid()
        self._under_way: list[_Fetching] = []
        self.request_pages()

    def request_pages(self) -> None:
        """Asks for as many pages as may be under way, knowing that the last page taken named a next one."""
        pages = self._pages
        while len(self._under_way) < pages.ahead and (self._next <= pages.last or not self._under_way):
            self._under_way.append(_Fetching(self._fetch, pages.query(self._next), self._next))
            self._next += 1

    def take(self) -> Any:
        """The next page, or the error that it ended with."""
        if self._process != os.getpid():
            raise SegOpsConfigError(
                "This iteration began with prefetch before the process forked, and its pages are on their way to the "
                "parent. Start a new one in the child."
            )
        return self._under_way.pop(0).result()


class _Fetching:
    """One page on its way. Neither Ctrl-C nor the end of the program waits for a page that nobody wants."""

    def __init__(self, fetch: Callable[[str], Any], query: str, number: int) -> None:
        self._fetch = fetch
        self._query = query
        self._answer: Any = None
        self._error: BaseException | None = None
        self._context = contextvars.copy_context()  # the caller's trace, for one
        # Not a subclass: Python 3.14 keeps a context of its own in a thread, under the same name.
        self._thread = threading.Thread(target=self._run, name=f"segops-prefetch-{number}", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._answer = self._context.run(self._fetch, self._query)
        except BaseException as error:  # noqa: BLE001 -- whatever it is, it belongs to whoever takes the page
            self._error = error

    def result(self) -> Any:
        """Waits for the page and returns it, or raises what it ended with."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._answer


def _whole_number(name: str, value: Any, default: int, least: int) -> int:
    if value is None:
        return default
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    is_digits = isinstance(value, str) and value.isascii() and value.isdigit()
    number: Any = float(value) if is_digits else value if is_number else -1
    if least <= number <= LARGEST_SAFE and number == int(number):
        return int(value)
    raise SegOpsArgumentError(f"{name} must be a whole number from {least} up, not {described(value)}.")
