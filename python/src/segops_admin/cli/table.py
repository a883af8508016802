"""Every command, its arguments, flags and help.

Written by ``make generate`` from the contract (``spec/``): change it there.
"""

from __future__ import annotations

from .shapes import Argument, Command, Job, Option, Resource

__all__ = ["CAUSES", "GLOBAL", "OWN_WORDS", "RESOURCES", "SHORT", "TOOLS"]

GLOBAL = (
    Option("api-url", "URL", "the API's root, /api included; SEGOPS_API_URL unless given"),
    Option("timeout", "SECONDS", "give an attempt up after this long without progress; 60 unless given"),
    Option("max-retries", "N", "how often to retry on 429, 5xx and failed connections; 3 unless given"),
    Option("profile", "NAME", "work with this profile; SEGOPS_PROFILE, else the current one (segops-admin config)"),
    Option(
        "output",
        "FORMAT",
        "json, jsonl (a line for each item), table or csv; json unless given, jsonl with --all (-o)",
        choices=("json", "jsonl", "table", "csv"),
    ),
    Option("columns", "COLUMNS", "these keys of each item only, such as id,name,definition.logic"),
    Option(
        "select",
        "EXPRESSION",
        "what this JMESPath expression picks from the answer; with --all, from the list of all items",
    ),
    Option(
        "spreadsheet",
        "",
        "make CSV safe to open in a spreadsheet: with a byte order mark, and ' before text that looks like a formula",
    ),
    Option("strict", "", "refuse query parameters that are not documented (SEGOPS_STRICT=1)"),
    Option("yes", "", "carry out what changes a protected profile, without asking"),
    Option("json-errors", "", "write messages and errors to standard error as JSON, one object a line"),
    Option("verbose", "", "log each attempt to standard error (-v)"),
    Option("compact", "", "print JSON on one line"),
    Option("dry-run", "", "print the request that would be sent, the key masked, and send nothing"),
    Option("version", "", "print the version"),
    Option("help", "", "print help (-h)"),
)
SHORT = {"-o": "output", "-v": "verbose", "-h": "help"}
OWN_WORDS = ("idempotency-key", "all", "prefetch", "wait", "wait-timeout", "interval", "to", "query", "confirm")
"""Flags of this program that are never query parameters: where they do not apply, they are mistakes."""

_ALL = Option("all", "", "fetch all pages and print every item, as a line of JSON each unless --output says otherwise")
_PREFETCH = Option(
    "prefetch", "N", "how many pages to fetch ahead at once, in order; 0 fetches one page at a time; 0 unless given"
)
_WAIT = Option("wait", "", "wait until the job has finished and print its last answer")
_WAIT_TIMEOUT = Option("wait-timeout", "SECONDS", "seconds to wait in all; 600 unless given")
_INTERVAL = Option("interval", "SECONDS", "seconds between polls; 2 unless given")
_TO = Option("to", "OUT", "wait, then write the export to this file; - is standard output", file=True)
_QUERY = Option("query", "KEY=VALUE", "a query parameter, documented or not; may be repeated", many=True)
_WATCH = Option("watch", "", "print a line of JSON for each change, until it has finished")
_CONFIRM = Option(
    "confirm",
    "BODY",
    "confirm the import with this mapping, as confirm-import does; {} accepts what the server proposes",
    file=True,
)
_SPLIT = Option(
    "split", "", "import a file of any size in parts, wait for each, and resume where an earlier run stopped"
)
_ROWS = Option(
    "rows", "N", "rows of a part, or products of a request from JSON Lines, at most; 100000 and 1000 unless given"
)
_IDEMPOTENCY_KEY = Option(
    "idempotency-key", "KEY", "key for safe retries (default: a new UUID)", parameter="idempotency_key"
)

CAUSES = (
    (("not_found", "decode"), "bare-url", "the base URL {url} does not end in /api, as those of SegOps do"),
    (("not_found",), "page", "page {page} is past the last one"),
    (("not_found",), "event-type", "this workspace has no event type {event_type} ({list} shows those it has)"),
    (("not_found",), "id", "nothing in the key's workspace has the id {id} ({list} shows what it has)"),
    (("not_found",), "path", "the API has no path {path}"),
    (("decode",), "always", "something else than the API answers at {url}: a proxy, a login page, another server"),
    (("authentication",), "always", "the key is revoked, or belongs to another server than {url}"),
)
"""What errors can come from: of which kinds, when, and in which words."""

TOOLS = (
    Command(
        ("api",),
        "Makes any call of the API, wrapped by a command or not, and prints the answer.",
        "segops-admin api GET /segments/",
        details=("Calls other than GET, HEAD and OPTIONS carry an Idempotency-Key.",),
        arguments=(
            Argument(
                "method",
                "value",
                "method",
                "GET, POST, PUT, PATCH or DELETE.",
                choices=("GET", "POST", "PUT", "PATCH", "DELETE"),
            ),
            Argument("path", "value", "path", "The path below the base URL, such as /segments/."),
        ),
        options=(
            Option("query", "KEY=VALUE", "a query parameter; may be repeated", many=True),
            Option("body", "BODY", "the JSON body", file=True),
            Option("form", "FIELD=@FILE", "a file to upload in place of a body; - is standard input", file=True),
            Option("idempotency-key", "KEY", "key for safe retries (default: a new UUID)"),
        ),
        mutates=True,
    ),
    Command(
        ("doctor",),
        "Reports what this program would work with, and whether the server answers, as JSON.",
        "segops-admin doctor",
        details=(
            "Exits 0 if it does and accepts the key, else 1. latency_ms is the median of five small requests; clock_skew_s is by how much the server's clock is ahead of this machine's. timeout_s and max_retries are those of other commands; the doctor itself does not retry.",
        ),
    ),
    Command(
        ("listen",),
        "Passes a sandbox's webhooks on to a program on this machine, and prints a line of JSON for each.",
        "segops-admin listen --forward-to=http://localhost:3000/hook",
        details=(
            "Registers a webhook with a sandbox on this machine, posts its deliveries to --forward-to with their headers and bytes as they came, answers what that answers, and removes the webhook when Ctrl-C, a signal or an error ends it. What is not signed is refused. Exits 0 when it was ended by Ctrl-C or a signal.",
            "SEGOPS_WEBHOOK_SECRET is the secret that deliveries are signed with; unless it is set, one is made and shown.",
        ),
        options=(
            Option("forward-to", "URL", "where to forward deliveries, such as http://localhost:3000/hook; required"),
        ),
        mutates=True,
    ),
    Command(
        ("completion",),
        "Prints a script that makes a shell complete commands, flags and file names, or installs it.",
        "segops-admin completion install bash",
        arguments=(
            Argument(
                "shell",
                "value",
                "shell",
                "bash, zsh, fish or powershell; install writes the script where the shell looks for it.",
                choices=("bash", "zsh", "fish", "powershell", "install"),
            ),
            Argument(
                "for",
                "value",
                "for",
                "The shell to install it for; that of SHELL unless given.",
                choices=("bash", "zsh", "fish", "powershell"),
                optional=True,
            ),
        ),
    ),
)


