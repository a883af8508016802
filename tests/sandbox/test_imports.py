"""CSV imports: upload, suggestion, confirmation, import, history; and files that can't be used."""

from __future__ import annotations

import time
from typing import Any

import pytest

CSV = (
    "Article Number,Product Name,List Price,Colors,Active,Weight,Link,Since,Notes\n"
    'A1,Boot,"129.99",red|blue,yes,1.5,https://x.test/1,2026-01-02,"Warm, dry and light in every kind of weather"\n'
    "A2,Shoe,€ 59,green|red,no,0.8,https://x.test/2,2026-02-03,\n"
    ",Nameless,1,x|y,no,1,https://x.test/3,2026-02-04,skipped\n"
    ",,,,,,,,\n"
)
MAPPING = {
    "Article Number": "sku",
    "Product Name": "name",
    "List Price": "list_price",
    "Colors": "colors",
    "Active": "active",
    "Weight": "weight",
    "Link": "link",
    "Since": "since",
    "Notes": "notes",
}


def upload(api: Any, content: str | bytes = CSV, filename: str = "products.csv") -> Any:
    """Upload a file."""
    data = content.encode() if isinstance(content, str) else content
    return api.request("POST", "/pim/import/csv/", files={"file": (filename, data, "text/csv")})


def test_an_upload_says_where_each_column_belongs(api: Any) -> None:
    answer = upload(api)
    assert answer.status_code == 201
    body = answer.json()
    assert (body["job_id"], body["id"], body["status"], body["filename"]) == (1, 1, "mapping", "products.csv")
    assert body["row_count"] == 3  # a blank line is no row
    assert body["headers"] == list(MAPPING)
    assert body["sample_rows"][1]["List Price"] == "€ 59"
    assert body["suggested_mapping"] == MAPPING
    assert {field["name"]: field["type"] for field in body["suggested_schema"]} == {
        "list_price": "price",
        "colors": "array",
        "active": "boolean",
        "weight": "number",
        "link": "url",
        "since": "datetime",
        "notes": "string",
    }
    required = {field["name"]: field["required"] for field in body["suggested_schema"]}
    assert (required["colors"], required["notes"]) == (True, False)


def test_the_sample_is_the_first_five_rows(api: Any) -> None:
    rows = "".join(f"A{number},x\n" for number in range(9))
    body = upload(api, "sku,name\n" + rows).json()
    assert (body["row_count"], [row["sku"] for row in body["sample_rows"]]) == (9, ["A0", "A1", "A2", "A3", "A4"])


def test_a_confirmed_import_becomes_products(api: Any) -> None:
    upload(api)
    confirmed = api.post("/pim/import/1/confirm/", {"mapping": MAPPING})
    assert confirmed.status_code == 202
    assert confirmed.json() == {"job_id": 1, "id": 1, "status": "importing"}
    done = api.get("/pim/import/1/").json()
    assert (done["status"], done["row_count"], done["imported_count"], done["skipped_count"]) == ("done", 3, 2, 1)
    assert "headers" not in done
    boot, shoe = api.get("/pim/products/").json()["results"]
    assert (boot["sku"], boot["name"], boot["source"]) == ("A1", "Boot", "csv")
    assert boot["data"] == {
        "list_price": 129.99,
        "colors": ["red", "blue"],
        "active": True,
        "weight": 1.5,
        "link": "https://x.test/1",
        "since": "2026-01-02",
        "notes": "Warm, dry and light in every kind of weather",
    }
    assert shoe["data"]["list_price"] == {"amount": 59, "currency": "EUR"}
    assert (shoe["data"]["active"], shoe["data"]["notes"]) == (False, None)
    names = [field["name"] for field in api.get("/pim/schema/").json()["fields"]]
    assert names == ["list_price", "colors", "active", "weight", "link", "since", "notes"]


def test_its_states_are_seen_in_their_order(api: Any) -> None:
    api.jobs("manual")
    upload(api)
    seen = [api.get("/pim/import/1/").json()["status"]]
    api.post("/pim/import/1/confirm/", {})
    seen.append(api.get("/pim/import/1/").json()["status"])
    api.run_jobs()
    seen.append(api.get("/pim/import/1/").json()["status"])
    assert seen == ["mapping", "importing", "done"]


