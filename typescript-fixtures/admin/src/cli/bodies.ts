/**
 * What help says of JSON that commands take.
 *
 * Written by `make generate` from the contract (`spec/`): change it there.
 */

/** By command, the keys of its JSON: name, type, whether it is required, and what it is. */
export const BODIES: Readonly<Record<string, readonly (readonly [string, string, boolean, string])[]>> = {
  "activations create": [
    [
      "segment",
      "whole number",
      true,
      "The segment."
    ],
    [
      "connector_type",
      "text",
      true,
      "The service; the text for Talon.One is chosen."
    ],
    [
      "config",
      "object",
      true,
      "The connector's settings; secrets come back as ***, and sent as *** stay as they are."
    ],
    [
      "status",
      "inactive|active",
      false,
      "Whether it syncs; error is set by the platform."
    ]
  ],
  "activations update": [
    [
      "segment",
      "whole number",
      false,
      "The segment."
    ],
    [
      "connector_type",
      "text",
      false,
      "The service; the text for Talon.One is chosen."
    ],
    [
      "config",
      "object",
      false,
      "The connector's settings; secrets come back as ***, and sent as *** stay as they are."
    ],
    [
      "status",
      "inactive|active",
      false,
      "Whether it syncs; error is set by the platform."
    ]
  ],
  "pages create": [
    [
      "slug",
      "text",
      true,
      "Its name in addresses, unique in the workspace."
    ],
    [
      "title",
      "text",
      false,
      "Its title; the query's text unless given."
    ],
    [
      "query",
      "whole number or text or null",
      false,
      "The AI query that it answers. Sent as its id by the reference, as its text by the vendor's published script: both are accepted, and a text that no query has yet becomes one."
    ],
    [
      "published",
      "true or false",
      false,
      "Whether it is public."
    ]
  ],
  "pages update": [
    [
      "slug",
      "text",
      false,
      "Its name in addresses, unique in the workspace."
    ],
    [
      "title",
      "text",
      false,
      "Its title; the query's text unless given."
    ],
    [
      "query",
      "whole number or text or null",
      false,
      "The AI query that it answers. Sent as its id by the reference, as its text by the vendor's published script: both are accepted, and a text that no query has yet becomes one."
    ],
    [
      "published",
      "true or false",
      false,
      "Whether it is public."
    ]
  ],
  "pages bulk-generate": [
    [
      "queries",
      "list of text",
      false,
      "The questions that the pages answer."
    ],
    [
      "segment_id",
      "whole number or text",
      false,
      "The product segment that the pages are about."
    ]
  ],
  "pages build": [
    [
      "template",
      "text",
      false,
      "The template."
    ]
  ],
  "product-segments create": [
    [
      "name",
      "text",
      true,
      "Its name."
    ],
    [
      "description",
      "text",
      false,
      "What it is for."
    ],
    [
      "definition",
      "object",
      false,
      "Which products are in it."
    ],
    [
      "is_active",
      "true or false",
      false,
      "Whether it is in use."
    ]
  ],
  "product-segments update": [
    [
      "name",
      "text",
      false,
      "Its name."
    ],
    [
      "description",
      "text",
      false,
      "What it is for."
    ],
    [
      "definition",
      "object",
      false,
      "Which products are in it."
    ],
    [
      "is_active",
      "true or false",
      false,
      "Whether it is in use."
    ]
  ],
  "products create": [
    [
      "sku",
      "text",
      true,
      "Its business key, unique in the workspace; not changed by an update."
    ],
    [
      "name",
      "text",
      true,
      "Its name."
    ],
    [
      "data",
      "object",
      false,
      "Every other attribute; an update replaces it."
    ]
  ],
  "products update": [
    [
      "sku",
      "text",
      false,
      "Its business key, unique in the workspace; not changed by an update."
    ],
    [
      "name",
      "text",
      false,
      "Its name."
    ],
    [
      "data",
      "object",
      false,
      "Every other attribute; an update replaces it."
    ]
  ],
  "products bulk-upsert": [
    [
      "sku",
      "text",
      true,
      "The key by which the product is found or made."
    ],
    [
      "name",
      "text",
      false,
      "Its name."
    ]
  ],
  "products replace-schema": [
    [
      "fields",
      "list of object",
      true,
      "The fields."
    ],
    [
      "default_currency",
      "text",
      false,
      "The currency of prices without one."
    ],
    [
      "default_locale",
      "text",
      false,
      "The language of texts without one."
    ]
  ],
  "products confirm-import": [
    [
      "mapping",
      "object",
      false,
      "Per column the field that it fills, sku, name, or null to leave it out; the suggested one unless given."
    ],
    [
      "schema",
      "list of object or object",
      false,
      "Fields that the catalogue's schema gains, or whose types change; as a list, or as an object with that list."
    ]
  ],
  "queries create": [
    [
      "query_text",
      "text",
      true,
      "The question, unique in the workspace."
    ],
    [
      "category",
      "text or null",
      false,
      "A label."
    ],
    [
      "tags",
      "list of text",
      false,
      "Further labels."
    ],
    [
      "providers",
      "list of chatgpt|perplexity|claude|gemini|grok",
      false,
      "Who is asked; empty means all five."
    ],
    [
      "is_active",
      "true or false",
      false,
      "Whether it is asked on schedule."
    ],
    [
      "schedule",
      "hourly|daily|weekly",
      false,
      "How often it is asked."
    ]
  ],
  "queries update": [
    [
      "query_text",
      "text",
      false,
      "The question, unique in the workspace."
    ],
    [
      "category",
      "text or null",
      false,
      "A label."
    ],
    [
      "tags",
      "list of text",
      false,
      "Further labels."
    ],
    [
      "providers",
      "list of chatgpt|perplexity|claude|gemini|grok",
      false,
      "Who is asked; empty means all five."
    ],
    [
      "is_active",
      "true or false",
      false,
      "Whether it is asked on schedule."
    ],
    [
      "schedule",
      "hourly|daily|weekly",
      false,
      "How often it is asked."
    ]
  ],
  "queries simulate": [
    [
      "query_text",
      "text",
      true,
      "The question."
    ],
    [
      "providers",
      "list of chatgpt|perplexity|claude|gemini|grok",
      false,
      "Who is asked; all five if left out or empty."
    ]
  ],
  "schemas create": [
    [
      "event_type",
      "text",
      true,
      "The event type, of which there is one schema at most."
    ],
    [
      "description",
      "text",
      false,
      "What the event means."
    ],
    [
      "properties",
      "list of object",
      false,
      "The properties of its payload."
    ]
  ],
  "schemas update": [
    [
      "event_type",
      "text",
      false,
      "The event type, of which there is one schema at most."
    ],
    [
      "description",
      "text",
      false,
      "What the event means."
    ],
    [
      "properties",
      "list of object",
      false,
      "The properties of its payload."
    ]
  ],
  "schemas infer": [
    [
      "event_type",
      "text",
      true,
      "Its type, in snake_case."
    ],
    [
      "payload",
      "object",
      false,
      "Its properties."
    ],
    [
      "user_id",
      "text",
      false,
      "The user."
    ],
    [
      "occurred_at",
      "date and time",
      false,
      "When it occurred."
    ]
  ],
  "segments create": [
    [
      "tenant",
      "whole number",
      false,
      "The workspace it belongs to; an API key fixes it."
    ],
    [
      "name",
      "text",
      true,
      "Its name."
    ],
    [
      "description",
      "text",
      false,
      "What it is for."
    ],
    [
      "segment_type",
      "rule|ai|lookalike",
      false,
      "How it was made, for display only."
    ],
    [
      "definition",
      "object",
      false,
      "Who is in it: a SegmentDefinition, saved even when a condition lacks a field."
    ],
    [
      "is_active",
      "true or false",
      false,
      "Whether it takes part in previews of events and in analytics."
    ]
  ],
  "segments update": [
    [
      "tenant",
      "whole number",
      false,
      "The workspace it belongs to; an API key fixes it."
    ],
    [
      "name",
      "text",
      false,
      "Its name."
    ],
    [
      "description",
      "text",
      false,
      "What it is for."
    ],
    [
      "segment_type",
      "rule|ai|lookalike",
      false,
      "How it was made, for display only."
    ],
    [
      "definition",
      "object",
      false,
      "Who is in it: a SegmentDefinition, saved even when a condition lacks a field."
    ],
    [
      "is_active",
      "true or false",
      false,
      "Whether it takes part in previews of events and in analytics."
    ]
  ],
  "segments preview": [
    [
      "logic",
      "AND|OR",
      false,
      "Whether all conditions must hold or one."
    ],
    [
      "conditions",
      "list of object",
      true,
      "The conditions, one flat level."
    ]
  ],
  "users publish-sandbox": [
    [
      "user_id",
      "text",
      true,
      "The user."
    ],
    [
      "event_type",
      "text",
      true,
      "Its type, in snake_case."
    ],
    [
      "occurred_at",
      "date and time",
      false,
      "When it occurred; now unless given."
    ],
    [
      "payload",
      "object",
      false,
      "Its properties."
    ],
    [
      "anonymous_id",
      "text",
      false,
      "The visitor's id, which ties it to the user."
    ]
  ]
};