def _activations() -> tuple[Command, ...]:
    return (
        Command(
            ("activations", "list"),
            "One page of records, as the server sends it: an envelope with results, or a bare array.",
            "segops-admin activations list --page-size=50",
            source="https://segops.ai/docs/api/activations",
            namespace="activations",
            method="list",
            options=(
                _ALL,
                _PREFETCH,
                _QUERY,
            ),
            query=Argument(
                "params",
                "query",
                "params",
                "Any other flag is a query parameter; may be repeated. Query parameters, such as page and page_size.",
            ),
            known=(
                ("page", "The page, 1 unless given; a 404 past the last one."),
                ("page_size", "How many a page holds: 50 unless given, 200 at most."),
            ),
            iteration="iterate",
        ),
        Command(
            ("activations", "get"),
            "One record.",
            "segops-admin activations get 12",
            source="https://segops.ai/docs/api/activations",
            namespace="activations",
            method="get",
            arguments=(Argument("id", "value", "id", "The record's id."),),
        ),
        Command(
            ("activations", "create"),
            "Creates a record and returns it.",
            'segops-admin activations create \'{\n    "segment": 1,\n    "connector_type": "klaviyo",\n    "config": {"api_key": "test-klaviyo", "list_id": "L9"}\n  }\'',
            source="https://segops.ai/docs/api/activations",
            namespace="activations",
            method="create",
            arguments=(
                Argument(
                    "body",
                    "object",
                    "BODY",
                    "A JSON object: a file, - for standard input, or the JSON itself. Its fields.",
                ),
            ),
            options=(_IDEMPOTENCY_KEY,),
            mutates=True,
        ),
        Command(
            ("activations", "update"),
            "Changes a record and returns it.",
            'segops-admin activations update 12 \'{"status": "active"}\' --method=PATCH',
            source="https://segops.ai/docs/api/activations",
            namespace="activations",
            method="update",
            arguments=(
                Argument("id", "value", "id", "The record's id."),
                Argument(
                    "body",
                    "object",
                    "BODY",
                    "A JSON object: a file, - for standard input, or the JSON itself. The fields to change, or all fields with --method=PUT.",
                ),
            ),
            options=(
                Option("method", "PATCH|PUT", "PATCH or PUT", choices=("PATCH", "PUT"), parameter="method"),
                _IDEMPOTENCY_KEY,
            ),
            mutates=True,
        ),
        Command(
            ("activations", "delete"),
            "Deletes a record, at once and for good.",
            "segops-admin activations delete 12",
            source="https://segops.ai/docs/api/activations",
            namespace="activations",
            method="delete",
            arguments=(Argument("id", "value", "id", "The record's id."),),
            options=(_IDEMPOTENCY_KEY,),
            mutates=True,
        ),
        Command(
            ("activations", "sync"),
            "Queues a sync of an activation's segment, without waiting for a recompute, and returns at once.",
            "segops-admin activations sync 12",
            source="https://segops.ai/docs/api/activations",
            namespace="activations",
            method="sync",
            arguments=(Argument("id", "value", "id", "The activation's id."),),
            options=(_IDEMPOTENCY_KEY,),
            mutates=True,
        ),
    )


def _analytics() -> tuple[Command, ...]:
    return (
        Command(
            ("analytics", "overview"),
            "The workspace in five figures; an ai_credits_limit of -1 means unlimited.",
            "segops-admin analytics overview",
            source="https://segops.ai/docs/api/analytics",
            namespace="analytics",
            method="overview",
        ),
        Command(
            ("analytics", "segments"),
            "Active segments, each with its size on every day of the last 30.",
            "segops-admin analytics segments",
            source="https://segops.ai/docs/api/analytics",
            namespace="analytics",
            method="segments",
        ),
        Command(
            ("analytics", "overlap"),
            "The 20 pairs of segments that share most members; the share is of the smaller one, in percent.",
            "segops-admin analytics overlap",
            source="https://segops.ai/docs/api/analytics",
            namespace="analytics",
            method="overlap",
        ),
        Command(
            ("analytics", "activations"),
            "Activations with their success rate over 30 syncs, in percent, and the newest five.",
            "segops-admin analytics activations",
            source="https://segops.ai/docs/api/analytics",
            namespace="analytics",
            method="activations",
        ),
        Command(
            ("analytics", "usage"),
            "What the plan allows and what has been used of it; a limit of -1 means unlimited.",
            "segops-admin analytics usage",
            source="https://segops.ai/docs/sdks/admin-python",
            namespace="analytics",
            method="usage",
        ),
    )


def _identity() -> tuple[Command, ...]:
    return (
        Command(
            ("identity", "alias"),
            "Ties a visitor's id to a user. The first tie wins: a later one to another user changes nothing.",
            "segops-admin identity alias visitor-7 user-42",
            source="https://segops.ai/docs/identity-resolution",
            namespace="identity",
            method="alias",
            arguments=(
                Argument("anonymous_id", "value", "anonymous_id", "The visitor's id, before login."),
                Argument("user_id", "value", "user_id", "The user."),
            ),
            options=(_IDEMPOTENCY_KEY,),
            mutates=True,
        ),
        Command(
            ("identity", "merge"),
            "Folds one user into another, for good; overrides an earlier tie.",
            "segops-admin identity merge user-41 user-42",
            source="https://segops.ai/docs/identity-resolution",
            namespace="identity",
            method="merge",
            arguments=(
                Argument("from_user_id", "value", "from_user_id", "The user that is folded in."),
                Argument("into_user_id", "value", "into_user_id", "The user that stays."),
            ),
            options=(_IDEMPOTENCY_KEY,),
            mutates=True,
        ),
    )


