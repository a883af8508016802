"""The command table of the TypeScript package: `src/cli/table.ts`."""

from __future__ import annotations

import json
from typing import Any

from generate.commands import Command, CommandArgument, Flag, Resource, Tool, flags_of, resources, tools
from segops_parity.contract import Contract

__all__ = ["typescript_commands"]

PATH = "typescript-fixtures/admin/src/cli/table.ts"

_HEAD = """/**
 * Every command, its arguments, flags and help.
 *
 * Written by `make generate` from the contract (`spec/`): change it there.
 */

import type { Cause, Command, Option, Resource } from "./shapes.js";
"""


def typescript_commands(contract: Contract) -> dict[str, str]:
    """The text of the module, by its path."""
    shell = contract.shell
    own = [name for name, each in shell["flags"].items() if not each.get("listed")]
    parts = [
        _HEAD,
        _constant("GLOBAL", "readonly Option[]", [_flag(each) for each in flags_of(shell["global"])]),
        _constant("SHORT", "Readonly<Record<string, string>>", shell["short"]),
        "/** Flags of this program that are never query parameters: where they do not apply, they are mistakes. */\n"
        + _constant("OWN_WORDS", "readonly string[]", own),
        "/** What errors can come from: of which kinds, when, and in which words. */\n"
        + _constant("CAUSES", "readonly Cause[]", shell["causes"]),
        _constant("TOOLS", "readonly Command[]", [_tool(each) for each in tools(contract)]),
        _constant("RESOURCES", "readonly Resource[]", [_resource(contract, each) for each in resources(contract)]),
    ]
    return {PATH: "\n".join(parts)}


def _constant(name: str, type: str, value: Any) -> str:
    return f"export const {name}: {type} = {json.dumps(value, indent=2, ensure_ascii=False)};\n"


def _flag(flag: Flag, parameter: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {"name": flag.name, "value": flag.value, "about": flag.about}
    if flag.choices:
        found["choices"] = flag.choices
    if flag.file:
        found["isFile"] = True
    if flag.many:
        found["isMany"] = True
    return {**found, "parameter": parameter} if parameter else found


def _argument(argument: CommandArgument) -> dict[str, Any]:
    found: dict[str, Any] = {"name": argument.name, "kind": argument.kind, "shown": argument.shown}
    found["about"] = argument.about
    if argument.choices:
        found["choices"] = argument.choices
    return {**found, "isOptional": True} if argument.optional else found


def _tool(tool: Tool) -> dict[str, Any]:
    return {
        "words": tool.words,
        "name": " ".join(tool.words),
        "summary": tool.summary,
        "details": tool.details,
        "example": tool.example,
        "arguments": [_argument(each) for each in tool.arguments],
        "options": [_flag(each) for each in tool.flags],
        **({"mutates": True} if tool.mutates else {}),
    }


def _resource(contract: Contract, resource: Resource) -> dict[str, Any]:
    commands = [*(_command(contract, resource, each) for each in resource.commands), *map(_tool, resource.tools)]
    found: dict[str, Any] = {"name": resource.name, "summary": resource.summary, "commands": commands}
    return found if resource.namespace else {**found, "isGroup": True}


def _command(contract: Contract, resource: Resource, command: Command) -> dict[str, Any]:
    operation = command.operation
    by_name = {argument.name: argument.typescript for argument in operation.arguments}
    by_name["idempotency_key"] = "idempotencyKey"
    found: dict[str, Any] = {
        "words": [resource.name, command.verb],
        "name": f"{resource.name} {command.verb}",
        "summary": command.summary,
        "details": command.details,
        "source": operation.source_url,
        "example": command.example,
        "property": resource.typescript,
        "method": operation.typescript,
        "positional": [each.name for each in operation.arguments if not each.keyword_only],
        "arguments": [_argument(each) for each in command.arguments],
        "options": [_flag(each, _parameter(operation.arguments, each, by_name)) for each in command.flags],
    }
    if command.query is not None:
        found["query"] = _argument(command.query)
        found["known"] = command.known
        if command.silent:
            found["silent"] = command.silent
    if operation.mutates:
        found["mutates"] = True
    if command.iteration is not None:
        found["iteration"] = command.iteration.typescript
    if command.job:
        methods = contract.namespaces[operation.namespace].operations
        found["job"] = {
            key: methods[value].typescript if value in methods else value for key, value in command.job.items()
        }
        if "looks" in command.job:
            found["job"]["looks"] = True
    return found


def _parameter(arguments: Any, flag: Flag, by_name: dict[str, str]) -> str:
    """The target of a flag: a positional parameter by the contract's name, an option by TypeScript's."""
    positional = {each.name for each in arguments if not each.keyword_only}
    return flag.parameter if flag.parameter in positional else by_name.get(flag.parameter, "")
