"""CSV imports: upload, suggestion, confirmation, import, history; and files that can't be used."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from conformance import contract

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
        "colors": "string",
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
        "colors": "red|blue",
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
    body = {"mapping": {"code": "sku", "name": "label", "extra": None}, "schema": [{"name": "label", "type": "string"}]}
    assert api.post("/pim/import/1/confirm/", body).status_code == 202
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
        ({"mapping": {"sku": None}}, "A column must be mapped to sku."),
        ({"mapping": {}}, "A column must be mapped to sku."),
        (
            {"mapping": {"sku": "sku", "name": "naem"}},
            '"naem" is not a field of the schema. Add it under "schema", or choose one of: sku, name.',
        ),
        ({"mapping": {"sku": "sku", "name": "n" * 256}}, "name: Expected a field name or null."),
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


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ("x", "Expected a list of fields, but got a text."),
        ({}, "Expected a list of fields, but got null."),
        ({"fields": 5}, "Expected a list of fields, but got a number."),
        ([{"type": "string"}], "fields[0].name: This field is required."),
    ],
)
def test_a_wrong_schema_is_refused_and_changes_nothing(api: Any, schema: Any, said: str) -> None:
    upload(api, "sku,name,size\nA1,Boot,5\n")
    answer = api.post("/pim/import/1/confirm/", {"mapping": {"sku": "sku"}, "schema": schema})
    assert (answer.status_code, answer.json()) == (400, {"schema": [said]})
    assert api.get("/pim/schema/").json()["id"] is None
    assert api.get("/pim/import/1/").json()["status"] == "mapping"
    assert upload(api, "sku,name,size\n").json()["suggested_mapping"] == {"sku": "sku", "name": "name", "size": "size"}


@pytest.mark.parametrize("form", [list, lambda fields: {"fields": fields}])
def test_the_schema_comes_as_a_list_or_as_an_object_of_fields(api: Any, form: Any) -> None:
    api.put("/pim/schema/", {"fields": [{"name": "own", "type": "url", "required": True, "description": "kept"}]})
    upload(api, "sku,name,size,own\nA1,Boot,5,https://x.test/\n")
    fields = [
        {"name": "size", "type": "string"},
        {"name": "name", "type": "number"},
        {"name": "later", "type": "array"},
    ]
    assert api.post("/pim/import/1/confirm/", {"schema": form(fields)}).status_code == 202
    stored = api.get("/pim/schema/").json()["fields"]
    assert [(field["name"], field["type"]) for field in stored] == [
        ("own", "url"),
        ("size", "string"),
        ("later", "array"),
    ]
    assert stored[0] == {"name": "own", "type": "url", "required": True, "description": "kept"}
    assert api.get("/pim/products/1/").json()["data"] == {"size": "5", "own": "https://x.test/"}


def test_a_suggestion_leaves_the_fields_that_are_there_as_they_are(api: Any) -> None:
    field = {"name": "listPrice", "type": "string", "required": False, "description": "as printed"}
    api.put("/pim/schema/", {"fields": [field]})
    body = upload(api, "sku,List Price,listPrice\nA1,5,6\n").json()
    assert body["suggested_mapping"] == {"sku": "sku", "List Price": "list_price", "listPrice": "listPrice"}
    assert body["suggested_schema"][1] == field
    api.post("/pim/import/1/confirm/", {"mapping": {"sku": "sku", "listPrice": "listPrice"}})
    assert api.get("/pim/schema/").json()["fields"] == [field]


def test_a_remembered_column_stays_until_it_is_confirmed_anew(api: Any, other_tenant: Any) -> None:
    upload(api, "sku,size,note\nA1,5,x\n")
    api.post("/pim/import/1/confirm/", {"mapping": {"sku": "sku", "size": "size"}})  # left out is to be left out
    assert upload(api, "sku,size,note\n").json()["suggested_mapping"]["note"] is None
    api.post("/pim/import/2/confirm/", {"mapping": {"sku": "sku", "note": "size"}})
    again = upload(api, "sku,size,note\n").json()
    assert again["suggested_mapping"] == {"sku": "sku", "size": None, "note": "size"}
    theirs = upload(other_tenant, "sku,size,note\n").json()
    assert theirs["suggested_mapping"] == {"sku": "sku", "size": "size", "note": "note"}


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
        (b"sku,size, size \nA1,1,2\n", "twice"),
        (b"sku;name\nA1;x\n", "separated by ';'"),
        (b"sku\tname\nA1\tx\n", "separated by"),
        (b'sku,name\nA1,"never closed\nA2,x\n', "unexpected end of data (line 3)"),
        (b"sku," + b"x" * 256 + b"\nA1,x\n", "column 2 has more than 255 characters"),
        (",".join(f"c{number}" for number in range(1001)).encode() + b"\n", "1,001 columns"),
        (b"sku,name\n" + b"A1,x\n" * 20000 + b"A1,caf\xe9\n", "(byte 100015)"),
        (b"sku,name\nA1,caf\xc3", "(byte 15)"),
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


def test_rows_are_read_as_a_spreadsheet_writes_them(api: Any) -> None:
    text = 'sku,"a ""b""",c\r\n"A,1","x\n\n""y""",1\r\n\r\n , ,\r\nA2,"",  z \r\n'
    body = upload(api, text).json()
    assert body["row_count"] == 2
    assert body["sample_rows"] == [
        {"sku": "A,1", 'a "b"': 'x\n\n"y"', "c": "1"},
        {"sku": "A2", 'a "b"': "", "c": "  z "},
    ]
    old_mac = upload(api, b"sku,name\rA1,x\rA2,y").json()
    assert old_mac["row_count"] == 2
    years = upload(api, "sku,2023,2024\nA1,1,2\n").json()
    assert years["headers"] == ["sku", "2023", "2024"]
    header_only = upload(api, "sku,name").json()
    assert (header_only["row_count"], header_only["sample_rows"]) == (0, [])
    api.post(f"/pim/import/{header_only['id']}/confirm/", {})
    assert api.get(f"/pim/import/{header_only['id']}/").json()["status"] == "done"


