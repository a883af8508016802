/**
 * Every command, its arguments, flags and help.
 *
 * Written by `make generate` from the contract (`spec/`): change it there.
 */

import type { Cause, Command, Option, Resource } from "./shapes.js";

export const GLOBAL: readonly Option[] = [
  {
    "name": "api-url",
    "value": "URL",
    "about": "the API's root, /api included; SEGOPS_API_URL unless given"
  },
  {
    "name": "timeout",
    "value": "SECONDS",
    "about": "give an attempt up after this long without progress; 60 unless given"
  },
  {
    "name": "max-retries",
    "value": "N",
    "about": "how often to retry on 429, 5xx and failed connections; 3 unless given"
  },
  {
    "name": "profile",
    "value": "NAME",
    "about": "work with this profile; SEGOPS_PROFILE, else the current one (segops-admin config)"
  },
  {
    "name": "output",
    "value": "FORMAT",
    "about": "json, jsonl (a line for each item), table or csv; json unless given, jsonl with --all (-o)",
    "choices": [
      "json",
      "jsonl",
      "table",
      "csv"
    ]
  },
  {
    "name": "columns",
    "value": "COLUMNS",
    "about": "these keys of each item only, such as id,name,definition.logic"
  },
  {
    "name": "select",
    "value": "EXPRESSION",
    "about": "what this JMESPath expression picks from the answer; with --all, from the list of all items"
  },
  {
    "name": "spreadsheet",
    "value": "",
    "about": "make CSV safe to open in a spreadsheet: with a byte order mark, and ' before text that looks like a formula"
  },
  {
    "name": "strict",
    "value": "",
    "about": "refuse query parameters that are not documented (SEGOPS_STRICT=1)"
  },
  {
    "name": "yes",
    "value": "",
    "about": "carry out what changes a protected profile, without asking"
  },
  {
    "name": "json-errors",
    "value": "",
    "about": "write messages and errors to standard error as JSON, one object a line"
  },
  {
    "name": "verbose",
    "value": "",
    "about": "log each attempt to standard error (-v)"
  },
  {
    "name": "compact",
    "value": "",
    "about": "print JSON on one line"
  },
  {
    "name": "dry-run",
    "value": "",
    "about": "print the request that would be sent, the key masked, and send nothing"
  },
  {
    "name": "version",
    "value": "",
    "about": "print the version"
  },
  {
    "name": "help",
    "value": "",
    "about": "print help (-h)"
  }
];

export const SHORT: Readonly<Record<string, string>> = {
  "-o": "output",
  "-v": "verbose",
  "-h": "help"
};

/** Flags of this program that are never query parameters: where they do not apply, they are mistakes. */
export const OWN_WORDS: readonly string[] = [
  "idempotency-key",
  "all",
  "prefetch",
  "wait",
  "wait-timeout",
  "interval",
  "to",
  "query",
  "confirm"
];

/** What errors can come from: of which kinds, when, and in which words. */
export const CAUSES: readonly Cause[] = [
  {
    "kinds": [
      "not_found",
      "decode"
    ],
    "when": "bare-url",
    "says": "the base URL {url} does not end in /api, as those of SegOps do"
  },
  {
    "kinds": [
      "not_found"
    ],
    "when": "page",
    "says": "page {page} is past the last one"
  },
  {
    "kinds": [
      "not_found"
    ],
    "when": "event-type",
    "says": "this workspace has no event type {event_type} ({list} shows those it has)"
  },
  {
    "kinds": [
      "not_found"
    ],
    "when": "id",
    "says": "nothing in the key's workspace has the id {id} ({list} shows what it has)"
  },
  {
    "kinds": [
      "not_found"
    ],
    "when": "path",
    "says": "the API has no path {path}"
  },
  {
    "kinds": [
      "decode"
    ],
    "when": "always",
    "says": "something else than the API answers at {url}: a proxy, a login page, another server"
  },
  {
    "kinds": [
      "authentication"
    ],
    "when": "always",
    "says": "the key is revoked, or belongs to another server than {url}"
  }
];

export const TOOLS: readonly Command[] = [
  {
    "words": [
      "api"
    ],
    "name": "api",
    "summary": "Makes any call of the API, wrapped by a command or not, and prints the answer.",
    "details": [
      "Calls other than GET, HEAD and OPTIONS carry an Idempotency-Key."
    ],
    "example": "segops-admin api GET /segments/",
    "arguments": [
      {
        "name": "method",
        "kind": "value",
        "shown": "method",
        "about": "GET, POST, PUT, PATCH or DELETE.",
        "choices": [
          "GET",
          "POST",
          "PUT",
          "PATCH",
          "DELETE"
        ]
      },
      {
        "name": "path",
        "kind": "value",
        "shown": "path",
        "about": "The path below the base URL, such as /segments/."
      }
    ],
    "options": [
      {
        "name": "query",
        "value": "KEY=VALUE",
        "about": "a query parameter; may be repeated",
        "isMany": true
      },
      {
        "name": "body",
        "value": "BODY",
        "about": "the JSON body",
        "isFile": true
      },
      {
        "name": "form",
        "value": "FIELD=@FILE",
        "about": "a file to upload in place of a body; - is standard input",
        "isFile": true
      },
      {
        "name": "idempotency-key",
        "value": "KEY",
        "about": "key for safe retries (default: a new UUID)"
      }
    ],
    "mutates": true
  },
  {
    "words": [
      "doctor"
    ],
    "name": "doctor",
    "summary": "Reports what this program would work with, and whether the server answers, as JSON.",
    "details": [
      "Exits 0 if it does and accepts the key, else 1. latency_ms is the median of five small requests; clock_skew_s is by how much the server's clock is ahead of this machine's. timeout_s and max_retries are those of other commands; the doctor itself does not retry."
    ],
    "example": "segops-admin doctor",
    "arguments": [],
    "options": []
  },
  {
    "words": [
      "listen"
    ],
    "name": "listen",
    "summary": "Passes a sandbox's webhooks on to a program on this machine, and prints a line of JSON for each.",
    "details": [
      "Registers a webhook with a sandbox on this machine, posts its deliveries to --forward-to with their headers and bytes as they came, answers what that answers, and removes the webhook when Ctrl-C, a signal or an error ends it. What is not signed is refused. Exits 0 when it was ended by Ctrl-C or a signal.",
      "SEGOPS_WEBHOOK_SECRET is the secret that deliveries are signed with; unless it is set, one is made and shown."
    ],
    "example": "segops-admin listen --forward-to=http://localhost:3000/hook",
    "arguments": [],
    "options": [
      {
        "name": "forward-to",
        "value": "URL",
        "about": "where to forward deliveries, such as http://localhost:3000/hook; required"
      }
    ],
    "mutates": true
  },
  {
    "words": [
      "completion"
    ],
    "name": "completion",
    "summary": "Prints a script that makes a shell complete commands, flags and file names, or installs it.",
    "details": [],
    "example": "segops-admin completion install bash",
    "arguments": [
      {
        "name": "shell",
        "kind": "value",
        "shown": "shell",
        "about": "bash, zsh, fish or powershell; install writes the script where the shell looks for it.",
        "choices": [
          "bash",
          "zsh",
          "fish",
          "powershell",
          "install"
        ]
      },
      {
        "name": "for",
        "kind": "value",
        "shown": "for",
        "about": "The shell to install it for; that of SHELL unless given.",
        "choices": [
          "bash",
          "zsh",
          "fish",
          "powershell"
        ],
        "isOptional": true
      }
    ],
    "options": []
  }
];

