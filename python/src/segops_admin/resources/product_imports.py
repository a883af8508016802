"""Imports of products from CSV files: uploaded, confirmed, waited for, in parts. Source: https://segops.ai/docs/pim/import"""

from __future__ import annotations

from .._wire.bodies import checked_object
from .._wire.paths import path
from ._crud import Namespace

TYPE_CHECKING = bool()
if TYPE_CHECKING:
    import os

    from .._call.waiting import Progress
    from .._types import Id
    from .._wire.multipart import FileData
    from ..types import ImportConfirmation, ImportConfirmed, ImportInParts, ImportJob, ImportUpload

__all__ = ["ProductImports"]


class ProductImports(Namespace):
    """What ``client.products`` does with CSV files."""

    def import_csv(
        self, data: FileData, filename: str | None = None, *, idempotency_key: str | None = None
    ) -> ImportUpload:
        """Uploads a CSV file of products and returns the mapping that the server proposes.

        A file is sent as it is read: memory does not grow with it. ``confirm_import`` starts the import.

        The platform takes 100,000 rows and 100 MiB an import: a larger file is refused before it is sent.
        ``import_csv_in_parts`` sends it in parts.

        Args:
            data: CSV in UTF-8 with a header row: bytes, a path, or an open binary file.
            filename: the name to send; the file's own name unless given, ``products.csv`` for bytes.
            idempotency_key: key for safe retries (default: a new UUID).

        Raises:
            SegOpsArgumentError: the file cannot be read, or is too large.
            SegOpsBadRequestError: the server cannot read it as CSV.

        Source: https://segops.ai/docs/pim/import
        """
        from .._wire.csv_parts import check_import

        form = ("file", filename, data)
        answer: ImportUpload = self._upload(
            "import_csv", "/pim/import/csv/", form, unnamed="products.csv", key=idempotency_key, check=check_import
        )
        return answer

    def import_status(self, job_id: Id) -> ImportJob:
        """The status of an import.

        Args:
            job_id: the ``job_id`` that ``import_csv`` returned.
        """
        job: ImportJob = self._read("import_status", path("/pim/import/{}/", job_id))
        return job

    def confirm_import(
        self, job_id: Id, body: ImportConfirmation, *, idempotency_key: str | None = None
    ) -> ImportConfirmed:
        """Confirms an import's mapping and schema, and starts it.

        Args:
            job_id: the import's id.
            body: ``{"mapping": {column: field}, "schema": [fields]}``; what is left out is taken from the proposal.
            idempotency_key: key for safe retries (default: a new UUID).

        Raises:
            SegOpsBadRequestError: no column is mapped to ``sku``, or the import is not waiting for this.

        Source: https://segops.ai/docs/pim/import
        """
        answer: ImportConfirmed = self._mutate(
            "confirm_import",
            "POST",
            path("/pim/import/{}/confirm/", job_id),
            checked_object("body", body),
            key=idempotency_key,
        )
        return answer

    def wait_for_import(
        self,
        job_id: Id,
        *,
        timeout: float = 600.0,
        interval: float = 2.0,
        on_progress: Progress | None = None,
    ) -> ImportJob:
        """Waits until a confirmed import is done, and returns its last status.

        Args:
            job_id: the import's id.
            timeout: seconds to wait in all.
            interval: longest delay between polls, in seconds; the first ones are shorter.
            on_progress: called with each status.

        Raises:
            SegOpsJobError: the import failed.
            SegOpsWaitTimeout: it did not finish in time.
        """
        from .._call.waiting import IMPORT

        address = path("/pim/import/{}/", job_id)
        done: ImportJob = self._wait(
            f"Import {job_id}",
            lambda within: self._read("import_status", address, None, within),
            IMPORT,
            timeout=timeout,
            interval=interval,
            on_progress=on_progress,
        )
        return done

    def import_csv_in_parts(
        self,
        path: str | os.PathLike[str],
        rows: int = 100_000,
        *,
        body: ImportConfirmation | None = None,
        timeout: float = 600.0,
        interval: float = 2.0,
        on_progress: Progress | None = None,
    ) -> ImportInParts:
        """Imports a CSV file of any size in parts, one after the other, and returns the totals.

        Each part has the header, is uploaded, confirmed with the same mapping, and waited for. Parts are cut between
        records (RFC 4180), never at a line end inside quotes.

        Progress is kept in a file beside the CSV, ``NAME.segops-import.json``: after a crash or an interruption,
        the same call resumes where it stopped. It is removed at the end. A CSV that has changed meanwhile is refused.
        Let one process at a time import a file.

        Args:
            path: the CSV file, in UTF-8 with a header row.
            rows: how many rows a part has at most; the platform takes 100,000 rows and 100 MiB an import.
            body: how each part is confirmed, as ``confirm_import`` takes it; what is left out is taken from the first
                part's proposal.
            timeout: seconds to wait for each part.
            interval: longest delay between polls, in seconds; the first ones are shorter.
            on_progress: called with the part under way, whenever it has come further.

        Raises:
            SegOpsArgumentError: the file cannot be read or cut, or has changed since its import was begun.
            SegOpsBadRequestError: the server refuses a part; the message says which rows are in it.
            SegOpsJobError: the import of a part has failed.
            SegOpsWaitTimeout: a part did not finish in time; the same call resumes waiting for it.

        Source: https://segops.ai/docs/pim/import
        """
        from .._call.parts import CsvImport

        limits = {"timeout": timeout, "interval": interval}
        course = CsvImport(self, path, rows=rows, body=body, limits=limits, on_progress=on_progress)
        done: ImportInParts = self._run(course)
        return done
