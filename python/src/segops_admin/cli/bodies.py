"""What help says of JSON that commands take.

Written by ``make generate`` from the contract (``spec/``): change it there.
"""

from __future__ import annotations

__all__ = ["BODIES", "DEFINITIONS"]

BODIES: dict[str, tuple[tuple[str, str, bool, str], ...]] = {
    "activations create": (
        ("segment", "whole number", True, "The segment."),
        ("connector_type", "text", True, "The service; the text for Talon.One is chosen."),
        (
            "config",
            "object",
            True,
            "The connector's settings; secrets come back as ***, and sent as *** stay as they are.",
        ),
        ("status", "inactive|active", False, "Whether it syncs; error is set by the platform."),
    ),
    "activations update": (
        ("segment", "whole number", False, "The segment."),
        ("connector_type", "text", False, "The service; the text for Talon.One is chosen."),
        (
            "config",
            "object",
            False,
            "The connector's settings; secrets come back as ***, and sent as *** stay as they are.",
        ),
        ("status", "inactive|active", False, "Whether it syncs; error is set by the platform."),
    ),
    "pages create": (
        ("slug", "text", True, "Its name in addresses, unique in the workspace."),
        ("title", "text", False, "Its title; the query's text unless given."),
        (
            "query",
            "whole number or text or null",
            False,
            "The AI query that it answers. Sent as its id by the reference, as its text by the vendor's published script: both are accepted, and a text that no query has yet becomes one.",
        ),
        ("published", "true or false", False, "Whether it is public."),
    ),
    "pages update": (
        ("slug", "text", False, "Its name in addresses, unique in the workspace."),
        ("title", "text", False, "Its title; the query's text unless given."),
        (
            "query",
            "whole number or text or null",
            False,
            "The AI query that it answers. Sent as its id by the reference, as its text by the vendor's published script: both are accepted, and a text that no query has yet becomes one.",
        ),
        ("published", "true or false", False, "Whether it is public."),
    ),
    "pages bulk-generate": (
        ("queries", "list of text", False, "The questions that the pages answer."),
        ("segment_id", "whole number or text", False, "The product segment that the pages are about."),
    ),
    "pages build": (("template", "text", False, "The template."),),
    "product-segments create": (
        ("name", "text", True, "Its name."),
        ("description", "text", False, "What it is for."),
        ("definition", "object", False, "Which products are in it."),
        ("is_active", "true or false", False, "Whether it is in use."),
    ),
    "product-segments update": (
        ("name", "text", False, "Its name."),
        ("description", "text", False, "What it is for."),
        ("definition", "object", False, "Which products are in it."),
        ("is_active", "true or false", False, "Whether it is in use."),
    ),
    "products create": (
        ("sku", "text", True, "Its business key, unique in the workspace; not changed by an update."),
        ("name", "text", True, "Its name."),
        ("data", "object", False, "Every other attribute; an update replaces it."),
    ),
    "products update": (
        ("sku", "text", False, "Its business key, unique in the workspace; not changed by an update."),
        ("name", "text", False, "Its name."),
        ("data", "object", False, "Every other attribute; an update replaces it."),
    ),
    "products bulk-upsert": (
        ("sku", "text", True, "The key by which the product is found or made."),
        ("name", "text", False, "Its name."),
    ),
    "products replace-schema": (
        ("fields", "list of object", True, "The fields."),
        ("default_currency", "text", False, "The currency of prices without one."),
        ("default_locale", "text", False, "The language of texts without one."),
    ),
    "products confirm-import": (
        (
            "mapping",
            "object",
            False,
            "Per column the field that it fills, sku, name, or null to leave it out; the suggested one unless given.",
        ),
        (
            "schema",
            "list of object or object",
            False,
            "Fields that the catalogue's schema gains, or whose types change; as a list, or as an object with that list.",
        ),
    ),
    "queries create": (
        ("query_text", "text", True, "The question, unique in the workspace."),
        ("category", "text or null", False, "A label."),
        ("tags", "list of text", False, "Further labels."),
        ("providers", "list of chatgpt|perplexity|claude|gemini|grok", False, "Who is asked; empty means all five."),
        ("is_active", "true or false", False, "Whether it is asked on schedule."),
        ("schedule", "hourly|daily|weekly", False, "How often it is asked."),
    ),
    "queries update": (
        ("query_text", "text", False, "The question, unique in the workspace."),
        ("category", "text or null", False, "A label."),
        ("tags", "list of text", False, "Further labels."),
        ("providers", "list of chatgpt|perplexity|claude|gemini|grok", False, "Who is asked; empty means all five."),
        ("is_active", "true or false", False, "Whether it is asked on schedule."),
        ("schedule", "hourly|daily|weekly", False, "How often it is asked."),
    ),
    "queries simulate": (
        ("query_text", "text", True, "The question."),
        (
            "providers",
            "list of chatgpt|perplexity|claude|gemini|grok",
            False,
            "Who is asked; all five if left out or empty.",
        ),
    ),
    "schemas create": (
        ("event_type", "text", True, "The event type, of which there is one schema at most."),
        ("description", "text", False, "What the event means."),
        ("properties", "list of object", False, "The properties of its payload."),
    ),
    "schemas update": (
        ("event_type", "text", False, "The event type, of which there is one schema at most."),
        ("description", "text", False, "What the event means."),
        ("properties", "list of object", False, "The properties of its payload."),
    ),
    "schemas infer": (
        ("event_type", "text", True, "Its type, in snake_case."),
        ("payload", "object", False, "Its properties."),
        ("user_id", "text", False, "The user."),
        ("occurred_at", "date and time", False, "When it occurred."),
    ),
    "segments create": (
        ("tenant", "whole number", False, "The workspace it belongs to; an API key fixes it."),
        ("name", "text", True, "Its name."),
        ("description", "text", False, "What it is for."),
        ("segment_type", "rule|ai|lookalike", False, "How it was made, for display only."),
        (
            "definition",
            "object",
            False,
            "Who is in it: a SegmentDefinition, saved even when a condition lacks a field.",
        ),
        ("is_active", "true or false", False, "Whether it takes part in previews of events and in analytics."),
    ),
    "segments update": (
        ("tenant", "whole number", False, "The workspace it belongs to; an API key fixes it."),
        ("name", "text", False, "Its name."),
        ("description", "text", False, "What it is for."),
        ("segment_type", "rule|ai|lookalike", False, "How it was made, for display only."),
        (
            "definition",
            "object",
            False,
            "Who is in it: a SegmentDefinition, saved even when a condition lacks a field.",
        ),
        ("is_active", "true or false", False, "Whether it takes part in previews of events and in analytics."),
    ),
    "segments preview": (
        ("logic", "AND|OR", False, "Whether all conditions must hold or one."),
        ("conditions", "list of object", True, "The conditions, one flat level."),
    ),
    "users publish-sandbox": (
        ("user_id", "text", True, "The user."),
        ("event_type", "text", True, "Its type, in snake_case."),
        ("occurred_at", "date and time", False, "When it occurred; now unless given."),
        ("payload", "object", False, "Its properties."),
        ("anonymous_id", "text", False, "The visitor's id, which ties it to the user."),
    ),
}
"""By command, the keys of its JSON: name, type, whether it is required, and what it is."""

