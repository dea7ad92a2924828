"""Which feature leads a theme: it is the one a reason speaks of."""

import numpy as np
import pytest

from engine.candidates.reasons import themes
from features.catalogue import CATALOGUE, COMPANY

KIND = COMPANY[0].theme


def looks(feature):
    return feature.statistic.lookback + feature.statistic.lookahead


OWN = sorted((feature for feature in COMPANY if feature.theme == KIND), key=looks)
NEAR, FAR = OWN[0], OWN[-1]


def leader(features, contributions, values=None):
    given = np.array(contributions, float)
    values = np.zeros(len(given)) if values is None else np.array(values, float)
    (theme,) = themes(features, given, values)
    return features[theme.members[0]].name


def test_what_moves_the_score_most_leads():
    two = [feature for feature in CATALOGUE if feature.theme == CATALOGUE[0].theme][:2]
    assert leader(two, [1.0, 3.0]) == leader(two[::-1], [3.0, 1.0]) == two[1].name


def test_what_is_known_leads_what_is_not():
    two = [feature for feature in CATALOGUE if feature.theme == CATALOGUE[0].theme][:2]
    assert leader(two, [1.0, 3.0], [5.0, np.nan]) == two[0].name
    assert leader((NEAR, FAR), [1.0, 3.0], [np.nan, 5.0]) == FAR.name


def test_values_beside_those_of_the_model_change_nothing():
    assert leader((FAR, NEAR), [4.0, 1.0], [1.0, 1.0, np.nan]) == NEAR.name


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(("near", "leads"), [(0.25, NEAR), (0.24, FAR), (-0.25, FAR), (2, NEAR)])
def test_of_company_the_nearest_leads_that_weighs_a_quarter(sign, near, leads):
    assert leader((FAR, NEAR), [sign, sign * near]) == leads.name


def test_of_two_that_look_equally_far_the_stronger_leads_and_the_others_follow():
    alike = [feature for feature in OWN if looks(feature) == looks(NEAR)]
    (theme,) = themes((FAR, *alike[:2]), np.array([4.0, 1.0, 2.0]), np.zeros(3))
    assert theme.members == (2, 0, 1)
