"""What all collections offer: list, iterate, get, create, update, delete."""

from __future__ import annotations

from .._errors import SegOpsArgumentError
from .._wire.bodies import checked_object
from .._wire.paths import segment
from .._wire.words import described

TYPE_CHECKING = bool()
if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from typing import Any, Generic, Literal, TypeVar

    from .._call.base import Check
    from .._call.blocking import Http
    from .._call.waiting import Look
    from .._types import Id

    Record = TypeVar("Record")
    Listing = TypeVar("Listing")
    Create = TypeVar("Create", bound=Mapping[str, Any])
    Update = TypeVar("Update", bound=Mapping[str, Any])
    Params = TypeVar("Params", bound=Mapping[str, Any])
else:
    from .._generic import Generic

    Record, Listing, Create, Update, Params = "Record", "Listing", "Create", "Update", "Params"

__all__ = ["Collection", "Namespace"]


class Namespace:
    """A group of calls; holds what makes them."""

    _name: str

    def __init__(self, http: Http) -> None:
        self._http = http

    def _read(self, operation: str, path: str, query: Any = None, within: float | None = None) -> Any:
        return self._http.read(f"{self._name}.{operation}", path, query, within)

    def _post_read_only(self, operation: str, path: str, body: Any = None) -> Any:
        return self._http.post_read_only(f"{self._name}.{operation}", path, body)

    def _mutate(
        self,
        operation: str,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None,
        expects: str = "record",
        within: float | None = None,
    ) -> Any:
        return self._http.mutate(f"{self._name}.{operation}", method, path, body, key, expects, within)

    def _upload(
        self, operation: str, path: str, form: Any, *, unnamed: str, key: str | None, check: Check | None = None
    ) -> Any:
        return self._http.upload(f"{self._name}.{operation}", path, form, unnamed, key, check)

    def _download(self, operation: str, path: str, to: Any) -> int:
        return self._http.download(f"{self._name}.{operation}", path, to)

    def _iterate_pages(self, operation: str, path: str, query: Any, prefetch: int) -> Generator[Any, None, None]:
        return self._http.iterate_pages(f"{self._name}.{operation}", path, query, prefetch)

    def _iterate_cursor(self, operation: str, path: str, query: Any) -> Generator[Any, None, None]:
        return self._http.iterate_cursor(f"{self._name}.{operation}", path, query)

    def _wait(
        self, what: str, look: Look, state: Any, *, first: tuple[tuple[str, Look], ...] = (), **limits: Any
    ) -> Any:
        return self._http.wait(what, look, state, first=first, **limits)

    def _run(self, course: Any) -> Any:
        return self._http.run(course)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._http.base_url}>"


class Collection(Namespace, Generic[Record, Listing, Create, Update, Params]):
    """A namespace whose records can be listed, read, created, changed and deleted.

    Its parameters are the types of one record, of what ``list`` returns, of what ``create`` and ``update`` take, and of
    the query parameters.
    """

    _path: str

    def list(self, params: Params | None = None) -> Listing:
        """One page of records, as the server sends it: an envelope with ``results``, or a bare array.

        Args:
            params: query parameters, such as ``page`` and ``page_size``.
        """
        answer: Listing = self._read("list", self._path, params)
        return answer

    def iterate(self, params: Params | None = None, *, prefetch: int = 0) -> Generator[Record, None, None]:
        """Iterates over all records, page by page. No request is sent before the first record is asked for.

        Deleting or changing records while iterating skips some, as on any API that counts pages: what follows
        moves up by one. Collect first, as in ``for item in list(client.segments.iterate()): ...``.

        Args:
            params: query parameters; ``page`` is where to begin.
            prefetch: how many pages to fetch ahead at once, in order; 0 fetches one page at a time.
        """
        return self._iterate_pages("iterate", self._path, params, prefetch)

    def get(self, id: Id) -> Record:
        """One record.

        Args:
            id: the record's id.

        Raises:
            SegOpsNotFoundError: there is no such record.
        """
        record: Record = self._read("get", f"{self._path}{segment(id)}/")
        return record

    def create(self, body: Create, *, idempotency_key: str | None = None) -> Record:
        """Creates a record and returns it.

        Args:
            body: its fields.
            idempotency_key: key for safe retries (default: a new UUID).

        Raises:
            SegOpsBadRequestError: the server does not accept a field; ``body`` on the error says which.
        """
        record: Record = self._mutate("create", "POST", self._path, checked_object("body", body), key=idempotency_key)
        return record

    def update(
        self, id: Id, body: Update, *, method: Literal["PATCH", "PUT"] = "PATCH", idempotency_key: str | None = None
    ) -> Record:
        """Changes a record and returns it.

        Args:
            id: the record's id.
            body: the fields to change, or all fields with ``method="PUT"``.
            method: ``PATCH`` or ``PUT``.
            idempotency_key: key for safe retries (default: a new UUID).

        Raises:
            SegOpsArgumentError: ``method`` is neither.
        """
        if method not in ("PATCH", "PUT"):
            raise SegOpsArgumentError(f"method must be PATCH or PUT, not {described(method)}.")
        path = f"{self._path}{segment(id)}/"
        record: Record = self._mutate("update", method, path, checked_object("body", body), key=idempotency_key)
        return record

    def delete(self, id: Id, *, idempotency_key: str | None = None) -> None:
        """Deletes a record, at once and for good.

        Args:
            id: the record's id.
            idempotency_key: key for safe retries (default: a new UUID).
        """
        path = f"{self._path}{segment(id)}/"
        self._mutate("delete", "DELETE", path, key=idempotency_key, expects="nothing")
