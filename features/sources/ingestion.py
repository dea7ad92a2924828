"""From files of the world to a transaction dataset."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from features.dataset import DatasetFacts, Manifest, refuse_existing, write_dataset
from features.dataset.schema import LABELS
from features.errors import ConfigError
from features.sources.accounts import read_accounts
from features.sources.columns import Binding, bind
from features.sources.files import SourceFile, find_files
from features.sources.gathering import Gathered, gather
from features.sources.mapping import Mapper
from features.sources.money import Money
from features.sources.patterns import add_patterns
from features.sources.profile import Profile, load_profile
from features.sources.rates import load_rates
from features.sources.vocabulary import Currencies


@dataclass(frozen=True)
class IngestReport:
    """What became of every row: read = transactions + not_payments + the sum of quarantined.

    ``quarantined`` counts rows by reason, ``positives`` rows with label 1, ``unmapped`` names the
    columns that were left out, ``patterns_not_found`` counts rows of a patterns file that no
    labelled transaction equals.
    """

    path: Path
    manifest: Manifest
    read: int
    transactions: int
    not_payments: int
    quarantined: dict[str, int]
    quarantine: Path | None
    positives: int
    unmapped: tuple[str, ...] = ()
    patterns_not_found: int = 0


def ingest(
    files: Sequence[Path],
    profile: Path | str,
    out: Path,
    *,
    rates: Path | str | None = None,
    accounts: Path | None = None,
    patterns: Path | None = None,
) -> IngestReport:
    """Read CSV or Parquet files through a source profile and write a dataset.

    The order of ``files`` does not matter; a folder stands for the files in it. Rows that
    cannot be used are kept in the dataset's quarantine with their reasons.

    Raises
    ------
    ConfigError
        If the profile cannot be used, or does not cover what is asked for.
    InputError
        If a file or a column cannot be read, or no row can be used.
    OutputError
        If ``out`` exists already.
    """
    refuse_existing(Path(out))
    plan = load_profile(profile)
    if patterns is not None and plan.patterns is None:
        raise ConfigError(f"{plan.path}: a patterns file needs the key patterns")
    bindings = bind(plan, find_files(files, plan.file))
    mapper = Mapper(plan, Money(plan, load_rates(plan, rates), Currencies(plan.currencies)))
    more = {"accounts": _file(accounts, plan), "patterns": _file(patterns, plan)}
    owners = None if more["accounts"] is None else read_accounts(more["accounts"], plan)
    found, missed = gather(mapper, bindings), 0
    if patterns is not None and found.labels is not None:
        found, missed = _with_patterns(Path(patterns), mapper, bindings, found)
    labels = _labels(found)
    manifest = write_dataset(
        Path(out),
        found.transactions,
        _facts(mapper, bindings, more, found),
        accounts=owners,
        labels=labels,
        quarantine=found.quarantine,
    )
    report = _report(Path(out), manifest, found, labels)
    return replace(report, unmapped=_unmapped(bindings), patterns_not_found=missed)


def _file(path: Path | None, profile: Profile) -> SourceFile | None:
    return None if path is None else SourceFile(Path(path), Path(path).name, profile.file)


def _with_patterns(
    path: Path, mapper: Mapper, bindings: list[Binding], found: Gathered
) -> tuple[Gathered, int]:
    labels, missed = add_patterns(path, mapper, bindings[0], found.transactions, found.labels)
    return replace(found, labels=labels), missed


def _labels(found: Gathered) -> pa.Table | None:
    """Return the table of labels: one row for each transaction whose label is known."""
    if found.labels is None:
        return None
    ids = found.transactions["transaction_id"]
    table = found.labels.add_column(0, "transaction_id", ids)
    return table.filter(pc.is_valid(table["label"])).select(LABELS.names)


def _facts(
    mapper: Mapper, bindings: list[Binding], more: dict[str, SourceFile | None], found: Gathered
) -> DatasetFacts:
    profile, money = mapper.profile, mapper.money
    source: dict[str, object] = {
        "profile": profile.name,
        "profile_sha256": profile.sha256,
        "files": [
            {"name": file.name, "sha256": file.sha256, "rows": found.rows[file.name]}
            for file in (binding.file for binding in bindings)
        ],
        "columns_left_out": list(_unmapped(bindings)),
        "quarantined": found.quarantined,
    }
    source |= {
        f"{kind}_file": {"name": file.name, "sha256": file.sha256}
        for kind, file in more.items()
        if file is not None
    }
    paid = pc.unique(found.transactions["currency"].cast(pa.string())).to_pylist()
    converted = paid != [profile.reporting.currency]
    return DatasetFacts(
        source=source,
        reporting_currency=profile.reporting.currency,
        minor_digits=money.digits,
        time_precision=profile.time.precision,
        labels=profile.completeness,
        rates=dict(money.rates.facts) if converted else None,
        not_payments=found.not_payments,
    )


def _unmapped(bindings: list[Binding]) -> tuple[str, ...]:
    return tuple(sorted({name for binding in bindings for name in binding.unmapped}))


def _report(
    out: Path, manifest: Manifest, found: Gathered, labels: pa.Table | None
) -> IngestReport:
    refused = found.quarantine.num_rows
    return IngestReport(
        path=out,
        manifest=manifest,
        read=sum(found.rows.values()),
        transactions=found.transactions.num_rows,
        not_payments=found.not_payments,
        quarantined=found.quarantined,
        quarantine=out / "quarantine" if refused else None,
        positives=0 if labels is None else pc.sum(labels["label"], min_count=0).as_py(),
    )
