"""The wording of errors and messages, as far as two languages must share it.

Texts are compared between the SDKs, word by word. What may differ is taken out first: how a language spells names
(``max_retries``, ``maxRetries``; ``query=``, ``query``), and what the operating system or the runtime says of a cause.
"""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["AGENT", "UUID", "is_exact", "wording"]

_CAMEL = re.compile(r"(?<=[a-z])([A-Z])(?=[a-z])")
_KEYWORD = re.compile(r"\b([a-z_]+)=(?=[\s;,.])")
_QUOTED_VALUE = re.compile(r"\bidempotency_key(?:=|: )")
_CAUSES = (
    re.compile(r"(is not JSON|is not valid JSON|as JSON)(?:: | \().*?(?=; it starts with|$)", re.DOTALL),
    re.compile(r"(cannot read '[^']*'): [^\n]*\bnull\b.*?(?=\nGive)", re.DOTALL),
    re.compile(
        r"((?:[Ff]ile|[Ss]tream|input)[^:]*? cannot be read(?: to its end)?|Cannot write to '[^']*'): .*", re.DOTALL
    ),
    re.compile(r"(Cannot write '[^']*', which keeps the progress of the import): .*", re.DOTALL),
    re.compile(r"(is broken) \([^)]*\)"),
    re.compile(r"(the certificate of \S+ does not verify): .*?(?=\. If a private|\. The server| \(tried|$)", re.DOTALL),
    re.compile(r"(no TLS connection to \S+?): .*?(?=: check the scheme|\. The server| \(tried|$)", re.DOTALL),
    re.compile(r"(is no JMESPath expression|does not fit the answer): .*", re.DOTALL),
    re.compile(
        r"(no connection to the proxy \S+ \(from \w+\) on the way to \S+?): .*?(?=(?: \(tried|\. The server|$))",
        re.DOTALL,
    ),
    re.compile(r"(no connection to \S+?): .*?(?=(?: \(tried|\. The server|$))", re.DOTALL),
    re.compile(r"(the connection to \S+ failed): .*?(?=(?: \(tried|\. The server|$))", re.DOTALL),
)
_TRACEBACK = re.compile(
    r"^(?:Traceback \(most recent call last\):\n(?:  .*\n)+\S.*|\S*Error.*(?:\n    at .*)+)$", re.MULTILINE
)
_VALUES = {
    "None": "null",
    "NODE_EXTRA_CA_CERTS": "SSL_CERT_FILE",
    "a mapping of names to values": "an object of names and values",
    "a file open for binary writing": "a writable stream",
}
_VALUE = re.compile(rf"\b(?:{'|'.join(_VALUES)})\b")
_ESCAPE = re.compile(r"\\x([0-9a-f]{2})")
_OF_BYTES = re.compile(r"(after \d+) of \d+ bytes")
# Phrases of statuses that have changed with the RFCs, and with the versions of the runtimes.
_PHRASES = {"Request Entity Too Large": "Content Too Large", "Payload Too Large": "Content Too Large"}
_PHRASES |= {"Unprocessable Entity": "Unprocessable Content"}
_LOGGED = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (?=DEBUG |INFO )")
_TOOK = re.compile(r"(?<= )\d+ ms(?= attempt \d)")
_DRAWN_LOTS = re.compile(r"(?<=; retrying in )(?:0\.\d+|1) s$", re.MULTILINE)
# Told once a process for each host: whether a command tells it depends on what its process has carried out before.
_UNENCRYPTED = re.compile(r"^warning: The API key travels unencrypted to \S+: use https\.\n", re.MULTILINE)
_PARTIAL = re.compile(r"\.segops-\w+\.part")
_KINDS_OF_FILES = re.compile(r"Give bytes, [^.]*?, not")
_FOLDER = re.compile(r"[^'\s]*/parity-(?:kept|sink)-\w+/")
_RUN = re.compile(r"(?<=(?:import|upsert)-[0-9a-f]{32}-)[0-9a-f]{8}(?=-)")
_PLAY = re.compile(r"/_c/\d+/")
_PORT = re.compile(r"\b(127\.0\.0\.[12]|localhost):\d+")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
AGENT = re.compile(r"segops-admin-(?:python|typescript)/[\w.]+")


def is_exact(text: str) -> bool:
    """Whether a text holds what wording leaves out: the number of a port, or of bytes, or what is said of a cause."""
    return bool(_PORT.search(text) or _OF_BYTES.search(text)) or any(each.sub(r"\1", text) != text for each in _CAUSES)


@lru_cache(maxsize=20_000)  # the lanes say the same, and the contract what they say
def wording(text: str, *, causes: bool = False) -> str:
    """A text without what languages and systems may say differently.

    Args:
        causes: whether what the system or the runtime says of a cause is left in it.
    """
    text = _UNENCRYPTED.sub("", _TRACEBACK.sub("a traceback", text))
    text = _CAMEL.sub(lambda found: f"_{found[1].lower()}", text)
    text = _KEYWORD.sub(r"\1", _QUOTED_VALUE.sub("idempotency_key ", text))
    text = UUID.sub("a key", _PORT.sub(r"\1:port", text))
    text = _RUN.sub("run", _PLAY.sub("/_c/n/", _FOLDER.sub("", text)))
    text = text.replace("it has a number that is too large", "it is not JSON")
    text = text.replace("a number of seconds or undefined", "a number of seconds")
    text = _VALUE.sub(lambda found: _VALUES[found[0]], text)
    text = _OF_BYTES.sub(r"\1 bytes", _ESCAPE.sub(r"\\u00\1", text))
    text = _DRAWN_LOTS.sub("less than 1 s", _TOOK.sub("some ms", _LOGGED.sub("", text)))
    text = _KINDS_OF_FILES.sub("Give a file, not", _PARTIAL.sub("a file", text))
    for old, new in _PHRASES.items():
        text = text.replace(old, new)
    for cause in () if causes else _CAUSES:
        text = cause.sub(r"\1", text)
    return text
