"""From a problem to a certificate file: propose, polish if asked to, judge, write."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from certificates import Accepted, Network, Verdict
from certificates.certificate import Certificate
from certificates.errors import MalformedProblem
from certificates.kinds import KINDS, find
from certificates.subjects import PopulationProblem
from verify.certification.choice import chosen_kind, offers, search
from verify.certification.exact_numbers import exact_positive
from verify.certification.files import load, named_data, names_population, write, write_inline
from verify.certification.populations import about_population
from verify.certification.searches import network_searches, population_searches, refuse_unread
from verify.certification.summary import summary
from verify.problems.objectives import refuse_objective
from verify.problems.population import load_population
from verify.search.estimated import Estimates
from verify.search.followable import followable
from verify.search.objective_polish import PolishedObjective
from verify.search.polish import Polished
from verify.search.proposal import Objective, Options, Polish
from verify.tiles.run import FolderTiles
from verify.typesetting.summary import as_html, as_text

__all__ = ["Certified", "SearchNotice", "certify", "refuse_kind"]


class SearchNotice(UserWarning):
    """What stands in the way of a search that has only begun."""


@dataclass(frozen=True)
class Certified:
    """What :func:`certify` found and wrote.

    Parameters
    ----------
    verdict
        The judge's verdict about the certificate, or about the best attempt.
    certificate
        ``None`` when nothing was proved.
    certificate_path, problem_path
        The files; ``None`` when nothing was written. ``problem_path`` is the polished problem if there is one.
    network
        The problem the verdict is about.
    files
        What has to travel together to be checked elsewhere: the certificate, the problem file that it names, and the
        problem before polishing where the claim names that.
    polished
        The polishing run, if there was one.
    notes
        What the search says about itself: a solver that failed, a method that was not tried.
    offers
        (kind, why): other kinds of claims that fit the problem, not tried.
    """

    verdict: Verdict
    certificate: Certificate | None
    certificate_path: Path | None
    problem_path: Path | None
    network: Network | PopulationProblem
    files: tuple[Path, ...] = ()
    polished: Polished | PolishedObjective | None = None
    notes: tuple[str, ...] = ()
    offers: tuple[tuple[str, str], ...] = ()

    def __repr__(self) -> str:
        """Outcome, kind and file."""
        written = "nothing written" if self.certificate_path is None else str(self.certificate_path)
        return f"Certified({self.verdict.outcome}: {self.verdict.kind}, {written})"

    def __str__(self) -> str:
        """Five lines: what is proved, its numbers, the files, what else fits, how to check it."""
        return as_text(summary(self))

    def _repr_html_(self) -> str:
        return as_html(summary(self))

    def explain(self, format: str = "text") -> str:
        """The page of the certificate, or of the refusal; the formats are those of :func:`verify.explain`."""
        import verify  # the public face, which knows the reports

        page: str = verify.explain(self, format)
        return page


def certify(
    problem: Network | PopulationProblem | str | Path,
    *,
    kind: str | None = None,
    polish: Polish = False,
    rate: Fraction | str | None = None,
    standalone: bool = False,
    objective: Objective = "rate",
    step_size: Fraction | int | str | None = None,
    radius: Fraction | int | str | None = None,
    data: str | Path | None = None,
    kernel: Literal["limit", "empirical"] | None = None,
    failure: Fraction | str | None = None,
    tiles: FolderTiles | None = None,
    output: str | Path | None = None,
    force: bool = False,
    progress: Callable[[str, int, float | None], None] | None = None,
    notice: Callable[[str], None] | None = None,
    estimated: Callable[[Estimates], None] | None = None,
) -> Certified:
    """Prove something about weights and data, and write the certificate.

    Parameters
    ----------
    problem
        A problem file, or a network in memory (then the certificate embeds it, up to 1 MiB). Or a population problem,
        or its file: then ``kind``, ``output`` and ``force`` alone are read.
    kind
        The kind of claim. By default ``cross-entropy-convergence`` for a softmax or logistic loss of labels 0 and 1
        without a penalty, unless polishing is asked for; ``strict-minimum`` for any other objective but a plain sum of
        squares, and for that with more equations than trained parameters (``planted-convergence`` first, where a
        teacher plants the labels under a frozen output), and where none is proved ``no-local-minimum`` or
        ``critical-point``, for a penalised ReLU net ``kink-minimum``; and ``zero-loss-convergence`` otherwise. For a
        one-hidden-layer quadratic network whose first layer alone is trained either ``negative-curvature``, if some
        direction guarantees a decrease of the loss by more than 1e-6 of the zero network's, or ``optimality-gap``.
    polish
        Take Levenberg–Marquardt steps if the weights as given miss the criterion of ``zero-loss-convergence``, and
        certify the polished weights with their distance to the given ones. ``True`` changes them as little as
        certifies: the residual is within a factor 2 of the largest with which it does, on the path of these steps.
        ``"full"`` goes on to the rounding floor, for the largest decrease per step. For ``strict-minimum`` and
        ``certified-accuracy`` L-BFGS and Newton steps to a minimum of the objective, for ``critical-point`` Newton
        steps to a critical point of any index, ``"full"`` where the weights certify as given, too.
    rate
        With ``polish=True``: what share of the decrease per step λ_min(K)/λ_max(K), which residual → 0 gives, is to be
        certified, in (0, 1); 1/16 by default, and then nothing is asked of weights that certify as given. Exact, as
        ``radius``.
    standalone
        With ``polish``: claim nothing about the distance to the given weights, so that their file need not travel.
    objective
        ``rate`` for the largest certified decrease per step of ``zero-loss-convergence``, ``radius`` for its smallest
        ball.
    step_size
        η of ``orbit-convergence`` and ``certified-orbit-run``, about 1/(8Λ) in the scaling 1/(4m) by default, and of
        ``planted-convergence``, by default just below the largest one. Exact: a ``Fraction`` or a text such as
        ``"1/200"`` or ``"0.005"``; so is ``radius``.
    radius
        ϱ of ``gradient-dominance`` (by default one on which gradient descent stays) and ``gradient-dominance-sos``
        (by default an eighth of the weights' norm), R of ``planted-convergence`` (by default half of the largest).
    data
        A problem file whose samples ``certified-accuracy`` counts in place of the problem's own: a test set. It has
        to lie beside the certificate when that is checked.
    kernel
        Which ``tangent-kernel``: ``limit`` or ``empirical``; by default the limit, where it is known.
    failure
        δ of ``width-bound``, which holds with a probability of at least 1 − δ; 1/10 by default.
    tiles
        Who makes the tiles of a kernel of many points (``tangent-kernel``), in which folder: a
        :class:`~verify.tiles.run.FolderTiles`.
    output
        The certificate file; ``PROBLEM.KIND.cert.json`` beside a problem file by default.
    force
        Replace an existing, different file.
    progress
        Called as ``progress(stage, step, residual_norm)``; only polishing has a residual norm.
    notice
        Called before a long search with what stands in its way; a :class:`SearchNotice` is issued otherwise.
    estimated
        Called first with loss, residual and what else is estimated at the weights as given; nothing of it is proved.

    Returns
    -------
    Certified
        Nothing is written unless the verdict is ``Accepted``.

    Raises
    ------
    Malformed
        The problem is not one, an option belongs to another kind, or an output cannot be written.

    Examples
    --------
    >>> import numpy as np, verify
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(3, 4))
    >>> net = verify.from_arrays([rng.normal(size=(30, 4)), 0.01 * rng.normal(size=(1, 30))], None, "tanh", x,
    ...                          np.zeros((3, 1)))
    >>> certify(net, polish=True).verdict.outcome
    'accepted'
    """
    refuse_kind(kind, population=names_population(problem))
    _refuse_polish(polish, rate)
    if standalone and not polish:
        raise MalformedProblem("belongs to --polish", place="--standalone", remedy="leave it out")
    options = Options(
        step_size=exact_positive(step_size, "step_size"),
        radius=exact_positive(radius, "radius"),
        data=None if data is None else named_data(data),
        kernel=kernel,
        failure=exact_positive(failure, "failure"),
        tiles=tiles,
        objective=objective,
        polish=polish,
        rate=exact_positive(rate, "--rate"),
        progress=progress or (lambda *_: None),
        estimated=estimated or (lambda _: None),
        notice=notice or (lambda text: warnings.warn(text, SearchNotice, stacklevel=5)),
    )
    if isinstance(problem, PopulationProblem) or names_population(problem):
        return _certify_population(problem, kind, options, output, force)
    source = load(problem)
    options = replace(options, source=None if standalone else source.name)
    wanted = chosen_kind(source.network, kind, options)
    refuse_objective(source.network, wanted)
    refuse_unread(options, wanted)
    found = search(source.network, wanted, options, asked=kind is not None)
    network = source.network_of(found)
    if found.claim is None or not isinstance(found.verdict, Accepted):
        verdict = followable(found.verdict)
        return Certified(verdict, None, None, None, network, polished=found.polished, notes=found.notes)
    done = write(found, source, output, force=force)
    return Certified(
        verdict=found.verdict,
        certificate=done.certificate,
        certificate_path=done.certificate_path,
        problem_path=done.problem_path,
        network=network,
        files=done.files,
        polished=found.polished,
        notes=found.notes,
        offers=offers(network, found) if wanted is None else (),
    )


def _certify_population(
    problem: Any, kind: str | None, options: Options, output: str | Path | None, force: bool
) -> Certified:
    """The first that is proved of the kinds that fit, and those that fit besides."""
    path = None if isinstance(problem, PopulationProblem) else Path(problem)
    population = problem if path is None else load_population(path)
    refuse_unread(options, kind)
    found, others = about_population(population, kind, options)
    if not isinstance(found.verdict, Accepted):
        return Certified(found.verdict, None, None, None, population, notes=found.notes)
    certificate, written = write_inline(found, path, output, force=force)
    files = () if written is None else (written,)
    return Certified(
        found.verdict, certificate, written, None, population, files=files, notes=found.notes, offers=others
    )


def _refuse_polish(polish: object, rate: Fraction | str | None) -> None:
    """Refuse a polish that is none, and a share of the rate that belongs to no polish."""
    if not (polish is True or polish is False or polish == "full"):
        raise MalformedProblem(f'expected True, False or "full", got {polish!a}', place="polish")
    if rate is None:
        return
    if polish is not True:
        raise MalformedProblem(
            "belongs to a polish that changes as little as certifies", place="--rate", remedy="leave it out"
        )
    share = exact_positive(rate, "--rate")
    if share is not None and share >= 1:
        raise MalformedProblem(
            f"expected a share below 1, got {share}", place="--rate", remedy='polish="full" comes closest to 1'
        )


def refuse_kind(kind: str | None, *, population: bool = False) -> None:
    """Refuse a kind of claim that is about something else, and say which command is for it."""
    searches = population_searches() if population else network_searches()
    known = {} if kind is None else dict(searches)
    if kind is None or kind in known:
        return
    if kind not in KINDS:
        raise MalformedProblem(
            f"no proposal for kind {kind!r}", place="--kind", remedy="use one of " + ", ".join(sorted(known))
        )
    about, subject = "a population" if population else "weights and data", find(kind).subject
    raise MalformedProblem(
        f"{kind} is a claim about {_SUBJECTS[subject.type]}, not about {about}",
        place="--kind",
        remedy=_COMMANDS[subject.type],
    )


_SUBJECTS = {"network": "weights and data", "activation": "an activation", "population": "a population"}
_COMMANDS = {
    "network": "certify the problem file of a network",
    "activation": "use `verify activation NAME|EXPRESSION -o PREFIX`",
    "population": "write its file with `verify problem population`, and certify that",
}
