"""Segments of users. Source: https://segops.ai/docs/api/segments"""

from __future__ import annotations

from .._errors import SegOpsArgumentError
from .._wire.bodies import checked_object
from .._wire.paths import checked_id, path
from .._wire.words import described
from ._crud import Collection

TYPE_CHECKING = bool()
if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import Literal

    from .._call.sinks import Sink
    from .._call.waiting import Progress
    from .._types import Id
    from ..types import (
        ExportJob,
        Member,
        MemberPage,
        Membership,
        Queued,
        Segment,
        SegmentCreate,
        SegmentDefinition,
        SegmentEstimate,
        SegmentListParams,
        SegmentPage,
        SegmentPreview,
        SegmentsMembersParams,
        SegmentUpdate,
        SegmentVersion,
    )

__all__ = ["Segments"]


class Segments(Collection["Segment", "SegmentPage", "SegmentCreate", "SegmentUpdate", "SegmentListParams"]):
    """Segments of users: their definitions, members and exports."""

    _name = "segments"
    _path = "/segments/"

    def preview(self, definition: SegmentDefinition) -> SegmentPreview:
        """Evaluates a definition without saving it: how many users match, and a sample of them.

        Args:
            definition: ``{"logic": "AND" | "OR", "conditions": [...]}``.

        Raises:
            SegOpsBadRequestError: the definition is not valid; the error names the condition.
        """
        answer: SegmentPreview = self._ask(
            "preview", "/segments/preview/", {"definition": checked_object("definition", definition)}
        )
        return answer

    def estimate(self, id: Id) -> SegmentEstimate:
        """Estimates how many users a saved segment holds.

        Args:
            id: the segment's id.
        """
        answer: SegmentEstimate = self._ask("estimate", path("/segments/{}/estimate/", id))
        return answer

    def versions(self, id: Id) -> list[SegmentVersion]:
        """The history of a segment's definition, newest first.

        Args:
            id: the segment's id.

        Source: https://segops.ai/docs/segments
        """
        answer: list[SegmentVersion] = self._read("versions", path("/segments/{}/versions/", id))
        return answer

    def recompute(self, id: Id, *, idempotency_key: str | None = None) -> Queued:
        """Queues a recompute of a segment's members and returns at once.

        Args:
            id: the segment's id.
            idempotency_key: key for safe retries (default: a new UUID).

        See ``recompute_and_wait``.
        """
        answer: Queued = self._change("recompute", "POST", path("/segments/{}/compute/", id), key=idempotency_key)
        return answer

    def members(self, id: Id, params: SegmentsMembersParams | None = None) -> MemberPage:
        """One page of a segment's members.

        Args:
            id: the segment's id.
            params: ``limit`` (1,000 at most) and ``cursor`` (the ``next_cursor`` of the page before).

        Source: https://segops.ai/docs/api
        """
        answer: MemberPage = self._read("members", path("/segments/{}/members/", id), params)
        return answer

    def iterate_members(self, id: Id, params: SegmentsMembersParams | None = None) -> Generator[Member, None, None]:
        """Iterates over all members of a segment. No request is sent before the first member is asked for.

        Args:
            id: the segment's id.
            params: ``limit`` is the size of a page, ``cursor`` where to begin.
        """
        return self._walk_cursor("iterate_members", path("/segments/{}/members/", id), params)

    def membership(self, user_id: str) -> Membership:
        """The segments that one user is in.

        Args:
            user_id: the user's id, an alias included.
        """
        answer: Membership = self._read("membership", "/segments/membership/", {"user_id": checked_id(user_id)})
        return answer

    def export(
        self, id: Id, *, format: Literal["csv", "parquet"] = "csv", idempotency_key: str | None = None
    ) -> ExportJob:
        """Starts writing a segment's members to a file: ``user_id`` and ``computed_at``.

        Args:
            id: the segment's id.
            format: ``csv`` or ``parquet``.
            idempotency_key: key for safe retries (default: a new UUID).

        Raises:
            SegOpsArgumentError: an unknown format.

        Source: https://segops.ai/docs/activations/export
        """
        if format not in ("csv", "parquet"):
            raise SegOpsArgumentError(f"format must be csv or parquet, not {described(format)}.")
        job: ExportJob = self._change(
            "export", "POST", path("/segments/{}/export/", id), {"format": format}, key=idempotency_key
        )
        return job

    def export_status(self, id: Id, export_id: Id) -> ExportJob:
        """How far an export is.

        Args:
            id: the segment's id.
            export_id: the ``export_id`` that ``export`` returned.

        Source: https://segops.ai/docs/activations/export
        """
        job: ExportJob = self._read(
            "export_status", path("/segments/{}/export/", id), {"export_id": checked_id(export_id)}
        )
        return job

    def download_export(self, export_id: Id, to: Sink) -> int:
        """Writes a finished export to a file and returns the number of bytes.

        A path appears only once the whole file has arrived. Storage servers that the platform redirects to get no
        key.

        Args:
            export_id: the export's id.
            to: a path, or a file open for binary writing.

        Raises:
            SegOpsNotFoundError: the export is unknown or not ready.
            SegOpsApiError: it has expired (410): export again.
            OSError: the file cannot be written to its end; what was at the path is as it was.

        Source: https://segops.ai/docs/activations/export
        """
        return self._download("download_export", path("/segments/exports/{}/download/", export_id), to)

    def wait_for_export(
        self,
        id: Id,
        export_id: Id,
        *,
        timeout: float = 600.0,
        interval: float = 2.0,
        on_progress: Progress | None = None,
    ) -> ExportJob:
        """Waits until an export is ready to download, and returns its last status.

        Args:
            id: the segment's id.
            export_id: the export's id.
            timeout: seconds to wait in all.
            interval: seconds between polls, at most; the first pauses are shorter.
            on_progress: called with each status.

        Raises:
            SegOpsJobError: the export failed.
            SegOpsWaitTimeout: it did not finish in time.
        """
        from .._call.waiting import EXPORT

        address = path("/segments/{}/export/", id)
        query = {"export_id": checked_id(export_id)}
        done: ExportJob = self._wait(
            f"Export {export_id}",
            lambda within: self._read("export_status", address, query, within),
            EXPORT,
            timeout=timeout,
            interval=interval,
            on_progress=on_progress,
        )
        return done

    def wait_for_recompute(
        self,
        id: Id,
        *,
        since: str | None,
        timeout: float = 600.0,
        interval: float = 2.0,
        on_progress: Progress | None = None,
    ) -> Segment:
        """Waits until a segment has been computed again, and returns it.

        ``recompute_and_wait`` does the whole of it.

        Args:
            id: the segment's id.
            since: the segment's ``last_computed_at``, read before the recompute was asked for; None if it had none.
                The wait ends only when it has changed, however soon the first look comes.
            timeout: seconds to wait in all.
            interval: seconds between polls, at most; the first pauses are shorter.
            on_progress: called with the segment at each look.

        Raises:
            SegOpsJobError: the recompute ended and left the segment as it was.
            SegOpsWaitTimeout: it did not finish in time.
        """
        from .._call.waiting import Recompute

        address = path("/segments/{}/", id)
        done: Segment = self._wait(
            f"The recompute of segment {id}",
            lambda within: self._read("get", address, None, within),
            Recompute(since),
            timeout=timeout,
            interval=interval,
            on_progress=on_progress,
        )
        return done

    def recompute_and_wait(
        self,
        id: Id,
        *,
        timeout: float = 600.0,
        interval: float = 2.0,
        on_progress: Progress | None = None,
        idempotency_key: str | None = None,
    ) -> Segment:
        """Recomputes a segment's members, waits for it, and returns the segment.

        It reads the segment, queues the recompute and waits for a computation newer than the one that it read.

        Args:
            id: the segment's id.
            timeout: seconds to wait, once it has been asked for.
            interval: seconds between polls, at most; the first pauses are shorter.
            on_progress: called with the segment at each look.
            idempotency_key: names the recompute, to repeat it safely; a fresh one unless given.

        Raises:
            SegOpsJobError: the recompute ended and left the segment as it was.
            SegOpsWaitTimeout: it did not finish in time; it is still running.
        """
        before: Segment = self._read("get", path("/segments/{}/", id))
        self._change("recompute", "POST", path("/segments/{}/compute/", id), key=idempotency_key)
        return self.wait_for_recompute(
            id,
            since=before.get("last_computed_at"),
            timeout=timeout,
            interval=interval,
            on_progress=on_progress,
        )
