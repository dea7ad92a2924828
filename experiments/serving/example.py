"""The example that lies beside a registered model: simulated payments, never real ones."""

import pandas as pd

from experiments.serving.plain import to_plain

_ROWS = 5


def example() -> pd.DataFrame:
    """Return a few simulated payments as plain columns."""
    # Only training asks for one; loading a model must not import a simulator.
    from experiments.simulation import WorldConfig, build_world  # noqa: PLC0415

    transactions, _, _ = build_world(WorldConfig(transactions=2_000, days=7))
    return to_plain(transactions.slice(0, _ROWS))
