"""Strangers' bytes into every parser: each is read, or is malformed, in bounded time and memory.

``python -m tests.campaigns.parsers --minutes 60`` goes on where the last run stopped, prints a table, and returns 1 if
anything else came out; what did lies in ``build/campaigns/parsers``.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
from safetensors.numpy import save

from certificates import check_bytes
from certificates.certificate import decode_certificate, encode_certificate
from certificates.document.problem_file import decode_problem, encode_problem
from certificates.errors import Malformed
from certificates.expression import CATALOGUE, parse_activation
from certificates.subjects import Decay, Dense, Network, Objective, SoftmaxCrossEntropy, Squared
from tests.campaigns.formulas import random_text, require_round_trip
from tests.campaigns.fuzzing import Fuzzer, Refused, Target
from verify.problems.csv_format import ANY_CSV, CsvFormat
from verify.problems.csv_text import read_csv_table

__all__ = ["main", "targets"]

_CORPUS = Path(__file__).parents[1] / "corpus"
_FOLDER = Path("build/campaigns/parsers")
_SMALL = 2**15
_FORMATS = [
    ANY_CSV,
    *(
        CsvFormat(header, index, separator, decimal)
        for header, index in ((True, False), (False, False), (True, True))
        for separator, decimal in ((None, None), ("comma", "."), ("semicolon", ","), ("space", "."))
    ),
]


def _refusing(parse: Callable[[bytes], object]) -> Callable[[bytes], None]:
    def run(data: bytes) -> None:
        try:
            parse(data)
        except Malformed as refusal:
            str(refusal).encode()  # what is said can be printed, and read
            if not refusal.place or len(str(refusal)) > 3000:
                raise ValueError(f"a refusal without place or end: {str(refusal)[:100]}") from refusal
            raise Refused from refusal

    return run


def _certificate(data: bytes) -> None:
    certificate = decode_certificate(data)
    assert decode_certificate(encode_certificate(certificate)) == certificate
    for text in (certificate.claim.sentence(), repr(certificate.problem)):
        text.encode()


def _judged(data: bytes) -> None:
    """The judge with next to no budget: what it says of numbers of any size can be said."""
    verdict = check_bytes(data, budget=1e3)
    if verdict.outcome != "accepted":
        verdict.explanation().encode()


def _problem(data: bytes) -> None:
    network = decode_problem(data)
    again = decode_problem(encode_problem(network))
    assert (again.activations, again.objective) == (network.activations, network.objective)
    assert [layer.weight.tobytes() for layer in again.layers] == [layer.weight.tobytes() for layer in network.layers]


def _expression(data: bytes) -> None:
    require_round_trip(parse_activation.__wrapped__(data.decode("utf-8", "surrogateescape")))


def _table(data: bytes) -> None:
    """Under each of the formats that a user can say; refused if all of them refuse."""
    refusals = []
    for given in _FORMATS:
        try:
            table = read_csv_table(data, "table.csv", given)
            assert np.isfinite(table.numbers()).all() and np.isfinite(table.half_units()).all()
            table.said.encode()
        except Malformed as refusal:
            refusals.append(refusal)
    if len(refusals) == len(_FORMATS):
        raise refusals[0]


def _certificates() -> list[bytes]:
    files = sorted(_CORPUS.rglob("*.cert.json"), key=lambda path: path.stat().st_size)
    return [path.read_bytes() for path in files if path.stat().st_size < _SMALL][:120]


def _problems() -> list[bytes]:
    one, two = np.ones((1, 1)), np.ones((2, 1))
    tanh, square = parse_activation("tanh"), parse_activation("z^2")
    layers = (Dense(two, np.zeros(2)), Dense(two.T.copy(), None))
    teacher = (Dense(one, None, trained=False), Dense(one, None, trained=False))
    given = encode_problem(Network(layers, (tanh,), one, one, Objective(Squared(Fraction(1, 2)))))
    planted = encode_problem(
        Network(
            (Dense(one, None), Dense(one, None)),
            (square,),
            one,
            None,
            Objective(Squared(Fraction(1))),
            teacher,
            notes=("a note",),
        )
    )
    penalty = Decay("layers.0.weight", Fraction(1, 9), one)
    rows = ((Fraction(9, 10), Fraction(1, 10)), (Fraction(1, 3), Fraction(2, 3)))
    classes = Objective(SoftmaxCrossEntropy(Fraction(1, 2), rows), (penalty,), (Fraction(2), Fraction(1, 3)))
    general = encode_problem(Network((Dense(one, None), Dense(two, None)), (tanh,), two, np.eye(2), classes))
    settings = settings_of(given).decode()
    tensors = {"layers.0.weight": one, "layers.1.weight": one, "inputs": one, "targets": one}
    short = [
        save({name: array.astype(kind) for name, array in tensors.items()}, metadata={"gradcert": settings})
        for kind in (np.float32, np.float16)
    ]
    return [given, planted, general, *short]


def _header(data: bytes) -> bytes:
    """The header of a safetensors file, without its length."""
    return data[8 : 8 + int.from_bytes(data[:8], "little")]


def _with_header(header: bytes, data: bytes) -> bytes:
    return len(header).to_bytes(8, "little") + header + data[8 + len(_header(data)) :]


def settings_of(data: bytes) -> bytes:
    """The JSON in the header's metadata; nothing where there is none."""
    try:
        return str(json.loads(_header(data))["__metadata__"]["gradcert"]).encode()
    except (ValueError, KeyError, TypeError):
        return b""


