"""The experiments by name, and running one into a folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from certificates.errors import Malformed
from verify.experiments.golikov_2020 import du_width, essay_fig_1, lu_kawaguchi, yu_chen
from verify.experiments.reproduction import Experiment, Progress, Reproduction
from verify.experiments.safran_shamir_2018 import minima as safran_shamir
from verify.experiments.soltanolkotabi_2018 import fig_1 as sjl_fig_1
from verify.experiments.soltanolkotabi_2018 import fig_2 as sjl_fig_2
from verify.experiments.soltanolkotabi_2018 import fig_3 as sjl_fig_3
from verify.experiments.soltanolkotabi_2018 import fig_4 as sjl_fig_4
from verify.experiments.writing import write
from verify.experiments.xia_shi_2019 import fig_2 as xia_shi_fig_2
from verify.experiments.zhong_2017 import hessian as zhong_hessian
from verify.experiments.zhong_2017 import property_table as zhong_property_table
from verify.experiments.zhong_2017 import recovery as zhong_recovery
from verify.experiments.zhong_2017 import rho_table as zhong_rho_table

__all__ = ["EXPERIMENTS", "reproduce"]

EXPERIMENTS: Mapping[str, Experiment] = {
    "zhong-rho-table": Experiment(zhong_rho_table.TITLE, zhong_rho_table.run),
    "zhong-property-table": Experiment(zhong_property_table.TITLE, zhong_property_table.run),
    "zhong-hessian": Experiment(zhong_hessian.TITLE, zhong_hessian.run),
    "zhong-recovery": Experiment(zhong_recovery.TITLE, zhong_recovery.run),
    "sjl-fig-1": Experiment(sjl_fig_1.TITLE, sjl_fig_1.run),
    "sjl-fig-2": Experiment(sjl_fig_2.TITLE, sjl_fig_2.run),
    "sjl-fig-3": Experiment(sjl_fig_3.TITLE, sjl_fig_3.run),
    "sjl-fig-4": Experiment(sjl_fig_4.TITLE, sjl_fig_4.run),
    "xia-shi-fig-2": Experiment(xia_shi_fig_2.TITLE, xia_shi_fig_2.run),
    "safran-shamir": Experiment(safran_shamir.TITLE, safran_shamir.run),
    "lu-kawaguchi": Experiment(lu_kawaguchi.TITLE, lu_kawaguchi.run),
    "du-width": Experiment(du_width.TITLE, du_width.run),
    "yu-chen": Experiment(yu_chen.TITLE, yu_chen.run),
    "essay-fig-1": Experiment(essay_fig_1.TITLE, essay_fig_1.run),
}


def reproduce(name: str, folder: str | Path, *, force: bool = False, progress: Progress | None = None) -> Reproduction:
    """Run an experiment and write its table, its certificates and its picture.

    Parameters
    ----------
    name
        A key of :data:`EXPERIMENTS`.
    folder
        Made if it does not exist; gets ``table.md``, ``result.json``, ``certificates/`` and perhaps ``figure.*``.
    force
        Replace different files.
    progress
        Called as ``progress(name, step, steps)``.

    Raises
    ------
    Malformed
        No experiment has this name, or the folder cannot be written.
    """
    if name not in EXPERIMENTS:
        raise Malformed(f"no experiment {name!a}", place="ID", remedy=f"one of {', '.join(EXPERIMENTS)}")
    done = EXPERIMENTS[name].run(progress)
    write(done, Path(folder), force=force)
    return done
