"""Which behaviour is broken where something differs, as in spectrum-based fault localisation.

Of the behaviours whose checks fail it is the one whose cases fail most and pass least (Ochiai's coefficient). What is
known of places and messages weighs in: where a behaviour shows, which check looks at a place whatever a case is about,
and what an error speaks of that should not have come.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from math import sqrt
from types import MappingProxyType

from segops_parity.reports.differences import FALLBACK, Seen, is_between

__all__ = ["blamed", "in_place", "weight_of"]

# Where two behaviours fail in the same cases, the one whose name speaks of such a difference is meant.
_SPEAKS_OF = {
    "/delays": re.compile("delay|retry-after|interval|jitter"),
    "/requests": re.compile("attempts|retr|final|pages|followed|until"),
    "/unplayed": re.compile("attempts|retr|final|pages|followed|until"),
}


_OWN = (
    (re.compile(r"/requests/0/method"), "request.line", 1.0),
    (re.compile(r"/requests/0/path"), "request.line", 0.33),
    (re.compile(r"/requests/\d+/headers/host", re.IGNORECASE), "request.head", 1.0),
    (re.compile(r"/requests/\d+/body/parts/\d+/(name|filename|content-type)"), "request.multipart-part", 0.6),
    (re.compile(r"/requests/\d+/body/parts(/\d+/content)?"), "import.parts", 1.0),
    (re.compile(r"/ok/parts/.*"), "import.parts", 1.0),
    (re.compile(r"/ok/stdout/rows"), "cli.compact", 1.0),
    (re.compile(r"/ok/raw"), "cli.no-escapes", 1.0),
    (re.compile(r"/error/kind"), "error.classes", 1.0),
    (re.compile(r"/error/kind"), "error.by-status", 1.0),
    (re.compile(r"/error/(sent|may_have_executed)"), "error.may-have-executed", 1.0),
    (re.compile(r"/left(/.*)?"), "download.leaves-nothing", 1.0),
    (re.compile(r"/error/caused"), "error.cause-kept", 1.0),
    (re.compile(r"/error/(method|path|attempts)\b.*"), "error.api-attributes", 1.0),
    (re.compile(r"/ok/warnings"), "config.plain-http-warns-once", 1.0),
    (re.compile(r"/error/retry_after"), "error.api-attributes", 0.4),
    (re.compile(r"/error/status"), "error.decode", 1.0),
    (re.compile(r"/requests/\d+(/(method|path))?"), "cli.wait-requests", 1.0),
    (re.compile(r"/requests/0(/(method|path))?"), "cli.every-operation", 0.4),
    (re.compile(r"/delays"), "wait.until-done", 1.0),
    (re.compile(r"/progress.*"), "wait.progress", 1.0),
    (re.compile(r"/unhandled"), "pagination.prefetch", 1.0),
)
"""Places that a check of its own looks at, however often it looks at others that are right; and what has to speak for
another behaviour to be blamed all the same."""


_RAISED, _RAISED_AND_SHOWN = 0.7, 0.8
"""How much speaks for what a message is about that should not have come, where it comes in all that differs; and where
a third of the cases in which it comes are about that, too."""


def _raised_by(each: Seen) -> list[str]:
    """What the message of an error is about that should not have come; not of what was sent before it came."""
    return [] if re.match(r"/requests/\d", each.at) else list(each.line.get("raised_by", ()))


_CALLED = re.compile(r"/requests(/\d+(/(method|path))?)?")
"""What a command calls; what it sends there is a matter of what its words stand for."""


_NEARLY_ALL = 0.9
"""In what share of the cases a place's own check has to fail: one beside it may be about something else."""


_ENTRY_IS_WRONG = "cli.every-operation"
_ENTRY = re.compile("(.+)/(command|columns|flags)")


def _is_one_entry(seen: Iterable[Seen]) -> bool:
    """Whether only one command differs, and as it is recorded: then its entry in the table is wrong, and no rule.

    Its columns and flags have rules of their own.
    """
    found = [_ENTRY.fullmatch(each.case) for each in seen]
    commands, families = ({match[part] for match in found if match} for part in (1, 2))
    return all(found) and len(commands) == 1 and "command" in families


def _is_unreadable(each: Seen) -> bool:
    """Whether a reply is refused that should be read."""
    found = each.line.get("found")
    return each.at == "/error" and isinstance(found, Mapping) and found.get("kind") == "SegOpsDecodeError"


def _is_of_a_command(each: Seen) -> bool:
    """Whether a command shows it: what it sends wrongly, where the SDK does not, is a matter of the command line."""
    return any(check.startswith("cli.") for check in each.checks)