def _pages() -> tuple[Command, ...]:
    return (
        Command(
            ("pages", "list"),
            "One page of records, as the server sends it: an envelope with results, or a bare array.",
            "segops-admin pages list --page-size=50",
            source="https://segops.ai/docs/api/ai-pages",
            namespace="pages",
            method="list",
            options=(
                _ALL,
                _PREFETCH,
                _QUERY,
            ),
            query=Argument(
                "params",
                "query",
                "params",
                "Any other flag is a query parameter; may be repeated. Query parameters, such as page and page_size.",
            ),
            known=(
                ("page", "The page, 1 unless given; a 404 past the last one."),
                ("page_size", "How many a page holds: 50 unless given, 200 at most."),
            ),
            iteration="iterate",
        ),
        Command(
            ("pages", "get"),
            "One record.",
            "segops-admin pages get 12",
            source="https://segops.ai/docs/api/ai-pages",
            namespace="pages",
            method="get",
            arguments=(Argument("id", "value", "id", "The record's id."),),
        ),
        Command(
            ("pages", "create"),
            "Creates a record and returns it.",
            'segops-admin pages create \'{\n    "slug": "head-lamps",\n    "title": "Lampes frontales"\n  }\'',
            source="https://segops.ai/docs/api/ai-pages",
            namespace="pages",
            method="create",
            arguments=(
                Argument(
                    "body",
                    "object",
                    "BODY",
                    "A JSON object: a file, - for standard input, or the JSON itself. Its fields.",
                ),
            ),
            options=(_IDEMPOTENCY_KEY,),
            mutates=True,
        ),
        Command(
            ("pages", "update"),
            "Changes a record and returns it.",
            'segops-admin pages update 12 \'{"title": "Boots for the Alps"}\' --method=PATCH',
            source="https://segops.ai/docs/api/ai-pages",
            namespace="pages",
            method="update",
            arguments=(
                Argument("id", "value", "id", "The record's id."),
                Argument(
                    "body",
                    "object",
                    "BODY",
                    "A JSON object: a file, - for standard input, or the JSON itself. The fields to change, or all fields with --method=PUT.",
                ),
            ),
            options=(
                Option("method", "PATCH|PUT", "PATCH or PUT", choices=("PATCH", "PUT"), parameter="method"),
                _IDEMPOTENCY_KEY,
            ),
            mutates=True,
        ),
        Command(
            ("pages", "delete"),
            "Deletes a record, at once and for good.",
            "segops-admin pages delete 12",
            source="https://segops.ai/docs/api/ai-pages",
            namespace="pages",
            method="delete",
            arguments=(Argument("id", "value", "id", "The record's id."),),
            options=(_IDEMPOTENCY_KEY,),
            mutates=True,
        ),
        Command(
            ("pages", "bulk-generate"),
            "Queues a page for each active AI query and returns at once.",
            "segops-admin pages bulk-generate '{}'",
            source="https://segops.ai/docs/api/ai-pages",
            namespace="pages",
            method="bulk_generate",
            arguments=(
                Argument(
                    "body",
                    "object",
                    "BODY",
                    "A JSON object: a file, - for standard input, or the JSON itself. Options; {} for none.",
                ),
            ),
            options=(_IDEMPOTENCY_KEY,),
            mutates=True,
        ),
        Command(
            ("pages", "regenerate"),
            "Queues a rewrite of a page and returns at once.",
            "segops-admin pages regenerate 12",
            source="https://segops.ai/docs/api/ai-pages",
            namespace="pages",
            method="regenerate",
            arguments=(Argument("id", "value", "id", "The page's id."),),
            options=(_IDEMPOTENCY_KEY,),
            mutates=True,
        ),
        Command(
            ("pages", "build"),
            "Builds a page from its blocks.",
            'segops-admin pages build 12 \'{"tone": "friendly"}\'',
            source="https://segops.ai/docs/ai-reach/landing-pages",
            namespace="pages",
            method="build",
            arguments=(
                Argument("id", "value", "id", "The page's id."),
                Argument(
                    "body",
                    "object",
                    "BODY",
                    'A JSON object: a file, - for standard input, or the JSON itself. Options, such as {"template": "default"}; {} for none.',
                ),
            ),
            options=(_IDEMPOTENCY_KEY,),
            mutates=True,
        ),
        Command(
            ("pages", "publish"),
            "Publishes a built page and returns it.",
            "segops-admin pages publish 12",
            source="https://segops.ai/docs/ai-reach/landing-pages",
            namespace="pages",
            method="publish",
            arguments=(Argument("id", "value", "id", "The page's id."),),
            options=(_IDEMPOTENCY_KEY,),
            mutates=True,
        ),
        Command(
            ("pages", "export"),
            "Starts writing a page to a file.",
            "segops-admin pages export 12 --format=tsx",
            source="https://segops.ai/docs/ai-reach/landing-pages",
            namespace="pages",
            method="export",
            arguments=(Argument("id", "value", "id", "The page's id."),),
            options=(
                Option(
                    "format", "tsx|html|json", "tsx, html or json", choices=("tsx", "html", "json"), parameter="format"
                ),
                _IDEMPOTENCY_KEY,
            ),
            mutates=True,
        ),
        Command(
            ("pages", "query"),
            "Searches the catalogue by meaning.",
            "segops-admin pages query shoes --limit=100",
            source="https://segops.ai/docs/api/ai-pages",
            namespace="pages",
            method="query",
            arguments=(Argument("q", "value", "q", "What to look for."),),
            options=(_QUERY,),
            query=Argument(
                "params",
                "query",
                "params",
                "Any other flag is a query parameter; may be repeated. limit (100 at most) and segment_id (a product segment).",
            ),
            known=(
                ("limit", "How many; 20 unless given, 100 at most."),
                ("segment_id", "A segment of products, to look in."),
            ),
        ),
    )


def _product_segments() -> tuple[Command, ...]:
    return (
        Command(
            ("product-segments", "list"),
            "One page of records, as the server sends it: an envelope with results, or a bare array.",
            "segops-admin product-segments list --page-size=50",
            source="https://segops.ai/docs/pim/segments",
            namespace="product_segments",
            method="list",
            options=(
                _ALL,
                _PREFETCH,
                _QUERY,
            ),
            query=Argument(
                "params",
                "query",
                "params",
                "Any other flag is a query parameter; may be repeated. Query parameters, such as page and page_size.",
            ),
            known=(
                ("page", "The page, 1 unless given; a 404 past the last one."),
                ("page_size", "How many a page holds: 50 unless given, 200 at most."),
            ),
            iteration="iterate",
        ),
        Command(
            ("product-segments", "get"),
            "One record.",
            "segops-admin product-segments get 12",
            source="https://segops.ai/docs/pim/segments",
            namespace="product_segments",
            method="get",
            arguments=(Argument("id", "value", "id", "The record's id."),),
        ),
        Command(
            ("product-segments", "create"),
            "Creates a record and returns it.",
            'segops-admin product-segments create \'{"name": "Camping under 100"}\'',
            source="https://segops.ai/docs/pim/segments",
            namespace="product_segments",
            method="create",
            arguments=(
                Argument(
                    "body",
                    "object",
                    "BODY",
                    "A JSON object: a file, - for standard input, or the JSON itself. Its fields.",
                ),
            ),
            options=(_IDEMPOTENCY_KEY,),
            mutates=True,
        ),
        Command(
            ("product-segments", "update"),
            "Changes a record and returns it.",
            "segops-admin product-segments update 12 '{\"name\": \"Bottes d'\\''ete\"}' --method=PATCH",
            source="https://segops.ai/docs/pim/segments",
            namespace="product_segments",
            method="update",
            arguments=(
                Argument("id", "value", "id", "The record's id."),
                Argument(
                    "body",
                    "object",
                    "BODY",
                    "A JSON object: a file, - for standard input, or the JSON itself. The fields to change, or all fields with --method=PUT.",
                ),
            ),
            options=(
                Option("method", "PATCH|PUT", "PATCH or PUT", choices=("PATCH", "PUT"), parameter="method"),
                _IDEMPOTENCY_KEY,
            ),
            mutates=True,
        ),
        Command(
            ("product-segments", "delete"),
            "Deletes a record, at once and for good.",
            "segops-admin product-segments delete 12",
            source="https://segops.ai/docs/pim/segments",
            namespace="product_segments",
            method="delete",
            arguments=(Argument("id", "value", "id", "The record's id."),),
            options=(_IDEMPOTENCY_KEY,),
            mutates=True,
        ),
        Command(
            ("product-segments", "recompute"),
            "Queues a recompute of a product segment and returns at once.",
            "segops-admin product-segments recompute 12",
            source="https://segops.ai/docs/sdks/admin-python",
            namespace="product_segments",
            method="recompute",
            arguments=(Argument("id", "value", "id", "The product segment's id."),),
            options=(_IDEMPOTENCY_KEY,),
            mutates=True,
        ),
    )


