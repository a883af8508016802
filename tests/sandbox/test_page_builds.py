"""A page that is changed while its content is being written, in this process, where the moment can be chosen."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from sandbox_in_process import sandbox_in_process

NOW = 1_777_636_800_000_000  # 2026-05-01T12:00:00Z


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """The sandbox's modules in this process, on a database of their own."""
    with sandbox_in_process(tmp_path_factory.mktemp("engine"), NOW) as tenant:
        from segops_sandbox import jobs
        from segops_sandbox.models import AIQuery, GeneratedPage, Product
        from segops_sandbox.pages import build
        from segops_sandbox.pages.slugs import create_page

        jobs.set_mode(jobs.MANUAL)
        Product.objects.create(tenant=tenant, sku="A1", name="Good Boot")
        yield SimpleNamespace(
            tenant=tenant, build=build, create_page=create_page, jobs=jobs, AIQuery=AIQuery, GeneratedPage=GeneratedPage
        )


@pytest.fixture
def building(engine: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Build a page of a query, and do something to its row when the content is ready, but not yet stored."""

    def build(**changes: Any) -> Any:
        engine.AIQuery.objects.all().delete()
        query = engine.AIQuery.objects.create(tenant=engine.tenant, query_text="good boots")
        page = engine.create_page(query)
        rows = engine.GeneratedPage.objects.filter(pk=page.pk)
        rows.update(title="")
        page.refresh_from_db()
        write = engine.build.content_of

        def interrupted(page: Any) -> Any:
            content = write(page)
            rows.update(**changes)
            return content

        monkeypatch.setattr(engine.build, "content_of", interrupted)
        engine.build.queue_build(page)
        while engine.jobs.run_next() is not None:
            pass
        page.refresh_from_db()
        return page

    return build


def test_a_title_that_was_given_meanwhile_stays(building: Any) -> None:
    page = building(title="Mine", slug="my-boots")
    assert (page.title, page.slug, page.builder_status) == ("Mine", "my-boots", "built")
    assert page.blocks


def test_a_page_that_was_published_meanwhile_is_published(building: Any) -> None:
    page = building(published=True)
    assert (page.published, page.builder_status) == (True, "published")
    assert page.title


def test_a_page_whose_build_is_over_by_other_means_is_left_alone(building: Any) -> None:
    page = building(builder_status="failed")
    assert (page.builder_status, page.blocks) == ("failed", [])
