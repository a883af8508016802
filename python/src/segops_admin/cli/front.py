"""The help on everything. Written by ``make generate`` from the contract (``spec/``): change it there."""

__all__ = ["FRONT"]

FRONT = """\
segops-admin: administer a SegOps workspace. JSON in, JSON out.

usage: segops-admin [options] <resource> <verb> [arguments] [--flags]

Resources and their verbs:
  activations
      Connectors that segments are synced to. The secrets in config come back as ***.
        list get create update delete sync
  analytics
      Figures over the workspace; read-only.
        overview segments overlap activations usage
  identity
      Which ids belong to one user. Events stay as they were stored; ids are resolved when they are
      read.
        alias merge
  pages
      Landing pages written for AI assistants, and the catalogue search behind them.
        list get create update delete bulk-generate regenerate build publish export query
  product-segments
      Segments of products: rules over the catalogue; their members are SKUs.
        list get create update delete recompute
  products
      The product catalogue: records, schema, CSV imports, and how readable products are to AI
      assistants.
        list get create update delete bulk-upsert score score-all get-score facets schema
        replace-schema import import-status confirm-import
  queries
      Questions asked of AI assistants, and how visible the brand is in their answers.
        list get create update delete run results simulate dashboard win-rate
  schemas
      Schemas of events: which properties an event type has, and which it must have.
        list get create update delete infer validate
  segments
      Segments of users: their definitions, members and exports.
        list get create update delete preview estimate versions recompute members membership export
        export-status download-export watch
  users
      Users and their events (the explorer); read-only.
        search get events segments explain publish-sandbox

Tools:
  api                      Makes any call of the API, wrapped by a command or not, and prints the
                           answer.
  doctor                   Reports what this program would work with, and whether the server
                           answers, as JSON.
  listen                   Passes a sandbox's webhooks on to a program on this machine, and prints a
                           line of JSON for each.
  completion               Prints a script that makes a shell complete commands, flags and file
                           names, or installs it.
  config set|get|list|use  Profiles: which server and key to work with, in a file of your own.

Options:
  --api-url=URL        the API's root, /api included; SEGOPS_API_URL unless given
  --timeout=SECONDS    give an attempt up after this long without progress; 60 unless given
  --max-retries=N      how often to retry on 429, 5xx and failed connections; 3 unless given
  --profile=NAME       work with this profile; SEGOPS_PROFILE, else the current one (segops-admin
                       config)
  --output=FORMAT      json, jsonl (a line for each item), table or csv; json unless given, jsonl
                       with --all (-o)
  --columns=COLUMNS    these keys of each item only, such as id,name,definition.logic
  --select=EXPRESSION  what this JMESPath expression picks from the answer; with --all, from the
                       list of all items
  --spreadsheet        make CSV safe to open in a spreadsheet: with a byte order mark, and ' before
                       text that looks like a formula
  --strict             refuse query parameters that are not documented (SEGOPS_STRICT=1)
  --yes                carry out what changes a protected profile, without asking
  --json-errors        write messages and errors to standard error as JSON, one object a line
  --verbose            log each attempt to standard error (-v)
  --compact            print JSON on one line
  --dry-run            print the request that would be sent, the key masked, and send nothing
  --version            print the version
  --help               print help (-h)

Examples:
  segops-admin segments list --page-size=5
  segops-admin segments recompute 12 --wait
  segops-admin segments members 12 --all > members.jsonl
  segops-admin products import products.csv
  segops-admin pages export 8 --format=html

The key is read from SEGOPS_API_KEY. More: segops-admin help <resource> [<verb>],
segops-admin help environment
segops-admin help exit-codes
segops-admin help definitions
"""