def _products() -> tuple[Command, ...]:
    return (
        Command(
            ("products", "list"),
            "One page of records, as the server sends it: an envelope with results, or a bare array.",
            "segops-admin products list --q=shoes",
            source="https://segops.ai/docs/api/pim",
            namespace="products",
            method="list",
            options=(
                _ALL,
                _PREFETCH,
                _QUERY,
            ),
            query=Argument(
                "params",
                "query",
                "params",
                "Any other flag is a query parameter; may be repeated. Query parameters, such as page and page_size.",
            ),
            known=(
                ("page", "The page, 1 unless given; a 404 past the last one."),
                ("page_size", "How many a page holds: 50 unless given, 200 at most."),
                ("q", "A part of the name, in any case."),
            ),
            silent=("*",),
            iteration="iterate",
        ),
        Command(
            ("products", "get"),
            "One record.",
            "segops-admin products get 12",
            source="https://segops.ai/docs/api/pim",
            namespace="products",
            method="get",
            arguments=(Argument("id", "value", "id", "The record's id."),),
        ),
        Command(
            ("products", "create"),
            "Creates a record and returns it.",
            'segops-admin products create \'{\n    "sku": "STOVE-1",\n    "name": "Camping stove",\n    "data": {\n      "price": 89.9,\n      "colors": ["red", "blue"],\n      "note": null\n    }\n  }\'',
            source="https://segops.ai/docs/api/pim",
            namespace="products",
            method="create",
            arguments=(
                Argument(
                    "body",
                    "object",
                    "BODY",
                    "A JSON object: a file, - for standard input, or the JSON itself. Its fields.",
                ),
            ),
            options=(_IDEMPOTENCY_KEY,),
            mutates=True,
        ),
        Command(
            ("products", "update"),
            "Changes a record and returns it.",
            'segops-admin products update 12 \'{\n    "name": "Family tent XL",\n    "data": {"price": 449}\n  }\' --method=PATCH',
            source="https://segops.ai/docs/api/pim",
            namespace="products",
            method="update",
            arguments=(
                Argument("id", "value", "id", "The record's id."),
                Argument(
                    "body",
                    "object",
                    "BODY",
                    "A JSON object: a file, - for standard input, or the JSON itself. The fields to change, or all fields with --method=PUT.",
                ),
            ),
            options=(
                Option("method", "PATCH|PUT", "PATCH or PUT", choices=("PATCH", "PUT"), parameter="method"),
                _IDEMPOTENCY_KEY,
            ),
            mutates=True,
        ),
        Command(
            ("products", "delete"),
            "Deletes a record, at once and for good.",
            "segops-admin products delete 12",
            source="https://segops.ai/docs/api/pim",
            namespace="products",
            method="delete",
            arguments=(Argument("id", "value", "id", "The record's id."),),
            options=(_IDEMPOTENCY_KEY,),
            mutates=True,
        ),
        Command(
            ("products", "bulk-upsert"),
            "Creates or updates products by SKU. A row that is refused does not stop the others.",
            'segops-admin products bulk-upsert \'[\n    {\n      "sku": "TENT-1",\n      "name": "Two-person tent",\n      "price": 239\n    },\n    {\n      "sku": "AXT-1",\n      "name": "Axt",\n      "price": 59.5,\n      "in_stock": true\n    }\n  ]\'',
            source="https://segops.ai/docs/api/pim",
            namespace="products",
            method="bulk_upsert",
            arguments=(
                Argument(
                    "rows",
                    "array",
                    "BODY",
                    "A JSON array: a file, - for standard input, or the JSON itself. Flat rows, each with its sku; every key but sku and name goes into data.",
                ),
            ),
            options=(
                _IDEMPOTENCY_KEY,
                _ROWS,
            ),
            mutates=True,
        ),
        Command(
            ("products", "score"),
            "Queues the scoring of one product and returns at once.",
            "segops-admin products score 12",
            source="https://segops.ai/docs/pim/scoring",
            namespace="products",
            method="score",
            arguments=(Argument("id", "value", "id", "The product's id (not its SKU)."),),
            options=(_IDEMPOTENCY_KEY,),
            mutates=True,
        ),
        Command(
            ("products", "score-all"),
            "Queues the scoring of every product and returns at once.",
            "segops-admin products score-all",
            source="https://segops.ai/docs/pim/scoring",
            namespace="products",
            method="score_all",
            options=(_IDEMPOTENCY_KEY,),
            mutates=True,
        ),
        Command(
            ("products", "get-score"),
            "A product's newest score, 0 to 100, in four dimensions of up to 25, with recommendations.",
            "segops-admin products get-score 12",
            source="https://segops.ai/docs/pim/scoring",
            namespace="products",
            method="get_score",
            arguments=(Argument("id", "value", "id", "The product's id."),),
        ),
        Command(
            ("products", "facets"),
            "The distinct values of the catalogue's text and list fields, up to 100 for each.",
            "segops-admin products facets",
            source="https://segops.ai/docs/api/pim",
            namespace="products",
            method="facets",
        ),
        Command(
            ("products", "schema"),
            "The catalogue's schema: its fields, default currency and default locale.",
            "segops-admin products schema",
            source="https://segops.ai/docs/api/pim",
            namespace="products",
            method="schema",
        ),
        Command(
            ("products", "replace-schema"),
            "Replaces the catalogue's schema and returns it.",
            'segops-admin products replace-schema \'{\n    "fields": [\n      {\n        "name": "brand",\n        "type": "string",\n        "required": true\n      }\n    ],\n    "default_currency": "EUR"\n  }\'',
            source="https://segops.ai/docs/api/pim",
            namespace="products",
            method="replace_schema",
            arguments=(
                Argument(
                    "body",
                    "object",
                    "BODY",
                    'A JSON object: a file, - for standard input, or the JSON itself. {"fields": [...], "default_currency": "USD", "default_locale": "en_US"}.',
                ),
            ),
            options=(_IDEMPOTENCY_KEY,),
            mutates=True,
        ),
        Command(
            ("products", "import"),
            "Uploads a CSV file of products and returns the mapping that the server proposes.",
            "segops-admin products import products.csv --confirm='{}' --wait",
            details=(
                "A file is sent as it is read: memory does not grow with it. confirm-import starts the import.",
                "The platform takes 100,000 rows and 100 MiB an import: a larger file is refused before it is sent. import-csv-in-parts sends it in parts.",
            ),
            source="https://segops.ai/docs/pim/import",
            namespace="products",
            method="import_csv",
            arguments=(Argument("data", "file", "CSV", "A CSV file in UTF-8 with a header row; - is standard input."),),
            options=(
                Option(
                    "filename",
                    "FILENAME",
                    "the name to send; the file's own name unless given, products.csv for bytes",
                    parameter="filename",
                ),
                _IDEMPOTENCY_KEY,
                _WAIT,
                _WAIT_TIMEOUT,
                _INTERVAL,
                _CONFIRM,
                _SPLIT,
                _ROWS,
            ),
            mutates=True,
            job=Job(
                "wait_for_import",
                id="job_id",
                confirm="confirm_import",
                split="import_csv_in_parts",
                resume="products import-status",
            ),
        ),
        Command(
            ("products", "import-status"),
            "The status of an import.",
            "segops-admin products import-status 3",
            source="https://segops.ai/docs/api/pim",
            namespace="products",
            method="import_status",
            arguments=(Argument("job_id", "value", "job_id", "The job_id that import_csv returned."),),
            options=(
                _WAIT,
                _WATCH,
                _WAIT_TIMEOUT,
                _INTERVAL,
            ),
            job=Job("wait_for_import", looks=True),
        ),
        Command(
            ("products", "confirm-import"),
            "Confirms an import's mapping and schema, and starts it.",
            'segops-admin products confirm-import 3 \'{\n    "mapping": {\n      "sku": "sku",\n      "name": "name",\n      "price": "price"\n    }\n  }\' --wait',
            source="https://segops.ai/docs/pim/import",
            namespace="products",
            method="confirm_import",
            arguments=(
                Argument("job_id", "value", "job_id", "The import's id."),
                Argument(
                    "body",
                    "object",
                    "BODY",
                    'A JSON object: a file, - for standard input, or the JSON itself. {"mapping": {column: field}, "schema": [fields]}; what is left out is taken from the proposal.',
                ),
            ),
            options=(
                _IDEMPOTENCY_KEY,
                _WAIT,
                _WAIT_TIMEOUT,
                _INTERVAL,
            ),
            mutates=True,
            job=Job("wait_for_import", resume="products import-status"),
        ),
    )