/** The help topic on segment definitions. */
export const DEFINITIONS = "Segment definitions: who is in a segment of users.\n\nA definition is a JSON object: \"conditions\", a list of up to 50, and \"logic\",\nAND (all must hold, unless given) or OR (one must).\n\nevent_count\n  How often a user sent an event.\n  needs: event_type, operator, value; may have: window_days\n  operator: eq neq gt gte lt lte\n  {\"type\": \"event_count\", \"event_type\": \"order_placed\", \"operator\": \"gte\", \"value\": 2, \"window_days\": 90}\n\nrecency\n  How many days ago a user last sent an event; never is longer ago than any\n  number.\n  needs: event_type, operator, window_days\n  operator: gt lt eq\n  {\"type\": \"recency\", \"event_type\": \"order_placed\", \"operator\": \"gt\", \"window_days\": 90}\n\nmonetary\n  A figure over a numeric property of all of a user's events of a type.\n  needs: event_type, property, metric, operator, value\n  operator: eq neq gt gte lt lte\n  metric: sum avg max\n  {\"type\": \"monetary\", \"event_type\": \"order_placed\", \"property\": \"total\", \"metric\": \"sum\", \"operator\": \"gte\", \"value\": 200}\n\nevent_property\n  A property of a user's most recent event of a type.\n  needs: event_type, property, operator; may have: value, value2, value_type\n  operator: eq neq gt gte lt lte between not_between in not_in contains\n  does_not_contain starts_with ends_with matches_regex is_set is_not_set\n  is_true is_false\n  {\"type\": \"event_property\", \"event_type\": \"order_placed\", \"property\": \"total\", \"operator\": \"between\", \"value\": 50, \"value2\": 100}\n\nuser_property\n  A trait of a user, from the newest context_identified event.\n  needs: property, operator; may have: value, value2, value_type\n  operator: eq neq gt gte lt lte between not_between in not_in contains\n  does_not_contain starts_with ends_with matches_regex is_set is_not_set\n  is_true is_false\n  {\"type\": \"user_property\", \"property\": \"country\", \"operator\": \"in\", \"value\": [\"DE\", \"AT\", \"CH\"]}\n\nevent_sequence\n  Events that a user sent in this order.\n  needs: events; may have: window_days, strict\n  {\"type\": \"event_sequence\", \"events\": [\"product_viewed\", \"order_placed\"], \"window_days\": 7}\n\nsegment_membership\n  Whether a user is in another segment.\n  needs: segment_id, operator\n  operator: in not_in\n  {\"type\": \"segment_membership\", \"segment_id\": 12, \"operator\": \"in\"}\n\nwindow_days of event_count and event_sequence is a span; of recency it is an\nage: gt 90 is lapsed, lt 90 is active. is_set, is_not_set, is_true and\nis_false take no value, in and not_in a list, between and not_between value\nand value2.\n\nExample:\n  segops-admin segments preview '{\"conditions\": [{\"type\": \"recency\", \"event_type\": \"order_placed\", \"operator\": \"gt\", \"window_days\": 90}]}'\n";
