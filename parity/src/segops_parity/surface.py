"""The surface of the SDKs: what each lane says that it offers, held against the contract and the other language.

A driver with the capability ``describe`` tells its namespaces, methods, arguments, exports, errors and variables in its
own language's names; command lines tell by their help. Each part is a check, ``surface.methods`` and the like, and what
is missing or extra is a failure of it. Types are written as in `type_surface`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from segops_parity._files import check_schema, read_yaml
from segops_parity._model import Operation
from segops_parity._notation import camel_case
from segops_parity.canonical import canonical_value, difference
from segops_parity.cases import Case
from segops_parity.contract import Contract
from segops_parity.lanes import Lane, LaneRun
from segops_parity.signatures import expected_signature
from segops_parity.type_surface import expected_types, kind_in
from segops_parity.verdicts import LOCKSTEP, CaseVerdict, Problem

__all__ = ["help_pages", "judge_surface", "surface_cases"]

Described = Mapping[str, Any]


def surface_cases(contract: Contract) -> list[Case]:
    """Each part of the surface, as a case of its own."""
    return [Case(f"surface/{name}", "surface", name, "synthetic", ()) for name in (*_PARTS, "commands", "flags")]


def help_pages(contract: Contract) -> list[str]:
    """The words whose help is read: none, those of each resource, and those of each command."""
    commands = [each.cli for each in contract.operations.values()]
    resources = [command.resource for command in commands]
    return list(dict.fromkeys(["", *resources, *(f"{command.resource} {command.verb}" for command in commands)]))


def judge_surface(
    contract: Contract, cases: Sequence[Case], lanes: Sequence[Lane], runs: Mapping[str, LaneRun]
) -> Iterator[CaseVerdict]:
    """The verdict on each of these parts of the surface."""
    file = contract.path / "surface.yaml"
    content = read_yaml(file)
    check_schema(file, content, contract.path / "schema" / "surface.schema.json")
    told = [(lane, runs[lane.name]) for lane in lanes if not runs[lane.name].missing]
    for case in cases:
        yield _verdict(contract, content, case, told)


def _verdict(contract: Contract, content: Any, case: Case, told: Sequence[tuple[Lane, LaneRun]]) -> CaseVerdict:
    verdict, name = CaseVerdict(case), case.family
    seen: dict[str, Any] = {}
    for lane, run in told:
        if lane.partial or (lane.kind == "shell") == (name in _PARTS):
            continue
        shown = run.described if name in _PARTS else run.pages
        if not shown:
            verdict.faults[lane.name] = run.faults.get("surface", "it did not tell what it offers")
            continue
        check = _CHECKS.get(name, f"surface.{name}")
        verdict.checks.setdefault(lane.name, set()).add(check)
        wanted, found = _both(contract, content, name, lane.language, shown)
        seen.setdefault(lane.language, (lane.name, found))
        if lines := difference(canonical_value(wanted), canonical_value(found)):
            verdict.problems.append(Problem(verdict.case.id, lane.name, name, check, lines))
        verdict.verdicts[f"contract-{lane.language}"] = "fail" if lines else "pass"
    if name == "help" and {"python", "typescript"} <= set(seen):
        lane_name, found = seen["typescript"]
        lines = difference(seen["python"][1], found)
        if lines:
            verdict.problems.append(Problem(verdict.case.id, lane_name, name, LOCKSTEP, lines))
        verdict.verdicts["python-typescript"] = "fail" if lines else "pass"
    return verdict


def _both(contract: Contract, content: Any, name: str, language: str, shown: Any) -> tuple[Any, Any]:
    """What the contract asks for, and what was found, in the same form."""
    if name == "commands":
        return _commands(contract), _commands_shown(shown[""])
    if name == "flags":
        wanted = _flags(contract)
        return wanted, {page: [each for each in flags if _shows(shown[page], each)] for page, flags in wanted.items()}
    if name == "help":
        return shown, shown  # the contract does not word it; the languages have to agree
    expected, found = _PARTS[name]
    return expected(contract, content, language), found(contract, shown, language)


def _has(entry: Mapping[str, Any], language: str) -> bool:
    return language in entry.get("languages", (language,))


def _spelled(name: str, language: str, own: str | None = None) -> str:
    return (own or camel_case(name)) if language == "typescript" else name


# ------------------------------------------------------------------------------------------- methods and arguments


def _operations(contract: Contract, language: str) -> Iterator[tuple[str, str, Operation]]:
    """Each operation with its namespace and name as a language spells them."""
    for operation in contract.operations.values():
        namespace = contract.namespaces[operation.namespace]
        typescript = language == "typescript"
        yield (
            namespace.typescript if typescript else namespace.name,
            operation.typescript if typescript else operation.name,
            operation,
        )


def _methods(contract: Contract, _content: Any, language: str) -> Any:
    found: dict[str, list[str]] = {}
    for namespace, name, _ in _operations(contract, language):
        found.setdefault(namespace, []).append(name)
    return {namespace: dict.fromkeys(sorted(names), "a method") for namespace, names in found.items()}


def _methods_found(_contract: Contract, told: Described, _language: str) -> Any:
    return {name: dict.fromkeys(sorted(methods), "a method") for name, methods in told["namespaces"].items()}


def _written(name: str, *, required: bool, named: bool) -> str:
    return f"{'named ' if named else ''}{name}{'' if required else '?'}"


def _arguments(contract: Contract, content: Any, language: str) -> Any:
    found = {}
    for namespace, name, operation in _operations(contract, language):
        placed = [
            _written(_spelled(each.name, language), required=each.required, named=each.keyword_only)
            for each in operation.arguments
        ]
        common = {
            each: kind_in(entry["type"], language)
            for each, entry in content["calls"].items()
            if _has(entry, language) and (entry["applies"] == "every" or operation.mutates)
        }
        texts = [_written(_spelled(each, language), required=False, named=True) for each in common]
        kinds = {**common, **expected_signature(contract, operation, language)}
        found[f"{namespace}.{name}"] = {**_in_order([*placed, *texts]), **_kinds(kinds, language)}
    return found


def _kinds(kinds: Mapping[str, str], language: str) -> dict[str, str]:
    """What each argument may be, and what is returned, beside the places of arguments."""
    return {f"of {_spelled(name, language)}": kind for name, kind in kinds.items()}


def _in_order(arguments: Iterable[str]) -> dict[str, int | str]:
    """Arguments by name; those by position with their place, those by name in any order."""
    found: dict[str, int | str] = {}
    for place, each in enumerate(arguments):
        found[each] = "by name" if each.startswith("named ") else place
    return found


def _arguments_found(contract: Contract, told: Described, language: str) -> Any:
    known = {f"{namespace}.{name}" for namespace, name, _ in _operations(contract, language)}
    found = {}
    for namespace, methods in told["namespaces"].items():
        for name, arguments in methods.items():
            if f"{namespace}.{name}" in known:
                texts = [_written(each["name"], required=each["required"], named=each["named"]) for each in arguments]
                found[f"{namespace}.{name}"] = {**_in_order(texts), **_kinds_found(told, f"{namespace}.{name}")}
    return found


def _kinds_found(told: Described, method: str) -> dict[str, str]:
    return {f"of {name}": kind for name, kind in told["signatures"][method].items()}


def _defaults(contract: Contract, content: Any, language: str) -> Any:
    found = {
        f"{namespace}.{name}({_spelled(each.name, language)})": each.default
        for namespace, name, operation in _operations(contract, language)
        for each in operation.arguments
        if each.default is not None
    }
    options = {
        f"client({_spelled(name, language)})": entry["default"]
        for name, entry in content["options"].items()
        if "default" in entry and _has(entry, language)
    }
    return {**found, **options}


def _defaults_found(_contract: Contract, told: Described, _language: str) -> Any:
    """Those of Python's signatures; in TypeScript those that a client takes, and those that descriptions name."""
    found = {
        f"{namespace}.{name}({each['name']})": each["default"]
        for namespace, methods in told["namespaces"].items()
        for name, arguments in methods.items()
        for each in arguments
        if "default" in each
    }
    return {**found, **{f"client({each['name']})": each["default"] for each in told["options"] if "default" in each}}