def test_an_import_that_awaits_its_mapping_can_be_taken_up_again(api: Any) -> None:
    first = upload(api).json()
    again = api.get("/pim/import/1/").json()
    for key in ("headers", "sample_rows", "suggested_schema", "suggested_mapping"):
        assert again[key] == first[key]


def test_confirming_without_a_mapping_takes_the_suggestion(api: Any) -> None:
    upload(api)
    assert api.post("/pim/import/1/confirm/", {"confirmed": True}).status_code == 202
    assert api.get("/pim/import/1/").json()["mapping"] == MAPPING


def test_columns_can_be_left_out_and_the_schema_be_given(api: Any) -> None:
    upload(api)
    body = {
        "mapping": {"Article Number": "sku", "Weight": "kg", "Colors": None},
        "schema": {"fields": [{"name": "kg", "type": "string"}, {"name": "sku", "type": "string"}]},
    }
    assert api.post("/pim/import/1/confirm/", body).status_code == 202
    assert api.get("/pim/products/1/").json()["data"] == {"kg": "1.5"}
    assert [field["name"] for field in api.get("/pim/schema/").json()["fields"]] == ["kg"]  # sku is no field


def test_importing_again_updates_by_sku_and_keeps_other_data(api: Any) -> None:
    api.post("/pim/products/", {"sku": "A1", "name": "Old", "data": {"own": 1, "size": 1}})
    upload(api, "sku,size\nA1,43\nA1,44\nA9,45\n")
    api.post("/pim/import/1/confirm/", {})
    products = api.get("/pim/products/").json()["results"]
    assert [(product["sku"], product["name"]) for product in products] == [("A1", "Old"), ("A9", "")]
    assert products[0]["data"] == {"own": 1, "size": 44}
    assert products[0]["source"] == "api"  # where it came from first


def test_a_confirmed_mapping_is_remembered_and_beats_the_suggestion(api: Any) -> None:
    upload(api, "code,name,extra\nA1,Boot,x\n")
    api.post("/pim/import/1/confirm/", {"mapping": {"code": "sku", "name": "label", "extra": None}})
    again = upload(api, "name,code,extra,title\nBoot,A1,x,The boot\n").json()
    assert again["suggested_mapping"] == {"name": "label", "code": "sku", "extra": None, "title": "name"}


def test_an_existing_field_keeps_its_type(api: Any) -> None:
    api.put("/pim/schema/", {"fields": [{"name": "size", "type": "string"}]})
    body = upload(api, "sku,size\nA1,43\n").json()
    assert body["suggested_schema"][0]["type"] == "string"
    api.post("/pim/import/1/confirm/", {})
    assert api.get("/pim/products/1/").json()["data"] == {"size": "43"}


def test_a_column_that_identifies_every_row_is_taken_for_the_sku(api: Any) -> None:
    body = upload(api, "id,name\n7,Boot\n8,Shoe\n").json()
    assert body["suggested_mapping"] == {"id": "sku", "name": "name"}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"mapping": {"name": "name"}}, "A column must be mapped to sku."),
        ({"mapping": {"sku": "sku", "name": "sku"}}, 'Two columns are mapped to "sku".'),
        ({"mapping": {"sku": "sku", "nope": "x"}}, '"nope" is not a column of the file.'),
        ({"mapping": {"sku": "sku", "name": 5}}, "name: Expected a field name or null."),
        ({"mapping": {"sku": "sku", "name": ""}}, "name: Expected a field name or null."),
        ({"mapping": "sku"}, "Expected an object of column to field."),
    ],
)
def test_a_wrong_mapping_is_refused_and_can_be_corrected(api: Any, body: Any, said: str) -> None:
    upload(api, "sku,name\nA1,Boot\n")
    answer = api.post("/pim/import/1/confirm/", body)
    assert (answer.status_code, answer.json()) == (400, {"mapping": [said]})
    assert api.get("/pim/products/").json()["count"] == 0
    assert api.post("/pim/import/1/confirm/", {}).status_code == 202


