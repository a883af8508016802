"""Hostile values, and every place of a request that takes one.

SQLite and PostgreSQL disagree about most of them (NUL characters, lone surrogates, numbers beyond 64 bits): what one of
them stores by luck stops the other.
"""

from __future__ import annotations

from urllib.parse import quote

HUGE = 1 << 63
LONG = "x" * 100_000

# One path segment as it stands in the request line.
SEGMENTS = {
    "zero": "0",
    "negative": "-1",
    "beyond 64 bits": str(HUGE),
    "far beyond": "9" * 400,
    "many digits": "1" * 5000,
    "no number": "abc",
    "a fraction": "1.5",
    "a float": "1e3",
    "a sign": "%2B1",
    "blank": "%20",
    "Arabic digits": quote("١"),
    "full-width digit": quote("１"),
    "superscript": quote("²"),
    "NUL": "%00",
    "NUL behind": "1%00",
    "line feed": "1%0A",
    "invalid UTF-8": "%FF%FE",
    "overlong UTF-8": "%C0%AF",
    "a surrogate": "%ED%A0%80",
    "half an escape": "%",
    "no escape": "%zz",
    "escaped twice": "%252e%252e",
    "dots": "..%2f..",
    "a slash": "1%2F2",
    "a question mark": "%3F",
    "SQL": quote("1' OR '1'='1"),
    "long": "x" * 20_000,
}

# Texts as JSON writes them, between the quotes.
TEXTS = {
    "NUL": r"a\u0000b",
    "escaped NUL of nothing else": r"\u0000",
    "lone high surrogate": r"\ud800",
    "lone low surrogate": r"x\udfff",
    "a pair": r"\ud83d\ude00",
    "not a character": r"\uffff",
    "C1 control": r"a\u0085\u009fb",
    "bidi": r"\u202egnp.exe",
    "combining": "Z" + r"\u0351" * 60,
    "BOM": r"\ufeffx",
    "line separators": r"a\u2028b\u2029c",
    "control": r"a\u0001\u001f\u007fb",
    "quotes": r"'\"`;--<b>&amp;{{x}}%s$1",
    "long": LONG,
}

# A whole JSON value, as its text.
VALUES = {
    "beyond 64 bits": str(HUGE),
    "far below": str(-HUGE - 1),
    "4,000 digits": "9" * 4000,
    "10,000 digits": "9" * 10_000,
    "beyond a double": "1e400",
    "minus zero": "-0.0",
    "NaN": "NaN",
    "Infinity": "-Infinity",
    "deep list": "[" * 500 + "]" * 500,
    "deeper list": "[" * 100_000 + "]" * 100_000,
    "deep object": '{"a":' * 500 + "1" + "}" * 500,
    "a list": "[1, [2, {}]]",
    "null": "null",
    "true": "true",
    "a key with NUL": r'{"a\u0000": 1}',
    "a key that is a lone surrogate": r'{"\ud800": 1}',
    "an empty key": '{"": 1}',
    "a key of the framework's lookups": '{"a__contains": 1, "__class__": 2, "$where": 3}',
    "the same key twice": '{"a": 1, "a": 2}',
    "a very long key": '{"' + LONG + '": 1}',
}


def _condition(text: str) -> str:
    """The body of a preview of one condition."""
    return '{"definition": {"conditions": [{' + text + "}]}}"


def _product_condition(text: str) -> str:
    """The body of a segment of products with one condition."""
    return '{"name": "n", "definition": {"conditions": [{' + text + "}]}}"


def _connector(segment: str, api_key: str) -> str:
    return f'{{"segment": {segment}, "connector_type": "klaviyo", "config": {{"api_key": {api_key}, "list_id": "l"}}}}'


