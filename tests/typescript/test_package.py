"""The npm package as published: its contents, its module formats, its types."""

from __future__ import annotations

import json
import re
import tarfile
from pathlib import Path
from typing import Callable

import pytest
from repository import ROOT, files

pytestmark = pytest.mark.needs_workspace

WORKSPACE = ROOT / "typescript-fixtures"
PACKAGE = WORKSPACE / "admin"
Run = Callable[..., str]

BIN = "node_modules/@segops/admin/dist/esm/cli/bin.js"


def test_the_package_holds_what_is_needed_and_nothing_else(tarball: Path) -> None:
    with tarfile.open(tarball) as archive:
        names = [name.removeprefix("package/") for name in archive.getnames()]
    others = {name for name in names if not name.startswith(("dist/", "src/"))}
    assert others == {"CHANGELOG.md", "LICENSE", "README.md", "man/segops-admin.1", "package.json"}
    wrong = [
        name
        for name in names
        if name.startswith("dist/") and not re.search(r"\.(js|d\.ts)(\.map)?$|cjs/package\.json$", name)
    ]
    assert not wrong
    assert {"dist/esm/index.js", "dist/cjs/index.js", "dist/esm/cli/bin.js"} <= set(names)
    assert tarball.stat().st_size < 700_000


def test_each_entry_is_one_file(tarball: Path) -> None:
    with tarfile.open(tarball) as archive:
        scripts = {name.removeprefix("package/dist/") for name in archive.getnames() if name.endswith(".js")}
    entries = {"index.js", "webhook.js", "testing.js", "sandbox/index.js", "sandbox/global-setup.js"}
    commands = {"esm/cli/bin.js", "esm/cli/main.js"}
    assert scripts == {f"{kind}/{name}" for kind in ("esm", "cjs") for name in entries} | commands


def test_it_has_no_dependencies_and_no_side_effects() -> None:
    manifest = json.loads((PACKAGE / "package.json").read_text())
    assert not {"dependencies", "optionalDependencies", "devDependencies"} & set(manifest)
    assert manifest["peerDependenciesMeta"] == {name: {"optional": True} for name in manifest["peerDependencies"]}
    assert manifest["sideEffects"] is False
    assert manifest["engines"] == {"node": ">=18.4"}
    assert manifest["man"] == ["./man/segops-admin.1"]
    assert manifest["publishConfig"] == {"access": "public"}
    assert all(manifest[name] for name in ("repository", "bugs", "author", "license", "homepage"))
    assert (PACKAGE / "LICENSE").read_text() == (WORKSPACE.parent / "LICENSE").read_text()


@pytest.mark.parametrize("folder", [".", "runners", "runtimes"])
def test_the_lock_file_names_hashes_and_no_address(folder: str) -> None:
    packages = json.loads((WORKSPACE / folder / "package-lock.json").read_text())["packages"]
    fetched = {
        name: each for name, each in packages.items() if name.startswith("node_modules/") and not each.get("link")
    }
    assert len(fetched) > 5
    assert all(each["integrity"].startswith("sha512-") for each in fetched.values())
    assert not [name for name, each in fetched.items() if "resolved" in each]
    # Without the folder that a link stands for, `npm ci` takes the whole file for none.
    links = [each for each in packages.values() if each.get("link")]
    assert all((WORKSPACE / folder / each["resolved"] / "package.json").exists() for each in links)


def test_publint_finds_nothing(run: Run, tarball: Path) -> None:
    publint = WORKSPACE / "node_modules/publint/src/cli.js"
    out = run("current", "node", str(publint), "run", str(tarball), "--strict")
    assert "All good" in out


def test_attw_finds_nothing(run: Run, tarball: Path) -> None:
    attw = WORKSPACE / "node_modules/@arethetypeswrong/cli/dist/index.js"
    report = json.loads(run("current", "node", str(attw), str(tarball), "--format", "json"))
    assert not report.get("problems")
    assert set(report["analysis"]["entrypoints"]) >= {
        ".",
        "./webhook",
        "./testing",
        "./sandbox",
        "./sandbox/global-setup",
    }


LOADS = """
const names = [Object.keys(root).length, Object.keys(webhook).sort().join(), Object.keys(testing).length];
const exported = [...Object.entries(root), ...Object.entries(testing)].filter(([, it]) => typeof it === "function");
const renamed = exported.filter(([name, it]) => it.name !== name).map(([name]) => name); // by what bundles them
console.log(JSON.stringify([...names, renamed.join(), new root.SegOpsAdmin({ apiKey: "sk_test" }).http.baseUrl]));
"""


