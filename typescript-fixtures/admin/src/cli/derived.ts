/** Derived from the resource classes by scripts/derive.mjs at each build. */

import type { Resource } from "./shapes.js";

export const RESOURCES: readonly Resource[] = [
  {
    "name": "activations",
    "property": "activations",
    "summary": "Connectors that segments are synced to. The secrets in `config` come back as `***`.",
    "methods": [
      {
        "name": "list",
        "summary": "One page of records, as the server sends it: an envelope with `results`, or a bare array.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "params",
            "kind": "query",
            "required": false,
            "about": "query parameters, such as `page` and `page_size`"
          }
        ],
        "options": []
      },
      {
        "name": "iterate",
        "summary": "Walks all records, page by page. Nothing is asked for before the first record is.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "params",
            "kind": "query",
            "required": false,
            "about": "query parameters; `page` is where to begin"
          }
        ],
        "options": [
          {
            "name": "prefetch",
            "type": "number",
            "choices": [],
            "about": "How many pages after the first to fetch ahead, in order; 0 fetches one page at a time."
          }
        ]
      },
      {
        "name": "get",
        "summary": "One record.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the record's id"
          }
        ],
        "options": []
      },
      {
        "name": "create",
        "summary": "Creates a record and returns it.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "body",
            "kind": "object",
            "required": true,
            "about": "its fields"
          }
        ],
        "options": [
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      },
      {
        "name": "update",
        "summary": "Changes a record and returns it.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the record's id"
          },
          {
            "name": "body",
            "kind": "object",
            "required": true,
            "about": "the fields to change, or all fields with `method: \"PUT\"`"
          }
        ],
        "options": [
          {
            "name": "method",
            "type": "choice",
            "choices": [
              "PATCH",
              "PUT"
            ],
            "about": "`PATCH`, unless given, changes the fields in `body`; `PUT` replaces all."
          },
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      },
      {
        "name": "delete",
        "summary": "Deletes a record, at once and for good.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the record's id"
          }
        ],
        "options": [
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      },
      {
        "name": "sync",
        "summary": "Queues a sync of an activation's segment, without waiting for a recompute, and returns at once.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the activation's id"
          }
        ],
        "options": [
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      }
    ]
  },
  {
    "name": "analytics",
    "property": "analytics",
    "summary": "Figures over the workspace; read-only.",
    "methods": [
      {
        "name": "overview",
        "summary": "The workspace in five figures; an `ai_credits_limit` of -1 means unlimited.",
        "details": [],
        "source": "",
        "parameters": [],
        "options": []
      },
      {
        "name": "segments",
        "summary": "Active segments, each with its size on every day of the last 30.",
        "details": [],
        "source": "",
        "parameters": [],
        "options": []
      },
      {
        "name": "overlap",
        "summary": "The 20 pairs of segments that share most members; the share is of the smaller one, in percent.",
        "details": [],
        "source": "",
        "parameters": [],
        "options": []
      },
      {
        "name": "activations",
        "summary": "Activations with their success rate over 30 syncs, in percent, and the newest five.",
        "details": [],
        "source": "",
        "parameters": [],
        "options": []
      },
      {
        "name": "usage",
        "summary": "What the plan allows and what has been used of it; a limit of -1 means unlimited.",
        "details": [],
        "source": "",
        "parameters": [],
        "options": []
      }
    ]
  },
  {
    "name": "identity",
    "property": "identity",
    "summary": "Which ids belong to one user. Events stay as they were stored; ids are resolved when they are read.",
    "methods": [
      {
        "name": "alias",
        "summary": "Ties a visitor's id to a user. The first tie wins: a later one to another user changes nothing.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "anonymous_id",
            "kind": "value",
            "required": true,
            "about": "the visitor's id, before login"
          },
          {
            "name": "user_id",
            "kind": "value",
            "required": true,
            "about": "the user"
          }
        ],
        "options": [
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      },
      {
        "name": "merge",
        "summary": "Folds one user into another, for good; overrides an earlier tie.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "from_user_id",
            "kind": "value",
            "required": true,
            "about": "the user that is folded in"
          },
          {
            "name": "into_user_id",
            "kind": "value",
            "required": true,
            "about": "the user that stays"
          }
        ],
        "options": [
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      }
    ]
  },
  {
    "name": "pages",
    "property": "pages",
    "summary": "Landing pages written for AI assistants, and the catalogue search behind them.",
    "methods": [
      {
        "name": "list",
        "summary": "One page of records, as the server sends it: an envelope with `results`, or a bare array.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "params",
            "kind": "query",
            "required": false,
            "about": "query parameters, such as `page` and `page_size`"
          }
        ],
        "options": []
      },
      {
        "name": "iterate",
        "summary": "Walks all records, page by page. Nothing is asked for before the first record is.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "params",
            "kind": "query",
            "required": false,
            "about": "query parameters; `page` is where to begin"
          }
        ],
        "options": [
          {
            "name": "prefetch",
            "type": "number",
            "choices": [],
            "about": "How many pages after the first to fetch ahead, in order; 0 fetches one page at a time."
          }
        ]
      },
      {
        "name": "get",
        "summary": "One record.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the record's id"
          }
        ],
        "options": []
      },
      {
        "name": "create",
        "summary": "Creates a record and returns it.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "body",
            "kind": "object",
            "required": true,
            "about": "its fields"
          }
        ],
        "options": [
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      },
      {
        "name": "update",
        "summary": "Changes a record and returns it.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the record's id"
          },
          {
            "name": "body",
            "kind": "object",
            "required": true,
            "about": "the fields to change, or all fields with `method: \"PUT\"`"
          }
        ],
        "options": [
          {
            "name": "method",
            "type": "choice",
            "choices": [
              "PATCH",
              "PUT"
            ],
            "about": "`PATCH`, unless given, changes the fields in `body`; `PUT` replaces all."
          },
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      },
      {
        "name": "delete",
        "summary": "Deletes a record, at once and for good.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the record's id"
          }
        ],
        "options": [
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      },
      {
        "name": "bulkGenerate",
        "summary": "Queues a page for each active AI query and returns at once.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "body",
            "kind": "object",
            "required": true,
            "about": "options; `{}` for none"
          }
        ],
        "options": [
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      },
      {
        "name": "regenerate",
        "summary": "Queues a rewrite of a page and returns at once.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the page's id"
          }
        ],
        "options": [
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      },
      {
        "name": "build",
        "summary": "Builds a page from its blocks.",
        "details": [],
        "source": "https://segops.ai/docs/ai-reach/landing-pages",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the page's id"
          },
          {
            "name": "body",
            "kind": "object",
            "required": true,
            "about": "options, such as `{ template: \"default\" }`; `{}` for none"
          }
        ],
        "options": [
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      },
      {
        "name": "publish",
        "summary": "Publishes a built page and returns it.",
        "details": [],
        "source": "https://segops.ai/docs/ai-reach/landing-pages",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the page's id"
          }
        ],
        "options": [
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      },
      {
        "name": "export",
        "summary": "Starts writing a page to a file.",
        "details": [],
        "source": "https://segops.ai/docs/ai-reach/landing-pages",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the page's id"
          }
        ],
        "options": [
          {
            "name": "format",
            "type": "choice",
            "choices": [
              "tsx",
              "html",
              "json"
            ],
            "about": "`html` unless given."
          },
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      },
      {
        "name": "query",
        "summary": "Searches the catalogue by meaning.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "q",
            "kind": "value",
            "required": true,
            "about": "what to look for"
          },
          {
            "name": "params",
            "kind": "query",
            "required": false,
            "about": "`limit` (100 at most) and `segment_id` (a product segment)"
          }
        ],
        "options": []
      }
    ]
  },
  {
    "name": "product-segments",
    "property": "productSegments",
    "summary": "Segments of products: rules over the catalogue; their members are SKUs.",
    "methods": [
      {
        "name": "list",
        "summary": "One page of records, as the server sends it: an envelope with `results`, or a bare array.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "params",
            "kind": "query",
            "required": false,
            "about": "query parameters, such as `page` and `page_size`"
          }
        ],
        "options": []
      },
      {
        "name": "iterate",
        "summary": "Walks all records, page by page. Nothing is asked for before the first record is.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "params",
            "kind": "query",
            "required": false,
            "about": "query parameters; `page` is where to begin"
          }
        ],
        "options": [
          {
            "name": "prefetch",
            "type": "number",
            "choices": [],
            "about": "How many pages after the first to fetch ahead, in order; 0 fetches one page at a time."
          }
        ]
      },
      {
        "name": "get",
        "summary": "One record.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the record's id"
          }
        ],
        "options": []
      },
      {
        "name": "create",
        "summary": "Creates a record and returns it.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "body",
            "kind": "object",
            "required": true,
            "about": "its fields"
          }
        ],
        "options": [
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      },
      {
        "name": "update",
        "summary": "Changes a record and returns it.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the record's id"
          },
          {
            "name": "body",
            "kind": "object",
            "required": true,
            "about": "the fields to change, or all fields with `method: \"PUT\"`"
          }
        ],
        "options": [
          {
            "name": "method",
            "type": "choice",
            "choices": [
              "PATCH",
              "PUT"
            ],
            "about": "`PATCH`, unless given, changes the fields in `body`; `PUT` replaces all."
          },
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      },
      {
        "name": "delete",
        "summary": "Deletes a record, at once and for good.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the record's id"
          }
        ],
        "options": [
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      },
      {
        "name": "recompute",
        "summary": "Queues a recompute of a product segment and returns at once.",
        "details": [],
        "source": "https://segops.ai/docs/sdks/admin",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the product segment's id"
          }
        ],
        "options": [
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      }
    ]
  },
  {
    "name": "products",
    "property": "products",
    "summary": "The product catalogue: records, schema, CSV imports, and how readable products are to AI assistants.",
    "methods": [
      {
        "name": "list",
        "summary": "One page of records, as the server sends it: an envelope with `results`, or a bare array.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "params",
            "kind": "query",
            "required": false,
            "about": "query parameters, such as `page` and `page_size`"
          }
        ],
        "options": []
      },
      {
        "name": "iterate",
        "summary": "Walks all records, page by page. Nothing is asked for before the first record is.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "params",
            "kind": "query",
            "required": false,
            "about": "query parameters; `page` is where to begin"
          }
        ],
        "options": [
          {
            "name": "prefetch",
            "type": "number",
            "choices": [],
            "about": "How many pages after the first to fetch ahead, in order; 0 fetches one page at a time."
          }
        ]
      },
      {
        "name": "get",
        "summary": "One record.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the record's id"
          }
        ],
        "options": []
      },
      {
        "name": "create",
        "summary": "Creates a record and returns it.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "body",
            "kind": "object",
            "required": true,
            "about": "its fields"
          }
        ],
        "options": [
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      },
      {
        "name": "update",
        "summary": "Changes a record and returns it.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the record's id"
          },
          {
            "name": "body",
            "kind": "object",
            "required": true,
            "about": "the fields to change, or all fields with `method: \"PUT\"`"
          }
        ],
        "options": [
          {
            "name": "method",
            "type": "choice",
            "choices": [
              "PATCH",
              "PUT"
            ],
            "about": "`PATCH`, unless given, changes the fields in `body`; `PUT` replaces all."
          },
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      },
      {
        "name": "delete",
        "summary": "Deletes a record, at once and for good.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the record's id"
          }
        ],
        "options": [
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      },
      {
        "name": "bulkUpsert",
        "summary": "Creates or updates products by SKU. A row that is refused does not stop the others.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "rows",
            "kind": "array",
            "required": true,
            "about": "flat rows, each with its `sku`; every key but `sku` and `name` goes into `data`"
          }
        ],
        "options": [
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      },
      {
        "name": "score",
        "summary": "Queues the scoring of one product and returns at once.",
        "details": [],
        "source": "https://segops.ai/docs/pim/scoring",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the product's id (not its SKU)"
          }
        ],
        "options": [
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      },
      {
        "name": "scoreAll",
        "summary": "Queues the scoring of every product and returns at once.",
        "details": [],
        "source": "https://segops.ai/docs/pim/scoring",
        "parameters": [],
        "options": [
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      },
      {
        "name": "getScore",
        "summary": "A product's newest score, 0 to 100, in four dimensions of up to 25, with recommendations.",
        "details": [],
        "source": "https://segops.ai/docs/pim/scoring",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the product's id"
          }
        ],
        "options": []
      },
      {
        "name": "facets",
        "summary": "The distinct values of the catalogue's text and list fields, up to 100 for each.",
        "details": [],
        "source": "",
        "parameters": [],
        "options": []
      },
      {
        "name": "schema",
        "summary": "The catalogue's schema: its fields, default currency and default locale.",
        "details": [],
        "source": "",
        "parameters": [],
        "options": []
      },
      {
        "name": "replaceSchema",
        "summary": "Replaces the catalogue's schema and returns it.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "body",
            "kind": "object",
            "required": true,
            "about": "`{ fields: [...], default_currency: \"USD\", default_locale: \"en_US\" }`"
          }
        ],
        "options": [
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      },
      {
        "name": "importCsv",
        "summary": "Uploads a CSV file of products and returns the mapping that the server proposes. `confirmImport` starts it.",
        "details": [
          "A path or a Blob is sent as it is read: memory does not grow with it. A stream is copied to a temporary file first."
        ],
        "source": "https://segops.ai/docs/pim/import",
        "parameters": [
          {
            "name": "data",
            "kind": "file",
            "required": true,
            "about": "CSV in UTF-8 with a header row: bytes, a Blob, a path, or a stream"
          },
          {
            "name": "filename",
            "kind": "value",
            "required": false,
            "about": "the name to send; the file's own name unless given, `products.csv` for bytes"
          }
        ],
        "options": [
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      },
      {
        "name": "importStatus",
        "summary": "How far an import is.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "job_id",
            "kind": "value",
            "required": true,
            "about": "the `job_id` that `importCsv` returned"
          }
        ],
        "options": []
      },
      {
        "name": "confirmImport",
        "summary": "Fixes an import's mapping and schema, and starts it.",
        "details": [],
        "source": "https://segops.ai/docs/pim/import",
        "parameters": [
          {
            "name": "job_id",
            "kind": "value",
            "required": true,
            "about": "the import's id"
          },
          {
            "name": "body",
            "kind": "object",
            "required": true,
            "about": "`{ mapping: { column: field }, schema: [fields] }`; what is left out is as proposed"
          }
        ],
        "options": [
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      },
      {
        "name": "waitForImport",
        "summary": "Waits until a confirmed import is done, and returns its last status.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "job_id",
            "kind": "value",
            "required": true,
            "about": "the import's id"
          }
        ],
        "options": [
          {
            "name": "timeout",
            "type": "number",
            "choices": [],
            "about": "Seconds to wait in all; 600 unless given."
          },
          {
            "name": "interval",
            "type": "number",
            "choices": [],
            "about": "Seconds between two looks; 2 unless given."
          }
        ]
      }
    ]
  },
  {
    "name": "queries",
    "property": "queries",
    "summary": "Questions asked of AI assistants, and how visible the brand is in their answers.",
    "methods": [
      {
        "name": "list",
        "summary": "One page of records, as the server sends it: an envelope with `results`, or a bare array.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "params",
            "kind": "query",
            "required": false,
            "about": "query parameters, such as `page` and `page_size`"
          }
        ],
        "options": []
      },
      {
        "name": "iterate",
        "summary": "Walks all records, page by page. Nothing is asked for before the first record is.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "params",
            "kind": "query",
            "required": false,
            "about": "query parameters; `page` is where to begin"
          }
        ],
        "options": [
          {
            "name": "prefetch",
            "type": "number",
            "choices": [],
            "about": "How many pages after the first to fetch ahead, in order; 0 fetches one page at a time."
          }
        ]
      },
      {
        "name": "get",
        "summary": "One record.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the record's id"
          }
        ],
        "options": []
      },
      {
        "name": "create",
        "summary": "Creates a record and returns it.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "body",
            "kind": "object",
            "required": true,
            "about": "its fields"
          }
        ],
        "options": [
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      },
      {
        "name": "update",
        "summary": "Changes a record and returns it.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the record's id"
          },
          {
            "name": "body",
            "kind": "object",
            "required": true,
            "about": "the fields to change, or all fields with `method: \"PUT\"`"
          }
        ],
        "options": [
          {
            "name": "method",
            "type": "choice",
            "choices": [
              "PATCH",
              "PUT"
            ],
            "about": "`PATCH`, unless given, changes the fields in `body`; `PUT` replaces all."
          },
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      },
      {
        "name": "delete",
        "summary": "Deletes a record, at once and for good.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the record's id"
          }
        ],
        "options": [
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      },
      {
        "name": "run",
        "summary": "Queues a run of a query on its providers and returns at once.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the query's id"
          }
        ],
        "options": [
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      },
      {
        "name": "results",
        "summary": "A query's newest results, 50 at most, of all providers.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the query's id"
          }
        ],
        "options": []
      },
      {
        "name": "simulate",
        "summary": "Asks the providers now, without saving a query. The server takes up to 30 s.",
        "details": [],
        "source": "https://segops.ai/docs/segments/simulation",
        "parameters": [
          {
            "name": "body",
            "kind": "object",
            "required": true,
            "about": "`query_text`, and optionally `providers` (all five unless given)"
          }
        ],
        "options": []
      },
      {
        "name": "dashboard",
        "summary": "Visibility over all queries: mention rate, position, share of voice, sentiment.",
        "details": [],
        "source": "",
        "parameters": [],
        "options": []
      },
      {
        "name": "winRate",
        "summary": "How often the brand ranks ahead of each competitor, highest first.",
        "details": [],
        "source": "https://segops.ai/docs/ai-reach/competitors",
        "parameters": [
          {
            "name": "params",
            "kind": "query",
            "required": false,
            "about": "query parameters"
          }
        ],
        "options": []
      }
    ]
  },
  {
    "name": "schemas",
    "property": "schemas",
    "summary": "Schemas of events: which properties an event type has, and which it must have.",
    "methods": [
      {
        "name": "list",
        "summary": "One page of records, as the server sends it: an envelope with `results`, or a bare array.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "params",
            "kind": "query",
            "required": false,
            "about": "query parameters, such as `page` and `page_size`"
          }
        ],
        "options": []
      },
      {
        "name": "iterate",
        "summary": "Walks all records, page by page. Nothing is asked for before the first record is.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "params",
            "kind": "query",
            "required": false,
            "about": "query parameters; `page` is where to begin"
          }
        ],
        "options": [
          {
            "name": "prefetch",
            "type": "number",
            "choices": [],
            "about": "How many pages after the first to fetch ahead, in order; 0 fetches one page at a time."
          }
        ]
      },
      {
        "name": "get",
        "summary": "One record.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the record's id"
          }
        ],
        "options": []
      },
      {
        "name": "create",
        "summary": "Creates a record and returns it.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "body",
            "kind": "object",
            "required": true,
            "about": "its fields"
          }
        ],
        "options": [
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      },
      {
        "name": "update",
        "summary": "Changes a record and returns it.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the record's id"
          },
          {
            "name": "body",
            "kind": "object",
            "required": true,
            "about": "the fields to change, or all fields with `method: \"PUT\"`"
          }
        ],
        "options": [
          {
            "name": "method",
            "type": "choice",
            "choices": [
              "PATCH",
              "PUT"
            ],
            "about": "`PATCH`, unless given, changes the fields in `body`; `PUT` replaces all."
          },
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      },
      {
        "name": "delete",
        "summary": "Deletes a record, at once and for good.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the record's id"
          }
        ],
        "options": [
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      },
      {
        "name": "infer",
        "summary": "Proposes a schema from sample events; nothing is saved.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "events",
            "kind": "array",
            "required": true,
            "about": "`{ user_id, event_type, payload }` each"
          }
        ],
        "options": []
      },
      {
        "name": "validate",
        "summary": "Checks a payload against the schema of its event type, as ingestion would.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "event_type",
            "kind": "value",
            "required": true,
            "about": "the event's type"
          },
          {
            "name": "payload",
            "kind": "object",
            "required": true,
            "about": "its properties"
          }
        ],
        "options": []
      }
    ]
  },
  {
    "name": "segments",
    "property": "segments",
    "summary": "Segments of users: their definitions, members and exports.",
    "methods": [
      {
        "name": "list",
        "summary": "One page of records, as the server sends it: an envelope with `results`, or a bare array.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "params",
            "kind": "query",
            "required": false,
            "about": "query parameters, such as `page` and `page_size`"
          }
        ],
        "options": []
      },
      {
        "name": "iterate",
        "summary": "Walks all records, page by page. Nothing is asked for before the first record is.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "params",
            "kind": "query",
            "required": false,
            "about": "query parameters; `page` is where to begin"
          }
        ],
        "options": [
          {
            "name": "prefetch",
            "type": "number",
            "choices": [],
            "about": "How many pages after the first to fetch ahead, in order; 0 fetches one page at a time."
          }
        ]
      },
      {
        "name": "get",
        "summary": "One record.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the record's id"
          }
        ],
        "options": []
      },
      {
        "name": "create",
        "summary": "Creates a record and returns it.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "body",
            "kind": "object",
            "required": true,
            "about": "its fields"
          }
        ],
        "options": [
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      },
      {
        "name": "update",
        "summary": "Changes a record and returns it.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the record's id"
          },
          {
            "name": "body",
            "kind": "object",
            "required": true,
            "about": "the fields to change, or all fields with `method: \"PUT\"`"
          }
        ],
        "options": [
          {
            "name": "method",
            "type": "choice",
            "choices": [
              "PATCH",
              "PUT"
            ],
            "about": "`PATCH`, unless given, changes the fields in `body`; `PUT` replaces all."
          },
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      },
      {
        "name": "delete",
        "summary": "Deletes a record, at once and for good.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the record's id"
          }
        ],
        "options": [
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      },
      {
        "name": "preview",
        "summary": "Evaluates a definition without saving it: how many users match, and a sample of them.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "definition",
            "kind": "object",
            "required": true,
            "about": "`{ logic: \"AND\" | \"OR\", conditions: [...] }`"
          }
        ],
        "options": []
      },
      {
        "name": "estimate",
        "summary": "Estimates how many users a saved segment holds.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the segment's id"
          }
        ],
        "options": []
      },
      {
        "name": "versions",
        "summary": "The history of a segment's definition, newest first.",
        "details": [],
        "source": "https://segops.ai/docs/segments",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the segment's id"
          }
        ],
        "options": []
      },
      {
        "name": "recompute",
        "summary": "Queues a recompute of a segment's members and returns at once.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the segment's id"
          }
        ],
        "options": [
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      },
      {
        "name": "members",
        "summary": "One stretch of a segment's members.",
        "details": [],
        "source": "https://segops.ai/docs/api",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the segment's id"
          },
          {
            "name": "params",
            "kind": "query",
            "required": false,
            "about": "`limit` (1,000 at most) and `cursor` (the `next_cursor` of the stretch before)"
          }
        ],
        "options": []
      },
      {
        "name": "iterateMembers",
        "summary": "Walks all members of a segment. Nothing is asked for before the first member is.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the segment's id"
          },
          {
            "name": "params",
            "kind": "query",
            "required": false,
            "about": "`limit` is the size of a stretch, `cursor` where to begin"
          }
        ],
        "options": []
      },
      {
        "name": "membership",
        "summary": "The segments that one user is in.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "user_id",
            "kind": "value",
            "required": true,
            "about": "the user's id, an alias included"
          }
        ],
        "options": []
      },
      {
        "name": "export",
        "summary": "Starts writing a segment's members to a file: `user_id` and `computed_at`.",
        "details": [],
        "source": "https://segops.ai/docs/activations/export",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the segment's id"
          }
        ],
        "options": [
          {
            "name": "format",
            "type": "choice",
            "choices": [
              "csv",
              "parquet"
            ],
            "about": "`csv` unless given."
          },
          {
            "name": "idempotencyKey",
            "type": "text",
            "choices": [],
            "about": "Names this call, to repeat it safely: 1 to 255 printable ASCII characters. A fresh UUIDv4 unless given."
          }
        ]
      },
      {
        "name": "exportStatus",
        "summary": "How far an export is.",
        "details": [],
        "source": "https://segops.ai/docs/activations/export",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the segment's id"
          },
          {
            "name": "export_id",
            "kind": "value",
            "required": true,
            "about": "the export's id"
          }
        ],
        "options": []
      },
      {
        "name": "downloadExport",
        "summary": "Writes a finished export to a file and returns the number of bytes.",
        "details": [
          "A path appears only once the whole file has arrived. Storage servers that the platform redirects to get no key."
        ],
        "source": "https://segops.ai/docs/activations/export",
        "parameters": [
          {
            "name": "export_id",
            "kind": "value",
            "required": true,
            "about": "the export's id"
          },
          {
            "name": "to",
            "kind": "out",
            "required": true,
            "about": "a path, a web `WritableStream` or a Node `Writable`; a stream is left open"
          }
        ],
        "options": []
      },
      {
        "name": "waitForExport",
        "summary": "Waits until an export is ready to download, and returns its last status.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the segment's id"
          },
          {
            "name": "export_id",
            "kind": "value",
            "required": true,
            "about": "the export's id"
          }
        ],
        "options": [
          {
            "name": "timeout",
            "type": "number",
            "choices": [],
            "about": "Seconds to wait in all; 600 unless given."
          },
          {
            "name": "interval",
            "type": "number",
            "choices": [],
            "about": "Seconds between two looks; 2 unless given."
          }
        ]
      },
      {
        "name": "waitForRecompute",
        "summary": "Waits until a segment has been computed, and returns it.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "id",
            "kind": "value",
            "required": true,
            "about": "the segment's id"
          }
        ],
        "options": [
          {
            "name": "since",
            "type": "text",
            "choices": [],
            "about": "The segment's `last_computed_at` from before the recompute. Given, the wait ends only when it has changed, however soon the first look comes."
          },
          {
            "name": "timeout",
            "type": "number",
            "choices": [],
            "about": "Seconds to wait in all; 600 unless given."
          },
          {
            "name": "interval",
            "type": "number",
            "choices": [],
            "about": "Seconds between two looks; 2 unless given."
          }
        ]
      }
    ]
  },
  {
    "name": "users",
    "property": "users",
    "summary": "Users and their events (the explorer); read-only.",
    "methods": [
      {
        "name": "search",
        "summary": "Finds users by their id.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "params",
            "kind": "query",
            "required": false,
            "about": "`q` (a part of the id) and `limit`"
          }
        ],
        "options": []
      },
      {
        "name": "get",
        "summary": "One user's profile: event counts, first and last seen, current properties.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "user_id",
            "kind": "value",
            "required": true,
            "about": "the user's id"
          }
        ],
        "options": []
      },
      {
        "name": "events",
        "summary": "One user's events, newest first.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "user_id",
            "kind": "value",
            "required": true,
            "about": "the user's id"
          },
          {
            "name": "params",
            "kind": "query",
            "required": false,
            "about": "`event_type`, `since` (a date or time) and `limit`"
          }
        ],
        "options": []
      },
      {
        "name": "segments",
        "summary": "The segments that one user is in, with their sizes.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "user_id",
            "kind": "value",
            "required": true,
            "about": "the user's id"
          }
        ],
        "options": []
      },
      {
        "name": "explain",
        "summary": "Why a user is, or is not, in a segment: each condition with the user's own value.",
        "details": [],
        "source": "",
        "parameters": [
          {
            "name": "user_id",
            "kind": "value",
            "required": true,
            "about": "the user's id; a member or not"
          },
          {
            "name": "segment_id",
            "kind": "value",
            "required": true,
            "about": "the segment's id"
          }
        ],
        "options": []
      },
      {
        "name": "publishSandbox",
        "summary": "Tries an event out: which segments would the user enter or leave? Nothing is stored.",
        "details": [],
        "source": "https://segops.ai/docs/sandbox",
        "parameters": [
          {
            "name": "event",
            "kind": "object",
            "required": true,
            "about": "`user_id`, `event_type`, and optionally `occurred_at` and `payload`"
          }
        ],
        "options": []
      }
    ]
  }
];
