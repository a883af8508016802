"""The recipes of docs/architecture.md, in a copy of the repository: each check fails until its step is done."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from repository import ROOT, copied, outside_make

pytestmark = [pytest.mark.needs_workspace, pytest.mark.long, pytest.mark.timeout(3600)]

PAGE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
SOURCES = ("python/src", "sandbox/src", "sandbox/pytest-segops/src", "parity/src", "tools")
PYTEST = ("-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider")
GENERATE = ("-m", "generate")
CHECK = ("-m", "segops_parity", "check", "--case")
RECORD = ("-m", "segops_parity", "record")


class Copy:
    """A copy of the repository, in which steps are done and checks are run."""

    def __init__(self, folder: Path) -> None:
        self.folder = copied(folder)
        # The environment is the repository's, whose editable installations would be found first.
        own = {name: value for name, value in outside_make().items() if not name.startswith(("PYTEST_", "SEGOPS_"))}
        self._environment = own | {"PYTHONPATH": ":".join(str(self.folder / source) for source in SOURCES)}

    def python(self, *words: str) -> tuple[int, str]:
        """Runs Python with these words; its exit code, and what it said."""
        done = subprocess.run(
            [sys.executable, *words],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def red(self, message: str, *words: str) -> None:
        """A check fails, and says so."""
        code, said = self.python(*words)
        assert code != 0, f"{' '.join(words)} passed before its step was done:\n{said}"
        assert re.search(message, said), said[-5000:]

    def green(self, *words: str) -> str:
        """A check passes, or a step is done; what it said."""
        code, said = self.python(*words)
        assert code == 0, f"{' '.join(words)} exited {code}:\n{said[-5000:]}"
        return said

    def edit(self, name: str, old: str, new: str) -> None:
        """Replaces the first place of a text in a file."""
        file = self.folder / name
        text = file.read_text(encoding="utf-8")
        assert old in text, f"{name} holds no {old!r}"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")


def steps(heading: str) -> list[str]:
    """The numbered steps of a recipe, each on one line."""
    recipe = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return [" ".join(step.split()) for step in re.split(r"^\d+\. ", recipe, flags=re.MULTILINE)[1:]]


def messages(step: str) -> list[str]:
    """The messages that a step promises, as patterns."""
    return [re.escape(text) for text in re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)", step)]


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path / "copy")


CONTRACT = """      archive:
        summary: Archives a segment and returns it.
        about: {id: the segment's id}
        args: [id]
        request: POST /segments/{id}/archive/
        success: [200]
        mutates: true
        returns: Segment
        cli: archive <id>
        source: segments
        since: "1.0"
"""
PYTHON = '''    def archive(self, id: Id, *, idempotency_key: str | None = None) -> Segment:
        """Archives a segment and returns it.

        Args:
            id: the segment's id.
            idempotency_key: key for safe retries (default: a new UUID).
        """
        segment: Segment = self._mutate("archive", "POST", path("/segments/{}/archive/", id), key=idempotency_key)
        return segment

'''
SANDBOX = '''    def archive(self, request: Request, pk: int) -> Response:
        """`POST /segments/<id>/archive/`: the segment is active no longer."""
        segment = self.get_object()
        segment.is_active = False
        segment.save(update_fields=["is_active"])
        return Response(self.get_serializer(segment).data)

'''
TYPESCRIPT = """  /**
   * Archives a segment and returns it.
   *
   * @param id the segment's id
   */
  async archive(id: Id, options?: ChangeOptions): Promise<Segment> {
    return this.calls.mutate("segments.archive", "POST", fillPath("/segments/{}/archive/", id), undefined, options);
  }

"""


def test_an_endpoint_is_added_step_by_step(copy: Copy) -> None:
    contract, call, generated, python, sandbox, cassettes, typescript, listed, changelog = steps("Add an endpoint")
    one_case = (*CHECK, "segments.archive/*")

    assert "file and line" in contract
    copy.edit("spec/admin.yaml", "      recompute:\n", CONTRACT.replace("true", "perhaps") + "      recompute:\n")
    copy.red(r"spec/admin\.yaml:\d+", *GENERATE)
    copy.edit("spec/admin.yaml", "mutates: perhaps", "mutates: true")

    copy.red(*messages(call), *one_case)
    copy.red(*messages(call), *GENERATE)
    recompute = "  recompute: {args: {id: 1}, missing: {id: 4711}}\n"
    copy.edit("parity/scenarios/segments.yaml", recompute, recompute + recompute.replace("recompute", "archive"))

    copy.red(*messages(generated), *GENERATE, "--check")
    copy.green(*GENERATE)
    copy.green(*GENERATE, "--check")

    no_method, nothing_recorded = messages(python)
    reference = (*PYTEST, "tests/docs/test_site.py", "-k", "every_command_of_the_reference")
    copy.red(no_method, *reference)
    copy.red(nothing_recorded, *RECORD, "segments.archive/*")
    segments = "python/src/segops_admin/resources/segments.py"
    copy.edit(segments, "    def members(", PYTHON + "    def members(")
    copy.green(*GENERATE)
    copy.green(*reference)

    assert "tests/support/operation_calls.py" in sandbox
    conformance = (*PYTEST, "tests/conformance/test_operations.py", "-k", "archive or has_a_call")
    copy.red("segments.archive", *conformance)
    calls = "tests/support/operation_calls.py"
    members = '    "segments.members"'
    archive = '    "segments.archive": Call(_ID, holds=_has(id=1, is_active=False)),\n'
    copy.edit(calls, members, archive + members)
    copy.red("404", *conformance)
    views = "sandbox/src/segops_sandbox/api/segments.py"
    copy.edit(views, "    def members(", SANDBOX + "    def members(")
    members = '    path("segments/<int:pk>/members/"'
    copy.edit(views, members, '    path("segments/<int:pk>/archive/", _view(post="archive")),\n' + members)
    copy.green(*conformance)

    copy.red(*messages(cassettes), *one_case)
    copy.green(*RECORD, "segments.archive/*")
    copy.red("is not what the contract says", *GENERATE, "--check")
    copy.green(*GENERATE)
    copy.green(*GENERATE, "--check")

    build = ("tools/build_typescript.py",)
    copy.green(*build)
    surface = (*CHECK, "surface/methods")
    assert "`surface.methods`" in typescript
    copy.red("segments.archive", *surface)
    method = "   * One page of a segment's members.\n"
    resource = "typescript-fixtures/admin/src/resources/segments.ts"
    copy.edit(resource, "  /**\n" + method, TYPESCRIPT + "  /**\n" + method)
    copy.green(*build)
    copy.green(*surface)
    assert re.search(r"(\d+) of \1 cases equal: equal", copy.green(*one_case))

    operations = (*PYTEST, "tests/spec/test_operations.py")
    copy.red("segments.archive", *operations)
    added = "tests/spec/test_operations.py"
    copy.edit(added, '    "segments.iterate_members",', '    "segments.archive", "segments.iterate_members",')
    copy.edit(added, "len(contract.operations) == 95", "len(contract.operations) == 96")
    assert added in listed
    copy.red(*messages(changelog), *operations)
    copy.edit("CHANGELOG.md", "- `segments.iterate_members`", "- `segments.archive`, `segments.iterate_members`")
    assert added in changelog
    copy.green(*operations)


def test_a_figure_is_changed_step_by_step(copy: Copy) -> None:
    contract, sdks, unread, documentation = steps("Change a figure")
    figures = "{base: 2, longest: %d, jitter: 0.25}"
    lanes = ("--lane", "python-http", "--lane", "typescript-current")
    jitter = (*CHECK, "*/jitter", *lanes)
    copy.green("tools/build_typescript.py")

    assert "`figures: {longest: 20}`" in contract
    copy.edit("spec/behaviours.yaml", figures % 30, figures % 20)
    (told,) = re.findall(r"`retry\.delay: \d+ cases: ([^`]+)`", sdks)
    copy.red(r"retry\.delay: \d+ cases: " + re.escape(told), *jitter)
    copy.edit("python/src/segops_admin/_call/retry.py", "_LONGEST_DELAY = 30.0", "_LONGEST_DELAY = 20.0")
    copy.red(r"retry\.delay: \d+ cases: " + re.escape(told.replace("Python", "TypeScript")), *jitter)
    copy.edit("typescript-fixtures/admin/src/call/retry.ts", "LONGEST_DELAY = 30", "LONGEST_DELAY = 20")
    copy.green("tools/build_typescript.py")
    copy.green(*jitter)

    assert "`segops-parity hygiene`" in unread
    copy.edit("spec/behaviours.yaml", figures % 20, figures.replace("base", "unread: 7, base") % 20)
    copy.red(r"retry\.delay\.unread", "-m", "segops_parity", "hygiene")
    copy.edit("spec/behaviours.yaml", "unread: 7, ", "")
    copy.green("-m", "segops_parity", "hygiene")

    formula = (*PYTEST, "tests/docs/test_site.py", "-k", "formula")
    assert "tests/docs/test_site.py" in documentation
    copy.red(*messages(documentation), *formula)
    pages = ("spec/behaviours.yaml", "docs/guides/retries.md", "typescript-fixtures/admin/README.md")
    for page in pages:
        copy.edit(page, "min(30, 2", "min(20, 2")
    copy.green(*formula)