@pytest.mark.parametrize("kind", ["mjs", "cjs"])
def test_it_loads_as_esm_and_as_cjs(which: str, kind: str, run: Run, project: Path) -> None:
    parts = [("root", "@segops/admin"), ("webhook", "@segops/admin/webhook"), ("testing", "@segops/admin/testing")]
    if kind == "mjs":
        head = "".join(f'import * as {name} from "{path}";\n' for name, path in parts)
    else:
        head = "".join(f'const {name} = require("{path}");\n' for name, path in parts)
    (project / f"it.{kind}").write_text(head + LOADS)
    found = json.loads(run(which, "node", f"it.{kind}", cwd=project))
    assert found[0] >= 18
    assert found[1:] == ["parseWebhook,signWebhook,verifyWebhook", found[2], "", "https://api.segops.ai/api"]


TYPED = """
import { type FileData, type Segment, SegOpsAdmin, SegOpsApiError } from "@segops/admin";
import { verifyWebhook } from "@segops/admin/webhook";
import { Script } from "@segops/admin/testing";

const client: SegOpsAdmin = new Script().client();
export async function names(): Promise<(string | undefined)[]> {
  const found: (string | undefined)[] = [];
  for await (const segment of client.segments.iterate({ page_size: 5 }, { prefetch: 2 })) {
    const typed: Segment = segment;
    found.push(typed.name);
  }
  return found;
}
const data: FileData = "products.csv";
export const upload = client.products.importCsv(data).catch((error: unknown) => {
  if (error instanceof SegOpsApiError) {
    const status: number = error.status;
    return status;
  }
  throw error;
});
export const genuine: boolean = verifyWebhook(new Uint8Array(), undefined, ["a", "b"]);
// @ts-expect-error a format that there is not
export const wrong = client.segments.export(1, { format: "xlsx" });
// @ts-expect-error a field of a record is not any: it cannot be taken for text
export const unknown: string = (await client.segments.get(1))["not_documented"];
"""


STRICT = {
    "strict": True,
    "exactOptionalPropertyTypes": True,
    "noUncheckedIndexedAccess": True,
    "module": "node16",
    "target": "es2022",
    "lib": ["es2022"],
    "types": ["node"],
    "noEmit": True,
    "skipLibCheck": False,  # the package's own declarations are checked, too
}


def test_its_types_serve_strict_users_of_esm_and_of_commonjs(project: Path, tsc: Callable[[Path], None]) -> None:
    # CommonJS knows no await outside a function.
    texts = {"it.mts": TYPED, "it.cts": TYPED.split("// @ts-expect-error a field")[0]}
    for name, text in texts.items():
        (project / name).write_text(text)
    (project / "tsconfig.json").write_text(json.dumps({"compilerOptions": STRICT, "files": list(texts)}))
    tsc(project)


def test_no_any_is_in_its_public_types(built: Path) -> None:
    declared = list((built / "dist" / "esm").rglob("*.d.ts"))
    assert len(declared) > 30
    said = re.compile(r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"|//[^\n]*', re.DOTALL)  # comments and texts
    code = {path: said.sub("", path.read_text()) for path in declared}
    assert not [path.name for path, text in code.items() if re.search(r"\bany\b", text)]


def test_every_public_member_is_documented(run: Run, built: Path) -> None:
    tool = str(WORKSPACE / "tools/undocumented.mjs")
    found = json.loads(run("current", "node", tool, str(built / "dist/esm"), cwd=WORKSPACE))
    assert found["members"] > 1000
    assert not found["bare"]


# What the package's page says that it takes; 5.9 compiles the package itself.
@pytest.mark.parametrize("compiler", ["typescript-5.0", "typescript-7"])
def test_its_types_serve_the_oldest_and_the_newest_compiler(
    compiler: str, project: Path, with_runner: Callable[..., None], run: Run
) -> None:
    with_runner(project, compiler)
    (project / "it.mts").write_text(TYPED)
    for module, resolution in (("node16", "node16"), ("esnext", "bundler")):
        options = STRICT | {"module": module, "moduleResolution": resolution}
        (project / f"{resolution}.json").write_text(json.dumps({"compilerOptions": options, "files": ["it.mts"]}))
        run("current", "node", f"node_modules/{compiler}/bin/tsc", "-p", f"{resolution}.json", cwd=project)


def test_the_command_is_there(which: str, run: Run, project: Path) -> None:
    assert run(which, "node", BIN, "--version", cwd=project) == "segops-admin 1.0.0\n"
    assert (project / BIN).read_text().startswith("#!/usr/bin/env node\n")


def test_the_sources_are_formatted_and_free_of_lint(run: Run) -> None:
    biome = WORKSPACE / "node_modules/@biomejs/biome/bin/biome"
    run("oldest", "node", str(biome), "check", "--error-on-warnings", ".", cwd=WORKSPACE)


def test_no_build_product_is_tracked() -> None:
    listed = [path.relative_to(WORKSPACE.parent).as_posix() for path in files() if WORKSPACE in path.parents]
    assert "typescript-fixtures/admin/src/index.ts" in listed
    assert not [name for name in listed if re.search(r"node_modules|/dist/|/build/|\.tgz$", name)]
