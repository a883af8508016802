"""The reference pages, from the contract and the cassettes: one for each operation, and one for the behaviours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import examples
import signatures

from segops_parity.cassettes import Interaction, cassette_file, load_cassette
from segops_parity.contract import Argument, Contract, Operation
from segops_parity.project import Project
from segops_parity.scenarios import Scenarios

_MOST_LINES = 60
_TYPES = {
    "id": "`int` or `str`",
    "text": "`str`",
    "query": "mapping of query parameters",
    "object": "mapping",
    "array": "list of mappings",
    "file": "bytes, a path, or an open binary file",
    "sink": "a path, or an open binary file",
    "enum": "`str`",
    "seconds": "seconds",
    "callback": "callable",
    "count": "`int`",
    "path": "a path",
}


class Reference:
    """Writes the pages of a contract. `pages` yields the path of each below ``reference/``, and its Markdown."""

    def __init__(self, project: Project, contract: Contract, scenarios: Scenarios) -> None:
        self._project = project
        self._contract = contract
        self._scenarios = scenarios

    def pages(self) -> Iterator[tuple[str, str]]:
        yield "index.md", self._index()
        for namespace in self._contract.namespaces.values():
            yield f"{namespace.name}/index.md", self._namespace(namespace.name)
            for operation in namespace.operations.values():
                yield f"{namespace.name}/{operation.name}.md", self._operation(operation)
        yield "behaviours.md", self._behaviours()

    def _index(self) -> str:
        lines = [
            "# Reference",
            "",
            "Every operation of the Admin SDKs, with its call in Python, asyncio, TypeScript and the shell, and the "
            "request and reply as they were recorded. The [behaviours](behaviours.md) hold for all of them.",
            "",
        ]
        for namespace in self._contract.namespaces.values():
            lines += [f"## [{namespace.name}]({namespace.name}/index.md)", "", namespace.summary, ""]
            lines += self._table(namespace.name, f"{namespace.name}/")
        return "\n".join(lines) + "\n"

    def _namespace(self, name: str) -> str:
        namespace = self._contract.namespaces[name]
        lines = [f"# {name}", "", namespace.summary, "", *self._table(name, "")]
        return "\n".join(lines) + "\n"

    def _table(self, namespace: str, folder: str) -> list[str]:
        lines = ["| Method | Request | |", "| --- | --- | --- |"]
        for operation in self._contract.namespaces[namespace].operations.values():
            link = f"[`{operation.name}`]({folder}{operation.name}.md)"
            line = _request_line(self._contract, operation, namespace if folder else "")
            lines.append(f"| {link} | {line} | {operation.summary} |")
        return [*lines, ""]

    def _operation(self, operation: Operation) -> str:
        call = self._scenarios.calls.get(operation.id)
        arguments = dict(call.arguments) if call else {}
        lines = [f"# {operation.id}", "", operation.summary, ""]
        lines += _tabs(
            ("Python", "python", examples.python(operation, arguments)),
            ("asyncio", "python", examples.python(operation, arguments, asynchronous=True)),
            ("TypeScript", "typescript", examples.typescript(operation, arguments)),
            ("Shell", "sh", examples.shell(operation, arguments)),
        )
        lines += [signatures.docstring(operation).prose, ""]
        lines += _facts(self._contract, operation)
        lines += ["## Signature", ""]
        lines += _tabs(
            ("Python", "python", signatures.python(operation)),
            ("asyncio", "python", signatures.asynchronous(operation)),
            ("TypeScript", "typescript", signatures.typescript(operation)),
        )
        lines += _arguments(operation)
        lines += _errors(operation)
        lines += self._fields(operation)
        lines += self._recorded(operation)
        return "\n".join(lines) + "\n"

    def _fields(self, operation: Operation) -> list[str]:
        name = operation.returns.record
        if not name or name not in self._contract.records:
            return []
        record = self._contract.record(name)
        properties = record.schema.get("properties", {})
        if not properties:
            return []
        required = set(record.schema.get("required", ()))
        lines = [f"## {name}", "", str(record.schema.get("description", "")), ""]
        lines += ["| Key | Type | Always there | Known how | |", "| --- | --- | --- | --- | --- |"]
        for key, schema in properties.items():
            about = str(schema.get("description", "")).replace("|", "\\|").replace("\n", " ")
            always = "yes" if key in required else ""
            lines.append(f"| `{key}` | {_type(schema)} | {always} | {schema.get('x-source', '')} | {about} |")
        return [*lines, ""]

    def _recorded(self, operation: Operation) -> list[str]:
        file = cassette_file(self._project.cassettes, f"{operation.id}/happy")
        if not file.is_file():
            return []
        cassette = load_cassette(file, self._contract.path / "schema" / "cassette-metadata.schema.json")
        lines = ["## As recorded", ""]
        for interaction in cassette.interactions[:2]:
            lines += [
                "```http",
                *_request_text(interaction),
                "```",
                "",
                "```http",
                *_reply_text(interaction),
                "```",
                "",
            ]
        return lines

    def _behaviours(self) -> str:
        lines = [
            "# Behaviours",
            "",
            "What no single operation owns. Each rule is held by recorded cases in both languages.",
            "",
        ]
        for area, about in self._contract.areas.items():
            lines += [f"## {area}", "", about, ""]
            for behaviour in self._contract.behaviours.values():
                if behaviour.area != area:
                    continue
                lines += [f"**`{behaviour.id}`** {behaviour.rule}", ""]
                if behaviour.example:
                    lines += [f"> {behaviour.example}", ""]
        return "\n".join(lines) + "\n"


def _tabs(*tabs: tuple[str, str, str]) -> list[str]:
    lines = []
    for title, language, text in tabs:
        lines += [
            f'=== "{title}"',
            "",
            f"    ```{language}",
            *(f"    {line}" for line in text.splitlines()),
            "    ```",
            "",
        ]
    return lines


def _facts(contract: Contract, operation: Operation) -> list[str]:
    facts = [("Request", _request_line(contract, operation))]
    if operation.request:
        facts.append(("Success", ", ".join(map(str, operation.success))))
    facts.append(("Returns", f"`{operation.returns}`"))
    if operation.mutates:
        facts.append(("Changes data", "yes; sends an `Idempotency-Key`, takes `idempotency_key=`"))
    if operation.paginates:
        facts.append(("Pages", f"by `{operation.paginates}`"))
    facts.append(("Command", f"`segops-admin {operation.cli}`"))
    facts.append(("Since", f"{operation.since} · [published page]({operation.source_url})"))
    first, *rest = [(name, value.replace("|", "\\|")) for name, value in facts]
    return [f"| {first[0]} | {first[1]} |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in rest), ""]


def _request_line(contract: Contract, operation: Operation, below: str = "") -> str:
    """The request of an operation, or a link to the one that it repeats; with `below`, as seen from the index."""
    if operation.request:
        return f"`{'/'.join(operation.request.methods)} {operation.request.path}`"
    other = contract.operations[operation.repeats or ""]
    folder = (
        f"{other.namespace}/" if below else ("" if other.namespace == operation.namespace else f"../{other.namespace}/")
    )
    return f"repeats [`{other.id}`]({folder}{other.name}.md)"


def _arguments(operation: Operation) -> list[str]:
    if not operation.arguments:
        return []
    lines = ["## Arguments", "", "| Name | Type | Default | |", "| --- | --- | --- | --- |"]
    for argument in operation.arguments:
        name = (
            f"`{argument.name}`"
            if argument.name == argument.typescript
            else f"`{argument.name}` / `{argument.typescript}`"
        )
        lines.append(f"| {name} | {_argument_type(argument)} | {_default(argument)} | {argument.about} |")
    return [*lines, ""]


def _argument_type(argument: Argument) -> str:
    return ", ".join(f"`{value}`" for value in argument.values) if argument.values else _TYPES[argument.type]


def _default(argument: Argument) -> str:
    if argument.required:
        return "required"
    return f"`{argument.default}`" if argument.default is not None else ""


def _errors(operation: Operation) -> list[str]:
    """What each language documents of its errors: the same names, in words of its own."""
    python, typescript = signatures.docstring(operation).raises, signatures.thrown(operation)
    lines = ["## Errors", ""]
    for name in sorted({**python, **typescript}):
        both = (text.rstrip(".") for text in (python.get(name), typescript.get(name)) if text)
        told = list(dict.fromkeys(text.replace("``", "`") for text in both))
        lines.append(f"- `{name}`: {' · '.join(told)}")
    general = "[any call may raise](../behaviours.md#error)"
    return [*lines, *([""] if python or typescript else []), f"Beyond these, what {general}.", ""]


def _type(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    kind = schema.get("type", schema.get("$ref", "any"))
    return " or ".join(f"`{each}`" for each in kind) if isinstance(kind, list) else f"`{kind}`"


def _request_text(interaction: Interaction) -> list[str]:
    lines = [f"{interaction.method} /api{interaction.target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in interaction.request_headers]
    return [*lines, *_body(interaction.request_body)]


def _reply_text(interaction: Interaction) -> list[str]:
    lines = [f"HTTP/1.1 {interaction.status}"]
    lines += [f"{name}: {value}" for name, value in interaction.reply_headers]
    return [*lines, *_body(interaction.reply_body)]


def _body(body: bytes) -> list[str]:
    if not body:
        return []
    try:
        lines = json.dumps(json.loads(body), indent=2, ensure_ascii=False).splitlines()
    except ValueError:
        try:
            lines = body.decode().splitlines()
        except UnicodeDecodeError:
            lines = [f"({len(body):,} bytes)"]
    if len(lines) > _MOST_LINES:
        lines = [*lines[:_MOST_LINES], f"… ({len(lines) - _MOST_LINES} more lines)"]
    return ["", *lines]