# Every place of a body: a text, a number, a yes or no, a list, an object, a reference, at the top or inside.
PLACES: dict[str, tuple[str, str]] = {
    "segments.create name": ("segments.create", '{"name": %s}'),
    "segments.create description": ("segments.create", '{"name": "n", "description": %s}'),
    "segments.create definition": ("segments.create", '{"name": "n", "definition": %s}'),
    "segments.create is_active": ("segments.create", '{"name": "n", "is_active": %s}'),
    "segments.create tenant": ("segments.create", '{"name": "n", "tenant": %s}'),
    "segments.update name": ("segments.update", '{"name": %s}'),
    "segments.preview limit": ("segments.preview", '{"definition": {"conditions": []}, "limit": %s}'),
    "segments.preview count": (
        "segments.preview",
        _condition('"type": "event_count", "event_type": "order_placed", "operator": "gte", "value": %s'),
    ),
    "segments.preview window": (
        "segments.preview",
        _condition('"type": "recency", "event_type": "order_placed", "operator": "lt", "window_days": %s'),
    ),
    "segments.preview event_type": (
        "segments.preview",
        _condition('"type": "recency", "event_type": %s, "operator": "lt", "window_days": 1'),
    ),
    "segments.preview property": (
        "segments.preview",
        _condition('"type": "event_property", "event_type": "order_placed", "property": %s, "operator": "is_set"'),
    ),
    "segments.preview eq": (
        "segments.preview",
        _condition(
            '"type": "event_property", "event_type": "order_placed", "property": "total", "operator": "eq", "value": %s'
        ),
    ),
    "segments.preview in": (
        "segments.preview",
        _condition('"type": "user_property", "property": "city", "operator": "in", "value": [%s]'),
    ),
    "segments.preview contains": (
        "segments.preview",
        _condition('"type": "user_property", "property": "city", "operator": "contains", "value": %s'),
    ),
    "segments.preview regex": (
        "segments.preview",
        _condition('"type": "user_property", "property": "city", "operator": "matches_regex", "value": %s'),
    ),
    "segments.preview segment": (
        "segments.preview",
        _condition('"type": "segment_membership", "segment_id": %s, "operator": "in"'),
    ),
    "segments.export format": ("segments.export", '{"format": %s}'),
    "product_segments.create value": (
        "product_segments.create",
        _product_condition('"type": "product_attribute", "property": "brand", "operator": "eq", "value": %s'),
    ),
    "product_segments.create number": (
        "product_segments.create",
        _product_condition(
            '"type": "product_attribute", "property": "price", "operator": "gt", "value_type": "number", "value": %s'
        ),
    ),
    "product_segments.create segment": (
        "product_segments.create",
        _product_condition('"type": "user_behavior_signal", "signal": "viewed_by_segment", "segment_id": %s'),
    ),
    "products.create sku": ("products.create", '{"sku": %s, "name": "n"}'),
    "products.create name": ("products.create", '{"sku": "s", "name": %s}'),
    "products.create data": ("products.create", '{"sku": "s", "name": "n", "data": %s}'),
    "products.create price": ("products.create", '{"sku": "s", "name": "n", "data": {"price": %s, "brand": "b"}}'),
    "products.bulk_upsert sku": ("products.bulk_upsert", '{"products": [{"sku": %s, "name": "n"}]}'),
    "products.bulk_upsert price": ("products.bulk_upsert", '{"products": [{"sku": "s", "name": "n", "price": %s}]}'),
    "products.bulk_upsert row": ("products.bulk_upsert", '{"products": [%s]}'),
    "products.replace_schema field": ("products.replace_schema", '{"fields": [{"name": %s, "type": "string"}]}'),
    "products.replace_schema type": ("products.replace_schema", '{"fields": [{"name": "n", "type": %s}]}'),
    "products.replace_schema currency": ("products.replace_schema", '{"fields": [], "default_currency": %s}'),
    "products.confirm_import mapping": ("products.confirm_import", '{"mapping": %s}'),
    "products.confirm_import target": (
        "products.confirm_import",
        '{"mapping": {"sku": "sku", "name": "name", "price": %s}}',
    ),
    "schemas.create event_type": ("schemas.create", '{"event_type": %s}'),
    "schemas.create property": (
        "schemas.create",
        '{"event_type": "e", "properties": [{"name": %s, "type": "string"}]}',
    ),
    "schemas.create type": ("schemas.create", '{"event_type": "e", "properties": [{"name": "n", "type": %s}]}'),
    "schemas.infer payload": ("schemas.infer", '{"events": [{"event_type": "e", "payload": {"p": %s}}]}'),
    "schemas.validate event_type": ("schemas.validate", '{"event_type": %s, "payload": {}}'),
    "schemas.validate total": ("schemas.validate", '{"event_type": "order_placed", "payload": {"total": %s}}'),
    "activations.create segment": ("activations.create", _connector("%s", '"k"')),
    "activations.create connector": ("activations.create", '{"segment": 1, "connector_type": %s, "config": {}}'),
    "activations.create secret": ("activations.create", _connector("1", "%s")),
    "users.publish_sandbox user_id": ("users.publish_sandbox", '{"user_id": %s, "event_type": "order_placed"}'),
    "users.publish_sandbox occurred_at": (
        "users.publish_sandbox",
        '{"user_id": "u", "event_type": "order_placed", "occurred_at": %s}',
    ),
    "users.publish_sandbox payload": (
        "users.publish_sandbox",
        '{"user_id": "u", "event_type": "order_placed", "payload": {"total": %s}}',
    ),
    "identity.alias anonymous_id": ("identity.alias", '{"anonymous_id": %s, "user_id": "u"}'),
    "identity.merge into_user_id": ("identity.merge", '{"from_user_id": "u-1", "into_user_id": %s}'),
    "queries.create query_text": ("queries.create", '{"query_text": %s}'),
    "queries.create category": ("queries.create", '{"query_text": "q", "category": %s}'),
    "queries.create tag": ("queries.create", '{"query_text": "q", "tags": [%s]}'),
    "queries.create provider": ("queries.create", '{"query_text": "q", "providers": [%s]}'),
    "queries.simulate query_text": ("queries.simulate", '{"query_text": %s}'),
    "pages.create slug": ("pages.create", '{"slug": %s}'),
    "pages.create title": ("pages.create", '{"slug": "s", "title": %s}'),
    "pages.create query": ("pages.create", '{"slug": "s", "query": %s}'),
    "pages.build options": ("pages.build", '{"options": %s}'),
    "pages.export format": ("pages.export", '{"format": %s}'),
}

