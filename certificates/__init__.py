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
from certificates.problem import Layer, Network, Problem
from certificates.verdict import Accepted, Assumption, Fact, Rejected, Undecided, Verdict

__all__ = [
    "Accepted",
    "Assumption",
    "Fact",
    "Layer",
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
