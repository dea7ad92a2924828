"""What is computed for several models together: no feature twice, but company once for each scout.

What a payment's company looks like depends on the scout that looked at it first. All else is the
same for every model.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Integers
from engine.scoring import features_of
from engine.scoring.counted import Counted
from engine.scoring.first_look import company_of, first_look
from experiments.judging.model import Model
from experiments.judging.span import Judged
from features.catalogue import CATALOGUE, Feature
from features.dataset import Dataset
from features.slices import FeatureFrame, Means, Reach, Suspicion, slices

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Pass:
    """Features that are computed in one pass, and whose first look their company is seen by."""

    features: tuple[Feature, ...]
    model: Model | None

    def frames(
        self, dataset: Dataset, judged: Judged, means: Means, progress: Progress
    ) -> Iterator[FeatureFrame]:
        """Take the first look where there is one to take, and compute the judged range.

        The look is taken at once, before a frame is asked for: no other pass holds memory then.
        """
        found = self._suspicion(dataset, judged, means, progress)
        asked = (judged.start, judged.stop, judged.as_of)
        return slices(dataset, self.features, *asked, means, suspicion=found, tell=progress)

    def _suspicion(
        self, dataset: Dataset, judged: Judged, means: Means, progress: Progress
    ) -> Suspicion | None:
        bundle = None if self.model is None else self.model.bundle
        if bundle is None or bundle.scout is None:
            return None
        asked = (judged.start, judged.stop, judged.as_of, means, progress)
        reach = Reach.of(company_of(self.features))
        counted = Counted.of(bundle)
        return first_look(dataset, bundle.scout, counted, *asked, reach=reach).suspicion


def planned(models: Sequence[Model]) -> tuple[list[Pass], list[Integers]]:
    """Return the passes over the data, and where each model's features stand in all of them.

    The first has all that no scout has a say in, and the company of the first model with a scout;
    for each further scout there is a pass for the company it sees.
    """
    own = [features_of(model.bundle) for model in models]
    names = {feature.name for each in own for feature in each}
    shared = tuple(feature for feature in CATALOGUE if feature.name in names)
    scouted = [k for k, model in enumerate(models) if model.bundle.scout is not None]
    passes = [Pass(company_of(own[k]), models[k]) for k in scouted] or [Pass((), None)]
    passes[0] = Pass((*shared, *passes[0].features), passes[0].model)
    begins = np.cumsum([0, *(len(each.features) for each in passes)]).tolist()
    columns = []
    for k, features in enumerate(own):
        place = {feature.name: at for at, feature in enumerate(shared)}
        if k in scouted:
            number = scouted.index(k)
            seen = passes[number].features
            place |= {f.name: begins[number] + at for at, f in enumerate(seen)}
        columns.append(np.array([place[feature.name] for feature in features], np.int64))
    return passes, columns
