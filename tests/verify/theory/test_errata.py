"""Every erratum is proved by its certificates: accepted, about the right activation, and against what is printed."""

from __future__ import annotations

import fnmatch
import tomllib
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from certificates import Accepted, check
from certificates.certificate import decode_certificate
from certificates.document.problem_file import decode_problem
from certificates.expression import parse_activation
from certificates.language.parts import Interval
from verify.problems.population import from_units
from verify.theory.errata import ERRATA, INSTANCES
from verify.theory.errata_certificates import FOLDER, NETWORK_PROPOSALS, PROPOSALS, certificate_path
from verify.theory.printed import compare, printed
from verify.theory.zhong_2017.printed import NUMBERS

ROOT = Path(__file__).resolve().parents[3]
_BY_KEY = {erratum.key: erratum for erratum in ERRATA}


def _read(name):
    return decode_certificate(certificate_path(name).read_bytes())


def _printed(function, sigma):
    (entry,) = (n for n in NUMBERS if n.function.name == function and sigma in n.sigmas)
    return entry.at(sigma)


@pytest.mark.parametrize("name", [*PROPOSALS, *NETWORK_PROPOSALS])
def test_the_judge_accepts_every_certificate_without_assumptions(name):
    verdict = check(certificate_path(name))
    assert isinstance(verdict, Accepted)
    assert not verdict.conditional


@pytest.mark.parametrize("name", PROPOSALS)
def test_a_certificate_is_about_the_activation_in_its_name(name):
    longest = max((a for a in _ACTIVATIONS if name.startswith(a.replace("_", "-"))), key=len)
    problem = _read(name).problem
    found = problem.expression if problem.record is None else problem.record.activation.text
    assert found == parse_activation(longest).text


_ACTIVATIONS = (
    "softplus",
    "relu",
    "leaky_relu",
    "squared_relu",
    "quadratic",
    "identity",
    "tanh",
    "sigmoid",
    "erf",
    "erf0",
    "sin",
)


def test_files_and_errata_name_each_other():
    used = {name for erratum in ERRATA for name in erratum.certificates}
    assert (
        used == {*PROPOSALS, *NETWORK_PROPOSALS} == {path.name.removesuffix(".cert.json") for path in FOLDER.iterdir()}
    )
    assert len(_BY_KEY) == len(ERRATA)
    assert all(_BY_KEY[f"E{k}"].certificates for k in range(1, 10))


def test_the_certificates_are_shipped():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    patterns = settings["tool"]["setuptools"]["package-data"]["verify"]
    for name in (*PROPOSALS, *NETWORK_PROPOSALS):
        inside = certificate_path(name).relative_to(ROOT / "verify").as_posix()
        assert any(fnmatch.fnmatch(inside, pattern) for pattern in patterns)


def test_the_documentation_has_every_entry():
    page = (ROOT / "docs/errata.md").read_text()
    for erratum in ERRATA:
        assert f"**{erratum.key}**" in page
        assert all(f"`{name}`" in page for name in erratum.certificates)


def test_an_unknown_certificate_is_refused():
    with pytest.raises(KeyError, match="no erratum"):
        certificate_path("../../setup")


def test_e1_squared_relu_grows_quadratically():
    rho_1, rho_10 = _read("squared-relu-rho-1").claim, _read("squared-relu-rho-10").claim
    assert compare(_printed("squared ReLU", Fraction(10)), rho_10.rho) == "differs"
    assert rho_10.rho.lower > 27 > Fraction("2.75")
    assert compare(_printed("squared ReLU", Fraction(1)), rho_1.rho) == "rounded"
    assert compare(printed("0.273239544735"), rho_1.rho) == "rounded"  # 4/π − 1 = 0.27323954473516…
    assert _read("squared-relu-tensor").claim.degree == 2


def test_e2_rho_of_the_quadratic_is_not_zero():
    claim = _read("quadratic-rho-1").claim
    assert claim.sigma == 1
    assert claim.rho == claim.third == Interval(Fraction(-4), Fraction(-4))
    assert claim.first == Interval(Fraction(0), Fraction(0))
    assert compare(_printed("quadratic", Fraction(1)), claim.rho) == "differs"
    assert _read("quadratic-tensor").claim.degree == 2
    singular = _read("quadratic-null-direction")
    assert singular.problem.record == from_units("quadratic", np.eye(3).tolist()) and singular.claim.nullity == 3