# Every query parameter, with what else its request needs.
PARAMETERS = {
    "segments.list page": ("/segments/", "page"),
    "segments.list page_size": ("/segments/", "page_size"),
    "segments.members limit": ("/segments/1/members/", "limit"),
    "segments.members cursor": ("/segments/1/members/", "cursor"),
    "segments.membership user_id": ("/segments/membership/", "user_id"),
    "segments.export_status export_id": ("/segments/1/export/", "export_id"),
    "products.list q": ("/pim/products/", "q"),
    "products.list brand": ("/pim/products/", "brand"),
    "products.list price": ("/pim/products/", "price"),
    "users.search q": ("/explorer/users/", "q"),
    "users.search limit": ("/explorer/users/", "limit"),
    "users.events event_type": ("/explorer/users/u-1/events/", "event_type"),
    "users.events since": ("/explorer/users/u-1/events/", "since"),
    "users.events limit": ("/explorer/users/u-1/events/", "limit"),
    "pages.query q": ("/ai-pages/query", "q"),
    "pages.query limit": ("/ai-pages/query?q=tent", "limit"),
    "pages.query segment_id": ("/ai-pages/query?q=tent", "segment_id"),
}
# A value as it stands in the request line; what a path may hold, a query may as well.
QUERY_VALUES = {
    **SEGMENTS,
    "empty": "",
    "twice": "1&{name}=2",
    "twice, then nothing": "1&{name}=",
    "a plus": "+1+",
    "a semicolon": "1;{name}=2",
    "an equals sign": "==1",
    "a bracket": "1&{name}[]=2&{name}[a]=3",
    "a date that is none": "2026-02-30",
    "a date out of reach": "9999-12-31T23:59:59-23:59",
    "the first year": "0001-01-01T00:00:00%2B23:59",
    "a year too many": "10000-01-01",
    "a lookup": "1&{name}__contains=x&{name}__gt=1",
}