# ------------------------------------------------------------------------------------------- the client and modules


def _client(_contract: Contract, content: Any, language: str) -> Any:
    found = {}
    for name, entry in content["methods"].items():
        if _has(entry, language):
            taken = content["options"].items() if "takes" in entry else ()
            options = {
                each: kind_in(option["type"], language)
                for each, option in taken
                if option.get("derived") and _has(option, language)
            }
            texts = [_written(_spelled(each, language), required=False, named=True) for each in options]
            found[_spelled(name, language)] = {**_in_order(texts), **_kinds(options, language)}
    return found


def _client_found(_contract: Contract, told: Described, _language: str) -> Any:
    found = {}
    for name, arguments in told["client"].items():
        texts = [_written(each["name"], required=each["required"], named=each["named"]) for each in arguments]
        kinds = {key: kind for key, kind in _kinds_found(told, f"client.{name}").items() if key != "of returns"}
        found[name] = {**_in_order(texts), **kinds}
    return found


def _options(_contract: Contract, content: Any, language: str) -> Any:
    own = {name: entry for name, entry in content["options"].items() if _has(entry, language)}
    return {_spelled(name, language): kind_in(entry["type"], language) for name, entry in own.items()}


def _options_found(_contract: Contract, told: Described, _language: str) -> Any:
    return {each["name"]: told["signatures"]["client"][each["name"]] for each in told["options"]}


