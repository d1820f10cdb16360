"""Certificates and problems as bytes: strict reading, one layout for writing, exact numbers."""

from __future__ import annotations

from certificates.document.certificate_file import (
    CERTIFICATE_LIMIT,
    Certificate,
    ProblemReference,
    content_sha256,
    decode_certificate,
    encode_certificate,
)
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
    "Certificate",
    "ProblemReference",
    "content_sha256",
    "decode_certificate",
    "decode_problem",
    "encode_certificate",
    "encode_problem",
    "find_problem",
    "read_regular_file",
    "require_hash",
    "sha256_hex",
    "write_atomically",
]