def _queries() -> tuple[Command, ...]:
    return (
        Command(
            ("queries", "list"),
            "One page of records, as the server sends it: an envelope with results, or a bare array.",
            "segops-admin queries list --page-size=50",
            source="https://segops.ai/docs/api/ai-visibility",
            namespace="queries",
            method="list",
            options=(
                _ALL,
                _PREFETCH,
                _QUERY,
            ),
            query=Argument(
                "params",
                "query",
                "params",
                "Any other flag is a query parameter; may be repeated. Query parameters, such as page and page_size.",
            ),
            known=(
                ("page", "The page, 1 unless given; a 404 past the last one."),
                ("page_size", "How many a page holds: 50 unless given, 200 at most."),
            ),
            iteration="iterate",
        ),
        Command(
            ("queries", "get"),
            "One record.",
            "segops-admin queries get 12",
            source="https://segops.ai/docs/api/ai-visibility",
            namespace="queries",
            method="get",
            arguments=(Argument("id", "value", "id", "The record's id."),),
        ),
        Command(
            ("queries", "create"),
            "Creates a record and returns it.",
            'segops-admin queries create \'{\n    "query_text": "Welches Zelt fur zwei?",\n    "tags": ["tent", "zwei"],\n    "category": "product discovery"\n  }\'',
            source="https://segops.ai/docs/api/ai-visibility",
            namespace="queries",
            method="create",
            arguments=(
                Argument(
                    "body",
                    "object",
                    "BODY",
                    "A JSON object: a file, - for standard input, or the JSON itself. Its fields.",
                ),
            ),
            options=(_IDEMPOTENCY_KEY,),
            mutates=True,
        ),
        Command(
            ("queries", "update"),
            "Changes a record and returns it.",
            "segops-admin queries update 12 '{\"is_active\": false}' --method=PATCH",
            source="https://segops.ai/docs/api/ai-visibility",
            namespace="queries",
            method="update",
            arguments=(
                Argument("id", "value", "id", "The record's id."),
                Argument(
                    "body",
                    "object",
                    "BODY",
                    "A JSON object: a file, - for standard input, or the JSON itself. The fields to change, or all fields with --method=PUT.",
                ),
            ),
            options=(
                Option("method", "PATCH|PUT", "PATCH or PUT", choices=("PATCH", "PUT"), parameter="method"),
                _IDEMPOTENCY_KEY,
            ),
            mutates=True,
        ),
        Command(
            ("queries", "delete"),
            "Deletes a record, at once and for good.",
            "segops-admin queries delete 12",
            source="https://segops.ai/docs/api/ai-visibility",
            namespace="queries",
            method="delete",
            arguments=(Argument("id", "value", "id", "The record's id."),),
            options=(_IDEMPOTENCY_KEY,),
            mutates=True,
        ),
        Command(
            ("queries", "run"),
            "Queues a run of a query on its providers and returns at once.",
            "segops-admin queries run 12",
            source="https://segops.ai/docs/api/ai-visibility",
            namespace="queries",
            method="run",
            arguments=(Argument("id", "value", "id", "The query's id."),),
            options=(_IDEMPOTENCY_KEY,),
            mutates=True,
        ),
        Command(
            ("queries", "results"),
            "A query's newest results, 50 at most, of all providers.",
            "segops-admin queries results 12",
            source="https://segops.ai/docs/api/ai-visibility",
            namespace="queries",
            method="results",
            arguments=(Argument("id", "value", "id", "The query's id."),),
        ),
        Command(
            ("queries", "simulate"),
            "Asks the providers now, without saving a query. The server takes up to 30 s.",
            'segops-admin queries simulate \'{\n    "query_text": "Best head lamp?",\n    "providers": ["perplexity"]\n  }\'',
            source="https://segops.ai/docs/segments/simulation",
            namespace="queries",
            method="simulate",
            arguments=(
                Argument(
                    "body",
                    "object",
                    "BODY",
                    "A JSON object: a file, - for standard input, or the JSON itself. query_text, and optionally providers (all five unless given).",
                ),
            ),
        ),
        Command(
            ("queries", "dashboard"),
            "Visibility over all queries: mention rate, position, share of voice, sentiment.",
            "segops-admin queries dashboard",
            source="https://segops.ai/docs/api/ai-visibility",
            namespace="queries",
            method="dashboard",
        ),
        Command(
            ("queries", "win-rate"),
            "How often the brand ranks ahead of each competitor, highest first.",
            "segops-admin queries win-rate",
            source="https://segops.ai/docs/ai-reach/competitors",
            namespace="queries",
            method="win_rate",
            options=(_QUERY,),
            query=Argument(
                "params", "query", "params", "Any other flag is a query parameter; may be repeated. Query parameters."
            ),
        ),
    )


