"""Numbers to explained candidates: detectors, ensemble, explanation, evidence, report."""

import os

# OpenMP reads it when XGBoost loads. Waiting threads that spin cost five times the work itself
# as soon as another process shares the cores (docs/decisions/0005-threads.md).
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
