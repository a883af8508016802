"""The server without its extras: everything works but what they bring, and that says what to install."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib.metadata import distribution
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from pytest_segops.launch import Launch
from pytest_segops.process import SandboxProcess

# What `find_spec` and `import` see where the extras are not installed.
WITHOUT = "import sys; sys.modules.update(sklearn=None, numpy=None, scipy=None, pyarrow=None); "
MAIN = "from segops_sandbox.cli import main; raise SystemExit(main())"
MIB = 1 << 20


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory, connect: Callable[..., Any]) -> Iterator[Any]:
    launch = Launch("package", (sys.executable, "-c", WITHOUT + MAIN))
    process = SandboxProcess.start(tmp_path_factory.mktemp("plain") / "log", "--jobs=instant", launch=launch)
    yield connect(process)
    assert process.stop() == 0, process.log.read_text()


def test_a_search_and_a_parquet_export_say_what_to_install(plain: Any) -> None:
    plain.post("/pim/products/", {"sku": "A1", "name": "Boot"})
    segment = plain.post("/segments/", {"name": "All"}).json()["id"]
    for answer, extra in (
        (plain.get("/ai-pages/query?q=boot"), "search"),
        (plain.post(f"/segments/{segment}/export/", {"format": "parquet"}), "parquet"),
    ):
        assert answer.status_code == 400
        assert f"pip install 'segops-sandbox[{extra}]'" in answer.json()["detail"]


def test_a_page_build_fails_with_what_to_install(plain: Any) -> None:
    query = plain.post("/ai-reach/queries/", {"query_text": "Which boots are good?"}).json()["id"]
    page = plain.post("/ai-pages/pages/", {"slug": "boots", "query": query}).json()["id"]
    plain.post(f"/ai-pages/pages/{page}/build/", {})
    built = plain.get(f"/ai-pages/pages/{page}/").json()
    assert built["builder_status"] == "failed"
    assert "segops-sandbox[search]" in built["builder_error"]


def test_the_rest_works_without_them(plain: Any) -> None:
    segment = plain.post("/segments/", {"name": "Some"}).json()["id"]
    exported = plain.post(f"/segments/{segment}/export/", {"format": "csv"}).json()
    status = plain.get(f"/segments/{segment}/export/?export_id={exported['export_id']}").json()
    assert status["status"] == "complete"


def test_the_plain_server_takes_less_than_80_mb() -> None:
    """By the files of the distributions that it asks for, as they are installed here; bytecode comes on top."""
    sizes: dict[str, int] = {}
    left = ["segops-sandbox"]
    while left:
        name = canonicalize_name(left.pop())
        if name in sizes:
            continue
        found = distribution(name)
        sizes[name] = sum(file.size or 0 for file in found.files or ())
        wanted = map(Requirement, found.requires or ())
        left += [each.name for each in wanted if each.marker is None or each.marker.evaluate({"extra": ""})]
    assert sizes["django"] > 20 * MIB, "sizes are known"
    assert sum(sizes.values()) < 80 * MIB, sizes