def test_an_import_is_confirmed_once(api: Any) -> None:
    upload(api)
    api.post("/pim/import/1/confirm/", {})
    again = api.post("/pim/import/1/confirm/", {})
    assert (again.status_code, again.json()) == (400, {"detail": "Import job is not awaiting confirmation."})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"sku,name\nA1,caf\xe9\n", "not UTF-8"),
        (b"\xff\xfes\x00k\x00u\x00", "not UTF-8"),
        (b"sku,na\x00me\nA1,x\n", "NUL"),
        (b"", "no header row"),
        (b"\n\n", "no header row"),
        (b"A1,129.99,5\nA2,59,6\n", "no header row"),
        (b"sku,size,size\nA1,1,2\n", "twice"),
        (b'sku,name\nA1,"' + b"x" * 200_000 + b'"\n', "not a CSV file"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_and_not_kept(api: Any, content: bytes, said: str) -> None:
    answer = upload(api, content)
    assert answer.status_code == 400
    assert said in answer.json()["file"][0]
    assert api.get("/pim/import/").json()["count"] == 0


def test_a_file_of_more_than_100000_rows_is_refused(api: Any) -> None:
    rows = "".join(f"A{number},x\n" for number in range(100_000))
    answer = upload(api, "sku,name\n" + rows + "B,x\n")
    assert (answer.status_code, "100,000" in answer.json()["file"][0]) == (400, True)
    assert upload(api, "sku,name\n" + rows).json()["row_count"] == 100_000


def test_an_upload_without_a_file_is_a_400(api: Any) -> None:
    missing = {"file": ["No file was submitted."]}
    wrong_part = api.request("POST", "/pim/import/csv/", files={"data": ("p.csv", b"sku\n", "text/csv")})
    text_part = api.request("POST", "/pim/import/csv/", files={"file": (None, "sku\nA1\n")})
    for answer in (wrong_part, text_part):
        assert (answer.status_code, answer.json()) == (400, missing)
    assert api.post("/pim/import/csv/", {"file": "x"}).status_code == 415
    broken = api.post("/pim/import/csv/", data=b"--x", headers={"Content-Type": "multipart/form-data"})
    assert broken.status_code == 400


def test_what_csv_writers_do_is_understood(api: Any) -> None:
    """A byte order mark, CRLF, quoted line breaks, short and long rows, blank header cells."""
    body = upload(api, b'\xef\xbb\xbfsku,name,\r\nA1,"two\r\nlines",1\r\nA2\r\nA3,x,y,z\r\n').json()
    assert body["headers"] == ["sku", "name", "column_3"]
    assert body["sample_rows"] == [
        {"sku": "A1", "name": "two\r\nlines", "column_3": "1"},
        {"sku": "A2", "name": "", "column_3": ""},
        {"sku": "A3", "name": "x", "column_3": "y"},
    ]


def test_the_history_is_newest_first(api: Any) -> None:
    for name in ("a.csv", "b.csv"):
        upload(api, filename=name)
    history = api.get("/pim/import/").json()
    assert (history["count"], history["next"]) == (2, None)
    assert [entry["filename"] for entry in history["results"]] == ["b.csv", "a.csv"]
    assert "csv_content" not in history["results"][0]
    assert api.get("/pim/import/3/").status_code == 404
    assert api.post("/pim/import/3/confirm/", {}).status_code == 404


def test_a_large_import_goes_on_beside_other_requests(api: Any) -> None:
    api.jobs("background")
    rows = "".join(f"A{number},x,{number}\n" for number in range(5000))
    upload(api, "sku,name,size\n" + rows)
    api.post("/pim/import/1/confirm/", {})
    counts = []
    deadline = time.monotonic() + 30
    while (state := api.get("/pim/import/1/").json())["status"] == "importing":
        counts.append(state["imported_count"])
        assert time.monotonic() < deadline
    assert (state["status"], state["imported_count"]) == ("done", 5000)
    assert counts == sorted(counts)
