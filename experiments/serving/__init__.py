"""The model as MLflow serves it: payments in, scores and reasons out. Loading reads data only.

What a payment looks like depends on the payments before it: give the history of the accounts
with the rows, as one table.
"""

from importlib.metadata import version
from pathlib import Path

from experiments.serving.asked import PARAMETERS
from experiments.serving.example import example
from experiments.serving.model import OUTPUTS, Served
from experiments.serving.plain import inputs, to_plain, to_transactions
from experiments.tracking import ServedModel

__all__ = [
    "OUTPUTS",
    "PARAMETERS",
    "Served",
    "example",
    "inputs",
    "requirements",
    "served_model",
    "to_plain",
    "to_transactions",
]

_SCORES_DEPEND_ON = (
    "moneytrail",
    "numba",
    "numpy",
    "pandas",
    "pyarrow",
    "scikit-learn",
    "scipy",
    "xgboost-cpu",
)


def _load_pyfunc(path: str) -> Served:
    """Load a bundle for MLflow."""
    return Served.load(Path(path))


def requirements() -> tuple[str, ...]:
    """Return what a process that scores has installed, in the versions that made the model."""
    return tuple(f"{name}=={version(name)}" for name in _SCORES_DEPEND_ON)


def served_model(bundle: Path, name: str, card: str) -> ServedModel:
    """Describe a bundle as the registry wants it."""
    return ServedModel(
        bundle=bundle,
        name=name,
        inputs=inputs(),
        outputs=OUTPUTS,
        parameters=PARAMETERS,
        example=example(),
        requirements=requirements(),
        card=card,
    )
