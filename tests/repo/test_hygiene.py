"""No file holds a registry address, a path of one machine, or a secret."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from repository import ROOT, files, text_of

# Written with character classes, so that these lines do not match themselves.
REGISTRIES = re.compile(
    r"pypi[.]org|pythonhosted[.]org|registry[.]npmjs|npmjs[.](org|com)|yarnpkg[.]com|npmmirror[.]|crates[.]io"
    r"|proxy[.]golang|/opt/(pypi|wheels)|[a-z]://[^\s/]*/(pypi|npm)/simple|/artifactory/[\\w]",
    re.IGNORECASE,
)
MACHINE_PATHS = re.compile(
    r"(?<![\w.<~}-])/(work|root|Users|home)/(?!\s)[\w.]|\bC:[\\]+Users\b|/[.]pyenv/versions/\d|/tmp/tmp\w{8}"
)
SECRETS = {
    "private key": re.compile(r"-{5}BEGIN (\w+ )?PRIVATE KEY-{5}\s+[A-Za-z0-9+/]{32}"),
    "cloud access key": re.compile(r"\b(AKIA|ASIA)[0-9A-Z]{16}\b"),
    "code host token": re.compile(r"\b(gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{50,}|glpat-[\w-]{20,})"),
    "package upload token": re.compile(r"\b(pypi-AgE[\w-]{50,}|npm_[A-Za-z0-9]{36})"),
    "chat token": re.compile(r"\bxox[abprs]-[0-9A-Za-z-]{20,}"),
    "AI provider key": re.compile(r"\bsk-(ant-|proj-)?[A-Za-z0-9_-]{32,}"),
    "password in an address": re.compile(
        r"[a-z]://[^\s/:@\"'{<$]+:(?!(test|pass|password|secret|user)\b)[^\s/@\"'{<$]{8,}@"
    ),
}
SEGOPS_KEY = re.compile(r"\b[spm]k_[A-Za-z0-9_-]{16,}")
MADE_UP = re.compile(r"test|demo|example|sandbox|secret|x{6}", re.IGNORECASE)


def found(path: Path, pattern: re.Pattern[str]) -> list[str]:
    text = text_of(path) or ""
    where = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path.name
    return [f"{where}:{text.count(chr(10), 0, m.start()) + 1}: {m[0]}" for m in pattern.finditer(text)]


def real_keys(path: Path) -> list[str]:
    return [line for line in found(path, SEGOPS_KEY) if not MADE_UP.search(line.rpartition(": ")[2])]


def secrets(path: Path) -> list[str]:
    known = [f"{line} ({name})" for name, pattern in SECRETS.items() for line in found(path, pattern)]
    return known + [f"{line} (SegOps key)" for line in real_keys(path)]


def everywhere() -> list[Path]:
    listed = files()
    assert ROOT / "pyproject.toml" in listed
    return listed


def test_no_file_names_a_registry() -> None:
    assert not [line for path in everywhere() for line in found(path, REGISTRIES)]


def test_no_file_names_a_path_of_one_machine() -> None:
    assert not [line for path in everywhere() for line in found(path, MACHINE_PATHS)]


def test_no_file_holds_what_looks_like_a_secret() -> None:
    assert not [line for path in everywhere() for line in secrets(path)]


@pytest.mark.parametrize(
    "text",
    [
        "index = https://pypi." + "org/simple",
        "https://registry." + "npmjs" + ".org/left-pad",
        "PIP_FIND_LINKS=/opt/" + "wheels",
    ],
)
def test_the_registry_rule_sees(tmp_path: Path, text: str) -> None:
    path = tmp_path / "file.txt"
    path.write_text(text, encoding="utf-8")
    assert found(path, REGISTRIES)


@pytest.mark.parametrize(
    ("text", "caught"),
    [
        ("open('/ro" + "ot/x.csv')", True),
        ("see /ho" + "me/alice/data", True),
        ("C:\\Us" + "ers\\alice", True),
        ("GET https://shop.example/home/garden", False),
        ("/api/homes/1", False),
    ],
)
def test_the_path_rule_tells_a_machine_from_an_address(tmp_path: Path, text: str, caught: bool) -> None:
    path = tmp_path / "file.txt"
    path.write_text(text, encoding="utf-8")
    assert bool(found(path, MACHINE_PATHS)) is caught


@pytest.mark.parametrize(
    ("text", "caught"),
    [
        ("key = 'sk_" + "9f8b7c6d5e4f3a2b1c0d9e8f'", True),
        ("key = 'sk_" + "live_9f8b7c6d5e4f3a2b1c0d'", True),
        ("key = 'sk_" + "test_9f8b7c6d5e4f3a2b1c0d'", False),
        ("AKIA" + "ABCDEFGHIJKLMNOP", True),
        ("-----BEGIN PRIVATE " + "KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj", True),
        ("postgres://me:hunter2" + "hunter2@db/x", True),
        ("postgres://user:password@127.0.0.1/db", False),
    ],
)
def test_the_secret_rule_tells_a_made_up_key_from_a_real_one(tmp_path: Path, text: str, caught: bool) -> None:
    path = tmp_path / "file.txt"
    path.write_text(text, encoding="utf-8")
    assert bool(secrets(path)) is caught


def test_text_files_end_with_one_newline_and_have_no_trailing_blanks() -> None:
    wrong = []
    for path in everywhere():
        if path.suffix not in {".py", ".pyi", ".yaml", ".yml", ".toml", ".cfg", ".in", ".ts", ".sh"}:
            continue
        text = text_of(path) or ""
        if text and (not text.endswith("\n") or text.endswith("\n\n") or re.search(r"[ \t]+$", text, re.MULTILINE)):
            wrong.append(str(path.relative_to(ROOT)))
    assert not wrong