def _schemas() -> tuple[Command, ...]:
    return (
        Command(
            ("schemas", "list"),
            "One page of records, as the server sends it: an envelope with results, or a bare array.",
            "segops-admin schemas list --page-size=50",
            source="https://segops.ai/docs/event-tracking/schema",
            namespace="schemas",
            method="list",
            options=(
                _ALL,
                _PREFETCH,
                _QUERY,
            ),
            query=Argument(
                "params",
                "query",
                "params",
                "Any other flag is a query parameter; may be repeated. Query parameters, such as page and page_size.",
            ),
            known=(
                ("page", "The page, 1 unless given; a 404 past the last one."),
                ("page_size", "How many a page holds: 50 unless given, 200 at most."),
            ),
            iteration="iterate",
        ),
        Command(
            ("schemas", "get"),
            "One record.",
            "segops-admin schemas get 12",
            source="https://segops.ai/docs/event-tracking/schema",
            namespace="schemas",
            method="get",
            arguments=(Argument("id", "value", "id", "The record's id."),),
        ),
        Command(
            ("schemas", "create"),
            "Creates a record and returns it.",
            'segops-admin schemas create \'{\n    "event_type": "cart_updated",\n    "properties": [\n      {\n        "name": "items",\n        "type": "number",\n        "required": true\n      }\n    ]\n  }\'',
            source="https://segops.ai/docs/event-tracking/schema",
            namespace="schemas",
            method="create",
            arguments=(
                Argument(
                    "body",
                    "object",
                    "BODY",
                    "A JSON object: a file, - for standard input, or the JSON itself. Its fields.",
                ),
            ),
            options=(_IDEMPOTENCY_KEY,),
            mutates=True,
        ),
        Command(
            ("schemas", "update"),
            "Changes a record and returns it.",
            'segops-admin schemas update 12 \'{\n    "description": "A page was seen",\n    "properties": []\n  }\' --method=PATCH',
            source="https://segops.ai/docs/event-tracking/schema",
            namespace="schemas",
            method="update",
            arguments=(
                Argument("id", "value", "id", "The record's id."),
                Argument(
                    "body",
                    "object",
                    "BODY",
                    "A JSON object: a file, - for standard input, or the JSON itself. The fields to change, or all fields with --method=PUT.",
                ),
            ),
            options=(
                Option("method", "PATCH|PUT", "PATCH or PUT", choices=("PATCH", "PUT"), parameter="method"),
                _IDEMPOTENCY_KEY,
            ),
            mutates=True,
        ),
        Command(
            ("schemas", "delete"),
            "Deletes a record, at once and for good.",
            "segops-admin schemas delete 12",
            source="https://segops.ai/docs/event-tracking/schema",
            namespace="schemas",
            method="delete",
            arguments=(Argument("id", "value", "id", "The record's id."),),
            options=(_IDEMPOTENCY_KEY,),
            mutates=True,
        ),
        Command(
            ("schemas", "infer"),
            "Proposes a schema from sample events; nothing is saved.",
            'segops-admin schemas infer \'[\n    {\n      "event_type": "cart_updated",\n      "payload": {"items": 2, "note": "naive"}\n    }\n  ]\'',
            source="https://segops.ai/docs/sdks/admin-python",
            namespace="schemas",
            method="infer",
            arguments=(
                Argument(
                    "events",
                    "array",
                    "BODY",
                    'A JSON array: a file, - for standard input, or the JSON itself. {"user_id": ..., "event_type": ..., "payload": {...}} each.',
                ),
            ),
        ),
        Command(
            ("schemas", "validate"),
            "Checks a payload against the schema of its event type, as ingestion would.",
            'segops-admin schemas validate purchase \'{"total": "abc"}\'',
            source="https://segops.ai/docs/sdks/admin-python",
            namespace="schemas",
            method="validate",
            arguments=(
                Argument("event_type", "value", "event_type", "The event's type."),
                Argument(
                    "payload",
                    "object",
                    "BODY",
                    "A JSON object: a file, - for standard input, or the JSON itself. Its properties.",
                ),
            ),
        ),
    )


