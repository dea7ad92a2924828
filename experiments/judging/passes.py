"""What is computed for several models together: no feature twice, but company once for each scout.

What a payment's company looks like depends on the scout that looked at it first. All else is the
same for every model.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Integers
from engine.scoring.run import Run
from features.catalogue import CATALOGUE, Feature, company_of
from features.slices import FeatureFrame, slices

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Pass:
    """Features that are computed in one pass; company as it looks to the scout of ``run``."""

    features: tuple[Feature, ...]
    run: Run

    def frames(self, progress: Progress) -> Iterator[FeatureFrame]:
        """Take the first look, unless it was taken before, and compute the range of the run.

        The look is taken at once, before a frame is asked for: no other pass holds memory then.
        """
        run, found = self.run, self.run.suspicion
        asked = (run.start, run.stop, run.as_of, run.means)
        return slices(run.dataset, self.features, *asked, suspicion=found, tell=progress)


def planned(runs: Sequence[Run]) -> tuple[list[Pass], list[Integers]]:
    """Return the passes over the data, and where each model's features stand in all of them.

    ``runs`` score the same rows by a model each. The first pass has all that no scout has a say
    in, and the company of the first model with a scout; for each further scout there is a pass for
    the company it sees.
    """
    names = {feature.name for run in runs for feature in run.features}
    shared = tuple(feature for feature in CATALOGUE if feature.name in names)
    scouted = [k for k, run in enumerate(runs) if run.bundle.scout is not None]
    passes = [Pass(company_of(runs[k].features), runs[k]) for k in scouted] or [Pass((), runs[0])]
    passes[0] = Pass((*shared, *passes[0].features), passes[0].run)
    begins = np.cumsum([0, *(len(each.features) for each in passes)]).tolist()
    columns = []
    for k, run in enumerate(runs):
        place = {feature.name: at for at, feature in enumerate(shared)}
        if k in scouted:
            number = scouted.index(k)
            seen = passes[number].features
            place |= {f.name: begins[number] + at for at, f in enumerate(seen)}
        columns.append(np.array([place[feature.name] for feature in run.features], np.int64))
    return passes, columns
