"""Writing a reproduction: nothing is replaced by accident, and every certificate is judged as it lies on the disk."""

from __future__ import annotations

import json
from pathlib import Path

from certificates import Accepted, check
from certificates.certificate import encode_certificate
from certificates.document import write_atomically
from certificates.errors import Malformed
from verify.certification.proofs import NetworkProof
from verify.experiments.rendering import markdown_page
from verify.experiments.reproduction import Proof, Reproduction, is_proved
from verify.search.proposal import certificate_of

__all__ = ["write"]


def write(done: Reproduction, folder: Path, *, force: bool = False) -> None:
    """Write ``table.md``, ``result.json``, ``certificates/*.cert.json`` and ``figure.png``, ``figure.svg``.

    Problems too large for their certificate lie beside it as ``certificates/*.problem.safetensors``.

    Raises
    ------
    Malformed
        A different file stands in the way and ``force`` is not given (then nothing is written), or the folder cannot
        be written, or a certificate is not accepted as it was written.
    """
    files = _files(done)
    if not force:
        for name, data in files.items():
            _refuse_different(folder / name, data)
    try:
        (folder / "certificates").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Malformed(f"cannot be made: {error.strerror}", place=ascii(str(folder)).strip("'")) from error
    for name, data in files.items():
        write_atomically(folder / name, data, force=force)
    for name in files:
        if name.endswith(".cert.json") and not isinstance(check(folder / name), Accepted):
            raise Malformed("is not accepted as it was written", place=ascii(str(folder / name)).strip("'"))


def _files(done: Reproduction) -> dict[str, bytes]:
    document = json.dumps(done.document, indent=2, ensure_ascii=False) + "\n"
    files = {"table.md": markdown_page(done).encode(), "result.json": document.encode()}
    for name, proposal in done.proofs.items():
        if is_proved(proposal):
            files |= _proof_files(name, proposal)
    if done.figure is not None:
        from verify.reports.pictures import saved

        files |= {f"figure.{style}": saved(done.figure, style) for style in ("png", "svg")}
    return files


def _proof_files(name: str, proof: Proof) -> dict[str, bytes]:
    """The certificate, and before it the problem where that lies beside it."""
    if not isinstance(proof, NetworkProof):
        return {f"certificates/{name}.cert.json": encode_certificate(certificate_of(proof))}
    beside = {} if proof.problem_file is None else {f"certificates/{proof.problem_file[0]}": proof.problem_file[1]}
    return beside | {f"certificates/{name}.cert.json": encode_certificate(proof.certificate)}


def _refuse_different(path: Path, data: bytes) -> None:
    if path.exists() and (not path.is_file() or path.read_bytes() != data):
        place = ascii(str(path)).strip("'")
        raise Malformed("a different file exists", place=place, remedy="choose another folder (-o) or pass --force")