def _segments() -> tuple[Command, ...]:
    return (
        Command(
            ("segments", "list"),
            "One page of records, as the server sends it: an envelope with results, or a bare array.",
            "segops-admin segments list --page-size=50",
            source="https://segops.ai/docs/api/segments",
            namespace="segments",
            method="list",
            options=(
                _ALL,
                _PREFETCH,
                _QUERY,
            ),
            query=Argument(
                "params",
                "query",
                "params",
                "Any other flag is a query parameter; may be repeated. Query parameters, such as page and page_size.",
            ),
            known=(
                ("page", "The page, 1 unless given; a 404 past the last one."),
                ("page_size", "How many a page holds: 50 unless given, 200 at most."),
            ),
            iteration="iterate",
        ),
        Command(
            ("segments", "get"),
            "One record.",
            "segops-admin segments get 12",
            source="https://segops.ai/docs/api/segments",
            namespace="segments",
            method="get",
            arguments=(Argument("id", "value", "id", "The record's id."),),
            options=(
                _WAIT,
                _WATCH,
                _WAIT_TIMEOUT,
                _INTERVAL,
            ),
            job=Job("wait_for_recompute", since="last_computed_at", looks=True),
        ),
        Command(
            ("segments", "create"),
            "Creates a record and returns it.",
            'segops-admin segments create \'{\n    "name": "Lapsed - 90 days",\n    "description": "Gone since winter",\n    "definition": {\n      "logic": "AND",\n      "conditions": [\n        {\n          "type": "recency",\n          "event_type": "order_placed",\n          "operator": "gt",\n          "window_days": 90\n        }\n      ]\n    }\n  }\'',
            source="https://segops.ai/docs/api/segments",
            namespace="segments",
            method="create",
            arguments=(
                Argument(
                    "body",
                    "object",
                    "BODY",
                    "A JSON object: a file, - for standard input, or the JSON itself. Its fields.",
                ),
            ),
            options=(_IDEMPOTENCY_KEY,),
            mutates=True,
        ),
        Command(
            ("segments", "update"),
            "Changes a record and returns it.",
            'segops-admin segments update 12 \'{\n    "name": "Regulars ",\n    "description": "Two orders or more"\n  }\' --method=PATCH',
            source="https://segops.ai/docs/api/segments",
            namespace="segments",
            method="update",
            arguments=(
                Argument("id", "value", "id", "The record's id."),
                Argument(
                    "body",
                    "object",
                    "BODY",
                    "A JSON object: a file, - for standard input, or the JSON itself. The fields to change, or all fields with --method=PUT.",
                ),
            ),
            options=(
                Option("method", "PATCH|PUT", "PATCH or PUT", choices=("PATCH", "PUT"), parameter="method"),
                _IDEMPOTENCY_KEY,
            ),
            mutates=True,
        ),
        Command(
            ("segments", "delete"),
            "Deletes a record, at once and for good.",
            "segops-admin segments delete 12",
            source="https://segops.ai/docs/api/segments",
            namespace="segments",
            method="delete",
            arguments=(Argument("id", "value", "id", "The record's id."),),
            options=(_IDEMPOTENCY_KEY,),
            mutates=True,
        ),
        Command(
            ("segments", "preview"),
            "Evaluates a definition without saving it: how many users match, and a sample of them.",
            'segops-admin segments preview \'{\n    "logic": "AND",\n    "conditions": [\n      {\n        "type": "event_count",\n        "event_type": "order_placed",\n        "operator": "gte",\n        "value": 2\n      }\n    ]\n  }\'',
            source="https://segops.ai/docs/api/segments",
            namespace="segments",
            method="preview",
            arguments=(
                Argument(
                    "definition",
                    "object",
                    "BODY",
                    'A JSON object: a file, - for standard input, or the JSON itself. {"logic": "AND" | "OR", "conditions": [...]}.',
                ),
            ),
        ),
        Command(
            ("segments", "estimate"),
            "Estimates how many users a saved segment holds.",
            "segops-admin segments estimate 12",
            source="https://segops.ai/docs/sdks/admin-python",
            namespace="segments",
            method="estimate",
            arguments=(Argument("id", "value", "id", "The segment's id."),),
        ),
        Command(
            ("segments", "versions"),
            "The history of a segment's definition, newest first.",
            "segops-admin segments versions 12",
            source="https://segops.ai/docs/segments",
            namespace="segments",
            method="versions",
            arguments=(Argument("id", "value", "id", "The segment's id."),),
        ),
        Command(
            ("segments", "recompute"),
            "Queues a recompute of a segment's members and returns at once.",
            "segops-admin segments recompute 12 --wait",
            source="https://segops.ai/docs/api/segments",
            namespace="segments",
            method="recompute",
            arguments=(Argument("id", "value", "id", "The segment's id."),),
            options=(
                _IDEMPOTENCY_KEY,
                _WAIT,
                _WAIT_TIMEOUT,
                _INTERVAL,
            ),
            mutates=True,
            job=Job("wait_for_recompute", since="last_computed_at", resume="segments get"),
        ),
        Command(
            ("segments", "members"),
            "One page of a segment's members.",
            "segops-admin segments members 12 --limit=100",
            source="https://segops.ai/docs/api",
            namespace="segments",
            method="members",
            arguments=(Argument("id", "value", "id", "The segment's id."),),
            options=(
                _ALL,
                _QUERY,
            ),
            query=Argument(
                "params",
                "query",
                "params",
                "Any other flag is a query parameter; may be repeated. limit (1,000 at most) and cursor (the next_cursor of the page before).",
            ),
            known=(
                ("limit", "How many; 1,000 unless given, and at most."),
                ("cursor", "The next_cursor of the page before."),
            ),
            silent=("page",),
            iteration="iterate_members",
        ),
        Command(
            ("segments", "membership"),
            "The segments that one user is in.",
            "segops-admin segments membership user-42",
            source="https://segops.ai/docs/api/segments",
            namespace="segments",
            method="membership",
            arguments=(Argument("user_id", "value", "user_id", "The user's id, an alias included."),),
        ),
        Command(
            ("segments", "export"),
            "Starts writing a segment's members to a file: user_id and computed_at.",
            "segops-admin segments export 12 --format=csv --wait",
            source="https://segops.ai/docs/activations/export",
            namespace="segments",
            method="export",
            arguments=(Argument("id", "value", "id", "The segment's id."),),
            options=(
                Option("format", "csv|parquet", "csv or parquet", choices=("csv", "parquet"), parameter="format"),
                _IDEMPOTENCY_KEY,
                _WAIT,
                _WAIT_TIMEOUT,
                _INTERVAL,
                _TO,
            ),
            mutates=True,
            job=Job("wait_for_export", id="export_id", download="download_export", resume="segments export-status"),
        ),
        Command(
            ("segments", "export-status"),
            "The status of an export.",
            "segops-admin segments export-status 12 14",
            source="https://segops.ai/docs/activations/export",
            namespace="segments",
            method="export_status",
            arguments=(
                Argument("id", "value", "id", "The segment's id."),
                Argument("export_id", "value", "export_id", "The export_id that export returned."),
            ),
            options=(
                _WAIT,
                _WATCH,
                _WAIT_TIMEOUT,
                _INTERVAL,
            ),
            job=Job("wait_for_export", looks=True),
        ),
        Command(
            ("segments", "download-export"),
            "Writes a finished export to a file and returns the number of bytes.",
            "segops-admin segments download-export 14 members.csv",
            details=(
                "A path appears only once the whole file has arrived. Storage servers that the platform redirects to get no key.",
            ),
            source="https://segops.ai/docs/activations/export",
            namespace="segments",
            method="download_export",
            arguments=(
                Argument("export_id", "value", "export_id", "The export's id."),
                Argument("to", "out", "OUT", "The file to write; - is standard output."),
            ),
        ),
        Command(
            ("segments", "watch"),
            "Prints a segment as a line of JSON whenever it changes, until its recompute has finished.",
            "segops-admin segments watch 12",
            details=("The same as segments get ID --watch. A segment that is not computing is printed once.",),
            arguments=(Argument("id", "value", "id", "The segment's id."),),
            options=(
                Option("wait-timeout", "SECONDS", "seconds to wait in all; 600 unless given"),
                Option("interval", "SECONDS", "seconds between polls; 2 unless given"),
            ),
        ),
    )


