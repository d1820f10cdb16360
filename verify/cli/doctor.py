"""The command ``verify doctor``."""

from __future__ import annotations

from certificates.arithmetic.platform import self_test
from certificates.errors import MalformedProblem
from certificates.installation import foreign_files
from certificates.kinds import KINDS, find
from verify.cli.terminal import OK, Say

__all__ = ["doctor_command"]


def doctor_command(say: Say) -> int:
    """Probe the platform; load every kind; compare the installed judge with what its distribution recorded."""
    self_test()
    for kind in KINDS:
        find(kind)
    strangers = foreign_files()
    if strangers:
        raise MalformedProblem(
            f"the installed judge holds files that its distribution did not bring: {', '.join(strangers[:5])}",
            place="installation",
            remedy="reinstall gradcert in a fresh environment",
        )
    say.result("platform: binary64, subnormals and matrix products pass the self-test", platform="sound")
    say.result("installation: the judge's files are those of its distribution", installation="clean")
    return OK
