"""What ``--help`` says, at each level. ASCII only: it must print on every terminal."""

from __future__ import annotations

from .commands import RESOURCES, TOOLS, find, verbs
from .shapes import ARRAY, OBJECT
from .usage import PROGRAM, unknown, usage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .shapes import Command, Option

__all__ = ["TOPICS", "text"]

_WIDTH = 100

TOPICS = {
    "environment": """\
Environment variables. A flag comes before a variable, a variable before the profile, the profile before the default.

  SEGOPS_API_KEY      the secret key (sk_...); required. There is no flag for it: a command line can be read by others.
  SEGOPS_API_URL      the API's root, /api included; https://api.segops.ai/api unless set     (--api-url)
  SEGOPS_TIMEOUT      seconds without progress after which an attempt is given up; 60         (--timeout)
  SEGOPS_MAX_RETRIES  how often a call is retried on 429, 5xx and failed connections; 3   (--max-retries)
  SEGOPS_PROFILE      the profile to work with; see segops-admin config --help                (--profile)
  SEGOPS_STRICT       set to 1: query parameters that are not documented are refused          (--strict)
  SEGOPS_READONLY     set to 1: whatever changes something is refused before it is sent
  SEGOPS_WEBHOOK_SECRET   what segops-admin listen has deliveries signed with
  XDG_CONFIG_HOME     where segops/config.json with the profiles is; ~/.config unless set
  COLUMNS             how wide tables may be; the terminal's width unless set
  SEGOPS_DEBUG        set to anything: errors come with a traceback
  HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY   the proxy to use, as http://host:port
  SSL_CERT_FILE       certificate authorities to trust in place of the system's

Example:
  SEGOPS_API_KEY=sk_... segops-admin doctor
""",
    "exit-codes": """\
Exit codes.

  0    success; also if the reader of the output went away
  1    the API answered with an error, could not be reached or understood, or a job that was waited for failed
  2    usage: an unknown command or flag, a missing argument, a file that cannot be used, a missing or wrong key
  130  interrupted (Ctrl-C)

Messages go to standard error, on one line that begins with "error: "; with --json-errors as one JSON object a line,
with kind, message, advice, status, request_id and exit_code. Standard output holds results only.

Example:
  segops-admin segments get 12 > segment.json || echo "failed with $?"
""",
}


TOPICS["definitions"] = ""  # written with the bodies, of which other help has no need


def text(words: Sequence[str]) -> str:
    """The help on what these words name: nothing, a topic, a resource, a command.

    Raises:
        UsageError: they name nothing.
    """
    if not words:
        from .front import FRONT

        return FRONT
    first, rest = words[0], words[1:]
    if first == "definitions" and not rest:
        from .bodies import DEFINITIONS

        return DEFINITIONS
    if first in TOPICS and not rest:
        return TOPICS[first]
    if first in RESOURCES and not rest:
        return _resource(first)
    command = find(*words) if len(words) <= 2 else None
    if command is None:
        in_resource = first in RESOURCES and len(words) == 2
        known = verbs(first) if in_resource else [*RESOURCES, *TOOLS, *TOPICS]
        raise unknown(
            words[-1], known, "topic of help", f"{PROGRAM} help {first}" if in_resource else f"{PROGRAM} help"
        )
    return _command(command)


def _resource(name: str) -> str:
    resource = RESOURCES[name]
    commands = list(resource.commands.values())
    lines = [
        resource.summary,
        "",
        f"usage: {PROGRAM} {name} <verb> [arguments] [--flags]",
        "",
        "Verbs:",
        *_table((command.words[1], command.summary) for command in commands),
        "",
        "Example:",
        f"  {commands[0].example}",
        "",
        f"More: {PROGRAM} help {name} <verb>",
    ]
    return "\n".join(lines) + "\n"


def _command(command: Command) -> str:
    lines = [command.summary]
    for paragraph in command.details:
        lines += ["", *_wrapped(paragraph, 0)]
    lines += ["", *_wrapped(usage(command), 0, hanging=7)]
    if command.arguments:
        lines += ["", "Arguments:", *_table((f"<{each.shown}>", each.about) for each in command.arguments)]
    lines += _body(command)
    if command.options:
        lines += ["", "Flags:", *_options(command.options)]
    if command.query is not None:
        known = [(f"--{name.replace('_', '-')}=VALUE", about) for name, about in command.known]
        lines += ["", "Query parameters:", *_table([*known, ("--KEY=VALUE", command.query.about)])]
    lines += ["", "Example:", f"  {command.example}"]
    if command.source:
        lines += ["", f"See {command.source}"]
    lines += ["", f"Options of all commands: {PROGRAM} --help"]
    return "\n".join(lines) + "\n"


def _body(command: Command) -> list[str]:
    """The keys of the JSON that a command takes, if they are known."""
    if not any(argument.kind in (OBJECT, ARRAY) for argument in command.arguments):
        return []
    from .bodies import BODIES

    rows = [
        (name, f"{kind}{', required' if required else ''}. {about}")
        for name, kind, required, about in BODIES.get(command.name, ())
    ]
    if not rows:
        return []
    has_definition = any(name in ("definition", "conditions") for name, *_ in rows) and command.words[0] == "segments"
    more = ["  Definitions, with all conditions: segops-admin help definitions"] if has_definition else []
    return ["", "Keys of the JSON:", *_table(rows), *more]


def _options(options: Mapping[str, Option]) -> list[str]:
    return _table(
        (f"--{option.name}={option.value}" if option.value else f"--{option.name}", option.about)
        for option in options.values()
    )


def _table(rows: Iterable[tuple[str, str]]) -> list[str]:
    """Two columns; the second one is wrapped below itself."""
    rows = list(rows)
    width = max(len(left) for left, _ in rows)
    lines = []
    for left, right in rows:
        first, *more = _wrapped(right, width + 4)
        lines += [f"  {left:{width}}  {first.lstrip()}", *more]
    return lines


def _wrapped(text: str, margin: int, hanging: int = 0) -> list[str]:
    """Lines of at most ``_WIDTH`` characters; ``textwrap`` would load ``re``."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        if line and margin + len(line) + 1 + len(word) > _WIDTH:
            lines.append(" " * margin + line)
            line = " " * hanging + word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, " " * margin + line] if line else lines
