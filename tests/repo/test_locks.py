"""The lock files pin what the requirement files ask for, by hash, without naming where it comes from."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from repository import ROOT, files

FOLDER = ROOT / "requirements"
PAIRS = sorted((source, source.with_suffix(".txt")) for source in FOLDER.glob("*.in"))
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(\[[^\]]*\])?==(?P<version>\S+)(?P<marker> ; [^\\]+)? \\$")


def asked_for(source: Path) -> list[Requirement]:
    found: list[Requirement] = []
    for line in source.read_text(encoding="utf-8").splitlines():
        text = line.partition("#")[0].strip()
        if text.startswith("-r "):
            found += asked_for(source.parent / text[3:].strip())
        elif text:
            found.append(Requirement(text))
    return found


def pinned(lock: Path) -> dict[str, list[str]]:
    """Package name to pinned versions; a universal lock may pin one per range of Python versions."""
    found: dict[str, list[str]] = {}
    for line in lock.read_text(encoding="utf-8").splitlines():
        if pin := PIN.match(line):
            found.setdefault(canonicalize_name(pin["name"]), []).append(pin["version"])
    return found


def test_every_requirement_file_has_a_lock() -> None:
    assert [source.stem for source, _ in PAIRS] == ["airflow", "bench", "dev", "sbom", "sdk-tests"]
    assert all(lock.is_file() for _, lock in PAIRS)


@pytest.mark.parametrize(("source", "lock"), PAIRS, ids=lambda path: path.name)
def test_every_requirement_is_pinned_to_a_version_that_satisfies_it(source: Path, lock: Path) -> None:
    pins = pinned(lock)
    wrong = [
        str(wanted)
        for wanted in asked_for(source)
        if not pins.get(canonicalize_name(wanted.name))
        or not all(wanted.specifier.contains(v, prereleases=True) for v in pins[canonicalize_name(wanted.name)])
    ]
    assert not wrong, f"not in {lock.name}, run `make lock`: {wrong}"


@pytest.mark.parametrize("lock", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.name)
def test_a_lock_holds_pins_hashes_and_comments_only(lock: Path) -> None:
    entries = lock.read_text(encoding="utf-8").replace(" \\\n", " ").splitlines()
    requirements = [line for line in entries if line and not line.lstrip().startswith("#")]
    assert requirements
    for line in requirements:
        pin, *hashes = line.split("    --hash=")
        assert re.match(r"[A-Za-z0-9._-]+(\[[^\]]*\])?==", pin), line
        assert hashes, f"no hash: {pin}"
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest.strip()) for digest in hashes), pin


@pytest.mark.parametrize("path", sorted(FOLDER.iterdir()), ids=lambda path: path.name)
def test_no_requirement_file_says_where_packages_come_from(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host|^-[if] ", text, re.MULTILINE)


def test_the_sdk_test_pins_hold_in_the_full_environment_too() -> None:
    """Both environments have one version of each tool, so that a test has one verdict."""
    full, sdk = pinned(FOLDER / "dev.txt"), pinned(FOLDER / "sdk-tests.txt")
    assert {name: set(full.get(name, ())) - set(sdk[name]) for name in sdk} == {name: set() for name in sdk}


@pytest.mark.parametrize(
    "lock", [path for path in files() if path.name == "package-lock.json"], ids=lambda path: path.parent.name
)
def test_a_npm_lock_names_no_address_and_says_where_each_link_leads(lock: Path) -> None:
    packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    assert packages
    # The npm of Node 18 takes a link without a target for a lock that is not there.
    assert not [name for name, entry in packages.items() if ("resolved" in entry) != bool(entry.get("link"))]