def test_the_byte_order_mark_is_not_part_of_the_first_column(api: Any) -> None:
    upload(api, b"\xef\xbb\xbfsku,name\nA1,Boot\n")
    api.post("/pim/import/1/confirm/", {"mapping": {"sku": "sku", "name": "name"}})
    [product] = api.get("/pim/products/").json()["results"]
    assert (product["sku"], product["name"]) == ("A1", "Boot")


def test_what_could_not_be_taken_over_as_it_was_is_reported_by_line(api: Any) -> None:
    text = (
        "sku,name,weight,list price\n"
        'A1,"two\nlines",heavy,5\n'
        ",No SKU,1,5\n"
        "\n"
        f"{'x' * 256},Long SKU,1,5\n"
        f"A2,{'n' * 501},2,5,too,many\n"
        "A3,Fine,3,abc\n"
    )
    upload(api, text)
    schema = [{"name": "weight", "type": "number"}, {"name": "list_price", "type": "price"}]
    assert api.post("/pim/import/1/confirm/", {"schema": schema}).status_code == 202
    done = api.get("/pim/import/1/").json()
    assert contract().check("ImportJob", done) == []
    assert (done["status"], done["row_count"], done["imported_count"], done["skipped_count"]) == ("done", 5, 3, 2)
    assert (done["error_count"], done["error_message"]) == (6, "")
    assert done["errors"] == [
        {"line": 2, "sku": "A1", "column": "weight", "error": '"heavy" is not a number; kept as text.'},
        {"line": 4, "sku": None, "column": "sku", "error": "The row has no SKU; skipped."},
        {"line": 6, "sku": None, "column": "sku", "error": "The SKU has more than 255 characters; skipped."},
        {"line": 7, "sku": "A2", "column": None, "error": "The row has 2 more cells than there are columns; left out."},
        {"line": 7, "sku": "A2", "column": "name", "error": "The name was cut to 500 characters."},
        {"line": 8, "sku": "A3", "column": "list price", "error": '"abc" is not a price; kept as text.'},
    ]
    products = {product["sku"]: product for product in api.get("/pim/products/").json()["results"]}
    assert products["A1"]["data"] == {"weight": "heavy", "list_price": 5}
    assert products["A3"]["data"] == {"weight": 3, "list_price": "abc"}
    assert len(products["A2"]["name"]) == 500


def test_the_report_names_the_first_hundred_and_counts_all(api: Any) -> None:
    upload(api, "sku,size\n" + ",1\n" * 1500)
    api.post("/pim/import/1/confirm/", {})
    done = api.get("/pim/import/1/").json()
    assert (done["skipped_count"], done["error_count"], len(done["errors"])) == (1500, 1500, 100)
    assert [entry["line"] for entry in done["errors"]] == list(range(2, 102))
    assert (done["status"], done["imported_count"]) == ("done", 0)