def with_settings(settings: bytes, data: bytes) -> bytes:
    try:
        header = json.loads(_header(data))
        header["__metadata__"]["gradcert"] = settings.decode("utf-8", "surrogateescape")
    except (ValueError, KeyError, TypeError):
        return data
    return _with_header(json.dumps(header).encode(), data)


def _formulas() -> list[bytes]:

    entries = [entry.formula((Fraction(1, 2),) if entry.parameter else ()) for entry in CATALOGUE.values()]
    drawn = [random_text(random.Random(k)) for k in range(40)]
    return [text.encode() for text in (*CATALOGUE, *entries, *drawn)]


_TABLES = [
    b"x,y\n1,2\n3,4\n", b"1,2\n3,4\n", b"a;b\n1,5;2\n3;4\n", b'"x","y"\r\n"1","2"\r\n',
    b"\xef\xbb\xbfid\tx\n0\t1e3\n1\t-2.5\n", b"x\n1\n\n",
]  # fmt: skip


def targets() -> list[Target]:
    """Every parser of bytes that strangers write."""
    document, expression = "certificates/document/", "certificates/expression/"
    judge = (document, expression, "certificates/claims/", "certificates/subjects/")
    wraps = ((_header, _with_header), (settings_of, with_settings))
    return [
        Target("certificate", _refusing(_certificate), _certificates(), judge),
        Target("verdict", _refusing(_judged), _certificates(), (*judge, "certificates/rules/")),
        Target("problem", _refusing(_problem), _problems(), judge, wraps),
        Target("expression", _refusing(_expression), _formulas(), (expression,)),
        Target("table", _refusing(_table), _TABLES, ("verify/problems/",)),
    ]


def main(arguments: list[str] | None = None) -> int:
    """Attack each parser in turn; 1 if something was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns.parsers")
    parser.add_argument("--minutes", type=float, default=5)
    options = parser.parse_args(arguments)
    end = time.monotonic() + 60 * options.minutes
    fuzzers = [Fuzzer(target, _FOLDER / target.name) for target in targets()]
    while time.monotonic() < end:
        for fuzzer in fuzzers:
            fuzzer.spend(min(10.0, max(0.0, end - time.monotonic())))
    for fuzzer in fuzzers:
        sys.stdout.write(
            f"{fuzzer.target.name:12} {fuzzer.attempts:>9} inputs, {fuzzer.accepted} read, {len(fuzzer.pool)} kept, "
            f"{len(fuzzer.pairs)} pairs of lines, {len(fuzzer.findings)} findings\n"
        )
        sys.stdout.writelines(f"  {finding}\n" for finding in fuzzer.findings[:20])
    return int(any(fuzzer.findings for fuzzer in fuzzers))


if __name__ == "__main__":
    raise SystemExit(main())
