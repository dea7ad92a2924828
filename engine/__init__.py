"""Numbers to explained candidates: detectors, ensemble, explanation, evidence, report."""
