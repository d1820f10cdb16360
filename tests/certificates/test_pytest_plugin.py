"""Certificates of strangers as tests: nothing of theirs runs, nothing is left out unsaid."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from certificates import judge, pytest_items
from certificates.errors import OutOfMemory, UnsoundPlatform

ROOT = Path(__file__).parents[1] / "corpus"

HONEST = (ROOT / "accepted/gaussian-moment/quadratic-exact.cert.json").read_bytes()
TRAP = "from pathlib import Path\nPath(__file__).with_name('executed').touch()\n"


@pytest.fixture
def proofs(pytester) -> Path:
    folder = pytester.mkdir("proofs")
    put(folder / "a.cert.json")
    return folder


def put(path: Path, data: bytes = HONEST) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def run(pytester, *arguments, passed=0, failed=0, errors=0, code=None):
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", *arguments)
    if code is None or code < pytest.ExitCode.USAGE_ERROR:
        result.assert_outcomes(passed=passed, failed=failed, errors=errors)
    assert code is None or result.ret == code
    return result


def test_each_certificate_is_a_test_and_no_other_is_needed(pytester, proofs):
    put(proofs / "broken.cert.json", b"{}")
    result = run(pytester, "--certificates", "proofs", passed=1, failed=1, code=1)
    result.stdout.fnmatch_lines(["*broken.cert.json: malformed: *", "*1 failed, 1 passed*"])
    (proofs / "broken.cert.json").unlink()
    run(pytester, "--certificates", "proofs", passed=1, code=0)


def test_nothing_that_lies_beside_certificates_is_executed(pytester, proofs):
    put(proofs / "below" / "b.cert.json")
    for folder in (proofs, proofs / "below"):
        for name in ("conftest.py", "__init__.py", "test_trap.py", "setup.py"):
            (folder / name).write_text(TRAP)
    pytester.makepyfile(test_own="def test_own(): pass")
    result = run(pytester, "--certificates", "proofs", passed=3, code=0)
    result.stdout.fnmatch_lines(["certificates: *proofs', whose own tests and conftest.py are not run"])
    run(pytester, "--certificates", "proofs/below", "test_own.py", passed=2, code=0)
    run(pytester, "--certificates", str(proofs / "a.cert.json"), "test_own.py", passed=2, code=0)
    assert not list(proofs.rglob("executed"))


@pytest.fixture
def stranger(tmp_path_factory) -> Path:
    """A folder of certificates elsewhere, below a conftest.py."""
    parent = tmp_path_factory.mktemp("stranger")
    (parent / "conftest.py").write_text(TRAP)
    return put(parent / "proofs" / "a.cert.json").parent


@pytest.mark.parametrize("names", [("pytest.ini", "[pytest]"), ("proofs/pyproject.toml", "[tool.pytest.ini_options]")])
def test_neither_conftest_nor_settings_of_a_stranger_are_obeyed(pytester, stranger, names):
    run(pytester, "--certificates", str(stranger), passed=1, code=0)
    (stranger.parent / names[0]).write_text(f"{names[1]}\npython_files = ['*']\n")
    result = run(pytester, "--certificates", str(stranger), code=pytest.ExitCode.USAGE_ERROR)
    result.stderr.fnmatch_lines([f"*has read its settings from *{names[0]}; write --certificates=DIR*"])
    run(pytester, f"--certificates={stranger}", passed=1, code=0)
    pytester.makeini("[pytest]")
    run(pytester, f"--certificates={stranger}", passed=1, code=0)
    assert not list(stranger.parent.rglob("executed"))


def test_the_users_own_settings_are_obeyed(pytester, stranger, proofs):
    pytester.makeini("[pytest]\naddopts = -k nothing")
    run(pytester, "--certificates", "proofs", code=pytest.ExitCode.NO_TESTS_COLLECTED)
    run(pytester, f"--certificates={stranger}", code=pytest.ExitCode.NO_TESTS_COLLECTED)
    result = run(pytester, "--certificates", str(stranger), code=pytest.ExitCode.USAGE_ERROR)
    result.stderr.fnmatch_lines(["*overlooks its settings in *tox.ini; write --certificates=DIR*"])
    run(pytester, "-c", "tox.ini", "--certificates", str(stranger), code=pytest.ExitCode.NO_TESTS_COLLECTED)


def test_a_folder_that_pytest_itself_looks_into_at_its_start_is_refused(pytester):
    path = put(pytester.path / "test_proofs" / "a.cert.json")
    path.with_name("conftest.py").write_text(TRAP)
    result = run(pytester, "--certificates", "test_proofs", code=pytest.ExitCode.USAGE_ERROR)
    result.stderr.fnmatch_lines(["*test_proofs*conftest.py* would be run*--noconftest*"])
    run(pytester, "--certificates", "test_proofs", "--noconftest", passed=1, code=0)
    assert not path.with_name("executed").exists()


STARTS = [["tests", "--certificates", "tests"], ["--certificates", "."], ["tests/test_a.py", "--certificates", "tests"]]


@pytest.mark.parametrize("arguments", STARTS)
def test_what_pytest_was_started_on_is_the_users_own(pytester, arguments):
    put(pytester.path / "tests" / "a.cert.json")
    (pytester.path / "tests" / "conftest.py").write_text("import pytest\n@pytest.fixture\ndef own(): return 1\n")
    (pytester.path / "tests" / "test_a.py").write_text("def test_a(own): assert own == 1\n")
    run(pytester, *arguments, passed=2, code=0)


FOLDERS = [".hidden", "build", "dist", "venv", "node_modules", "_build", "CVS", "x.egg", "{arch}", "x.cert.json"]


def test_no_folder_is_skipped_by_its_name(pytester, proofs):
    for name in FOLDERS:
        put(proofs / name / "deep" / ".cert.json")
        (proofs / name / "pyvenv.cfg").touch()  # what pytest takes for a virtual environment
    run(pytester, "--certificates", "proofs", passed=1 + len(FOLDERS), code=0)


def test_links_are_followed_once(pytester, proofs, tmp_path_factory):
    elsewhere = put(tmp_path_factory.mktemp("elsewhere") / "linked" / "b.cert.json")
    (proofs / "link").symlink_to(elsewhere.parent)
    (proofs / "again").symlink_to(elsewhere.parent)
    (proofs / "file.cert.json").symlink_to(elsewhere)
    (elsewhere.parent / "loop").symlink_to(proofs)
    (proofs / "self").symlink_to("self")
    (proofs / "lost.cert.json").symlink_to("nowhere")
    result = run(pytester, "--certificates", "proofs", passed=3, failed=1, code=1)
    result.stdout.fnmatch_lines(["*lost.cert.json: malformed: *cannot be read*"])


def test_a_folder_that_cannot_be_read_is_a_failure(pytester, proofs, monkeypatch):
    closed, real = proofs / "closed", os.scandir
    closed.mkdir()

    def scandir(path="."):
        if Path(path) == closed:
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(pytest_items.os, "scandir", scandir)
    assert [(path.name, why) for path, why in sorted(pytest_items.walk(proofs))] == [
        ("a.cert.json", ""), ("closed", "cannot be read: Permission denied"),
    ]  # fmt: skip
    result = run(pytester, "--certificates", "proofs", passed=1, failed=1, code=1)
    result.stdout.fnmatch_lines(["*closed*: cannot be read: Permission denied"])


def test_each_certificate_is_judged_once_however_often_it_is_named(pytester, proofs):
    put(proofs / "below" / "b.cert.json")
    names = ["proofs", str(proofs), "proofs/below", "proofs/../proofs", "proofs/a.cert.json"]
    run(pytester, *(part for name in names for part in ("--certificates", name)), passed=2, code=0)


def test_a_single_file_of_any_name_is_judged(pytester, proofs):
    path = put(proofs / "other.json")
    run(pytester, "--certificates", str(path), passed=1, code=0)


@pytest.mark.parametrize("option", ["--certificates", "--certificates-problem"])
def test_what_is_not_there_is_a_usage_error(pytester, option):
    result = run(pytester, option, "no\x1bwhere", code=pytest.ExitCode.USAGE_ERROR)
    result.stderr.fnmatch_lines([f"ERROR: {option}: 'no?x1bwhere' does not exist; give a folder or a file"])


def test_a_folder_without_certificates_is_an_error(pytester):
    pytester.mkdir("empty")
    pytester.makepyfile(test_own="def test_own(): pass")
    result = run(pytester, "--certificates", "empty", errors=1)
    assert result.ret != 0
    result.stdout.fnmatch_lines(["*there is no *.cert.json below *empty*"])


def test_advice_names_options_that_pytest_has(pytester, proofs, monkeypatch):
    (proofs / "a.cert.json").unlink()
    put(proofs / "b.cert.json", (ROOT / "accepted/gaussian-moment/tanh.cert.json").read_bytes())
    result = run(pytester, "--certificates", "proofs", "--certificates-budget", "1", failed=1)
    result.stdout.fnmatch_lines(["*a larger --certificates-budget*"])
    result.stdout.no_fnmatch_line("*[!s]-budget*")
    run(pytester, "--certificates", "proofs", "--certificates-budget", "1e12", passed=1)
    run(pytester, "--certificates", "proofs", "--certificates-budget", "nan", code=pytest.ExitCode.USAGE_ERROR)
    for option in ("arithmetic=arb", "budget=1e12", "problem=proofs", "allow-conditional"):
        run(pytester, "--certificates", "proofs", f"--certificates-{option}", passed=1)


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (UnsoundPlatform("the rounding mode"), "not judged: the rounding mode"),
        (OutOfMemory("too large", place="x"), "out of memory: x: too large"),
    ],
)
def test_no_verdict_is_a_failure_in_one_line(pytester, proofs, monkeypatch, error, what):
    def refuse(*_, **__):
        raise error

    monkeypatch.setattr(judge, "check", refuse)
    result = run(pytester, "--certificates", "proofs", failed=1, code=1)
    result.stdout.fnmatch_lines([f"*a.cert.json: {what}"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_selection_and_other_processes(pytester, proofs):
    put(proofs / "b.cert.json")
    run(pytester, "--certificates", "proofs", "-k", "b.cert", passed=1, code=0)
    run(pytester, "--certificates", "proofs", "--deselect", "proofs/a.cert.json", passed=1, code=0)
    result = pytester.runpytest_subprocess("--certificates", "proofs", "-n", "1", "-p", "no:hypothesispytest")
    result.assert_outcomes(passed=2)


def test_the_last_failed_certificate_is_run_again(pytester, proofs):
    put(proofs / "broken.cert.json", b"{}")
    pytester.runpytest_inprocess("--certificates", "proofs").assert_outcomes(passed=1, failed=1)
    pytester.runpytest_inprocess("--certificates", "proofs", "--lf").assert_outcomes(failed=1)


def test_without_the_option_nothing_changes(pytester, proofs):
    (proofs / "test_a.py").write_text("def test_a(): pass\n")
    result = run(pytester, passed=1, code=0)
    result.stdout.no_fnmatch_line("*certificates:*")