def _exports(contract: Contract, content: Any, language: str) -> Any:
    found = {}
    for module, names in content["exports"].items():
        own = [_exported(name, entry, language) for name, entry in names.items() if _has(entry, language)]
        own += sorted(_classes(contract)) if module == "main" else []
        if own:
            found[module] = dict.fromkeys(sorted(own), "exported")
    return found


def _exported(name: str, entry: Mapping[str, Any], language: str) -> str:
    return _spelled(name, language, entry.get("typescript"))


def _exports_found(_contract: Contract, told: Described, _language: str) -> Any:
    return {module: dict.fromkeys(sorted(names), "exported") for module, names in told["exports"].items()}


def _classes(contract: Contract) -> dict[str, str]:
    below = contract.behaviours["error.classes"].figures["below"]
    return {"SegOpsError": "", **{name: parent for parent, names in below.items() for name in names}}


def _errors(contract: Contract, _content: Any, _language: str) -> Any:
    return _classes(contract)


def _errors_found(_contract: Contract, told: Described, _language: str) -> Any:
    return {name: "" if name == "SegOpsError" else parent for name, parent in told["errors"].items()}


def _variables(_contract: Contract, content: Any, _language: str) -> Any:
    return dict.fromkeys(sorted(content["variables"]), "read")


def _variables_found(_contract: Contract, told: Described, _language: str) -> Any:
    names = [name for name in told["variables"] if not name.startswith("SEGOPS_SANDBOX_")]
    return dict.fromkeys(sorted(names), "read")


def _types(contract: Contract, _content: Any, language: str) -> Any:
    return expected_types(contract, language)


def _types_found(_contract: Contract, told: Described, language: str) -> Any:
    # JsonObject and AnyWord are how TypeScript writes what Python has words of its own for.
    own = ("JsonObject", "AnyWord") if language == "typescript" else ()
    return {name: keys for name, keys in told["types"].items() if name not in own}


Part = tuple[Callable[[Contract, Any, str], Any], Callable[[Contract, Described, str], Any]]

_CHECKS = {"types": "types.records"}
"""The check of a part of which the contract itself speaks."""

_PARTS: Mapping[str, Part] = {
    "methods": (_methods, _methods_found),
    "arguments": (_arguments, _arguments_found),
    "defaults": (_defaults, _defaults_found),
    "client": (_client, _client_found),
    "options": (_options, _options_found),
    "exports": (_exports, _exports_found),
    "errors": (_errors, _errors_found),
    "variables": (_variables, _variables_found),
    "types": (_types, _types_found),
}

# ------------------------------------------------------------------------------------------- command lines


def _commands(contract: Contract) -> Any:
    found: dict[str, list[str]] = {}
    for operation in contract.operations.values():
        verbs = found.setdefault(operation.cli.resource, [])
        if operation.cli.verb not in verbs:
            verbs.append(operation.cli.verb)
    for resource, further in contract.shell.get("verbs", {}).items():
        found.setdefault(resource, []).extend(further)
    return {resource: dict.fromkeys(sorted(verbs), "a verb") for resource, verbs in found.items()}


def _commands_shown(page: str) -> Any:
    """The resources and verbs of the page of help that lists them all."""
    section = page.partition("Resources and their verbs:\n")[2].partition("\n\n")[0]
    found: dict[str, list[str]] = {}
    resource = ""
    for text in section.split("\n"):
        if name := re.fullmatch(r"  (\S+)", text):
            resource = name[1]
            found[resource] = []
        elif text.startswith(" " * 8):
            found[resource] += text.split()
    return {name: dict.fromkeys(sorted(verbs), "a verb") for name, verbs in found.items()}


def _shows(page: str, flag: str) -> bool:
    return re.search(rf"--{flag}(?![\w-])", page) is not None


def _flags(contract: Contract) -> dict[str, list[str]]:
    """By page of help, the flags that the contract's commands take."""
    found: dict[str, list[str]] = {}
    for operation in contract.operations.values():
        flags = [flag.name for flag in operation.cli.flags if flag.name != "KEY"]
        flags += ["idempotency-key"] if operation.mutates else []
        known = found.setdefault(f"{operation.cli.resource} {operation.cli.verb}", [])
        known += [flag for flag in flags if flag not in known]
    return found
