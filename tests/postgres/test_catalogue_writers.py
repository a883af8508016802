"""Several servers that write many products of one workspace at once: no deadlock, no failure, no lost write."""

from __future__ import annotations

from functools import partial
from typing import Any

import requests
from sandbox_servers import at_once, until

ROWS = 400


def rows(key: str, backwards: bool) -> list[dict[str, Any]]:
    """Rows of the same SKUs that set a key of their own."""
    numbers = range(ROWS - 1, -1, -1) if backwards else range(ROWS)
    return [{"sku": f"A{number:03}", key: number} for number in numbers]


def test_bulk_upserts_of_the_same_skus_in_opposite_orders_are_all_merged(team: Any) -> None:
    one, other = team.servers
    calls = [
        partial((one, other)[n % 2], "POST", "/pim/products/bulk/", {"products": rows(f"key_{n}", bool(n % 2))})
        for n in range(6)
    ]
    singles = [
        partial(one, "POST", "/pim/products/", {"sku": f"A{n:03}", "name": "Single"}) for n in range(0, ROWS, 100)
    ]
    answers = at_once([*calls, *singles])
    assert [answer.status_code for answer in answers[:6]] == [200] * 6, [answer.text for answer in answers]
    assert {answer.status_code for answer in answers[6:]} <= {201, 400}
    made = sum(answer.json()["created"] for answer in answers[:6]) + sum(a.status_code == 201 for a in answers[6:])
    assert made == ROWS
    [(count, complete)] = team.query(
        "SELECT COUNT(*), COUNT(*) FILTER (WHERE data ?& ARRAY['key_0','key_1','key_2','key_3','key_4','key_5']) "
        "FROM sandbox_product"
    )
    assert (count, complete) == (ROWS, ROWS)


def test_scoring_an_import_and_bulk_upserts_at_the_same_time_all_succeed(team: Any) -> None:
    one, other = team.servers
    one("POST", "/pim/products/bulk/", {"products": rows("size", False)})
    content = "sku,weight\n" + "".join(f"A{number:03},1\n" for number in range(ROWS - 1, -1, -1))
    files = {"file": ("p.csv", content.encode(), "text/csv")}
    authorization = {"Authorization": f"ApiKey {other.key}"}
    upload = requests.post(f"{other.url}/pim/import/csv/", files=files, headers=authorization, timeout=60)
    job = upload.json()["job_id"]
    answers = at_once(
        [
            partial(one, "POST", "/pim/score-all/"),
            partial(other, "POST", f"/pim/import/{job}/confirm/", {}),
            *(partial(one, "POST", "/pim/products/bulk/", {"products": rows(f"more_{n}", n == 1)}) for n in range(2)),
            partial(other, "POST", "/pim/score-all/"),
        ]
    )
    assert {answer.status_code for answer in answers} == {200, 202}, [answer.text for answer in answers]
    asked_for = "FROM sandbox_job WHERE kind <> 'products.score_nightly'"
    until(lambda: not team.query(f"SELECT 1 {asked_for} AND status NOT IN ('done', 'failed')"))
    assert team.query(f"SELECT DISTINCT status {asked_for}") == [("done",)]
    state = one("GET", f"/pim/import/{job}/").json()
    assert (state["status"], state["imported_count"]) == ("done", ROWS)
    [(complete,)] = team.query(
        "SELECT COUNT(*) FROM sandbox_product WHERE data ?& ARRAY['size', 'weight', 'more_0', 'more_1'] "
        "AND ai_readability_score IS NOT NULL"
    )
    assert complete == ROWS
    assert team.query("SELECT COUNT(*) FROM sandbox_product_score") == [(ROWS,)]