DEFINITIONS = """\
Segment definitions: who is in a segment of users.

A definition is a JSON object: "conditions", a list of up to 50, and "logic",
AND (all must hold, unless given) or OR (one must).

event_count
  How often a user sent an event.
  needs: event_type, operator, value; may have: window_days
  operator: eq neq gt gte lt lte
  {"type": "event_count", "event_type": "order_placed", "operator": "gte", "value": 2, "window_days": 90}

recency
  How many days ago a user last sent an event; never is longer ago than any
  number.
  needs: event_type, operator, window_days
  operator: gt lt eq
  {"type": "recency", "event_type": "order_placed", "operator": "gt", "window_days": 90}

monetary
  A figure over a numeric property of all of a user's events of a type.
  needs: event_type, property, metric, operator, value
  operator: eq neq gt gte lt lte
  metric: sum avg max
  {"type": "monetary", "event_type": "order_placed", "property": "total", "metric": "sum", "operator": "gte", "value": 200}

event_property
  A property of a user's most recent event of a type.
  needs: event_type, property, operator; may have: value, value2, value_type
  operator: eq neq gt gte lt lte between not_between in not_in contains
  does_not_contain starts_with ends_with matches_regex is_set is_not_set
  is_true is_false
  {"type": "event_property", "event_type": "order_placed", "property": "total", "operator": "between", "value": 50, "value2": 100}

user_property
  A trait of a user, from the newest context_identified event.
  needs: property, operator; may have: value, value2, value_type
  operator: eq neq gt gte lt lte between not_between in not_in contains
  does_not_contain starts_with ends_with matches_regex is_set is_not_set
  is_true is_false
  {"type": "user_property", "property": "country", "operator": "in", "value": ["DE", "AT", "CH"]}

event_sequence
  Events that a user sent in this order.
  needs: events; may have: window_days, strict
  {"type": "event_sequence", "events": ["product_viewed", "order_placed"], "window_days": 7}

segment_membership
  Whether a user is in another segment.
  needs: segment_id, operator
  operator: in not_in
  {"type": "segment_membership", "segment_id": 12, "operator": "in"}

window_days of event_count and event_sequence is a span; of recency it is an
age: gt 90 is lapsed, lt 90 is active. is_set, is_not_set, is_true and
is_false take no value, in and not_in a list, between and not_between value
and value2.

Example:
  segops-admin segments preview '{"conditions": [{"type": "recency", "event_type": "order_placed", "operator": "gt", "window_days": 90}]}'
"""
"""The help topic on segment definitions."""
