"""Detectors: how unusual a row is, each in its own way, without labels.

To add one: a frozen dataclass of named arrays with ``score``, ``attribute``, ``arrays`` and
``from_arrays`` (the protocol in `bank`), an entry in ``bank.DETECTORS``, and a function that
fits it in ``fitting.FITS``. The contract tests run over every entry.
"""
