"""The documentation of a method in both languages: signatures, errors, and the rest of its docstring or TSDoc."""

from __future__ import annotations

import inspect
import json
import os
import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import segops_admin
from segops_parity.contract import Operation

WORKSPACE = Path(__file__).resolve().parents[2] / "typescript-fixtures"
_SECTION = re.compile(r"(?m)^(Args|Raises|Returns|Source|Yields|Note)s?:")
_WIDTH = 88


@dataclass(frozen=True)
class Docstring:
    """A docstring in its parts: the prose after the first line, and what is raised, by the error's name."""

    prose: str
    raises: dict[str, str]


def docstring(operation: Operation) -> Docstring:
    """The docstring of the Python method."""
    text = inspect.getdoc(_method(segops_admin.SegOpsAdmin, operation)) or ""
    section = _SECTION.search(text)
    prose = text[: section.start()].strip().partition("\n\n")[2] if section else text.partition("\n\n")[2]
    raises: dict[str, str] = {}
    name = ""
    for line in text.partition("Raises:\n")[2].splitlines():
        if not line.startswith("    "):
            break
        if line.startswith("        "):
            raises[name] += " " + line.strip()
        else:
            name, _, about = line.strip().partition(": ")
            raises[name] = about
    return Docstring(prose.strip(), raises)


def python(operation: Operation) -> str:
    """The signature of the blocking method."""
    return _python("def", segops_admin.SegOpsAdmin, operation)


def asynchronous(operation: Operation) -> str:
    """The signature of the asynchronous method."""
    client = segops_admin.AsyncSegOpsAdmin
    is_coroutine = inspect.iscoroutinefunction(_method(client, operation))
    return _python("async def" if is_coroutine else "def", client, operation)


def typescript(operation: Operation) -> str:
    """The signatures of the TypeScript method, one an overload that takes a precise type."""
    exact = [each for each in _typescript(operation)["signatures"] if "Loose" not in each]
    return "\n".join(_wrapped(each, "  ") for each in exact)


def thrown(operation: Operation) -> dict[str, str]:
    """What the TypeScript method throws, by the error's name."""
    tags = (re.fullmatch(r"\{(\w+)\}\s+(.*)", each, re.DOTALL) for each in _typescript(operation)["throws"])
    return {tag[1]: " ".join(tag[2].split()) for tag in tags if tag}


def _typescript(operation: Operation) -> dict[str, Any]:
    namespace, _, method = operation.typescript_id.partition(".")
    found: dict[str, Any] = _tsdoc()[namespace][method]
    return found


@cache
def _tsdoc() -> dict[str, Any]:
    """The TypeScript compiler's view of the client's namespaces."""
    command = ["tools/node.sh", "current", "node", "tools/tsdoc.mjs"]
    env = os.environ | {"SEGOPS_NODE_QUIET": "1"}
    done = subprocess.run(command, cwd=WORKSPACE, env=env, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"tools/tsdoc.mjs failed: {done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _method(client: Any, operation: Operation) -> Any:
    return getattr(getattr(client(api_key="sk_test_docs"), operation.namespace), operation.name)


def _python(keyword: str, client: Any, operation: Operation) -> str:
    signature = inspect.signature(_method(client, operation))
    bare = signature.replace(
        parameters=[each.replace(annotation=_Bare(each.annotation)) for each in signature.parameters.values()],
        return_annotation=_Bare(signature.return_annotation),
    )
    return _wrapped(f"{keyword} {operation.name}{bare}", "    ")


class _Bare:
    """An annotation that is text, shown without its quotes."""

    def __init__(self, text: Any) -> None:
        self._text = str(text)

    def __repr__(self) -> str:
        return self._text


def _wrapped(signature: str, indent: str) -> str:
    """A signature on one line if it fits, and one parameter a line otherwise."""
    if len(signature) <= _WIDTH:
        return signature
    head, _, rest = signature.partition("(")
    parameters, tail = _split(rest)
    return "\n".join([f"{head}(", *(f"{indent}{each}," for each in parameters), f"){tail}"])


def _split(text: str) -> tuple[list[str], str]:
    """The parameters before the parenthesis that closes the list, and what follows it."""
    found: list[str] = []
    depth = start = 0
    for place, character in enumerate(text):
        if character in "([{<":
            depth += 1
        elif character in "]}" or (character == ">" and text[place - 1] not in "-="):
            depth -= 1
        elif character == ")" and depth == 0:
            return [*found, text[start:place].strip()], text[place + 1 :]
        elif character == ")":
            depth -= 1
        elif character == "," and depth == 0:
            found.append(text[start:place].strip())
            start = place + 1
    raise ValueError(text)
