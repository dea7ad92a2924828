from math import isnan

from experiments.evaluation.cited import EvidencePrecision, evidence_precision

PLANTED = {"p": "one", "q": "one", "r": "two"}


def candidate(peak, *reasons):
    told = [{"family": family, "evidence": evidence} for family, evidence in reasons]
    return {"peak_transaction": peak, "reasons": told}


def test_only_rows_of_the_peaks_own_pattern_count():
    found = evidence_precision(
        [candidate("p", ("patterns", ["p", "q", "r", "x"]))], PLANTED, "patterns"
    )
    assert found == EvidencePrecision(1, 4, 2)
    assert found.precision == 0.5


def test_other_families_and_honest_peaks_are_left_out():
    honest = candidate("x", ("patterns", ["x"]))
    other = candidate("p", ("timing", ["x"]))
    found = evidence_precision([honest, other], PLANTED, "patterns")
    assert found == EvidencePrecision(0, 0, 0)
    assert isnan(found.precision)