def _users() -> tuple[Command, ...]:
    return (
        Command(
            ("users", "search"),
            "Finds users by their id.",
            "segops-admin users search --q=ann",
            source="https://segops.ai/docs/api/explorer",
            namespace="users",
            method="search",
            options=(_QUERY,),
            query=Argument(
                "params",
                "query",
                "params",
                "Any other flag is a query parameter; may be repeated. q (a part of the id) and limit.",
            ),
            known=(("q", "A part of the user's id."), ("limit", "How many.")),
        ),
        Command(
            ("users", "get"),
            "One user's profile: event counts, first and last seen, current properties.",
            "segops-admin users get user-42",
            source="https://segops.ai/docs/api/explorer",
            namespace="users",
            method="get",
            arguments=(Argument("user_id", "value", "user_id", "The user's id."),),
        ),
        Command(
            ("users", "events"),
            "One user's events, newest first.",
            "segops-admin users events user-42 --event-type=purchase",
            source="https://segops.ai/docs/api/explorer",
            namespace="users",
            method="events",
            arguments=(Argument("user_id", "value", "user_id", "The user's id."),),
            options=(_QUERY,),
            query=Argument(
                "params",
                "query",
                "params",
                "Any other flag is a query parameter; may be repeated. event_type, since (a date or time) and limit.",
            ),
            known=(
                ("event_type", "Events of this type only."),
                ("since", "Events from this date, or date and time, on."),
                ("limit", "How many."),
            ),
        ),
        Command(
            ("users", "segments"),
            "The segments that one user is in, with their sizes.",
            "segops-admin users segments user-42",
            source="https://segops.ai/docs/api/explorer",
            namespace="users",
            method="segments",
            arguments=(Argument("user_id", "value", "user_id", "The user's id."),),
        ),
        Command(
            ("users", "explain"),
            "Why a user is, or is not, in a segment: each condition with the user's own value.",
            "segops-admin users explain user-42 12",
            source="https://segops.ai/docs/api/explorer",
            namespace="users",
            method="explain",
            arguments=(
                Argument("user_id", "value", "user_id", "The user's id; a member or not."),
                Argument("segment_id", "value", "segment_id", "The segment's id."),
            ),
        ),
        Command(
            ("users", "publish-sandbox"),
            "Simulates an event: the segments that the user would enter or leave. Nothing is stored.",
            'segops-admin users publish-sandbox \'{\n    "user_id": "u-2",\n    "event_type": "order_placed",\n    "payload": {"total": 99}\n  }\'',
            source="https://segops.ai/docs/sandbox",
            namespace="users",
            method="publish_sandbox",
            arguments=(
                Argument(
                    "event",
                    "object",
                    "BODY",
                    "A JSON object: a file, - for standard input, or the JSON itself. user_id, event_type, and optionally occurred_at and payload.",
                ),
            ),
        ),
    )


def _config() -> tuple[Command, ...]:
    return (
        Command(
            ("config", "set"),
            "Sets a key of a profile; an empty value takes it away.",
            "segops-admin config set api_key_command 'pass show segops/work' --profile=work",
            details=(
                'The profile is the one that --profile or SEGOPS_PROFILE names, else the current one, else "default"; it is made if there is none. The file is $XDG_CONFIG_HOME/segops/config.json, ~/.config unless set, for its owner only.',
                "Flags go before the environment, the environment before the profile. url, api_key and timeout stand for what the flags and variables of that name say. api_key_command is a command of a password manager that prints the key: it is run without a shell, its words are taken apart by quotes and blanks, and nothing in it is expanded. A protected profile asks before it changes something, and fails in scripts that do not say --yes.",
            ),
            arguments=(
                Argument(
                    "key",
                    "value",
                    "key",
                    "url, api_key, api_key_command, timeout or protected.",
                    choices=("url", "api_key", "api_key_command", "timeout", "protected"),
                ),
                Argument("value", "value", "value", "Its value; - reads the key from standard input."),
            ),
        ),
        Command(
            ("config", "get"),
            "Prints a key of a profile, an API key masked.",
            "segops-admin config get url",
            arguments=(
                Argument(
                    "key",
                    "value",
                    "key",
                    "url, api_key, api_key_command, timeout or protected.",
                    choices=("url", "api_key", "api_key_command", "timeout", "protected"),
                ),
            ),
        ),
        Command(("config", "list"), "Lists the profiles, API keys masked.", "segops-admin config list --output=table"),
        Command(
            ("config", "use"),
            "Makes a profile the current one.",
            "segops-admin config use work",
            arguments=(Argument("name", "value", "name", "The profile's name."),),
        ),
    )


RESOURCES = (
    Resource(
        "activations",
        "Connectors that segments are synced to. The secrets in config come back as ***.",
        ("list", "get", "create", "update", "delete", "sync"),
        _activations,
    ),
    Resource(
        "analytics",
        "Figures over the workspace; read-only.",
        ("overview", "segments", "overlap", "activations", "usage"),
        _analytics,
    ),
    Resource(
        "identity",
        "Which ids belong to one user. Events stay as they were stored; ids are resolved when they are read.",
        ("alias", "merge"),
        _identity,
    ),
    Resource(
        "pages",
        "Landing pages written for AI assistants, and the catalogue search behind them.",
        (
            "list",
            "get",
            "create",
            "update",
            "delete",
            "bulk-generate",
            "regenerate",
            "build",
            "publish",
            "export",
            "query",
        ),
        _pages,
    ),
    Resource(
        "product-segments",
        "Segments of products: rules over the catalogue; their members are SKUs.",
        ("list", "get", "create", "update", "delete", "recompute"),
        _product_segments,
    ),
    Resource(
        "products",
        "The product catalogue: records, schema, CSV imports, and how readable products are to AI assistants.",
        (
            "list",
            "get",
            "create",
            "update",
            "delete",
            "bulk-upsert",
            "score",
            "score-all",
            "get-score",
            "facets",
            "schema",
            "replace-schema",
            "import",
            "import-status",
            "confirm-import",
        ),
        _products,
    ),
    Resource(
        "queries",
        "Questions asked of AI assistants, and how visible the brand is in their answers.",
        ("list", "get", "create", "update", "delete", "run", "results", "simulate", "dashboard", "win-rate"),
        _queries,
    ),
    Resource(
        "schemas",
        "Schemas of events: which properties an event type has, and which it must have.",
        ("list", "get", "create", "update", "delete", "infer", "validate"),
        _schemas,
    ),
    Resource(
        "segments",
        "Segments of users: their definitions, members and exports.",
        (
            "list",
            "get",
            "create",
            "update",
            "delete",
            "preview",
            "estimate",
            "versions",
            "recompute",
            "members",
            "membership",
            "export",
            "export-status",
            "download-export",
            "watch",
        ),
        _segments,
    ),
    Resource(
        "users",
        "Users and their events (the explorer); read-only.",
        ("search", "get", "events", "segments", "explain", "publish-sandbox"),
        _users,
    ),
    Resource(
        "config",
        "Profiles: which server and key to work with, in a file of your own.",
        ("set", "get", "list", "use"),
        _config,
        is_group=True,
    ),
)
