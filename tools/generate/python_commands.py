"""The command table of the Python package: `segops_admin.cli.table`."""

from __future__ import annotations

from collections.abc import Iterator

from generate.commands import Command, CommandArgument, Flag, Resource, Tool, flags_of, resources, tools
from generate.python_types import formatted
from segops_parity.contract import Contract

__all__ = ["python_commands"]

PATH = "python/src/segops_admin/cli/table.py"

_HEAD = '''"""Every command, its arguments, flags and help.

Written by ``make generate`` from the contract (``spec/``): change it there.
"""

from __future__ import annotations

from .shapes import Argument, Command, Job, Option, Resource

__all__ = ["CAUSES", "GLOBAL", "OWN_WORDS", "RESOURCES", "SHORT", "TOOLS"]
'''


def python_commands(contract: Contract) -> dict[str, str]:
    """The text of the module, by its path."""
    shell = contract.shell
    found = resources(contract)
    own = {flag.name: flag for flag in flags_of(shell["flags"])}
    parts = [
        _HEAD,
        f"GLOBAL = {_tuple(_flag(each) for each in flags_of(shell['global']))}",
        f"SHORT = {shell['short']!r}",
        f"OWN_WORDS = {tuple(name for name, each in shell['flags'].items() if not each.get('listed'))!r}",
        '"""Flags of this program that are never query parameters: where they do not apply, they are mistakes."""',
        "",
        *(f"{_constant(name)} = {_flag(flag)}" for name, flag in own.items() if name != "idempotency-key"),
        f"{_constant('idempotency-key')} = {_flag(own['idempotency-key'], parameter='idempotency_key')}",
        "",
        f"CAUSES = {tuple((tuple(each['kinds']), each['when'], each['says']) for each in shell['causes'])!r}",
        '"""What errors can come from: of which kinds, when, and in which words."""',
        "",
        f"TOOLS = {_tuple(_tool(each) for each in tools(contract))}",
        "",
        *(line for each in found for line in _commands(each, own)),
        f"RESOURCES = {_tuple(_resource(each) for each in found)}",
    ]
    return {PATH: formatted("\n".join(parts) + "\n", PATH)}


def _constant(name: str) -> str:
    return "_" + name.upper().replace("-", "_")


def _tuple(items: Iterator[str]) -> str:
    listed = list(items)
    return f"({', '.join(listed)}{',' if listed else ''})"


def _call(name: str, *positional: str, **named: str) -> str:
    given = [*positional, *(f"{key}={value}" for key, value in named.items() if value not in ("()", "''", "None"))]
    return f"{name}({', '.join(given)})"


def _flag(flag: Flag, parameter: str = "") -> str:
    more = {"choices": repr(flag.choices)} if flag.choices else {}
    more |= {"file": "True"} if flag.file else {}
    more |= {"many": "True"} if flag.many else {}
    parameter = parameter or flag.parameter
    more |= {"parameter": repr(parameter)} if parameter else {}
    return _call("Option", repr(flag.name), repr(flag.value), repr(flag.about), **more)


def _argument(argument: CommandArgument) -> str:
    given = (argument.name, argument.kind, argument.shown, argument.about)
    more = {"optional": "True"} if argument.optional else {}
    return _call("Argument", *map(repr, given), choices=repr(argument.choices), **more)


def _tool(tool: Tool) -> str:
    return _call(
        "Command",
        repr(tool.words),
        repr(tool.summary),
        repr(tool.example),
        details=repr(tool.details),
        arguments=_tuple(_argument(each) for each in tool.arguments),
        options=_tuple(_flag(each) for each in tool.flags),
        **({"mutates": "True"} if tool.mutates else {}),
    )


def _commands(resource: Resource, own: dict[str, Flag]) -> Iterator[str]:
    """A function that makes the commands: to start, a program needs those of one resource at most."""
    commands = [*(_command(resource, each, own) for each in resource.commands), *map(_tool, resource.tools)]
    yield f"def _{_function(resource)}() -> tuple[Command, ...]:"
    yield f"    return {_tuple(iter(commands))}"
    yield ""


def _function(resource: Resource) -> str:
    return resource.namespace or resource.name.replace("-", "_")


def _resource(resource: Resource) -> str:
    words = (*(command.verb for command in resource.commands), *(tool.words[-1] for tool in resource.tools))
    more = {} if resource.namespace else {"is_group": "True"}
    given = (repr(resource.name), repr(resource.summary), repr(words), f"_{_function(resource)}")
    return _call("Resource", *given, **more)


def _command(resource: Resource, command: Command, own: dict[str, Flag]) -> str:
    operation = command.operation
    flags = (_constant(each.name) if each.name in own else _flag(each) for each in command.flags)
    job = {key: repr(value) for key, value in command.job.items() if key not in ("wait", "looks")}
    job |= {"looks": "True"} if "looks" in command.job else {}
    return _call(
        "Command",
        repr((resource.name, command.verb)),
        repr(command.summary),
        repr(command.example),
        details=repr(command.details),
        source=repr(operation.source_url),
        namespace=repr(resource.namespace),
        method=repr(operation.name),
        arguments=_tuple(_argument(each) for each in command.arguments),
        options=_tuple(flags),
        query=_argument(command.query) if command.query is not None else "None",
        known=repr(command.known),
        silent=repr(command.silent),
        iteration=repr(command.iteration.name if command.iteration is not None else ""),
        mutates="True" if operation.mutates else "None",
        job=_call("Job", repr(command.job["wait"]), **job) if command.job else "None",
    )