_OF_MANY = (
    (
        re.compile(r"/requests/0/query.*"),
        "request.query-as-contracted",
    ),  # of a later one it is a matter of what leads there
    (re.compile(r"/ok/raw"), "cli.compact"),
    (re.compile(r"/error/message"), "error.wording"),  # not what a command says: that may be another error
    (re.compile(r"/connections"), "transport.keeps-connections"),
)
"""Places of which one behaviour tells more than those that it is seen beside, if far more of the steps fail it."""


_WEIGHTS = {
    "request.line": 0.8,
    "request.body-as-contracted": 0.8,
    "request.query-as-contracted": 0.8,
    "response.json": 0.8,
    "response.untyped": 0.9,
    "transport.keeps-connections": 0.7,
}
"""What is checked of many calls, and says less than what a case is there to show."""


_SAID = re.compile(
    "error.(message|wording|hides-key)|logging[.].*"
    "|cli.(progress|causes|retries-told|suggestions|wait-goes-on|verbose|json-errors|messages-to-stderr|hides-key)"
)
"""What shows in messages alone."""
_PRINTED = re.compile("cli.(json-only|table|csv|spreadsheet|compact|no-escapes|columns|select|empty-answer|help)")
"""What shows in what is printed."""
_COUNTED = re.compile("cli.(wait|watch|status-waits)|retry[.].*|wait.(states|each-state|timeout)")
"""What shows in how many requests there are, and when, not in what one of them holds."""
_SENT = re.compile("request[.].*|import.parts-keys")
"""What shows in what is sent, not in what is made of the answer."""
_FAILED = re.compile("error[.](?!arguments).*")
"""What shows in errors, not in what was sent before them; arguments are refused before anything is."""
_CALLS = re.compile("cli.(wait-requests|every-operation)")
"""What shows in the requests that are made, not in what is said of them."""
_ENDED = re.compile("wait.(states|each-state)|retry.deadline|transport.timeout")
"""What shows in how and when something ends, not in what is said of it."""
_ELSEWHERE = (
    (_SAID, re.compile("/requests|/unplayed|/delays|/ok(?!/stderr$)")),
    (_PRINTED, re.compile("/requests|/unplayed|/delays")),
    (_COUNTED, re.compile(r"/requests/[\d*]+/")),
    (_SENT, re.compile("/ok(/|$)")),
    (_FAILED, re.compile("/requests|/unplayed|/delays")),
    (_CALLS, re.compile("(/ok)?/stderr$")),
    (_ENDED, re.compile("/error/message$")),
    (re.compile("transport.gives-up"), re.compile("/delays|/error")),
)
"""Where behaviours do not show, by how places begin."""
_OUT_OF_PLACE = 0.3
"""How much less a behaviour counts for what differs where it does not show: it may follow from what it is about."""


def weight_of(check: str) -> float:
    """How much a behaviour counts that is checked of many calls, or of what its cases are there to show."""
    return _WEIGHTS.get(check, 1.0)


def in_place(check: str, at: str) -> float:
    """1, or less for what differs where a behaviour does not show."""
    is_out = any(behaviours.fullmatch(check) and places.match(at) for behaviours, places in _ELSEWHERE)
    return _OUT_OF_PLACE if is_out else 1.0


_OF_A_TRANSPORT = {"requests": "transport.requests-session", "fetch": "transport.fetch"}
"""Which behaviour tells of a transport that a language has beside its own."""


def blamed(
    left: Sequence[Seen], counts: Mapping[str, int], transports: Mapping[str, str] = MappingProxyType({})
) -> tuple[str, list[Seen]]:
    """The behaviour that stands for most of what differs at one kind of place, and what of it that is.

    Args:
        left: what differs.
        counts: in how many cases each behaviour is checked.
        transports: what carries the requests of each lane.
    """
    suspects = _Suspects(left, counts)
    guilty = suspects.likeliest(suspects.cases)
    if command := suspects.wrong_command(guilty):
        return command[1], [each for each in left if each.command == command or suspects.stands_for(command[1], each)]
    over = {transports.get(each.lane, "") for each in left}
    carrier = _OF_A_TRANSPORT.get(over.pop()) if len(over) == 1 else None
    if carrier and left[0].at != "/error/message" and not suspects.stands_for_half(guilty):
        return carrier, list(left)
    if suspects.is_one_entry and suspects.stands_for_more(_ENTRY_IS_WRONG, guilty):
        guilty = _ENTRY_IS_WRONG
    for place, name, outdone in _OWN:
        if suspects.by_command and name.startswith("request."):
            continue
        looks = all(place.fullmatch(each.at) for each in left) and suspects.stands_for_more(name, guilty)
        # Those of ids speak of the path, too, unless it is another one without odd ids in it.
        about_ids = name == "request.line" and guilty.startswith("request.id-") and suspects.stands_for_all(guilty)
        if looks and suspects.evidence(guilty) <= outdone and not about_ids:
            guilty = name
    kinds = [name for place, name in _OF_MANY if all(place.fullmatch(each.at) for each in left)]
    if suspects.by_command:
        kinds = [name for name in kinds if name.startswith("cli.")]
    for kind in ["response."] if all(map(_is_unreadable, left)) else kinds:
        # If it stands for far more of the steps than what they happen to be there to show.
        of_kind = [name for name in suspects.cases if name.startswith(kind)]
        about = suspects.likeliest(of_kind) if of_kind else guilty
        guilty = about if len(suspects.steps[about]) >= 2 * len(suspects.steps[guilty]) else guilty
    return guilty, [each for each in left if suspects.stands_for(guilty, each)]


