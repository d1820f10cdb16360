"""Certificates and problems as bytes: strict reading, one layout for writing, exact numbers.

Files of networks are read and written by :mod:`~certificates.document.problem_file`, loaded for claims about them.
"""

from __future__ import annotations

from certificates.document.envelope import CERTIFICATE_LIMIT, ProblemReference
from certificates.document.files import (
    PROBLEM_LIMIT,
    find_problem,
    read_regular_file,
    require_hash,
    sha256_hex,
    write_atomically,
)

__all__ = [
    "CERTIFICATE_LIMIT",
    "PROBLEM_LIMIT",
    "ProblemReference",
    "find_problem",
    "read_regular_file",
    "require_hash",
    "sha256_hex",
    "write_atomically",
]
