"""The transaction dataset: the one form in which transactions reach the features."""

from features.dataset.manifest import FileEntry, Manifest
from features.dataset.reader import Dataset
from features.dataset.schema import ACCOUNTS, CHANNELS, LABELS, TIME, TRANSACTIONS
from features.dataset.staging import refuse_existing, staged_folder
from features.dataset.validation import ValidationReport, validate
from features.dataset.writer import DatasetFacts, write_dataset

__all__ = [
    "ACCOUNTS",
    "CHANNELS",
    "LABELS",
    "TIME",
    "TRANSACTIONS",
    "Dataset",
    "DatasetFacts",
    "FileEntry",
    "Manifest",
    "ValidationReport",
    "refuse_existing",
    "staged_folder",
    "validate",
    "write_dataset",
]