class _Suspects:
    """The behaviours that may be broken, with the cases and steps that each stands for."""

    def __init__(self, seen: Sequence[Seen], counts: Mapping[str, int]) -> None:
        self._counts = counts
        self._at = seen[0].at
        self.is_one_entry = _is_one_entry(seen)
        self.by_command = all(map(_is_of_a_command, seen))
        self._raised = set() if self.is_one_entry else {name for each in seen for name in _raised_by(each)}
        if self.by_command:  # what the SDK refuses, it was given by the command line
            self._raised = {name for name in self._raised if name.startswith("cli.")}
        self._failing = len({each.case for each in seen})
        self._commands: dict[tuple[str, str], set[str]] = {}
        for each in seen:
            if each.command:
                self._commands.setdefault(each.command, set()).add(each.case)
        self.cases: dict[str, set[str]] = {}
        self.steps: dict[str, set[tuple[str, str]]] = {}
        self._shown: dict[str, set[str]] = {}
        for each in seen:
            for check in self._raised.intersection(each.checks):
                self._shown.setdefault(check, set()).add(each.case)
            own = {check for check in each.checks if not is_between(check)}
            named = own - set(FALLBACK) or own or each.checks
            for check in {*named, *self._raised.intersection(_raised_by(each))}:
                self.cases.setdefault(check, set()).add(each.case)
                self.steps.setdefault(check, set()).add((each.case, each.step))

    def stands_for(self, name: str, each: Seen) -> bool:
        """Whether it is one difference."""
        return name in each.checks or (name in self._raised and name in _raised_by(each))

    def stands_for_all(self, name: str) -> bool:
        """Whether it fails in every case in which something differs."""
        return len(self.cases.get(name, ())) == self._failing

    def stands_for_half(self, name: str) -> bool:
        """Whether it fails in half of the cases in which something differs."""
        return 2 * len(self.cases[name]) >= self._failing

    def stands_for_more(self, name: str, guilty: str) -> bool:
        """Whether it fails wherever the guilty one does, and in nearly all cases in which something differs."""
        cases = self.cases.get(name, set())
        return self.cases[guilty] <= cases and len(cases) >= _NEARLY_ALL * self._failing

    def likeliest(self, names: Iterable[str]) -> str:
        """The one that most speaks for."""
        return max(sorted(names), key=self._order)

    def evidence(self, name: str) -> float:
        """How much speaks for it, from 0 to 1."""
        failed = len(self.cases[name])
        if name in self._raised:  # it says so itself, however often it does not
            is_shown = 3 * len(self._shown.get(name, ())) >= failed
            return round((_RAISED_AND_SHOWN if is_shown else _RAISED) * sqrt(failed / self._failing), 6)
        made = max(self._made(name), failed)
        # Rounded, so that equals are ordered by how seldom they are, not by the last digit.
        return round(weight_of(name) * in_place(name, self._at) * failed / sqrt(self._failing * made), 6)

    def wrong_command(self, guilty: str) -> tuple[str, str] | None:
        """The command for which more speaks than for the guilty behaviour, with the behaviour that tells of it.

        It calls something else, or nothing, whatever it is called for, and hardly any other command does. An error that
        says what it is about says more.
        """
        if guilty in self._raised or not self._commands or not _CALLED.fullmatch(self._at):
            return None
        command = max(sorted(self._commands), key=lambda each: self._evidence_of(*each))
        failed, made = len(self._commands[command]), self._counts.get(command[0], 0)
        is_it_alone = failed > 1 and failed >= _NEARLY_ALL * self._failing
        is_wrong = is_it_alone and 3 * failed >= made and self._evidence_of(*command) > self.evidence(guilty)
        return command if is_wrong else None

    def _evidence_of(self, called: str, behaviour: str) -> float:
        failed = len(self._commands[called, behaviour])
        return round(failed / sqrt(self._failing * max(self._counts.get(called, 0), failed)), 6)

    def _order(self, name: str) -> tuple[float, bool, int]:
        speaks = self._at in _SPEAKS_OF and bool(_SPEAKS_OF[self._at].search(name))
        is_raised = name in self._raised
        return self.evidence(name), speaks or is_raised, 0 if is_raised else -self._made(name)

    def _made(self, name: str) -> int:
        return self._counts.get(name.rpartition(" in ")[2], 0)
