"""What imports what, at run time and by name; the static contracts are `make lint`'s."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tokenize
from pathlib import Path

import pytest

import certificates
import verify
from certificates.kinds import KINDS

ROOT = Path(__file__).resolve().parent.parent
ALLOWED = {"certificates", "numpy", "flint", "safetensors"}
HEAVY = {"numpy", "scipy", "sympy", "cvxpy", "matplotlib", "certificates", "jinja2"}


def _modules_after(code: str) -> set[str]:
    """Top-level names in sys.modules of a fresh interpreter after running the code."""
    report = "print(' '.join({m.split('.')[0] for m in sys.modules}))"
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}\n{report}"
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_judge_loads_its_three_dependencies_and_nothing_else():
    judge = "import certificates, certificates.judge, certificates.__main__, certificates.installation"
    loaded = _modules_after(judge) - set(sys.stdlib_module_names) - _modules_after("")
    foreign = {name for name in loaded - ALLOWED if "cython" not in name}  # python-flint's compiled run time
    assert not foreign


@pytest.mark.parametrize("code", ["import verify.cli", "import verify; dir(verify)"])
def test_help_loads_nothing_heavy(code):
    assert not _modules_after(code) & HEAVY


def test_the_list_of_kinds_loads_nothing_heavy():
    listing = "from verify.cli.listing import list_command; from verify.cli.terminal import Say"
    assert not _modules_after(f"{listing}; list_command(Say(as_json=True), 'kinds')") & (HEAVY - {"certificates"})


def test_the_pytest_plugin_loads_the_judge_only_in_its_hooks():
    loaded = _modules_after("import certificates.errors")  # what importing the package itself costs
    assert not loaded & {"pytest", "numpy", "flint"}


@pytest.mark.parametrize("package", [verify, certificates])
def test_lazy_names_exist(package):
    assert all(getattr(package, name) is not None for name in dir(package))
    with pytest.raises(AttributeError, match="no_such_name"):
        getattr(package, "no_such_name")  # noqa: B009 - the lookup is the test


def _private_imports(source: str) -> list[str]:
    """What a file imports of names that begin with an underscore."""
    modules = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = [f"{getattr(node, 'module', None) or ''}.{alias.name}" for node in modules for alias in node.names]
    return [name for name in names if any(re.match("_[^_]", part) for part in name.split("."))]


@pytest.mark.parametrize("package", ["certificates", "verify"])
def test_what_is_imported_is_public(package):
    found = {path: _private_imports(path.read_text(encoding="utf-8")) for path in (ROOT / package).rglob("*.py")}
    assert not {path: names for path, names in found.items() if names}
    assert _private_imports("from a._b import c\nimport d.e\nfrom f import _g, h\nfrom __future__ import i") == [
        "a._b.c",
        "f._g",
    ]


@pytest.mark.parametrize("path", sorted((ROOT / "certificates").rglob("*.py")), ids=lambda p: p.name)
def test_the_judge_neither_asserts_nor_prints_nor_evaluates(path):
    with tokenize.open(path) as stream:
        names = {token.string for token in tokenize.generate_tokens(stream.readline) if token.type == tokenize.NAME}
    assert not names & {"assert", "print", "eval", "exec", "__import__", "pickle"}


@pytest.mark.parametrize("path", sorted((ROOT / "certificates").rglob("*.py")), ids=lambda p: p.name)
def test_what_the_judge_remembers_is_forgotten(path):
    """A table that outlives a judgement lets verdicts depend on earlier ones; the probes' matrices are constants."""
    if path.name not in ("memory.py", "platform.py"):
        words = path.read_text(encoding="utf-8")
        assert not any(word in words for word in ("lru_cache", "cached_property", "import cache"))


@pytest.mark.parametrize("path", sorted((ROOT / "certificates").rglob("*.py")), ids=lambda p: p.name)
def test_only_the_list_of_kinds_imports_by_name(path):
    text = path.read_text(encoding="utf-8")
    assert path.name == "kinds.py" or "import_module" not in text


@pytest.mark.parametrize(
    "folder",
    [
        "certificates/claims",
        "certificates/rules",
        "verify/proposals",
        "verify/pages",
        "tests/corpus",
        "docs/kinds",
    ],
)
def test_the_list_of_kinds_names_every_file_of_its_folders(folder):
    suffix = ".md" if folder == "docs/kinds" else ".py"
    names = {path.stem for path in (ROOT / folder).iterdir() if path.suffix == suffix}
    assert {name.replace("_", "-") for name in names if not name.startswith("_")} == set(KINDS)


def test_a_kind_loads_no_other_kind():
    """Each kind in a fresh process that has loaded the judge: no other kind's rule or claim is there."""
    program = """
import os
import certificates.judge
from certificates.kinds import KINDS, find
for kind in KINDS:
    if os.fork() == 0:
        find(kind)
        folders = ("certificates.rules.", "certificates.claims.")
        print(kind, *sorted({m.rsplit(".", 1)[1] for m in sys.modules if m.startswith(folders)}), flush=True)
        os._exit(0)
    os.wait()
"""
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}){program}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert {tuple(line.split()) for line in done.stdout.splitlines()} == {(k, k.replace("-", "_")) for k in KINDS}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_kind_has_one_basename_everywhere(kind):
    base = kind.replace("-", "_")
    for place in (
        f"certificates/claims/{base}.py",
        f"certificates/rules/{base}.py",
        f"verify/proposals/{base}.py",
        f"verify/pages/{base}.py",
        f"tests/corpus/{base}.py",
        f"tests/certificates/rules/test_{base}.py",
        f"docs/kinds/{kind}.md",
    ):
        assert (ROOT / place).is_file(), place
