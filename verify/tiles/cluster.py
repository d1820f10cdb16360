"""The same tasks on a Dask cluster. Workers share the folder of tiles; between processes only hashes travel."""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import partial
from typing import Any

from certificates.arithmetic.tiles import Place
from certificates.errors import Malformed
from verify.tiles.job import TileJob
from verify.tiles.task import Trouble, finish

__all__ = ["finish_on_cluster"]

_SECONDS = 30  # to answer

Steps = Callable[[TileJob, str, dict[Place, str]], Generator[tuple[Place, str | Trouble], None, None]]


def finish_on_cluster(scheduler: str) -> Steps:
    """Tasks at that scheduler's workers.

    Raises
    ------
    Malformed
        The package is not installed; later: nobody answers at that address.
    """
    try:
        import distributed
    except ImportError as error:
        raise Malformed(
            "a cluster needs the package distributed", place="--scheduler", remedy="pip install 'gradcert[cluster]'"
        ) from error
    return partial(_steps, distributed, scheduler)


def _steps(
    dask: Any, scheduler: str, job: TileJob, folder: str, finished: dict[Place, str]
) -> Generator[tuple[Place, str | Trouble], None, None]:
    try:
        client = dask.Client(scheduler, timeout=_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise Malformed(
            f"no scheduler answers at {scheduler}", place="--scheduler", remedy="start one with `dask scheduler`"
        ) from error
    with client, client.as_current():
        _require_workers(client)
        shared = client.scatter(job, broadcast=True)
        made: dict[Place, Any] = dict(finished)
        places = {}
        for place in job.places():
            if place not in finished:
                needs = [made[at] for at in job.needs(place)]
                made[place] = client.submit(finish, shared, job.key, folder, place, *needs, pure=False)
                places[made[place].key] = place
        futures = [made[place] for place in places.values()]
        try:
            for future, done in dask.as_completed(futures, with_results=True):
                yield places[future.key], done
        except (dask.KilledWorker, dask.CancelledError, OSError) as error:
            raise Malformed(
                f"the cluster gave up: {error or type(error).__name__}",
                place="--scheduler",
                remedy="give workers more memory or tiles a smaller side, and run the same command again: finished "
                "tiles are kept",
            ) from error
        finally:  # after a trouble nothing else is begun
            client.cancel(futures)


def _require_workers(client: Any) -> None:
    try:
        client.wait_for_workers(1, timeout=_SECONDS)
    except TimeoutError as error:
        raise Malformed("the scheduler has no workers", place="--scheduler", remedy="start `dask worker`") from error
