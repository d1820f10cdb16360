"""One correction of a paper: what is printed, what holds, and what proves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from verify.theory.counterexamples import Instance
from verify.theory.errata_certificates import certificate_path
from verify.theory.golikov_2020 import instances as golikov_instances
from verify.theory.soltanolkotabi_2018 import instances as soltanolkotabi_instances
from verify.theory.xia_shi_2019 import instances as xia_shi_instances
from verify.theory.zhong_2017 import instances as zhong_instances

__all__ = ["INSTANCES", "Erratum"]

INSTANCES: Mapping[str, Instance] = {
    **zhong_instances.INSTANCES,
    **soltanolkotabi_instances.INSTANCES,
    **xia_shi_instances.INSTANCES,
    **golikov_instances.INSTANCES,
}


@dataclass(frozen=True)
class Erratum:
    """One correction or sharpening.

    Parameters
    ----------
    key
        Short name, also in ``docs/errata.md``.
    source
        Paper and place, or chapter of our theory.
    printed
        What is said there.
    holds
        What holds.
    proof
        Which part the certificates prove, and by which argument the rest follows.
    certificates
        Names of the files, in :data:`verify.theory.errata_certificates.PROPOSALS`.
    instances
        Names of exact instances, in :data:`INSTANCES`; their facts are recomputed whenever they are printed.
    """

    key: str
    source: str
    printed: str
    holds: str
    proof: str
    certificates: tuple[str, ...] = ()
    instances: tuple[str, ...] = ()

    @property
    def paths(self) -> tuple[Path, ...]:
        """The shipped certificates; ``verify check`` accepts them."""
        return tuple(certificate_path(name) for name in self.certificates)