def test_e3_tanh_was_cut_off():
    claim = _read("tanh-rho-1-10").claim
    assert claim.sigma == Fraction(1, 10)
    assert Fraction("0.000185") < claim.rho.lower < claim.rho.upper < Fraction("0.00019")
    assert compare(_printed("tanh", claim.sigma), claim.rho) == "truncated"


@pytest.mark.parametrize(
    ("name", "sigma", "ours"),
    [
        ("erf-rho-1-10", Fraction(1, 10), "2.4E-4"),
        ("erf-rho-1", Fraction(1), "6.7E-2"),
        ("erf-rho-10", Fraction(10), "3.2E-5"),
    ],
)
def test_e4_the_usual_erf_has_other_numbers(name, sigma, ours):
    claim = _read(name).claim
    assert claim.sigma == sigma
    assert compare(_printed("erf", sigma), claim.rho) == "differs"
    assert compare(printed(ours), claim.rho) == "rounded"


def test_e5_squared_relu_is_lipschitz_and_has_no_second_derivative_at_0():
    lipschitz, tensor = _read("squared-relu-p3a-lipschitz").claim, _read("squared-relu-tensor").claim
    assert lipschitz.label == "P3a-lipschitz"
    assert 2 <= lipschitz.curvature_bound <= 2 * (1 + Fraction(1, 10**5))
    # φ(az) = a²φ(z) and φ''(0) would make φ even, hence c₃ = 0
    assert tensor.degree == 2
    assert tensor.third.lower > 0


@pytest.mark.parametrize("name", _BY_KEY["E6"].certificates)
def test_e6_the_third_tensor_vanishes(name):
    claim = _read(name).claim
    assert claim.degree == (None if name.startswith("softplus") else 1)
    assert "third" in claim.vacuous
    assert claim.third == Interval(Fraction(0), Fraction(0))


def test_e7_p2_without_a_value_of_rho():
    *ticks, cross = _BY_KEY["E7"].certificates
    assert len(ticks) == 6
    for name in ticks:
        certificate = _read(name)
        assert certificate.claim.label == "P2"
        assert certificate.evidence.slope is not None
        assert certificate.evidence.sigma is None
    assert _read(cross).claim.label == "not-P2"


def test_e8_what_the_guarantee_covers():
    properties = {name: getattr(_read(name).claim, "label", None) for name in _BY_KEY["E8"].certificates}
    assert properties == {
        "squared-relu-p1": "P1",
        "squared-relu-p2": "P2",
        "squared-relu-p3a-lipschitz": "P3a-lipschitz",
        "squared-relu-tensor": None,
        "quadratic-not-p1": "not-P1",
        "identity-not-p2": "not-P2",
    }
    p1, tensor = _read("squared-relu-p1").claim, _read("squared-relu-tensor").claim
    assert p1.power == 1
    assert tensor.degree == 2
    assert tensor.third.lower > 0  # the initialisation is not vacuous where the guarantee holds


@pytest.mark.parametrize(
    ("name", "sigma", "factor"),
    [("erf0-rho-10", 10, "5.0"), ("tanh-rho-10", 10, "3.3"), ("squared-relu-rho-1", 1, "1.33")],
)
def test_e9_what_the_third_term_costs(name, sigma, factor):
    claim = _read(name).claim
    assert claim.sigma == sigma and claim.rho == claim.third
    least, most = (min(getattr(t, end) for t in (claim.first, claim.second)) for end in ("lower", "upper"))
    assert compare(printed(factor), Interval(least / claim.rho.upper, most / claim.rho.lower)) == "rounded"
    assert f"a factor of {factor}" in _BY_KEY["E9"].holds or f"{factor} for" in _BY_KEY["E9"].holds


def test_e9_a_hessian_is_positive_where_rho_is_negative():
    rho, hessian = _read("sin-rho-2").claim, _read("sin-hessian-2")
    assert rho.sigma == 2 and rho.rho.upper < 0 and rho.active == (3,)
    assert hessian.problem.record == from_units("sin", [[2, 0], [0, 2]])
    assert hessian.claim.curvature >= 0.44 and hessian.claim.general_bound >= 0.33
    assert min(rho.first.lower, rho.second.lower) >= Fraction("0.33")


