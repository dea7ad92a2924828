"""Make a model the champion: only on a person's word, and with a comparison attached."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.bundle import load_bundle
from experiments.comparing.outcome import FORMAT
from experiments.comparing.sealing import JSON, copy_comparison, opened
from experiments.tracking import CHAMPION, Entry, Registry, Tracker, resolve_model
from features.errors import Fault, InputError


@dataclass(frozen=True)
class Promotion:
    """A version that became the champion, whom it replaced, and where the comparison lies."""

    entry: Entry
    former: Entry | None
    comparison: str
    store: str

    def lines(self) -> list[str]:
        """Return the result in a few plain lines."""
        name = self.entry.name
        before = f", in place of version {self.former.version}" if self.former else ""
        return [
            f"{self.entry.uri} is the {CHAMPION} of {name} now{before}.",
            f"The comparison is attached: {self.comparison} in {self.store}.",
        ]

    def plain(self) -> dict[str, Any]:
        """Return the result as plain JSON values."""
        return {
            "model_uri": self.entry.uri,
            "replaced": self.former.uri if self.former else None,
            "comparison": self.comparison,
            "tracking_uri": self.store,
        }


def promote(
    asked: str, comparison: Path, tracker: Tracker, *, record_accounts: bool = False
) -> Promotion:
    """Make a registered version the champion.

    ``comparison`` is a folder that ``moneytrail compare`` wrote: the champion there is now as A,
    the new one as B, measured on data. What it says of accounts by name is attached only where
    ``record_accounts`` says so.

    Raises
    ------
    BundleError
        If there is no such version.
    InputError
        If it is the champion already, or the comparison is not of these two, or not as it was
        written.
    """
    if not asked.startswith("models:/"):
        raise InputError(f"{asked}: only registered models can serve; wanted models:/NAME/VERSION")
    registry, told = Registry(tracker), _read(comparison)
    with tempfile.TemporaryDirectory(prefix="moneytrail-") as place:
        found = resolve_model(asked, Path(place) / "new", tracker.uri)
        entry, own = registry.entry(found.uri), load_bundle(found.folder).digest
        former = registry.champion(entry.name)
        if former is not None and former.version == entry.version:
            raise InputError(f"{entry.uri} is the {CHAMPION} of {entry.name} already")
        old = _digest(former, Path(place) / "old", tracker) if former else None
    _check(comparison, told, entry, own, old)
    tags = {"moneytrail.promoted_at": datetime.now(UTC).isoformat(timespec="seconds")}
    if former is not None:
        tags["moneytrail.replaced"] = former.version
    tags["moneytrail.comparison_digest"] = str(told["digest"])
    with tempfile.TemporaryDirectory(prefix="moneytrail-") as place:
        evidence = Path(place) / "comparison"
        copy_comparison(comparison, evidence, accounts=record_accounts)
        attached = registry.crown(entry, former, evidence, tags)
    return Promotion(entry, former, attached, tracker.uri)


def _digest(entry: Entry, place: Path, tracker: Tracker) -> str:
    """Return the digest of the bundle as it lies in the registry, checked."""
    return load_bundle(resolve_model(entry.uri, place, tracker.uri).folder).digest


def _read(comparison: Path) -> Mapping[str, Any]:
    told = opened(comparison, FORMAT)
    if told["measured"] is None:
        raise InputError(
            f"{comparison}: compares how the models were made, not what they find; "
            "wanted one made with --data"
        )
    return told


def _check(
    comparison: Path, told: Mapping[str, Any], entry: Entry, own: str, old: str | None
) -> None:
    """Refuse a comparison of other models."""
    wanted = {"b": (own, f"{entry.uri}, which is to be {CHAMPION}")}
    if old is not None:
        wanted["a"] = (old, f"the {CHAMPION} there is")
    faults = tuple(
        Fault(
            JSON,
            name,
            f"{told[name]['asked_for']} (bundle {told[name]['digest'][:12]})",
            f"{what} (bundle {digest[:12]})",
        )
        for name, (digest, what) in sorted(wanted.items())
        if told[name]["digest"] != digest
    )
    if faults:
        raise InputError(f"{comparison}: compares other models", faults)
