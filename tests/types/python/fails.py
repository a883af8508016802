"""Mistakes of users that type checkers have to report, on each line marked `error` and on no other.

Where the two checkers differ, the comment names the one that finds it.
"""

from segops_admin import ExportJob, SegOpsAdmin
from segops_admin.types import ImportJob, SegmentCondition

client = SegOpsAdmin("sk_test_types")

# A typo in a key.
client.segments.create({"nmae": "x"})  # error: nmae
client.segments.create({"name": "x", "descriptoin": "y"})  # error: descriptoin
client.segments.create({"nmae": "x", "definition": {"logic": "XOR", "conditions": 3}})  # error: XOR
client.segments.update(1, {"is_activ": True})  # error: is_activ
client.pages.create({"slug": "x", "tite": "y"})  # error: tite
client.queries.simulate({"query": "x"})  # error: query
client.segments.preview({"conditoins": []})  # error: conditoins

# A required key that is missing.
client.segments.create({})  # error: name
client.schemas.create({"properties": []})  # error: event_type
client.segments.preview({"logic": "AND"})  # error: conditions

# A key that only the server sets.
client.segments.create({"name": "x", "member_count": 3})  # error: member_count
client.segments.update(1, {"last_computed_at": None})  # error: last_computed_at

# A wrong word.
client.segments.create({"name": "x", "segment_type": "rules"})  # error: rules
client.segments.create({"name": "x", "definition": {"logic": "XOR", "conditions": []}})  # error: XOR
client.queries.create({"query_text": "q", "providers": ["oracle"]})  # error: oracle
client.queries.update(1, {"schedule": "monthly"})  # error: monthly
client.activations.update(1, {"status": "error"})  # error: 'error'
client.segments.export(1, format="xlsx")  # error: xlsx
client.pages.export(1, format="pdf")  # error: pdf
client.segments.update(1, {}, method="POST")  # error: POST

# An operator, or a value, that is not the condition's; a key of it that is missing.
client.segments.preview({"conditions": [{"type": "recency", "event_type": "e", "operator": "between", "window_days": 3}]})  # error
client.segments.preview({"conditions": [{"type": "event_count", "event_type": "e", "operator": "contains", "value": 3}]})  # error
client.segments.preview({"conditions": [{"type": "event_count", "event_type": "e", "operator": "gt", "value": "3"}]})  # error
client.segments.preview({"conditions": [{"type": "recency", "event_type": "e", "operator": "gt"}]})  # error
client.segments.preview({"conditions": [{"type": "frequency", "event_type": "e"}]})  # error
equals: SegmentCondition = {"type": "user_property", "property": "plan", "operator": "equals", "value": "pro"}  # error
client.product_segments.create({"name": "p", "definition": {"conditions": [{"type": "product_attribute", "property": "p", "operator": "like"}]}})  # error

# An unknown query parameter.
client.segments.list({"page_sise": 5})  # error
client.segments.members(1, {"offset": 5})  # error
client.users.search({"name": "alice"})  # error
client.activations.iterate({"limit": 5})  # error


# What comes back.
def read(job: ImportJob, exported: ExportJob) -> None:
    segment = client.segments.get(1)
    print(segment["nmae"])  # error: nmae
    name: str = segment["id"]  # error: int
    print(name)
    print(segment["status"])  # error by pyright: status
    print(exported["download_url"])  # error by pyright: download_url
    if job["status"] == "complete":  # error by mypy: complete
        print()
    if segment["segment_type"] == "lookalikes":  # error by mypy: lookalikes
        print()
    segment["last_computed_at"].upper()  # error: None


client.segmnts  # error: segmnts
client.segments.get()  # error: "id"
client.segments.create("name")  # error: create
