"""Six activations under the assumptions of two recovery theorems: certificates, a table and a picture.

Everything goes through ``verify.activation``, which searches and has the judge decide, and ``verify.check``, which
reads what was written. Two are no catalogue entries: a formula as a user types it, and a ReLU with a rounded corner.
"""

from fractions import Fraction
from pathlib import Path

import matplotlib as mpl
import numpy as np

mpl.use("Agg")
from matplotlib import pyplot as plt

import verify
from certificates.certificate import encode_certificate
from certificates.document import write_atomically
from verify.activations.files import file_names
from verify.numeric.activations import compile_activation
from verify.search.proposal import certificate_of

HERE = Path(__file__).parent
SIGMAS = [Fraction(10) ** k for k in range(-2, 3)]
FORMULAS = {
    "tanh": "tanh",
    "softplus": "softplus",
    "gelu": "gelu",
    "user_mish": "z*tanh(log(1+exp(z)))",
    "rounded_relu": "piecewise(0, -1, (z+1)^2/4, 1, z)",
    "relu": "relu",
}
SHIPPED = {
    "tanh": ["P1", "P2", "P3a", "A2.3", "ρ", "ρ for all σ"],
    "softplus": ["P2", "A2.3", "ρ for all σ"],
    "gelu": ["P1", "P2", "ρ for all σ", "orthogonal Hessian"],
    "user_mish": ["P1", "P2", "A2.3", "ρ", "ρ for all σ", "orthogonal Hessian"],
    "rounded_relu": ["P1", "P2", "P3a", "A2.3", "ρ"],
    "relu": ["P2", "P3b", "ρ for all σ", "tensor constants"],
}
PRINTED = {"tanh": ("1.8E-4", "4.9E-2", "5.1E-5"), "relu": ("0.091",) * 3}  # Zhong et al., at σ = 0.1, 1, 10


def write(name, table):
    """The shipped rows that are about no σ, or about σ = 1; each is checked again from its file."""
    shipped = {(row, sigma) for row in SHIPPED[name] for sigma in (None, 1)}
    written = set()
    for entry, path in file_names(table, HERE / name).items():
        if (entry.name, entry.sigma) in shipped:
            write_atomically(path, encode_certificate(certificate_of(entry.proposal)), force=True)
            verdict = verify.check(path)
            if verdict.outcome != "accepted" or verdict.conditional:
                raise SystemExit(f"{path.name}: {verdict.outcome}")
            written.add(entry.name)
    if written != set(SHIPPED[name]):
        raise SystemExit(f"{name}: {set(SHIPPED[name]) - written} not proved")


def find(table, name, sigma=None):
    """The row's claim, or ``None`` if it is not proved."""
    (entry,) = (e for e in table.entries if e.name == name and e.sigma == sigma)
    return entry.proposal.claim if entry.is_proved else None


def rows(tables):
    """Markdown: properties, ρ beside what is printed."""
    print("| φ | proved | ρ(0.1) | ρ(1) | ρ(10) | printed |\n|---|---|---|---|---|---|")
    for name, table in tables.items():
        names = [find(table, row) for row in ("P1", "P2", "P3a", "P3b", "A2.3")]
        proved = ", ".join(claim.label for claim in names if claim is not None)
        values = [find(table, "ρ", sigma) for sigma in SIGMAS[1:4]]
        shown = " | ".join(f"{float(value.rho.lower):.6g} {list(value.active)}" for value in values)
        print(f"| {name} | {proved} | {shown} | {' / '.join(PRINTED.get(name, ('–',)))} |")
    for name, table in tables.items():
        found = find(table, "ρ for all σ")
        print(f"{name}: {found.sentence() if found else 'no bound of ρ for every σ'}")


def picture(tables):
    """Left φ', right ρ at points (enclosures, narrower than a dot) above the bounds for every σ."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    z, sigmas = np.linspace(-4, 4, 400), np.logspace(-2, 2, 200)
    for name, table in tables.items():
        (line,) = left.plot(z, compile_activation(table.activation)(z)[1], label=name, lw=1.2)
        points = [(float(s), float(find(table, "ρ", s).rho.lower)) for s in SIGMAS]
        right.loglog(*zip(*points, strict=True), "o", ms=4, color=line.get_color())
        bound = find(table, "ρ for all σ")
        if bound is not None:
            scaled = float(bound.scale) * sigmas
            values = float(bound.constant) * scaled**bound.power / (1 + scaled**2) ** float(bound.decay)
            right.loglog(sigmas, values, lw=1, color=line.get_color())
    left.set(xlabel="z", title="φ'")
    left.legend(fontsize=7)
    right.set(xlabel="σ", title="ρ(σ): enclosures, and proved lower bounds", ylim=(1e-13, 1))
    figure.savefig(HERE / "activations.png", dpi=100, metadata={"Software": None})


if __name__ == "__main__":
    proved = {name: verify.activation(text, SIGMAS) for name, text in FORMULAS.items()}
    for name, table in proved.items():
        write(name, table)
    rows(proved)
    picture(proved)
