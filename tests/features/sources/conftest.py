from pathlib import Path

import pytest

from features.dataset import Dataset
from features.sources import ingest

PROFILE = """
name = "test"
[time]
column = "when"
precision = "second"
[sender]
account = "from"
outside = ["OUT"]
[receiver]
account = "to"
outside = ["OUT"]
[amount]
column = "sum"
currency = "ccy"
[channel]
column = "way"
[reporting]
currency = "EUR"
"""
HEADER = "when,from,to,sum,ccy,way"
ROW = "2024-01-01T10:00:00,a,b,1.00,EUR,wire"


class Source:
    """A folder to write files and a profile into, and to ingest from."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = folder / "dataset"

    def csv(self, *rows, header=HEADER, name="batch.csv"):
        file = self.folder / name
        file.write_text("\n".join([header, *rows]) + "\n")
        return file

    def profile(self, *changes, text=PROFILE):
        """Write the profile; a change is a pair of texts, or lines to put before or after it."""
        for change in changes:
            if isinstance(change, tuple):
                assert change[0] in text
                text = text.replace(*change)
            else:
                text = f"{text}\n{change}" if "[" in change.split("=")[0] else f"{change}\n{text}"
        file = self.folder / "profile.toml"
        file.write_text(text)
        return file

    def ingest(self, rows, *changes, header=HEADER, **options):
        file = self.csv(*rows, header=header)
        return ingest([file], self.profile(*changes), self.out, **options)

    def rows(self, *columns):
        """The transactions in their order: values of a column, or tuples of several."""
        found = Dataset.open(self.out).read(columns).to_pylist()
        named = [tuple(row[name] for name in columns) for row in found]
        return [row[0] for row in named] if len(columns) == 1 else named

    def refused(self):
        """Row number and reason of what is in the quarantine."""
        table = Dataset.open(self.out).quarantine()
        return [] if table is None else [(r["source_row"], r["reason"]) for r in table.to_pylist()]


@pytest.fixture
def source(tmp_path):
    return Source(tmp_path)


@pytest.fixture
def row():
    return ROW


@pytest.fixture
def header():
    return HEADER
