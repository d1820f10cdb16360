"""The judge of gradcert: holds the language of claims and decides; never searches, never imports ``verify``."""

from __future__ import annotations

from certificates.errors import (
    Malformed,
    MalformedCertificate,
    MalformedExpression,
    MalformedProblem,
    UnsoundPlatform,
)
from certificates.judge import check, check_bytes, decide
from certificates.subjects import Dense, Network, Problem
from certificates.verdict import Accepted, Assumption, Fact, Rejected, Undecided, Verdict

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
    "check",
    "check_bytes",
    "decide",
]
