"""The judge of gradcert: holds the language of claims and decides; never searches, never imports ``verify``.

The names below load the judge on first use: who lists the kinds, or runs tests without certificates, does not wait.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from certificates.errors import Malformed as Malformed
    from certificates.errors import MalformedCertificate as MalformedCertificate
    from certificates.errors import MalformedExpression as MalformedExpression
    from certificates.errors import MalformedProblem as MalformedProblem
    from certificates.errors import UnsoundPlatform as UnsoundPlatform
    from certificates.judge import check as check
    from certificates.judge import check_bytes as check_bytes
    from certificates.judge import decide as decide
    from certificates.subjects import Dense as Dense
    from certificates.subjects import Network as Network
    from certificates.subjects import Problem as Problem
    from certificates.verdict import Accepted as Accepted
    from certificates.verdict import Assumption as Assumption
    from certificates.verdict import Fact as Fact
    from certificates.verdict import Rejected as Rejected
    from certificates.verdict import Undecided as Undecided
    from certificates.verdict import Verdict as Verdict

__version__ = "0.1.0"

__all__ = [
    "Accepted",
    "Assumption",
    "Dense",
    "Fact",
    "Malformed",
    "MalformedCertificate",
    "MalformedExpression",
    "MalformedProblem",
    "Network",
    "Problem",
    "Rejected",
    "Undecided",
    "UnsoundPlatform",
    "Verdict",
    "__version__",
    "check",
    "check_bytes",
    "decide",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'certificates' has no attribute {name!r}")
    from certificates import errors, judge, subjects, verdict

    home = next(module for module in (errors, judge, subjects, verdict) if name in module.__all__)
    return getattr(home, name)


def __dir__() -> list[str]:
    return __all__
