"""The cost of an import, measured by the modules that it loads: a clock on a shared machine is no measure."""

from __future__ import annotations

import pytest
from fresh_interpreter import loaded_by

# Each of these costs milliseconds; together they would be most of a short program's start.
DEAR = {
    "argparse", "asyncio", "concurrent.futures", "dataclasses", "datetime", "decimal", "email", "http", "http.client",
    "inspect", "json", "logging", "random", "re", "socket", "ssl", "tempfile", "threading", "typing", "urllib.parse",
    "urllib.request", "uuid", "zlib",
}  # fmt: skip


def test_importing_the_package_loads_itself_and_its_version() -> None:
    assert loaded_by("import segops_admin") == {"segops_admin", "segops_admin._version"}


def test_importing_the_webhook_helpers_loads_hashes_and_little_else() -> None:
    loaded = loaded_by("from segops_admin.webhook import verify_webhook, parse_webhook, sign_webhook")
    assert {"hmac", "hashlib"} <= loaded
    assert loaded & (DEAR - {"re"}) == set()
    assert {name for name in loaded if name.startswith("segops_admin.")} == {
        "segops_admin._version",
        "segops_admin.webhook",
    }


def test_importing_the_namespaces_loads_no_expensive_module() -> None:
    assert loaded_by("import segops_admin.resources") & DEAR == set()


def test_importing_the_errors_loads_no_expensive_module() -> None:
    assert loaded_by("from segops_admin import SegOpsError, SegOpsApiError") & DEAR == set()


def test_importing_the_client_loads_neither_tls_nor_http() -> None:
    loaded = loaded_by("from segops_admin import SegOpsAdmin")
    assert "segops_admin._call.course" in loaded
    assert loaded & {"ssl", "http.client", "socket", "requests"} == set()


def test_a_client_loads_tls_and_http_with_its_first_request_only() -> None:
    made = loaded_by("from segops_admin import SegOpsAdmin; SegOpsAdmin('sk_1').close()")
    assert made & {"ssl", "http.client", "socket"} == set()
    asked = loaded_by(
        "from segops_admin import SegOpsAdmin, SegOpsConnectionError\n"
        "try: SegOpsAdmin('sk_1', base_url='http://127.0.0.1:9', max_retries=0).segments.list()\n"
        "except SegOpsConnectionError: pass"
    )
    assert {"ssl", "socket", "segops_admin._transport.pool"} <= asked
    assert asked & {"http.client", "asyncio"} == set()


@pytest.mark.parametrize("module", ["requests", "urllib3"])
def test_requests_is_not_needed(module: str) -> None:
    statement = f"import sys; sys.modules[{module!r}] = None; from segops_admin import HTTPTransport; HTTPTransport()"
    assert "segops_admin._transport.pool" in loaded_by(statement)
