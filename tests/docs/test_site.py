"""The documentation site: its pages, its menu, its links, and the calls that the reference shows."""

from __future__ import annotations

import ast
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from repository import ROOT, make

pytestmark = pytest.mark.needs_workspace
sys.path.append(str(ROOT / "tools/docs"))


@pytest.fixture(scope="module")
def reference() -> Any:
    from reference import Reference

    from segops_parity.contract import load
    from segops_parity.project import Project
    from segops_parity.scenarios import load_scenarios

    project, contract = Project.find(ROOT), load(ROOT / "spec")
    return Reference(project, contract, load_scenarios(project.scenarios, contract))


def test_the_site_builds_without_a_broken_link_or_a_page_in_no_menu() -> None:
    built = make("docs")
    assert built.returncode == 0, built.stdout + built.stderr
    assert "No issues found" in built.stdout + built.stderr
    site = ROOT / "build/site"
    assert (site / "index.html").is_file()
    scripts = re.findall(
        r"<script[^>]* src=[^>]*>|<link[^>]*stylesheet[^>]*>", (site / "index.html").read_text("utf-8")
    )
    assert scripts
    assert not [script for script in scripts if "//" in script], "it fetches from elsewhere"

    listed = re.findall(r"^- \[.+?\]\((.+?)\): .{10}", (site / "llms.txt").read_text(encoding="utf-8"), re.MULTILINE)
    pages = {path.relative_to(ROOT / "build/pages").as_posix() for path in (ROOT / "build/pages").rglob("*.md")}
    assert set(listed) == pages
    assert len(listed) == len(pages), "a page is listed twice"
    assert all((site / page).is_file() for page in [*listed, "openapi.json"])


def test_a_page_that_no_menu_names_and_a_menu_entry_without_a_page_are_errors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import site_pages

    monkeypatch.setitem(site_pages.BESIDE, "SECURITY.md", "security.md")
    with pytest.raises(SystemExit, match=r"no menu names security\.md"):
        site_pages.write(tmp_path)
    monkeypatch.delitem(site_pages.BESIDE, "SECURITY.md")
    monkeypatch.delitem(site_pages.BESIDE, "CHANGELOG.md")
    with pytest.raises(SystemExit, match=r"names changelog\.md, which is no page"):
        site_pages.write(tmp_path)


def test_links_between_files_of_the_repository_become_links_between_pages() -> None:
    from site_pages import relinked

    pages = {"python/README.md": "python.md", "docs/guides/forks.md": "guides/forks.md"}
    text = "[a](../../python/README.md#errors), [b](https://segops.ai/docs), [c](../../LICENSE), ![d](picture.svg)"
    assert relinked(text, "docs/guides/forks.md", pages) == (
        "[a](../python.md#errors), [b](https://segops.ai/docs), c, ![d](picture.svg)"
    )


def test_every_operation_has_a_page_with_four_calls_and_what_was_recorded(reference: Any) -> None:
    pages = dict(reference.pages())
    for operation in reference._contract.operations.values():
        page = pages[f"{operation.namespace}/{operation.name}.md"]
        for tab in ("Python", "asyncio", "TypeScript", "Shell"):
            assert f'=== "{tab}"' in page, operation.id
        if operation.request:
            assert f"{operation.request.methods[0]} /api/" in page, operation.id


def test_every_operation_has_the_signatures_of_both_languages_with_all_of_its_arguments(reference: Any) -> None:
    import signatures

    for operation in reference._contract.operations.values():
        blocking = signatures.python(operation)
        (function,) = ast.parse(f"{blocking}: ...").body
        assert isinstance(function, ast.FunctionDef)
        named = [each.arg for each in [*function.args.args, *function.args.kwonlyargs]]
        assert {argument.name for argument in operation.arguments} <= set(named), operation.id
        assert f"def {operation.name}(" in signatures.asynchronous(operation)
        positional = [each.typescript for each in operation.arguments if not each.keyword_only]
        first = signatures.typescript(operation).replace("\n", " ")
        assert re.match(rf"{operation.typescript_id.partition('.')[2]}\(", first)
        assert all(re.search(rf"\b{name}\??: ", first) for name in positional), operation.id


def test_every_python_call_of_the_reference_is_python_and_gives_the_arguments_their_names(reference: Any) -> None:
    import examples

    for operation in reference._contract.operations.values():
        arguments = reference._scenarios.calls[operation.id].arguments
        tree = ast.parse(examples.python(operation, arguments))
        (call,) = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and "client" in ast.unparse(node.func))
        required = [argument.name for argument in operation.arguments if argument.required]
        assert len(call.args) + len(call.keywords) >= len(required), operation.id


def test_every_command_of_the_reference_sends_the_request_of_its_operation(
    reference: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import shlex

    import examples

    from segops_admin.cli.main import main

    (tmp_path / "catalogue.csv").write_text("sku,name\nTENT-1,Tent\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SEGOPS_API_KEY", "sk_test_docs")
    wrong = []
    for operation in reference._contract.operations.values():
        call = reference._scenarios.calls[operation.id]
        shown = examples.shell(operation, call.arguments)
        sent = operation if operation.request else reference._contract.operations[operation.repeats]
        code = main(["--dry-run", *shlex.split(shown)[1:]])
        printed = capsys.readouterr()
        request = json.loads(printed.out) if code == 0 else {}
        # A command that waits starts the job too, or looks at what is there first.
        methods = {"GET", "POST"} if operation.polls else set(sent.request.methods)
        if request.get("method") not in methods:
            wrong.append((operation.id, shown, code, printed.out[:100], printed.err[:200]))
    assert not wrong, "\n".join(map(str, wrong))


def test_the_formula_of_the_delay_before_a_retry_is_the_contract_s_wherever_it_is_written(reference: Any) -> None:
    import site_pages

    figures = reference._contract.behaviours["retry.delay"].figures
    written = {
        (page, longest, base)
        for page in [*site_pages.sources(), "spec/behaviours.yaml"]
        for longest, base in re.findall(r"min\((\d+), (\d+)", (ROOT / page).read_text(encoding="utf-8"))
    }
    assert len(written) >= 3
    wrong = {each for each in written if each[1:] != (str(figures["longest"]), str(figures["base"]))}
    assert not wrong, f"{wrong} is not the contract's"


def test_every_page_that_installs_from_a_registry_says_how_to_install_from_a_checkout() -> None:
    import site_pages

    ours = re.compile(r"^\W*(pip install (pytest-segops|segops[_-]\w+)|npm install @segops/admin)", re.MULTILINE)
    pages = [*site_pages.sources(), "sandbox/pytest-segops/README.md"]
    texts = {page: (ROOT / page).read_text(encoding="utf-8") for page in pages}
    asking = {page for page, text in texts.items() if ours.search(text)}
    assert len(asking) >= 5
    assert {
        page for page in asking if "rom a checkout of this repository: `" not in " ".join(texts[page].split())
    } == set()