def test_e10_by_descent_in_floats():
    """On ½(x² + 4y²)/2 around (1, 1), every start contracts by at most the square, and one attains it."""
    rng, eigenvalues = np.random.default_rng(0), np.array([0.5, 2.0])
    ratios = [np.sum(((1 - eigenvalues / 2) * step) ** 2) / np.sum(step**2) for step in rng.normal(size=(100, 2))]
    (attained, below) = INSTANCES["zhong-corollary"].facts()
    assert max(ratios) <= float(attained.left) == 0.75**2 < float(below.right) == 0.75


def test_e11_descent_in_floats_from_where_the_objective_is_concave():
    concave, inside, factor = INSTANCES["zhong-concave"].facts()
    w, step = 0.5, 1e-4
    values = [(x * x - 1) ** 2 / 2 for x in (w - step, w, w + step)]
    assert (values[0] - 2 * values[1] + values[2]) / step**2 == pytest.approx(float(concave.left), abs=1e-6)
    after = w - (values[2] - values[0]) / (2 * step) / 9
    assert (after - 1) ** 2 / 0.25 == pytest.approx(float(factor.left), abs=1e-6) and float(factor.right) < 0.92
    assert concave.left < 0 < inside.left < inside.right


def test_sjl1_zero_loss_for_all_labels_with_as_many_samples_as_unknowns():
    certificate = _read("zero-loss-6-in-3")
    problem = decode_problem(certificate.problem.embedded)
    assert problem.inputs.shape == (6, 3)  # n = d(d + 1)/2
    assert sorted(problem.layers[1].weight[0]) == [-1, -1, -1, 1, 1, 1]
    smallest = np.linalg.eigvalsh((problem.inputs @ problem.inputs.T) ** 2)[0]
    assert 0 < certificate.claim.gram_eigenvalue <= smallest
    assert certificate.claim.gram_eigenvalue == pytest.approx(smallest, rel=1e-6)


def test_sjl4_the_average_slope_tells_no_example_from_another():
    softplus, tanh = _read("softplus-tensor").claim, _read("tanh-tensor").claim
    assert softplus.mean_slope.lower > 0 and tanh.mean_slope.lower > 0
    assert softplus.mean_curvature.lower > 0 and tanh.mean_curvature.lower <= 0
    assert 0 <= tanh.mean_curvature.upper < Fraction(1, 10**48)


def test_gol12_parallel_inputs_with_a_positive_definite_kernel():
    certificate = _read("relu-opposite-inputs-kernel")
    inputs = decode_problem(certificate.problem.embedded).inputs
    assert inputs.tolist() == [[1.0], [-1.0]] and certificate.claim.kernel == "limit"
    assert 0.49 < certificate.claim.lower <= 0.5 <= certificate.claim.upper < 0.5001


@pytest.mark.slow
def test_making_them_anew_gives_the_same_claims(tmp_path):
    from verify.theory.errata_certificates import write_all

    write_all(tmp_path)
    for name in (*PROPOSALS, *NETWORK_PROPOSALS):
        made = decode_certificate((tmp_path / f"{name}.cert.json").read_bytes())
        assert isinstance(check(tmp_path / f"{name}.cert.json"), Accepted)
        assert type(made.claim) is type(_read(name).claim)
        assert made.problem == _read(name).problem


def test_gol11_zero_weights_of_three_layers_are_a_saddle_that_no_hessian_sees():
    certificate = _read("saddle-without-curvature")
    problem = decode_problem(certificate.problem.embedded)
    assert all(not layer.weight.any() for layer in problem.layers) and len(problem.layers) == 3
    assert certificate.claim.type == "saddle" and certificate.claim.curvature == 0


def test_gol1_a_bad_minimum_at_every_width():
    claim = _read("sigmoid-bad-minimum").claim
    assert claim.inputs == ((1,), (2,), (3,)) and claim.loss == Fraction(25, 2)
    assert (claim.better, claim.better_from) == (0, 3)