def test_an_import_that_breaks_says_how_far_it_came(start: Callable[..., Any], tmp_path: Path) -> None:
    database = tmp_path / "sandbox.sqlite3"
    api = start("--jobs=manual", f"--db={database}", env={"DATABASE_URL": ""})
    upload(api, "sku,size\n" + "".join(f"A{number},1\n" for number in range(2500)))
    api.post("/pim/import/1/confirm/", {})
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(
            "CREATE TRIGGER broken BEFORE INSERT ON sandbox_product WHEN NEW.sku = 'A1700' "
            "BEGIN SELECT RAISE(FAIL, 'the disk is full'); END"
        )
    assert [job["status"] for job in api.run_jobs()] == ["failed"]
    failed = api.get("/pim/import/1/").json()
    assert (failed["status"], failed["imported_count"]) == ("failed", 1000)
    assert failed["error_message"] == (
        "the disk is full. The first 1,000 of 2,500 rows were worked off (1,000 imported), nothing of the others. "
        "Upload the file again to continue."
    )
    assert api.get("/pim/products/").json()["count"] == 1000  # no half of a chunk


def test_an_interrupted_import_resumes_where_it_stopped(start: Callable[..., Any], tmp_path: Path) -> None:
    database = tmp_path / "sandbox.sqlite3"
    api = start("--jobs=manual", f"--db={database}", env={"DATABASE_URL": ""})
    upload(api, "sku,size\n,\n" + "".join(f"A{number},1\n" for number in range(2499)))
    api.post("/pim/import/1/confirm/", {})
    with closing(sqlite3.connect(database)) as connection, connection:
        # As a server leaves it that dies after the first 1,000 rows of 2,500 (blank ones do not count).
        connection.execute("UPDATE sandbox_import_job SET imported_count = 1000")
    api.run_jobs()
    done = api.get("/pim/import/1/").json()
    assert (done["status"], done["row_count"], done["imported_count"]) == ("done", 2499, 2499)
    skus = [product["sku"] for product in api.get("/pim/products/").json()["results"]]
    assert skus[0] == "A1000"


def test_the_file_is_forgotten_once_it_is_imported(start: Callable[..., Any], tmp_path: Path) -> None:
    database = tmp_path / "sandbox.sqlite3"
    api = start("--jobs=instant", f"--db={database}", env={"DATABASE_URL": ""})
    upload(api, "sku,note\n" + "".join(f"A{number},{'x' * 1000}\n" for number in range(1000)))
    with closing(sqlite3.connect(database)) as connection:
        count = "SELECT COUNT(*), SUM(LENGTH(content)) FROM sandbox_import_part"
        parts, size = connection.execute(count).fetchone()
        assert (parts > 1, size > 1_000_000) == (True, True)
        api.post("/pim/import/1/confirm/", {})
        assert api.get("/pim/import/1/").json()["imported_count"] == 1000
        assert connection.execute(count).fetchone() == (0, None)


def test_imports_are_what_the_contract_says(api: Any) -> None:
    check = contract().check
    assert check("ImportUpload", upload(api).json()) == []
    assert check("ImportJob", api.get("/pim/import/1/").json()) == []
    assert check("ImportConfirmed", api.post("/pim/import/1/confirm/", {}).json()) == []
    assert check("Page<ImportJob>", api.get("/pim/import/").json()) == []


def test_imports_of_another_workspace_are_not_there(api: Any, other_tenant: Any) -> None:
    upload(other_tenant)
    assert api.get("/pim/import/").json()["count"] == 0
    assert api.get("/pim/import/1/").status_code == 404
    assert api.post("/pim/import/1/confirm/", {}).status_code == 404


def test_the_history_is_newest_first(api: Any) -> None:
    for name in ("a.csv", "b.csv"):
        upload(api, filename=name)
    history = api.get("/pim/import/").json()
    assert (history["count"], history["next"]) == (2, None)
    assert [entry["filename"] for entry in history["results"]] == ["b.csv", "a.csv"]
    assert "csv_content" not in history["results"][0]
    assert api.get("/pim/import/3/").status_code == 404
    assert api.post("/pim/import/3/confirm/", {}).status_code == 404


def test_a_large_import_runs_beside_other_requests(api: Any) -> None:
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
