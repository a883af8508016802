"""Jobs of segments: recomputes and exports, and how they are waited for. Source: https://segops.ai/docs/api/segments"""

from __future__ import annotations

from .._errors import SegOpsArgumentError
from .._wire.paths import checked_id, path
from .._wire.words import described
from ._crud import Namespace

TYPE_CHECKING = bool()
if TYPE_CHECKING:
    from typing import Literal

    from .._call.sinks import Sink
    from .._call.waiting import Progress
    from .._types import Id
    from ..types import ExportJob, Queued, Segment

__all__ = ["SegmentJobs"]


class SegmentJobs(Namespace):
    """What ``client.segments`` does with the jobs of a segment."""

    def recompute(self, id: Id, *, idempotency_key: str | None = None) -> Queued:
        """Queues a recompute of a segment's members and returns at once.

        Args:
            id: the segment's id.
            idempotency_key: key for safe retries (default: a new UUID).

        See ``recompute_and_wait``.
        """
        answer: Queued = self._mutate("recompute", "POST", path("/segments/{}/compute/", id), key=idempotency_key)
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
        job: ExportJob = self._mutate(
            "export", "POST", path("/segments/{}/export/", id), {"format": format}, key=idempotency_key
        )
        return job

    def export_status(self, id: Id, export_id: Id) -> ExportJob:
        """The status of an export.

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
            interval: longest delay between polls, in seconds; the first ones are shorter.
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
                The wait ends only when it has changed, however early the first poll is.
            timeout: seconds to wait in all.
            interval: longest delay between polls, in seconds; the first ones are shorter.
            on_progress: called with the segment at each poll.

        Raises:
            SegOpsJobError: the recompute failed; the segment is unchanged.
            SegOpsWaitTimeout: it did not finish in time.
        """
        from .._call.waiting import Recompute

        if since is not None and not isinstance(since, str):
            raise SegOpsArgumentError(
                "since must be the segment's last_computed_at from before the recompute, "
                "or None if it was never computed."
            )
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
            timeout: seconds to wait in all, reading and queuing included.
            interval: longest delay between polls, in seconds; the first ones are shorter.
            on_progress: called with the segment at each poll.
            idempotency_key: key for safe retries (default: a new UUID).

        Raises:
            SegOpsJobError: the recompute failed; the segment is unchanged.
            SegOpsWaitTimeout: it did not finish in time; it is still running.
        """
        from .._call.waiting import Recompute

        segment, compute = path("/segments/{}/", id), path("/segments/{}/compute/", id)
        done: Segment = self._wait(
            f"The recompute of segment {id}",
            lambda within: self._read("get", segment, None, within),
            Recompute(),
            first=(
                ("was not asked for", lambda within: self._read("get", segment, None, within)),
                (
                    "may have been asked for, but that was not confirmed",
                    lambda within: self._mutate("recompute", "POST", compute, key=idempotency_key, within=within),
                ),
            ),
            timeout=timeout,
            interval=interval,
            on_progress=on_progress,
        )
        return done
