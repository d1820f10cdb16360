"""gradcert's searcher and laboratory: finds evidence, writes certificates, runs gradient descent.

The names below load on first use, so that help and completion start at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from verify.extras import require_packages

if TYPE_CHECKING:
    from certificates import Network as Network
    from certificates import Problem as Problem
    from certificates import check as check
    from verify.activations.table import activation as activation
    from verify.certification.certify import certify as certify
    from verify.certification.find import find as find
    from verify.crosscheck.replay import replay as replay
    from verify.diagnosis.diagnose import diagnose as diagnose
    from verify.generators.perturbed import perturbed as perturbed
    from verify.generators.wide import unit_data as unit_data
    from verify.generators.wide import wide_problem as wide_problem
    from verify.problems import BinaryCrossEntropy as BinaryCrossEntropy
    from verify.problems import CrossEntropy as CrossEntropy
    from verify.problems import describe as describe
    from verify.problems import from_arrays as from_arrays
    from verify.problems import from_csv as from_csv
    from verify.problems import from_npz as from_npz
    from verify.problems import from_sklearn as from_sklearn
    from verify.problems import from_state_dict as from_state_dict
    from verify.problems import from_torch as from_torch
    from verify.problems import from_units as from_units
    from verify.problems import load_population as load_population
    from verify.problems import load_problem as load_problem
    from verify.problems import save_population as save_population
    from verify.problems import save_problem as save_problem
    from verify.problems import select as select
    from verify.reports.objects import explain as explain

_HOME = {
    "BinaryCrossEntropy": "verify.problems",
    "CrossEntropy": "verify.problems",
    "Network": "certificates",
    "Problem": "certificates",
    "activation": "verify.activations.table",
    "certify": "verify.certification.certify",
    "check": "certificates",
    "describe": "verify.problems",
    "diagnose": "verify.diagnosis.diagnose",
    "explain": "verify.reports.objects",
    "find": "verify.certification.find",
    "from_arrays": "verify.problems",
    "from_csv": "verify.problems",
    "from_npz": "verify.problems",
    "from_sklearn": "verify.problems",
    "from_state_dict": "verify.problems",
    "from_torch": "verify.problems",
    "from_units": "verify.problems",
    "load_population": "verify.problems",
    "load_problem": "verify.problems",
    "perturbed": "verify.generators.perturbed",
    "replay": "verify.crosscheck.replay",
    "save_population": "verify.problems",
    "save_problem": "verify.problems",
    "select": "verify.problems",
    "unit_data": "verify.generators.wide",
    "wide_problem": "verify.generators.wide",
}

__all__ = sorted(_HOME)  # noqa: PLE0605 - the keys are the names


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'verify' has no attribute {name!r}; it has {', '.join(__all__)}")
    if _HOME[name].startswith("verify."):
        require_packages()
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return __all__