export const RESOURCES: readonly Resource[] = [
  {
    "name": "activations",
    "summary": "Connectors that segments are synced to. The secrets in config come back as ***.",
    "commands": [
      {
        "words": [
          "activations",
          "list"
        ],
        "name": "activations list",
        "summary": "One page of records, as the server sends it: an envelope with results, or a bare array.",
        "details": [],
        "source": "https://segops.ai/docs/api/activations",
        "example": "segops-admin activations list --page-size=50",
        "property": "activations",
        "method": "list",
        "positional": [
          "params"
        ],
        "arguments": [],
        "options": [
          {
            "name": "all",
            "value": "",
            "about": "fetch all pages and print every item, as a line of JSON each unless --output says otherwise"
          },
          {
            "name": "prefetch",
            "value": "N",
            "about": "how many pages to fetch ahead at once, in order; 0 fetches one page at a time; 0 unless given"
          },
          {
            "name": "query",
            "value": "KEY=VALUE",
            "about": "a query parameter, documented or not; may be repeated",
            "isMany": true
          }
        ],
        "query": {
          "name": "params",
          "kind": "query",
          "shown": "params",
          "about": "Any other flag is a query parameter; may be repeated. Query parameters, such as page and page_size."
        },
        "known": [
          [
            "page",
            "The page, 1 unless given; a 404 past the last one."
          ],
          [
            "page_size",
            "How many a page holds: 50 unless given, 200 at most."
          ]
        ],
        "iteration": "iterate"
      },
      {
        "words": [
          "activations",
          "get"
        ],
        "name": "activations get",
        "summary": "One record.",
        "details": [],
        "source": "https://segops.ai/docs/api/activations",
        "example": "segops-admin activations get 12",
        "property": "activations",
        "method": "get",
        "positional": [
          "id"
        ],
        "arguments": [
          {
            "name": "id",
            "kind": "value",
            "shown": "id",
            "about": "The record's id."
          }
        ],
        "options": []
      },
      {
        "words": [
          "activations",
          "create"
        ],
        "name": "activations create",
        "summary": "Creates a record and returns it.",
        "details": [],
        "source": "https://segops.ai/docs/api/activations",
        "example": "segops-admin activations create '{\n    \"segment\": 1,\n    \"connector_type\": \"klaviyo\",\n    \"config\": {\"api_key\": \"test-klaviyo\", \"list_id\": \"L9\"}\n  }'",
        "property": "activations",
        "method": "create",
        "positional": [
          "body"
        ],
        "arguments": [
          {
            "name": "body",
            "kind": "object",
            "shown": "BODY",
            "about": "A JSON object: a file, - for standard input, or the JSON itself. Its fields."
          }
        ],
        "options": [
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          }
        ],
        "mutates": true
      },
      {
        "words": [
          "activations",
          "update"
        ],
        "name": "activations update",
        "summary": "Changes a record and returns it.",
        "details": [],
        "source": "https://segops.ai/docs/api/activations",
        "example": "segops-admin activations update 12 '{\"status\": \"active\"}' --method=PATCH",
        "property": "activations",
        "method": "update",
        "positional": [
          "id",
          "body"
        ],
        "arguments": [
          {
            "name": "id",
            "kind": "value",
            "shown": "id",
            "about": "The record's id."
          },
          {
            "name": "body",
            "kind": "object",
            "shown": "BODY",
            "about": "A JSON object: a file, - for standard input, or the JSON itself. The fields to change, or all fields with --method=PUT."
          }
        ],
        "options": [
          {
            "name": "method",
            "value": "PATCH|PUT",
            "about": "PATCH or PUT",
            "choices": [
              "PATCH",
              "PUT"
            ],
            "parameter": "method"
          },
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          }
        ],
        "mutates": true
      },
      {
        "words": [
          "activations",
          "delete"
        ],
        "name": "activations delete",
        "summary": "Deletes a record, at once and for good.",
        "details": [],
        "source": "https://segops.ai/docs/api/activations",
        "example": "segops-admin activations delete 12",
        "property": "activations",
        "method": "delete",
        "positional": [
          "id"
        ],
        "arguments": [
          {
            "name": "id",
            "kind": "value",
            "shown": "id",
            "about": "The record's id."
          }
        ],
        "options": [
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          }
        ],
        "mutates": true
      },
      {
        "words": [
          "activations",
          "sync"
        ],
        "name": "activations sync",
        "summary": "Queues a sync of an activation's segment, without waiting for a recompute, and returns at once.",
        "details": [],
        "source": "https://segops.ai/docs/api/activations",
        "example": "segops-admin activations sync 12",
        "property": "activations",
        "method": "sync",
        "positional": [
          "id"
        ],
        "arguments": [
          {
            "name": "id",
            "kind": "value",
            "shown": "id",
            "about": "The activation's id."
          }
        ],
        "options": [
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          }
        ],
        "mutates": true
      }
    ]
  },
  {
    "name": "analytics",
    "summary": "Figures over the workspace; read-only.",
    "commands": [
      {
        "words": [
          "analytics",
          "overview"
        ],
        "name": "analytics overview",
        "summary": "The workspace in five figures; an ai_credits_limit of -1 means unlimited.",
        "details": [],
        "source": "https://segops.ai/docs/api/analytics",
        "example": "segops-admin analytics overview",
        "property": "analytics",
        "method": "overview",
        "positional": [],
        "arguments": [],
        "options": []
      },
      {
        "words": [
          "analytics",
          "segments"
        ],
        "name": "analytics segments",
        "summary": "Active segments, each with its size on every day of the last 30.",
        "details": [],
        "source": "https://segops.ai/docs/api/analytics",
        "example": "segops-admin analytics segments",
        "property": "analytics",
        "method": "segments",
        "positional": [],
        "arguments": [],
        "options": []
      },
      {
        "words": [
          "analytics",
          "overlap"
        ],
        "name": "analytics overlap",
        "summary": "The 20 pairs of segments that share most members; the share is of the smaller one, in percent.",
        "details": [],
        "source": "https://segops.ai/docs/api/analytics",
        "example": "segops-admin analytics overlap",
        "property": "analytics",
        "method": "overlap",
        "positional": [],
        "arguments": [],
        "options": []
      },
      {
        "words": [
          "analytics",
          "activations"
        ],
        "name": "analytics activations",
        "summary": "Activations with their success rate over 30 syncs, in percent, and the newest five.",
        "details": [],
        "source": "https://segops.ai/docs/api/analytics",
        "example": "segops-admin analytics activations",
        "property": "analytics",
        "method": "activations",
        "positional": [],
        "arguments": [],
        "options": []
      },
      {
        "words": [
          "analytics",
          "usage"
        ],
        "name": "analytics usage",
        "summary": "What the plan allows and what has been used of it; a limit of -1 means unlimited.",
        "details": [],
        "source": "https://segops.ai/docs/sdks/admin-python",
        "example": "segops-admin analytics usage",
        "property": "analytics",
        "method": "usage",
        "positional": [],
        "arguments": [],
        "options": []
      }
    ]
  },
  {
    "name": "identity",
    "summary": "Which ids belong to one user. Events stay as they were stored; ids are resolved when they are read.",
    "commands": [
      {
        "words": [
          "identity",
          "alias"
        ],
        "name": "identity alias",
        "summary": "Ties a visitor's id to a user. The first tie wins: a later one to another user changes nothing.",
        "details": [],
        "source": "https://segops.ai/docs/identity-resolution",
        "example": "segops-admin identity alias visitor-7 user-42",
        "property": "identity",
        "method": "alias",
        "positional": [
          "anonymous_id",
          "user_id"
        ],
        "arguments": [
          {
            "name": "anonymous_id",
            "kind": "value",
            "shown": "anonymous_id",
            "about": "The visitor's id, before login."
          },
          {
            "name": "user_id",
            "kind": "value",
            "shown": "user_id",
            "about": "The user."
          }
        ],
        "options": [
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          }
        ],
        "mutates": true
      },
      {
        "words": [
          "identity",
          "merge"
        ],
        "name": "identity merge",
        "summary": "Folds one user into another, for good; overrides an earlier tie.",
        "details": [],
        "source": "https://segops.ai/docs/identity-resolution",
        "example": "segops-admin identity merge user-41 user-42",
        "property": "identity",
        "method": "merge",
        "positional": [
          "from_user_id",
          "into_user_id"
        ],
        "arguments": [
          {
            "name": "from_user_id",
            "kind": "value",
            "shown": "from_user_id",
            "about": "The user that is folded in."
          },
          {
            "name": "into_user_id",
            "kind": "value",
            "shown": "into_user_id",
            "about": "The user that stays."
          }
        ],
        "options": [
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          }
        ],
        "mutates": true
      }
    ]
  },
  {
    "name": "pages",
    "summary": "Landing pages written for AI assistants, and the catalogue search behind them.",
    "commands": [
      {
        "words": [
          "pages",
          "list"
        ],
        "name": "pages list",
        "summary": "One page of records, as the server sends it: an envelope with results, or a bare array.",
        "details": [],
        "source": "https://segops.ai/docs/api/ai-pages",
        "example": "segops-admin pages list --page-size=50",
        "property": "pages",
        "method": "list",
        "positional": [
          "params"
        ],
        "arguments": [],
        "options": [
          {
            "name": "all",
            "value": "",
            "about": "fetch all pages and print every item, as a line of JSON each unless --output says otherwise"
          },
          {
            "name": "prefetch",
            "value": "N",
            "about": "how many pages to fetch ahead at once, in order; 0 fetches one page at a time; 0 unless given"
          },
          {
            "name": "query",
            "value": "KEY=VALUE",
            "about": "a query parameter, documented or not; may be repeated",
            "isMany": true
          }
        ],
        "query": {
          "name": "params",
          "kind": "query",
          "shown": "params",
          "about": "Any other flag is a query parameter; may be repeated. Query parameters, such as page and page_size."
        },
        "known": [
          [
            "page",
            "The page, 1 unless given; a 404 past the last one."
          ],
          [
            "page_size",
            "How many a page holds: 50 unless given, 200 at most."
          ]
        ],
        "iteration": "iterate"
      },
      {
        "words": [
          "pages",
          "get"
        ],
        "name": "pages get",
        "summary": "One record.",
        "details": [],
        "source": "https://segops.ai/docs/api/ai-pages",
        "example": "segops-admin pages get 12",
        "property": "pages",
        "method": "get",
        "positional": [
          "id"
        ],
        "arguments": [
          {
            "name": "id",
            "kind": "value",
            "shown": "id",
            "about": "The record's id."
          }
        ],
        "options": []
      },
      {
        "words": [
          "pages",
          "create"
        ],
        "name": "pages create",
        "summary": "Creates a record and returns it.",
        "details": [],
        "source": "https://segops.ai/docs/api/ai-pages",
        "example": "segops-admin pages create '{\n    \"slug\": \"head-lamps\",\n    \"title\": \"Lampes frontales\"\n  }'",
        "property": "pages",
        "method": "create",
        "positional": [
          "body"
        ],
        "arguments": [
          {
            "name": "body",
            "kind": "object",
            "shown": "BODY",
            "about": "A JSON object: a file, - for standard input, or the JSON itself. Its fields."
          }
        ],
        "options": [
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          }
        ],
        "mutates": true
      },
      {
        "words": [
          "pages",
          "update"
        ],
        "name": "pages update",
        "summary": "Changes a record and returns it.",
        "details": [],
        "source": "https://segops.ai/docs/api/ai-pages",
        "example": "segops-admin pages update 12 '{\"title\": \"Boots for the Alps\"}' --method=PATCH",
        "property": "pages",
        "method": "update",
        "positional": [
          "id",
          "body"
        ],
        "arguments": [
          {
            "name": "id",
            "kind": "value",
            "shown": "id",
            "about": "The record's id."
          },
          {
            "name": "body",
            "kind": "object",
            "shown": "BODY",
            "about": "A JSON object: a file, - for standard input, or the JSON itself. The fields to change, or all fields with --method=PUT."
          }
        ],
        "options": [
          {
            "name": "method",
            "value": "PATCH|PUT",
            "about": "PATCH or PUT",
            "choices": [
              "PATCH",
              "PUT"
            ],
            "parameter": "method"
          },
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          }
        ],
        "mutates": true
      },
      {
        "words": [
          "pages",
          "delete"
        ],
        "name": "pages delete",
        "summary": "Deletes a record, at once and for good.",
        "details": [],
        "source": "https://segops.ai/docs/api/ai-pages",
        "example": "segops-admin pages delete 12",
        "property": "pages",
        "method": "delete",
        "positional": [
          "id"
        ],
        "arguments": [
          {
            "name": "id",
            "kind": "value",
            "shown": "id",
            "about": "The record's id."
          }
        ],
        "options": [
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          }
        ],
        "mutates": true
      },
      {
        "words": [
          "pages",
          "bulk-generate"
        ],
        "name": "pages bulk-generate",
        "summary": "Queues a page for each active AI query and returns at once.",
        "details": [],
        "source": "https://segops.ai/docs/api/ai-pages",
        "example": "segops-admin pages bulk-generate '{}'",
        "property": "pages",
        "method": "bulkGenerate",
        "positional": [
          "body"
        ],
        "arguments": [
          {
            "name": "body",
            "kind": "object",
            "shown": "BODY",
            "about": "A JSON object: a file, - for standard input, or the JSON itself. Options; {} for none."
          }
        ],
        "options": [
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          }
        ],
        "mutates": true
      },
      {
        "words": [
          "pages",
          "regenerate"
        ],
        "name": "pages regenerate",
        "summary": "Queues a rewrite of a page and returns at once.",
        "details": [],
        "source": "https://segops.ai/docs/api/ai-pages",
        "example": "segops-admin pages regenerate 12",
        "property": "pages",
        "method": "regenerate",
        "positional": [
          "id"
        ],
        "arguments": [
          {
            "name": "id",
            "kind": "value",
            "shown": "id",
            "about": "The page's id."
          }
        ],
        "options": [
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          }
        ],
        "mutates": true
      },
      {
        "words": [
          "pages",
          "build"
        ],
        "name": "pages build",
        "summary": "Builds a page from its blocks.",
        "details": [],
        "source": "https://segops.ai/docs/ai-reach/landing-pages",
        "example": "segops-admin pages build 12 '{\"tone\": \"friendly\"}'",
        "property": "pages",
        "method": "build",
        "positional": [
          "id",
          "body"
        ],
        "arguments": [
          {
            "name": "id",
            "kind": "value",
            "shown": "id",
            "about": "The page's id."
          },
          {
            "name": "body",
            "kind": "object",
            "shown": "BODY",
            "about": "A JSON object: a file, - for standard input, or the JSON itself. Options, such as {\"template\": \"default\"}; {} for none."
          }
        ],
        "options": [
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          }
        ],
        "mutates": true
      },
      {
        "words": [
          "pages",
          "publish"
        ],
        "name": "pages publish",
        "summary": "Publishes a built page and returns it.",
        "details": [],
        "source": "https://segops.ai/docs/ai-reach/landing-pages",
        "example": "segops-admin pages publish 12",
        "property": "pages",
        "method": "publish",
        "positional": [
          "id"
        ],
        "arguments": [
          {
            "name": "id",
            "kind": "value",
            "shown": "id",
            "about": "The page's id."
          }
        ],
        "options": [
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          }
        ],
        "mutates": true
      },
      {
        "words": [
          "pages",
          "export"
        ],
        "name": "pages export",
        "summary": "Starts writing a page to a file.",
        "details": [],
        "source": "https://segops.ai/docs/ai-reach/landing-pages",
        "example": "segops-admin pages export 12 --format=tsx",
        "property": "pages",
        "method": "export",
        "positional": [
          "id"
        ],
        "arguments": [
          {
            "name": "id",
            "kind": "value",
            "shown": "id",
            "about": "The page's id."
          }
        ],
        "options": [
          {
            "name": "format",
            "value": "tsx|html|json",
            "about": "tsx, html or json",
            "choices": [
              "tsx",
              "html",
              "json"
            ],
            "parameter": "format"
          },
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          }
        ],
        "mutates": true
      },
      {
        "words": [
          "pages",
          "query"
        ],
        "name": "pages query",
        "summary": "Searches the catalogue by meaning.",
        "details": [],
        "source": "https://segops.ai/docs/api/ai-pages",
        "example": "segops-admin pages query shoes --limit=100",
        "property": "pages",
        "method": "query",
        "positional": [
          "q",
          "params"
        ],
        "arguments": [
          {
            "name": "q",
            "kind": "value",
            "shown": "q",
            "about": "What to look for."
          }
        ],
        "options": [
          {
            "name": "query",
            "value": "KEY=VALUE",
            "about": "a query parameter, documented or not; may be repeated",
            "isMany": true
          }
        ],
        "query": {
          "name": "params",
          "kind": "query",
          "shown": "params",
          "about": "Any other flag is a query parameter; may be repeated. limit (100 at most) and segment_id (a product segment)."
        },
        "known": [
          [
            "limit",
            "How many; 20 unless given, 100 at most."
          ],
          [
            "segment_id",
            "A segment of products, to look in."
          ]
        ]
      }
    ]
  },
  {
    "name": "product-segments",
    "summary": "Segments of products: rules over the catalogue; their members are SKUs.",
    "commands": [
      {
        "words": [
          "product-segments",
          "list"
        ],
        "name": "product-segments list",
        "summary": "One page of records, as the server sends it: an envelope with results, or a bare array.",
        "details": [],
        "source": "https://segops.ai/docs/pim/segments",
        "example": "segops-admin product-segments list --page-size=50",
        "property": "productSegments",
        "method": "list",
        "positional": [
          "params"
        ],
        "arguments": [],
        "options": [
          {
            "name": "all",
            "value": "",
            "about": "fetch all pages and print every item, as a line of JSON each unless --output says otherwise"
          },
          {
            "name": "prefetch",
            "value": "N",
            "about": "how many pages to fetch ahead at once, in order; 0 fetches one page at a time; 0 unless given"
          },
          {
            "name": "query",
            "value": "KEY=VALUE",
            "about": "a query parameter, documented or not; may be repeated",
            "isMany": true
          }
        ],
        "query": {
          "name": "params",
          "kind": "query",
          "shown": "params",
          "about": "Any other flag is a query parameter; may be repeated. Query parameters, such as page and page_size."
        },
        "known": [
          [
            "page",
            "The page, 1 unless given; a 404 past the last one."
          ],
          [
            "page_size",
            "How many a page holds: 50 unless given, 200 at most."
          ]
        ],
        "iteration": "iterate"
      },
      {
        "words": [
          "product-segments",
          "get"
        ],
        "name": "product-segments get",
        "summary": "One record.",
        "details": [],
        "source": "https://segops.ai/docs/pim/segments",
        "example": "segops-admin product-segments get 12",
        "property": "productSegments",
        "method": "get",
        "positional": [
          "id"
        ],
        "arguments": [
          {
            "name": "id",
            "kind": "value",
            "shown": "id",
            "about": "The record's id."
          }
        ],
        "options": []
      },
      {
        "words": [
          "product-segments",
          "create"
        ],
        "name": "product-segments create",
        "summary": "Creates a record and returns it.",
        "details": [],
        "source": "https://segops.ai/docs/pim/segments",
        "example": "segops-admin product-segments create '{\"name\": \"Camping under 100\"}'",
        "property": "productSegments",
        "method": "create",
        "positional": [
          "body"
        ],
        "arguments": [
          {
            "name": "body",
            "kind": "object",
            "shown": "BODY",
            "about": "A JSON object: a file, - for standard input, or the JSON itself. Its fields."
          }
        ],
        "options": [
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          }
        ],
        "mutates": true
      },
      {
        "words": [
          "product-segments",
          "update"
        ],
        "name": "product-segments update",
        "summary": "Changes a record and returns it.",
        "details": [],
        "source": "https://segops.ai/docs/pim/segments",
        "example": "segops-admin product-segments update 12 '{\"name\": \"Bottes d'\\''ete\"}' --method=PATCH",
        "property": "productSegments",
        "method": "update",
        "positional": [
          "id",
          "body"
        ],
        "arguments": [
          {
            "name": "id",
            "kind": "value",
            "shown": "id",
            "about": "The record's id."
          },
          {
            "name": "body",
            "kind": "object",
            "shown": "BODY",
            "about": "A JSON object: a file, - for standard input, or the JSON itself. The fields to change, or all fields with --method=PUT."
          }
        ],
        "options": [
          {
            "name": "method",
            "value": "PATCH|PUT",
            "about": "PATCH or PUT",
            "choices": [
              "PATCH",
              "PUT"
            ],
            "parameter": "method"
          },
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          }
        ],
        "mutates": true
      },
      {
        "words": [
          "product-segments",
          "delete"
        ],
        "name": "product-segments delete",
        "summary": "Deletes a record, at once and for good.",
        "details": [],
        "source": "https://segops.ai/docs/pim/segments",
        "example": "segops-admin product-segments delete 12",
        "property": "productSegments",
        "method": "delete",
        "positional": [
          "id"
        ],
        "arguments": [
          {
            "name": "id",
            "kind": "value",
            "shown": "id",
            "about": "The record's id."
          }
        ],
        "options": [
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          }
        ],
        "mutates": true
      },
      {
        "words": [
          "product-segments",
          "recompute"
        ],
        "name": "product-segments recompute",
        "summary": "Queues a recompute of a product segment and returns at once.",
        "details": [],
        "source": "https://segops.ai/docs/sdks/admin-python",
        "example": "segops-admin product-segments recompute 12",
        "property": "productSegments",
        "method": "recompute",
        "positional": [
          "id"
        ],
        "arguments": [
          {
            "name": "id",
            "kind": "value",
            "shown": "id",
            "about": "The product segment's id."
          }
        ],
        "options": [
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          }
        ],
        "mutates": true
      }
    ]
  },
  {
    "name": "products",
    "summary": "The product catalogue: records, schema, CSV imports, and how readable products are to AI assistants.",
    "commands": [
      {
        "words": [
          "products",
          "list"
        ],
        "name": "products list",
        "summary": "One page of records, as the server sends it: an envelope with results, or a bare array.",
        "details": [],
        "source": "https://segops.ai/docs/api/pim",
        "example": "segops-admin products list --q=shoes",
        "property": "products",
        "method": "list",
        "positional": [
          "params"
        ],
        "arguments": [],
        "options": [
          {
            "name": "all",
            "value": "",
            "about": "fetch all pages and print every item, as a line of JSON each unless --output says otherwise"
          },
          {
            "name": "prefetch",
            "value": "N",
            "about": "how many pages to fetch ahead at once, in order; 0 fetches one page at a time; 0 unless given"
          },
          {
            "name": "query",
            "value": "KEY=VALUE",
            "about": "a query parameter, documented or not; may be repeated",
            "isMany": true
          }
        ],
        "query": {
          "name": "params",
          "kind": "query",
          "shown": "params",
          "about": "Any other flag is a query parameter; may be repeated. Query parameters, such as page and page_size."
        },
        "known": [
          [
            "page",
            "The page, 1 unless given; a 404 past the last one."
          ],
          [
            "page_size",
            "How many a page holds: 50 unless given, 200 at most."
          ],
          [
            "q",
            "A part of the name, in any case."
          ]
        ],
        "silent": [
          "*"
        ],
        "iteration": "iterate"
      },
      {
        "words": [
          "products",
          "get"
        ],
        "name": "products get",
        "summary": "One record.",
        "details": [],
        "source": "https://segops.ai/docs/api/pim",
        "example": "segops-admin products get 12",
        "property": "products",
        "method": "get",
        "positional": [
          "id"
        ],
        "arguments": [
          {
            "name": "id",
            "kind": "value",
            "shown": "id",
            "about": "The record's id."
          }
        ],
        "options": []
      },
      {
        "words": [
          "products",
          "create"
        ],
        "name": "products create",
        "summary": "Creates a record and returns it.",
        "details": [],
        "source": "https://segops.ai/docs/api/pim",
        "example": "segops-admin products create '{\n    \"sku\": \"STOVE-1\",\n    \"name\": \"Camping stove\",\n    \"data\": {\n      \"price\": 89.9,\n      \"colors\": [\"red\", \"blue\"],\n      \"note\": null\n    }\n  }'",
        "property": "products",
        "method": "create",
        "positional": [
          "body"
        ],
        "arguments": [
          {
            "name": "body",
            "kind": "object",
            "shown": "BODY",
            "about": "A JSON object: a file, - for standard input, or the JSON itself. Its fields."
          }
        ],
        "options": [
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          }
        ],
        "mutates": true
      },
      {
        "words": [
          "products",
          "update"
        ],
        "name": "products update",
        "summary": "Changes a record and returns it.",
        "details": [],
        "source": "https://segops.ai/docs/api/pim",
        "example": "segops-admin products update 12 '{\n    \"name\": \"Family tent XL\",\n    \"data\": {\"price\": 449}\n  }' --method=PATCH",
        "property": "products",
        "method": "update",
        "positional": [
          "id",
          "body"
        ],
        "arguments": [
          {
            "name": "id",
            "kind": "value",
            "shown": "id",
            "about": "The record's id."
          },
          {
            "name": "body",
            "kind": "object",
            "shown": "BODY",
            "about": "A JSON object: a file, - for standard input, or the JSON itself. The fields to change, or all fields with --method=PUT."
          }
        ],
        "options": [
          {
            "name": "method",
            "value": "PATCH|PUT",
            "about": "PATCH or PUT",
            "choices": [
              "PATCH",
              "PUT"
            ],
            "parameter": "method"
          },
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          }
        ],
        "mutates": true
      },
      {
        "words": [
          "products",
          "delete"
        ],
        "name": "products delete",
        "summary": "Deletes a record, at once and for good.",
        "details": [],
        "source": "https://segops.ai/docs/api/pim",
        "example": "segops-admin products delete 12",
        "property": "products",
        "method": "delete",
        "positional": [
          "id"
        ],
        "arguments": [
          {
            "name": "id",
            "kind": "value",
            "shown": "id",
            "about": "The record's id."
          }
        ],
        "options": [
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          }
        ],
        "mutates": true
      },
      {
        "words": [
          "products",
          "bulk-upsert"
        ],
        "name": "products bulk-upsert",
        "summary": "Creates or updates products by SKU. A row that is refused does not stop the others.",
        "details": [],
        "source": "https://segops.ai/docs/api/pim",
        "example": "segops-admin products bulk-upsert '[\n    {\n      \"sku\": \"TENT-1\",\n      \"name\": \"Two-person tent\",\n      \"price\": 239\n    },\n    {\n      \"sku\": \"AXT-1\",\n      \"name\": \"Axt\",\n      \"price\": 59.5,\n      \"in_stock\": true\n    }\n  ]'",
        "property": "products",
        "method": "bulkUpsert",
        "positional": [
          "rows"
        ],
        "arguments": [
          {
            "name": "rows",
            "kind": "array",
            "shown": "BODY",
            "about": "A JSON array: a file, - for standard input, or the JSON itself. Flat rows, each with its sku; every key but sku and name goes into data."
          }
        ],
        "options": [
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          },
          {
            "name": "rows",
            "value": "N",
            "about": "rows of a part, or products of a request from JSON Lines, at most; 100000 and 1000 unless given"
          }
        ],
        "mutates": true
      },
      {
        "words": [
          "products",
          "score"
        ],
        "name": "products score",
        "summary": "Queues the scoring of one product and returns at once.",
        "details": [],
        "source": "https://segops.ai/docs/pim/scoring",
        "example": "segops-admin products score 12",
        "property": "products",
        "method": "score",
        "positional": [
          "id"
        ],
        "arguments": [
          {
            "name": "id",
            "kind": "value",
            "shown": "id",
            "about": "The product's id (not its SKU)."
          }
        ],
        "options": [
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          }
        ],
        "mutates": true
      },
      {
        "words": [
          "products",
          "score-all"
        ],
        "name": "products score-all",
        "summary": "Queues the scoring of every product and returns at once.",
        "details": [],
        "source": "https://segops.ai/docs/pim/scoring",
        "example": "segops-admin products score-all",
        "property": "products",
        "method": "scoreAll",
        "positional": [],
        "arguments": [],
        "options": [
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          }
        ],
        "mutates": true
      },
      {
        "words": [
          "products",
          "get-score"
        ],
        "name": "products get-score",
        "summary": "A product's newest score, 0 to 100, in four dimensions of up to 25, with recommendations.",
        "details": [],
        "source": "https://segops.ai/docs/pim/scoring",
        "example": "segops-admin products get-score 12",
        "property": "products",
        "method": "getScore",
        "positional": [
          "id"
        ],
        "arguments": [
          {
            "name": "id",
            "kind": "value",
            "shown": "id",
            "about": "The product's id."
          }
        ],
        "options": []
      },
      {
        "words": [
          "products",
          "facets"
        ],
        "name": "products facets",
        "summary": "The distinct values of the catalogue's text and list fields, up to 100 for each.",
        "details": [],
        "source": "https://segops.ai/docs/api/pim",
        "example": "segops-admin products facets",
        "property": "products",
        "method": "facets",
        "positional": [],
        "arguments": [],
        "options": []
      },
      {
        "words": [
          "products",
          "schema"
        ],
        "name": "products schema",
        "summary": "The catalogue's schema: its fields, default currency and default locale.",
        "details": [],
        "source": "https://segops.ai/docs/api/pim",
        "example": "segops-admin products schema",
        "property": "products",
        "method": "schema",
        "positional": [],
        "arguments": [],
        "options": []
      },
      {
        "words": [
          "products",
          "replace-schema"
        ],
        "name": "products replace-schema",
        "summary": "Replaces the catalogue's schema and returns it.",
        "details": [],
        "source": "https://segops.ai/docs/api/pim",
        "example": "segops-admin products replace-schema '{\n    \"fields\": [\n      {\n        \"name\": \"brand\",\n        \"type\": \"string\",\n        \"required\": true\n      }\n    ],\n    \"default_currency\": \"EUR\"\n  }'",
        "property": "products",
        "method": "replaceSchema",
        "positional": [
          "body"
        ],
        "arguments": [
          {
            "name": "body",
            "kind": "object",
            "shown": "BODY",
            "about": "A JSON object: a file, - for standard input, or the JSON itself. {\"fields\": [...], \"default_currency\": \"USD\", \"default_locale\": \"en_US\"}."
          }
        ],
        "options": [
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          }
        ],
        "mutates": true
      },
      {
        "words": [
          "products",
          "import"
        ],
        "name": "products import",
        "summary": "Uploads a CSV file of products and returns the mapping that the server proposes.",
        "details": [
          "A file is sent as it is read: memory does not grow with it. confirm-import starts the import.",
          "The platform takes 100,000 rows and 100 MiB an import: a larger file is refused before it is sent. import-csv-in-parts sends it in parts."
        ],
        "source": "https://segops.ai/docs/pim/import",
        "example": "segops-admin products import products.csv --confirm='{}' --wait",
        "property": "products",
        "method": "importCsv",
        "positional": [
          "data",
          "filename"
        ],
        "arguments": [
          {
            "name": "data",
            "kind": "file",
            "shown": "CSV",
            "about": "A CSV file in UTF-8 with a header row; - is standard input."
          }
        ],
        "options": [
          {
            "name": "filename",
            "value": "FILENAME",
            "about": "the name to send; the file's own name unless given, products.csv for bytes",
            "parameter": "filename"
          },
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          },
          {
            "name": "wait",
            "value": "",
            "about": "wait until the job has finished and print its last answer"
          },
          {
            "name": "wait-timeout",
            "value": "SECONDS",
            "about": "seconds to wait in all; 600 unless given"
          },
          {
            "name": "interval",
            "value": "SECONDS",
            "about": "seconds between polls; 2 unless given"
          },
          {
            "name": "confirm",
            "value": "BODY",
            "about": "confirm the import with this mapping, as confirm-import does; {} accepts what the server proposes",
            "isFile": true
          },
          {
            "name": "split",
            "value": "",
            "about": "import a file of any size in parts, wait for each, and resume where an earlier run stopped"
          },
          {
            "name": "rows",
            "value": "N",
            "about": "rows of a part, or products of a request from JSON Lines, at most; 100000 and 1000 unless given"
          }
        ],
        "mutates": true,
        "job": {
          "wait": "waitForImport",
          "id": "job_id",
          "confirm": "confirmImport",
          "split": "importCsvInParts",
          "resume": "products import-status"
        }
      },
      {
        "words": [
          "products",
          "import-status"
        ],
        "name": "products import-status",
        "summary": "The status of an import.",
        "details": [],
        "source": "https://segops.ai/docs/api/pim",
        "example": "segops-admin products import-status 3",
        "property": "products",
        "method": "importStatus",
        "positional": [
          "job_id"
        ],
        "arguments": [
          {
            "name": "job_id",
            "kind": "value",
            "shown": "job_id",
            "about": "The job_id that import_csv returned."
          }
        ],
        "options": [
          {
            "name": "wait",
            "value": "",
            "about": "wait until the job has finished and print its last answer"
          },
          {
            "name": "watch",
            "value": "",
            "about": "print a line of JSON for each change, until it has finished"
          },
          {
            "name": "wait-timeout",
            "value": "SECONDS",
            "about": "seconds to wait in all; 600 unless given"
          },
          {
            "name": "interval",
            "value": "SECONDS",
            "about": "seconds between polls; 2 unless given"
          }
        ],
        "job": {
          "wait": "waitForImport",
          "looks": true
        }
      },
      {
        "words": [
          "products",
          "confirm-import"
        ],
        "name": "products confirm-import",
        "summary": "Confirms an import's mapping and schema, and starts it.",
        "details": [],
        "source": "https://segops.ai/docs/pim/import",
        "example": "segops-admin products confirm-import 3 '{\n    \"mapping\": {\n      \"sku\": \"sku\",\n      \"name\": \"name\",\n      \"price\": \"price\"\n    }\n  }' --wait",
        "property": "products",
        "method": "confirmImport",
        "positional": [
          "job_id",
          "body"
        ],
        "arguments": [
          {
            "name": "job_id",
            "kind": "value",
            "shown": "job_id",
            "about": "The import's id."
          },
          {
            "name": "body",
            "kind": "object",
            "shown": "BODY",
            "about": "A JSON object: a file, - for standard input, or the JSON itself. {\"mapping\": {column: field}, \"schema\": [fields]}; what is left out is taken from the proposal."
          }
        ],
        "options": [
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          },
          {
            "name": "wait",
            "value": "",
            "about": "wait until the job has finished and print its last answer"
          },
          {
            "name": "wait-timeout",
            "value": "SECONDS",
            "about": "seconds to wait in all; 600 unless given"
          },
          {
            "name": "interval",
            "value": "SECONDS",
            "about": "seconds between polls; 2 unless given"
          }
        ],
        "mutates": true,
        "job": {
          "wait": "waitForImport",
          "resume": "products import-status"
        }
      }
    ]
  },
  {
    "name": "queries",
    "summary": "Questions asked of AI assistants, and how visible the brand is in their answers.",
    "commands": [
      {
        "words": [
          "queries",
          "list"
        ],
        "name": "queries list",
        "summary": "One page of records, as the server sends it: an envelope with results, or a bare array.",
        "details": [],
        "source": "https://segops.ai/docs/api/ai-visibility",
        "example": "segops-admin queries list --page-size=50",
        "property": "queries",
        "method": "list",
        "positional": [
          "params"
        ],
        "arguments": [],
        "options": [
          {
            "name": "all",
            "value": "",
            "about": "fetch all pages and print every item, as a line of JSON each unless --output says otherwise"
          },
          {
            "name": "prefetch",
            "value": "N",
            "about": "how many pages to fetch ahead at once, in order; 0 fetches one page at a time; 0 unless given"
          },
          {
            "name": "query",
            "value": "KEY=VALUE",
            "about": "a query parameter, documented or not; may be repeated",
            "isMany": true
          }
        ],
        "query": {
          "name": "params",
          "kind": "query",
          "shown": "params",
          "about": "Any other flag is a query parameter; may be repeated. Query parameters, such as page and page_size."
        },
        "known": [
          [
            "page",
            "The page, 1 unless given; a 404 past the last one."
          ],
          [
            "page_size",
            "How many a page holds: 50 unless given, 200 at most."
          ]
        ],
        "iteration": "iterate"
      },
      {
        "words": [
          "queries",
          "get"
        ],
        "name": "queries get",
        "summary": "One record.",
        "details": [],
        "source": "https://segops.ai/docs/api/ai-visibility",
        "example": "segops-admin queries get 12",
        "property": "queries",
        "method": "get",
        "positional": [
          "id"
        ],
        "arguments": [
          {
            "name": "id",
            "kind": "value",
            "shown": "id",
            "about": "The record's id."
          }
        ],
        "options": []
      },
      {
        "words": [
          "queries",
          "create"
        ],
        "name": "queries create",
        "summary": "Creates a record and returns it.",
        "details": [],
        "source": "https://segops.ai/docs/api/ai-visibility",
        "example": "segops-admin queries create '{\n    \"query_text\": \"Welches Zelt fur zwei?\",\n    \"tags\": [\"tent\", \"zwei\"],\n    \"category\": \"product discovery\"\n  }'",
        "property": "queries",
        "method": "create",
        "positional": [
          "body"
        ],
        "arguments": [
          {
            "name": "body",
            "kind": "object",
            "shown": "BODY",
            "about": "A JSON object: a file, - for standard input, or the JSON itself. Its fields."
          }
        ],
        "options": [
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          }
        ],
        "mutates": true
      },
      {
        "words": [
          "queries",
          "update"
        ],
        "name": "queries update",
        "summary": "Changes a record and returns it.",
        "details": [],
        "source": "https://segops.ai/docs/api/ai-visibility",
        "example": "segops-admin queries update 12 '{\"is_active\": false}' --method=PATCH",
        "property": "queries",
        "method": "update",
        "positional": [
          "id",
          "body"
        ],
        "arguments": [
          {
            "name": "id",
            "kind": "value",
            "shown": "id",
            "about": "The record's id."
          },
          {
            "name": "body",
            "kind": "object",
            "shown": "BODY",
            "about": "A JSON object: a file, - for standard input, or the JSON itself. The fields to change, or all fields with --method=PUT."
          }
        ],
        "options": [
          {
            "name": "method",
            "value": "PATCH|PUT",
            "about": "PATCH or PUT",
            "choices": [
              "PATCH",
              "PUT"
            ],
            "parameter": "method"
          },
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          }
        ],
        "mutates": true
      },
      {
        "words": [
          "queries",
          "delete"
        ],
        "name": "queries delete",
        "summary": "Deletes a record, at once and for good.",
        "details": [],
        "source": "https://segops.ai/docs/api/ai-visibility",
        "example": "segops-admin queries delete 12",
        "property": "queries",
        "method": "delete",
        "positional": [
          "id"
        ],
        "arguments": [
          {
            "name": "id",
            "kind": "value",
            "shown": "id",
            "about": "The record's id."
          }
        ],
        "options": [
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          }
        ],
        "mutates": true
      },
      {
        "words": [
          "queries",
          "run"
        ],
        "name": "queries run",
        "summary": "Queues a run of a query on its providers and returns at once.",
        "details": [],
        "source": "https://segops.ai/docs/api/ai-visibility",
        "example": "segops-admin queries run 12",
        "property": "queries",
        "method": "run",
        "positional": [
          "id"
        ],
        "arguments": [
          {
            "name": "id",
            "kind": "value",
            "shown": "id",
            "about": "The query's id."
          }
        ],
        "options": [
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          }
        ],
        "mutates": true
      },
      {
        "words": [
          "queries",
          "results"
        ],
        "name": "queries results",
        "summary": "A query's newest results, 50 at most, of all providers.",
        "details": [],
        "source": "https://segops.ai/docs/api/ai-visibility",
        "example": "segops-admin queries results 12",
        "property": "queries",
        "method": "results",
        "positional": [
          "id"
        ],
        "arguments": [
          {
            "name": "id",
            "kind": "value",
            "shown": "id",
            "about": "The query's id."
          }
        ],
        "options": []
      },
      {
        "words": [
          "queries",
          "simulate"
        ],
        "name": "queries simulate",
        "summary": "Asks the providers now, without saving a query. The server takes up to 30 s.",
        "details": [],
        "source": "https://segops.ai/docs/segments/simulation",
        "example": "segops-admin queries simulate '{\n    \"query_text\": \"Best head lamp?\",\n    \"providers\": [\"perplexity\"]\n  }'",
        "property": "queries",
        "method": "simulate",
        "positional": [
          "body"
        ],
        "arguments": [
          {
            "name": "body",
            "kind": "object",
            "shown": "BODY",
            "about": "A JSON object: a file, - for standard input, or the JSON itself. query_text, and optionally providers (all five unless given)."
          }
        ],
        "options": []
      },
      {
        "words": [
          "queries",
          "dashboard"
        ],
        "name": "queries dashboard",
        "summary": "Visibility over all queries: mention rate, position, share of voice, sentiment.",
        "details": [],
        "source": "https://segops.ai/docs/api/ai-visibility",
        "example": "segops-admin queries dashboard",
        "property": "queries",
        "method": "dashboard",
        "positional": [],
        "arguments": [],
        "options": []
      },
      {
        "words": [
          "queries",
          "win-rate"
        ],
        "name": "queries win-rate",
        "summary": "How often the brand ranks ahead of each competitor, highest first.",
        "details": [],
        "source": "https://segops.ai/docs/ai-reach/competitors",
        "example": "segops-admin queries win-rate",
        "property": "queries",
        "method": "winRate",
        "positional": [
          "params"
        ],
        "arguments": [],
        "options": [
          {
            "name": "query",
            "value": "KEY=VALUE",
            "about": "a query parameter, documented or not; may be repeated",
            "isMany": true
          }
        ],
        "query": {
          "name": "params",
          "kind": "query",
          "shown": "params",
          "about": "Any other flag is a query parameter; may be repeated. Query parameters."
        },
        "known": []
      }
    ]
  },
  {
    "name": "schemas",
    "summary": "Schemas of events: which properties an event type has, and which it must have.",
    "commands": [
      {
        "words": [
          "schemas",
          "list"
        ],
        "name": "schemas list",
        "summary": "One page of records, as the server sends it: an envelope with results, or a bare array.",
        "details": [],
        "source": "https://segops.ai/docs/event-tracking/schema",
        "example": "segops-admin schemas list --page-size=50",
        "property": "schemas",
        "method": "list",
        "positional": [
          "params"
        ],
        "arguments": [],
        "options": [
          {
            "name": "all",
            "value": "",
            "about": "fetch all pages and print every item, as a line of JSON each unless --output says otherwise"
          },
          {
            "name": "prefetch",
            "value": "N",
            "about": "how many pages to fetch ahead at once, in order; 0 fetches one page at a time; 0 unless given"
          },
          {
            "name": "query",
            "value": "KEY=VALUE",
            "about": "a query parameter, documented or not; may be repeated",
            "isMany": true
          }
        ],
        "query": {
          "name": "params",
          "kind": "query",
          "shown": "params",
          "about": "Any other flag is a query parameter; may be repeated. Query parameters, such as page and page_size."
        },
        "known": [
          [
            "page",
            "The page, 1 unless given; a 404 past the last one."
          ],
          [
            "page_size",
            "How many a page holds: 50 unless given, 200 at most."
          ]
        ],
        "iteration": "iterate"
      },
      {
        "words": [
          "schemas",
          "get"
        ],
        "name": "schemas get",
        "summary": "One record.",
        "details": [],
        "source": "https://segops.ai/docs/event-tracking/schema",
        "example": "segops-admin schemas get 12",
        "property": "schemas",
        "method": "get",
        "positional": [
          "id"
        ],
        "arguments": [
          {
            "name": "id",
            "kind": "value",
            "shown": "id",
            "about": "The record's id."
          }
        ],
        "options": []
      },
      {
        "words": [
          "schemas",
          "create"
        ],
        "name": "schemas create",
        "summary": "Creates a record and returns it.",
        "details": [],
        "source": "https://segops.ai/docs/event-tracking/schema",
        "example": "segops-admin schemas create '{\n    \"event_type\": \"cart_updated\",\n    \"properties\": [\n      {\n        \"name\": \"items\",\n        \"type\": \"number\",\n        \"required\": true\n      }\n    ]\n  }'",
        "property": "schemas",
        "method": "create",
        "positional": [
          "body"
        ],
        "arguments": [
          {
            "name": "body",
            "kind": "object",
            "shown": "BODY",
            "about": "A JSON object: a file, - for standard input, or the JSON itself. Its fields."
          }
        ],
        "options": [
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          }
        ],
        "mutates": true
      },
      {
        "words": [
          "schemas",
          "update"
        ],
        "name": "schemas update",
        "summary": "Changes a record and returns it.",
        "details": [],
        "source": "https://segops.ai/docs/event-tracking/schema",
        "example": "segops-admin schemas update 12 '{\n    \"description\": \"A page was seen\",\n    \"properties\": []\n  }' --method=PATCH",
        "property": "schemas",
        "method": "update",
        "positional": [
          "id",
          "body"
        ],
        "arguments": [
          {
            "name": "id",
            "kind": "value",
            "shown": "id",
            "about": "The record's id."
          },
          {
            "name": "body",
            "kind": "object",
            "shown": "BODY",
            "about": "A JSON object: a file, - for standard input, or the JSON itself. The fields to change, or all fields with --method=PUT."
          }
        ],
        "options": [
          {
            "name": "method",
            "value": "PATCH|PUT",
            "about": "PATCH or PUT",
            "choices": [
              "PATCH",
              "PUT"
            ],
            "parameter": "method"
          },
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          }
        ],
        "mutates": true
      },
      {
        "words": [
          "schemas",
          "delete"
        ],
        "name": "schemas delete",
        "summary": "Deletes a record, at once and for good.",
        "details": [],
        "source": "https://segops.ai/docs/event-tracking/schema",
        "example": "segops-admin schemas delete 12",
        "property": "schemas",
        "method": "delete",
        "positional": [
          "id"
        ],
        "arguments": [
          {
            "name": "id",
            "kind": "value",
            "shown": "id",
            "about": "The record's id."
          }
        ],
        "options": [
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          }
        ],
        "mutates": true
      },
      {
        "words": [
          "schemas",
          "infer"
        ],
        "name": "schemas infer",
        "summary": "Proposes a schema from sample events; nothing is saved.",
        "details": [],
        "source": "https://segops.ai/docs/sdks/admin-python",
        "example": "segops-admin schemas infer '[\n    {\n      \"event_type\": \"cart_updated\",\n      \"payload\": {\"items\": 2, \"note\": \"naive\"}\n    }\n  ]'",
        "property": "schemas",
        "method": "infer",
        "positional": [
          "events"
        ],
        "arguments": [
          {
            "name": "events",
            "kind": "array",
            "shown": "BODY",
            "about": "A JSON array: a file, - for standard input, or the JSON itself. {\"user_id\": ..., \"event_type\": ..., \"payload\": {...}} each."
          }
        ],
        "options": []
      },
      {
        "words": [
          "schemas",
          "validate"
        ],
        "name": "schemas validate",
        "summary": "Checks a payload against the schema of its event type, as ingestion would.",
        "details": [],
        "source": "https://segops.ai/docs/sdks/admin-python",
        "example": "segops-admin schemas validate purchase '{\"total\": \"abc\"}'",
        "property": "schemas",
        "method": "validate",
        "positional": [
          "event_type",
          "payload"
        ],
        "arguments": [
          {
            "name": "event_type",
            "kind": "value",
            "shown": "event_type",
            "about": "The event's type."
          },
          {
            "name": "payload",
            "kind": "object",
            "shown": "BODY",
            "about": "A JSON object: a file, - for standard input, or the JSON itself. Its properties."
          }
        ],
        "options": []
      }
    ]
  },
  {
    "name": "segments",
    "summary": "Segments of users: their definitions, members and exports.",
    "commands": [
      {
        "words": [
          "segments",
          "list"
        ],
        "name": "segments list",
        "summary": "One page of records, as the server sends it: an envelope with results, or a bare array.",
        "details": [],
        "source": "https://segops.ai/docs/api/segments",
        "example": "segops-admin segments list --page-size=50",
        "property": "segments",
        "method": "list",
        "positional": [
          "params"
        ],
        "arguments": [],
        "options": [
          {
            "name": "all",
            "value": "",
            "about": "fetch all pages and print every item, as a line of JSON each unless --output says otherwise"
          },
          {
            "name": "prefetch",
            "value": "N",
            "about": "how many pages to fetch ahead at once, in order; 0 fetches one page at a time; 0 unless given"
          },
          {
            "name": "query",
            "value": "KEY=VALUE",
            "about": "a query parameter, documented or not; may be repeated",
            "isMany": true
          }
        ],
        "query": {
          "name": "params",
          "kind": "query",
          "shown": "params",
          "about": "Any other flag is a query parameter; may be repeated. Query parameters, such as page and page_size."
        },
        "known": [
          [
            "page",
            "The page, 1 unless given; a 404 past the last one."
          ],
          [
            "page_size",
            "How many a page holds: 50 unless given, 200 at most."
          ]
        ],
        "iteration": "iterate"
      },
      {
        "words": [
          "segments",
          "get"
        ],
        "name": "segments get",
        "summary": "One record.",
        "details": [],
        "source": "https://segops.ai/docs/api/segments",
        "example": "segops-admin segments get 12",
        "property": "segments",
        "method": "get",
        "positional": [
          "id"
        ],
        "arguments": [
          {
            "name": "id",
            "kind": "value",
            "shown": "id",
            "about": "The record's id."
          }
        ],
        "options": [
          {
            "name": "wait",
            "value": "",
            "about": "wait until the job has finished and print its last answer"
          },
          {
            "name": "watch",
            "value": "",
            "about": "print a line of JSON for each change, until it has finished"
          },
          {
            "name": "wait-timeout",
            "value": "SECONDS",
            "about": "seconds to wait in all; 600 unless given"
          },
          {
            "name": "interval",
            "value": "SECONDS",
            "about": "seconds between polls; 2 unless given"
          }
        ],
        "job": {
          "wait": "waitForRecompute",
          "since": "last_computed_at",
          "looks": true
        }
      },
      {
        "words": [
          "segments",
          "create"
        ],
        "name": "segments create",
        "summary": "Creates a record and returns it.",
        "details": [],
        "source": "https://segops.ai/docs/api/segments",
        "example": "segops-admin segments create '{\n    \"name\": \"Lapsed - 90 days\",\n    \"description\": \"Gone since winter\",\n    \"definition\": {\n      \"logic\": \"AND\",\n      \"conditions\": [\n        {\n          \"type\": \"recency\",\n          \"event_type\": \"order_placed\",\n          \"operator\": \"gt\",\n          \"window_days\": 90\n        }\n      ]\n    }\n  }'",
        "property": "segments",
        "method": "create",
        "positional": [
          "body"
        ],
        "arguments": [
          {
            "name": "body",
            "kind": "object",
            "shown": "BODY",
            "about": "A JSON object: a file, - for standard input, or the JSON itself. Its fields."
          }
        ],
        "options": [
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          }
        ],
        "mutates": true
      },
      {
        "words": [
          "segments",
          "update"
        ],
        "name": "segments update",
        "summary": "Changes a record and returns it.",
        "details": [],
        "source": "https://segops.ai/docs/api/segments",
        "example": "segops-admin segments update 12 '{\n    \"name\": \"Regulars \",\n    \"description\": \"Two orders or more\"\n  }' --method=PATCH",
        "property": "segments",
        "method": "update",
        "positional": [
          "id",
          "body"
        ],
        "arguments": [
          {
            "name": "id",
            "kind": "value",
            "shown": "id",
            "about": "The record's id."
          },
          {
            "name": "body",
            "kind": "object",
            "shown": "BODY",
            "about": "A JSON object: a file, - for standard input, or the JSON itself. The fields to change, or all fields with --method=PUT."
          }
        ],
        "options": [
          {
            "name": "method",
            "value": "PATCH|PUT",
            "about": "PATCH or PUT",
            "choices": [
              "PATCH",
              "PUT"
            ],
            "parameter": "method"
          },
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          }
        ],
        "mutates": true
      },
      {
        "words": [
          "segments",
          "delete"
        ],
        "name": "segments delete",
        "summary": "Deletes a record, at once and for good.",
        "details": [],
        "source": "https://segops.ai/docs/api/segments",
        "example": "segops-admin segments delete 12",
        "property": "segments",
        "method": "delete",
        "positional": [
          "id"
        ],
        "arguments": [
          {
            "name": "id",
            "kind": "value",
            "shown": "id",
            "about": "The record's id."
          }
        ],
        "options": [
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          }
        ],
        "mutates": true
      },
      {
        "words": [
          "segments",
          "preview"
        ],
        "name": "segments preview",
        "summary": "Evaluates a definition without saving it: how many users match, and a sample of them.",
        "details": [],
        "source": "https://segops.ai/docs/api/segments",
        "example": "segops-admin segments preview '{\n    \"logic\": \"AND\",\n    \"conditions\": [\n      {\n        \"type\": \"event_count\",\n        \"event_type\": \"order_placed\",\n        \"operator\": \"gte\",\n        \"value\": 2\n      }\n    ]\n  }'",
        "property": "segments",
        "method": "preview",
        "positional": [
          "definition"
        ],
        "arguments": [
          {
            "name": "definition",
            "kind": "object",
            "shown": "BODY",
            "about": "A JSON object: a file, - for standard input, or the JSON itself. {\"logic\": \"AND\" | \"OR\", \"conditions\": [...]}."
          }
        ],
        "options": []
      },
      {
        "words": [
          "segments",
          "estimate"
        ],
        "name": "segments estimate",
        "summary": "Estimates how many users a saved segment holds.",
        "details": [],
        "source": "https://segops.ai/docs/sdks/admin-python",
        "example": "segops-admin segments estimate 12",
        "property": "segments",
        "method": "estimate",
        "positional": [
          "id"
        ],
        "arguments": [
          {
            "name": "id",
            "kind": "value",
            "shown": "id",
            "about": "The segment's id."
          }
        ],
        "options": []
      },
      {
        "words": [
          "segments",
          "versions"
        ],
        "name": "segments versions",
        "summary": "The history of a segment's definition, newest first.",
        "details": [],
        "source": "https://segops.ai/docs/segments",
        "example": "segops-admin segments versions 12",
        "property": "segments",
        "method": "versions",
        "positional": [
          "id"
        ],
        "arguments": [
          {
            "name": "id",
            "kind": "value",
            "shown": "id",
            "about": "The segment's id."
          }
        ],
        "options": []
      },
      {
        "words": [
          "segments",
          "recompute"
        ],
        "name": "segments recompute",
        "summary": "Queues a recompute of a segment's members and returns at once.",
        "details": [],
        "source": "https://segops.ai/docs/api/segments",
        "example": "segops-admin segments recompute 12 --wait",
        "property": "segments",
        "method": "recompute",
        "positional": [
          "id"
        ],
        "arguments": [
          {
            "name": "id",
            "kind": "value",
            "shown": "id",
            "about": "The segment's id."
          }
        ],
        "options": [
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          },
          {
            "name": "wait",
            "value": "",
            "about": "wait until the job has finished and print its last answer"
          },
          {
            "name": "wait-timeout",
            "value": "SECONDS",
            "about": "seconds to wait in all; 600 unless given"
          },
          {
            "name": "interval",
            "value": "SECONDS",
            "about": "seconds between polls; 2 unless given"
          }
        ],
        "mutates": true,
        "job": {
          "wait": "waitForRecompute",
          "since": "last_computed_at",
          "resume": "segments get"
        }
      },
      {
        "words": [
          "segments",
          "members"
        ],
        "name": "segments members",
        "summary": "One page of a segment's members.",
        "details": [],
        "source": "https://segops.ai/docs/api",
        "example": "segops-admin segments members 12 --limit=100",
        "property": "segments",
        "method": "members",
        "positional": [
          "id",
          "params"
        ],
        "arguments": [
          {
            "name": "id",
            "kind": "value",
            "shown": "id",
            "about": "The segment's id."
          }
        ],
        "options": [
          {
            "name": "all",
            "value": "",
            "about": "fetch all pages and print every item, as a line of JSON each unless --output says otherwise"
          },
          {
            "name": "query",
            "value": "KEY=VALUE",
            "about": "a query parameter, documented or not; may be repeated",
            "isMany": true
          }
        ],
        "query": {
          "name": "params",
          "kind": "query",
          "shown": "params",
          "about": "Any other flag is a query parameter; may be repeated. limit (1,000 at most) and cursor (the next_cursor of the page before)."
        },
        "known": [
          [
            "limit",
            "How many; 1,000 unless given, and at most."
          ],
          [
            "cursor",
            "The next_cursor of the page before."
          ]
        ],
        "silent": [
          "page"
        ],
        "iteration": "iterateMembers"
      },
      {
        "words": [
          "segments",
          "membership"
        ],
        "name": "segments membership",
        "summary": "The segments that one user is in.",
        "details": [],
        "source": "https://segops.ai/docs/api/segments",
        "example": "segops-admin segments membership user-42",
        "property": "segments",
        "method": "membership",
        "positional": [
          "user_id"
        ],
        "arguments": [
          {
            "name": "user_id",
            "kind": "value",
            "shown": "user_id",
            "about": "The user's id, an alias included."
          }
        ],
        "options": []
      },
      {
        "words": [
          "segments",
          "export"
        ],
        "name": "segments export",
        "summary": "Starts writing a segment's members to a file: user_id and computed_at.",
        "details": [],
        "source": "https://segops.ai/docs/activations/export",
        "example": "segops-admin segments export 12 --format=csv --wait",
        "property": "segments",
        "method": "export",
        "positional": [
          "id"
        ],
        "arguments": [
          {
            "name": "id",
            "kind": "value",
            "shown": "id",
            "about": "The segment's id."
          }
        ],
        "options": [
          {
            "name": "format",
            "value": "csv|parquet",
            "about": "csv or parquet",
            "choices": [
              "csv",
              "parquet"
            ],
            "parameter": "format"
          },
          {
            "name": "idempotency-key",
            "value": "KEY",
            "about": "key for safe retries (default: a new UUID)",
            "parameter": "idempotencyKey"
          },
          {
            "name": "wait",
            "value": "",
            "about": "wait until the job has finished and print its last answer"
          },
          {
            "name": "wait-timeout",
            "value": "SECONDS",
            "about": "seconds to wait in all; 600 unless given"
          },
          {
            "name": "interval",
            "value": "SECONDS",
            "about": "seconds between polls; 2 unless given"
          },
          {
            "name": "to",
            "value": "OUT",
            "about": "wait, then write the export to this file; - is standard output",
            "isFile": true
          }
        ],
        "mutates": true,
        "job": {
          "wait": "waitForExport",
          "id": "export_id",
          "download": "downloadExport",
          "resume": "segments export-status"
        }
      },
      {
        "words": [
          "segments",
          "export-status"
        ],
        "name": "segments export-status",
        "summary": "The status of an export.",
        "details": [],
        "source": "https://segops.ai/docs/activations/export",
        "example": "segops-admin segments export-status 12 14",
        "property": "segments",
        "method": "exportStatus",
        "positional": [
          "id",
          "export_id"
        ],
        "arguments": [
          {
            "name": "id",
            "kind": "value",
            "shown": "id",
            "about": "The segment's id."
          },
          {
            "name": "export_id",
            "kind": "value",
            "shown": "export_id",
            "about": "The export_id that export returned."
          }
        ],
        "options": [
          {
            "name": "wait",
            "value": "",
            "about": "wait until the job has finished and print its last answer"
          },
          {
            "name": "watch",
            "value": "",
            "about": "print a line of JSON for each change, until it has finished"
          },
          {
            "name": "wait-timeout",
            "value": "SECONDS",
            "about": "seconds to wait in all; 600 unless given"
          },
          {
            "name": "interval",
            "value": "SECONDS",
            "about": "seconds between polls; 2 unless given"
          }
        ],
        "job": {
          "wait": "waitForExport",
          "looks": true
        }
      },
      {
        "words": [
          "segments",
          "download-export"
        ],
        "name": "segments download-export",
        "summary": "Writes a finished export to a file and returns the number of bytes.",
        "details": [
          "A path appears only once the whole file has arrived. Storage servers that the platform redirects to get no key."
        ],
        "source": "https://segops.ai/docs/activations/export",
        "example": "segops-admin segments download-export 14 members.csv",
        "property": "segments",
        "method": "downloadExport",
        "positional": [
          "export_id",
          "to"
        ],
        "arguments": [
          {
            "name": "export_id",
            "kind": "value",
            "shown": "export_id",
            "about": "The export's id."
          },
          {
            "name": "to",
            "kind": "out",
            "shown": "OUT",
            "about": "The file to write; - is standard output."
          }
        ],
        "options": []
      },
      {
        "words": [
          "segments",
          "watch"
        ],
        "name": "segments watch",
        "summary": "Prints a segment as a line of JSON whenever it changes, until its recompute has finished.",
        "details": [
          "The same as segments get ID --watch. A segment that is not computing is printed once."
        ],
        "example": "segops-admin segments watch 12",
        "arguments": [
          {
            "name": "id",
            "kind": "value",
            "shown": "id",
            "about": "The segment's id."
          }
        ],
        "options": [
          {
            "name": "wait-timeout",
            "value": "SECONDS",
            "about": "seconds to wait in all; 600 unless given"
          },
          {
            "name": "interval",
            "value": "SECONDS",
            "about": "seconds between polls; 2 unless given"
          }
        ]
      }
    ]
  },
  {
    "name": "users",
    "summary": "Users and their events (the explorer); read-only.",
    "commands": [
      {
        "words": [
          "users",
          "search"
        ],
        "name": "users search",
        "summary": "Finds users by their id.",
        "details": [],
        "source": "https://segops.ai/docs/api/explorer",
        "example": "segops-admin users search --q=ann",
        "property": "users",
        "method": "search",
        "positional": [
          "params"
        ],
        "arguments": [],
        "options": [
          {
            "name": "query",
            "value": "KEY=VALUE",
            "about": "a query parameter, documented or not; may be repeated",
            "isMany": true
          }
        ],
        "query": {
          "name": "params",
          "kind": "query",
          "shown": "params",
          "about": "Any other flag is a query parameter; may be repeated. q (a part of the id) and limit."
        },
        "known": [
          [
            "q",
            "A part of the user's id."
          ],
          [
            "limit",
            "How many."
          ]
        ]
      },
      {
        "words": [
          "users",
          "get"
        ],
        "name": "users get",
        "summary": "One user's profile: event counts, first and last seen, current properties.",
        "details": [],
        "source": "https://segops.ai/docs/api/explorer",
        "example": "segops-admin users get user-42",
        "property": "users",
        "method": "get",
        "positional": [
          "user_id"
        ],
        "arguments": [
          {
            "name": "user_id",
            "kind": "value",
            "shown": "user_id",
            "about": "The user's id."
          }
        ],
        "options": []
      },
      {
        "words": [
          "users",
          "events"
        ],
        "name": "users events",
        "summary": "One user's events, newest first.",
        "details": [],
        "source": "https://segops.ai/docs/api/explorer",
        "example": "segops-admin users events user-42 --event-type=purchase",
        "property": "users",
        "method": "events",
        "positional": [
          "user_id",
          "params"
        ],
        "arguments": [
          {
            "name": "user_id",
            "kind": "value",
            "shown": "user_id",
            "about": "The user's id."
          }
        ],
        "options": [
          {
            "name": "query",
            "value": "KEY=VALUE",
            "about": "a query parameter, documented or not; may be repeated",
            "isMany": true
          }
        ],
        "query": {
          "name": "params",
          "kind": "query",
          "shown": "params",
          "about": "Any other flag is a query parameter; may be repeated. event_type, since (a date or time) and limit."
        },
        "known": [
          [
            "event_type",
            "Events of this type only."
          ],
          [
            "since",
            "Events from this date, or date and time, on."
          ],
          [
            "limit",
            "How many."
          ]
        ]
      },
      {
        "words": [
          "users",
          "segments"
        ],
        "name": "users segments",
        "summary": "The segments that one user is in, with their sizes.",
        "details": [],
        "source": "https://segops.ai/docs/api/explorer",
        "example": "segops-admin users segments user-42",
        "property": "users",
        "method": "segments",
        "positional": [
          "user_id"
        ],
        "arguments": [
          {
            "name": "user_id",
            "kind": "value",
            "shown": "user_id",
            "about": "The user's id."
          }
        ],
        "options": []
      },
      {
        "words": [
          "users",
          "explain"
        ],
        "name": "users explain",
        "summary": "Why a user is, or is not, in a segment: each condition with the user's own value.",
        "details": [],
        "source": "https://segops.ai/docs/api/explorer",
        "example": "segops-admin users explain user-42 12",
        "property": "users",
        "method": "explain",
        "positional": [
          "user_id",
          "segment_id"
        ],
        "arguments": [
          {
            "name": "user_id",
            "kind": "value",
            "shown": "user_id",
            "about": "The user's id; a member or not."
          },
          {
            "name": "segment_id",
            "kind": "value",
            "shown": "segment_id",
            "about": "The segment's id."
          }
        ],
        "options": []
      },
      {
        "words": [
          "users",
          "publish-sandbox"
        ],
        "name": "users publish-sandbox",
        "summary": "Simulates an event: the segments that the user would enter or leave. Nothing is stored.",
        "details": [],
        "source": "https://segops.ai/docs/sandbox",
        "example": "segops-admin users publish-sandbox '{\n    \"user_id\": \"u-2\",\n    \"event_type\": \"order_placed\",\n    \"payload\": {\"total\": 99}\n  }'",
        "property": "users",
        "method": "publishSandbox",
        "positional": [
          "event"
        ],
        "arguments": [
          {
            "name": "event",
            "kind": "object",
            "shown": "BODY",
            "about": "A JSON object: a file, - for standard input, or the JSON itself. user_id, event_type, and optionally occurred_at and payload."
          }
        ],
        "options": []
      }
    ]
  },
  {
    "name": "config",
    "summary": "Profiles: which server and key to work with, in a file of your own.",
    "commands": [
      {
        "words": [
          "config",
          "set"
        ],
        "name": "config set",
        "summary": "Sets a key of a profile; an empty value takes it away.",
        "details": [
          "The profile is the one that --profile or SEGOPS_PROFILE names, else the current one, else \"default\"; it is made if there is none. The file is $XDG_CONFIG_HOME/segops/config.json, ~/.config unless set, for its owner only.",
          "Flags go before the environment, the environment before the profile. url, api_key and timeout stand for what the flags and variables of that name say. api_key_command is a command of a password manager that prints the key: it is run without a shell, its words are taken apart by quotes and blanks, and nothing in it is expanded. A protected profile asks before it changes something, and fails in scripts that do not say --yes."
        ],
        "example": "segops-admin config set api_key_command 'pass show segops/work' --profile=work",
        "arguments": [
          {
            "name": "key",
            "kind": "value",
            "shown": "key",
            "about": "url, api_key, api_key_command, timeout or protected.",
            "choices": [
              "url",
              "api_key",
              "api_key_command",
              "timeout",
              "protected"
            ]
          },
          {
            "name": "value",
            "kind": "value",
            "shown": "value",
            "about": "Its value; - reads the key from standard input."
          }
        ],
        "options": []
      },
      {
        "words": [
          "config",
          "get"
        ],
        "name": "config get",
        "summary": "Prints a key of a profile, an API key masked.",
        "details": [],
        "example": "segops-admin config get url",
        "arguments": [
          {
            "name": "key",
            "kind": "value",
            "shown": "key",
            "about": "url, api_key, api_key_command, timeout or protected.",
            "choices": [
              "url",
              "api_key",
              "api_key_command",
              "timeout",
              "protected"
            ]
          }
        ],
        "options": []
      },
      {
        "words": [
          "config",
          "list"
        ],
        "name": "config list",
        "summary": "Lists the profiles, API keys masked.",
        "details": [],
        "example": "segops-admin config list --output=table",
        "arguments": [],
        "options": []
      },
      {
        "words": [
          "config",
          "use"
        ],
        "name": "config use",
        "summary": "Makes a profile the current one.",
        "details": [],
        "example": "segops-admin config use work",
        "arguments": [
          {
            "name": "name",
            "kind": "value",
            "shown": "name",
            "about": "The profile's name."
          }
        ],
        "options": []
      }
    ],
    "isGroup": true
  }
];
