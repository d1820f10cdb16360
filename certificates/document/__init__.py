"""Certificates and problems as bytes: strict reading, one layout for writing, exact numbers."""

from __future__ import annotations

from certificates.document.envelope import CERTIFICATE_LIMIT, ProblemReference
from certificates.document.files import (
    find_problem,
    read_regular_file,
    require_hash,
    sha256_hex,
    write_atomically,
)
from certificates.document.problem_file import PROBLEM_LIMIT, decode_problem, encode_problem

__all__ = [
    "CERTIFICATE_LIMIT",
    "PROBLEM_LIMIT",
    "ProblemReference",
    "decode_problem",
    "encode_problem",
    "find_problem",
    "read_regular_file",
    "require_hash",
    "sha256_hex",
    "write_atomically",
]
