"""A model as a folder of data: no code, no pickle, no path of the machine that made it.

``bundle.json`` is canonical JSON: it names the format, the features and how each was defined, the
indicators, the settings, what training found, the libraries, and the sha256 of every other file;
its ``digest`` is the sha256 of all the rest of it. The same training gives the same bytes.
"""

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from engine.arrays import Arrays, prefixed, under
from engine.booster import Trees
from engine.calibration import PercentileCurve, Platt
from engine.conformal import Block
from engine.detectors.bank import DETECTORS, DetectorBank
from engine.ensemble import Ensemble, Supervised
from engine.peers import Peers
from engine.scout import Scout, check_scout
from engine.settings import EnsembleConfig
from features.dataset.manifest import canonical_digest
from features.dataset.staging import staged_folder
from features.errors import BundleError, ConfigError, Fault

FORMAT = "moneytrail-bundle"
FORMAT_VERSION = 3
_MANIFEST, _ARRAYS, _TREES = "bundle.json", "arrays.npz", "booster.ubj"
_INDICATORS, _SCOUT = "indicators.toml", "scout.ubj"
_LIBRARIES = ("numba", "numpy", "pyod", "scikit-learn", "scipy", "xgboost-cpu")


@dataclass(frozen=True)
class Bundle:
    """A loaded model: the ensemble, what its manifest says, and the digest that names it.

    ``peers`` are None and ``indicators`` empty in a model that was saved without; ``honest`` (what
    honest accounts score in a week) is None where no weeks were set aside to know it; ``scout`` is
    None in a model that looks at payments once.
    """

    ensemble: Ensemble
    manifest: Mapping[str, Any]
    digest: str
    peers: Peers | None
    indicators: str
    honest: Block | None = None
    scout: Scout | None = None


def save_bundle(
    folder: Path,
    ensemble: Ensemble,
    *,
    definitions: Mapping[str, str],
    facts: Mapping[str, object],
    peers: Peers | None = None,
    indicators: str = "",
    honest: Block | None = None,
    scout: Scout | None = None,
) -> str:
    """Write a model as a new folder, whole or not at all; return its digest.

    ``definitions`` is how each feature was defined (`features.catalogue.definition`), those of
    the indicators and the scout too; ``facts`` is what the caller wants kept about the training
    (plain JSON values); ``indicators`` the text of their config; ``honest`` what honest accounts
    score; ``scout`` what takes the first look.

    Raises
    ------
    OutputError
        If the folder exists already or cannot be written.
    BundleError
        If company features and the scout are not there together.
    """
    check_scout(str(folder), ensemble.names, scout)
    contents = {_ARRAYS: _packed(ensemble, peers, honest)}
    if ensemble.supervised is not None:
        contents[_TREES] = ensemble.supervised.trees.to_bytes()
    if indicators:
        contents[_INDICATORS] = indicators.encode()
    if scout is not None:
        contents[_SCOUT] = scout.trees.to_bytes()
    manifest = {**_described(ensemble), "definitions": dict(definitions), "facts": dict(facts)}
    manifest["peers"] = None if peers is None else peers.facts()
    manifest["honest"] = None if honest is None else dict(honest.facts)
    manifest["scout"] = None if scout is None else scout.facts()
    manifest["files"] = {name: _sha256(data) for name, data in contents.items()}
    manifest["digest"] = canonical_digest(manifest)
    with staged_folder(folder) as staging:
        for name, data in contents.items():
            (staging / name).write_bytes(data)
        (staging / _MANIFEST).write_text(_rendered(manifest), encoding="utf-8")
    return str(manifest["digest"])


def load_bundle(
    folder: Path,
    *,
    definitions: Mapping[str, str] | None = None,
    names: Sequence[str] | None = None,
) -> Bundle:
    """Read a model; reads data only.

    ``definitions`` and ``names`` are what the caller's features are; left out, any will do.

    Raises
    ------
    BundleError
        If a file is missing, added or changed, the format is unknown, or the model was trained
        for other features; names the file, or the first feature that differs.
    """
    manifest = _read_manifest(folder)
    _check_features(folder, manifest, definitions, names)
    contents = _read_files(folder, manifest["files"])
    try:
        arrays = _unpacked(contents[_ARRAYS])
        ensemble = _assembled(manifest, contents, arrays)
        peers = None if manifest["peers"] is None else Peers.from_arrays(under("peers", arrays))
        indicators = contents.get(_INDICATORS, b"").decode()
        honest = _honest(manifest, arrays)
        first = manifest["scout"]
        scout = None if first is None else Scout.of(first, contents[_SCOUT])
    except (KeyError, TypeError, ValueError, ConfigError, zipfile.BadZipFile, zlib.error) as error:
        raise BundleError(f"{folder}: not a model this version can use: {error!r}") from error
    check_scout(str(folder), ensemble.names, scout)
    return Bundle(ensemble, manifest, str(manifest["digest"]), peers, indicators, honest, scout)


def _described(ensemble: Ensemble) -> dict[str, object]:
    supervised = ensemble.supervised
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "features": list(ensemble.names),
        "score_kind": ensemble.score_kind,
        "detectors": list(ensemble.bank.names),
        "settings": ensemble.config.to_mapping(),
        "fit": dict(ensemble.facts),
        "supervised": None
        if supervised is None
        else {
            "sees_detectors": supervised.sees_detectors,
            "anomaly_weight": supervised.anomaly_weight,
            "slope": supervised.platt.slope,
            "intercept": supervised.platt.intercept,
        },
        "libraries": {name: version(name) for name in ("moneytrail", *_LIBRARIES)},
    }


def _packed(ensemble: Ensemble, peers: Peers | None, honest: Block | None) -> bytes:
    """Return all arrays as one archive; numpy dates its members 1980, so bytes repeat."""
    arrays = prefixed("bank", ensemble.bank.arrays())
    arrays |= prefixed("standing", ensemble.standing.arrays())
    arrays |= prefixed("peers", peers.arrays() if peers is not None else {})
    arrays |= prefixed("honest", honest.arrays() if honest is not None else {})
    stream = io.BytesIO()
    np.savez_compressed(stream, allow_pickle=False, **arrays)
    return stream.getvalue()


def _read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / _MANIFEST
    try:
        text = path.read_text(encoding="utf-8")
        manifest = json.loads(text)
    except FileNotFoundError as error:
        raise BundleError(f"{folder}: not a model: {_MANIFEST} is missing") from error
    except (OSError, ValueError) as error:
        raise BundleError(f"{path}: changed or cut short: no JSON") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise BundleError(f"{path}: not the manifest of a model")
    if manifest.get("format_version") != FORMAT_VERSION:
        found = manifest.get("format_version")
        raise BundleError(f"{path}: format version {found}; this program reads {FORMAT_VERSION}")
    rest = {key: value for key, value in manifest.items() if key != "digest"}
    if canonical_digest(rest) != manifest.get("digest") or _rendered(manifest) != text:
        raise BundleError(f"{path}: changed since it was written: its digest differs")
    return manifest


def _rendered(manifest: Mapping[str, Any]) -> str:
    return (
        json.dumps(manifest, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    )


def _check_features(
    folder: Path,
    manifest: Mapping[str, Any],
    definitions: Mapping[str, str] | None,
    names: Sequence[str] | None,
) -> None:
    own = manifest["features"]
    if names is not None and list(names) != own:
        raise BundleError(f"{folder}: trained for other features: {_first_difference(own, names)}")
    if definitions is not None:
        check_definitions(str(folder), manifest["definitions"], definitions)


def check_definitions(where: str, own: Mapping[str, str], definitions: Mapping[str, str]) -> None:
    """Refuse a model one of whose features means something else here.

    Raises
    ------
    BundleError
        If a feature is unknown here or defined in another way; names them.
    """
    unknown = tuple(name for name in own if name not in definitions)
    other = tuple(name for name in own if definitions.get(name, own[name]) != own[name])
    faults = [
        Fault(where, "features", f"{len(names)} {what}", wanted, names)
        for names, what, wanted in (
            (unknown, "unknown here", "known ones"),
            (other, "defined in another way here", "the definitions it was trained with"),
        )
        if names
    ]
    if faults:
        raise BundleError("the model was trained for another catalogue", tuple(faults))


def _first_difference(own: Sequence[str], names: Sequence[str]) -> str:
    for k, (mine, theirs) in enumerate(zip(own, names, strict=False)):
        if mine != theirs:
            return f"feature {k + 1} is {mine!r} in the model, {theirs!r} here"
    longer, where = (own, "the model") if len(own) > len(names) else (names, "the catalogue here")
    shorter = min(len(own), len(names))
    return f"feature {shorter + 1}, {longer[shorter]!r}, is only in {where}"


def _read_files(folder: Path, digests: Mapping[str, str]) -> dict[str, bytes]:
    contents, faults = {}, []
    for name, digest in digests.items():
        try:
            contents[name] = (folder / name).read_bytes()
        except OSError:
            faults.append(Fault(name, None, "missing", "the file as it was written"))
            continue
        if _sha256(contents[name]) != digest:
            faults.append(Fault(name, None, "changed", f"sha256 {digest[:12]}"))
    present = {path.name for path in folder.iterdir()}
    added = sorted(present - {_MANIFEST, *digests})
    faults += [Fault(name, None, "not part of the model", "no such file") for name in added]
    if faults:
        raise BundleError(f"{folder}: the model is not as it was written", tuple(faults))
    return contents


def _unpacked(packed: bytes) -> Arrays:
    with np.load(io.BytesIO(packed), allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def _assembled(
    manifest: Mapping[str, Any], contents: Mapping[str, bytes], arrays: Arrays
) -> Ensemble:
    detectors = tuple(manifest["detectors"])
    if unknown := [name for name in detectors if name not in DETECTORS]:
        raise ValueError(f"unknown detectors {unknown}")
    return Ensemble(
        tuple(manifest["features"]),
        DetectorBank.from_arrays(detectors, under("bank", arrays)),
        PercentileCurve.from_arrays(under("standing", arrays)),
        _supervised(manifest["supervised"], contents, manifest["score_kind"]),
        EnsembleConfig.from_mapping(manifest["settings"]),
        manifest["fit"],
    )


def _supervised(
    settings: Mapping[str, Any] | None, contents: Mapping[str, bytes], score_kind: str
) -> Supervised | None:
    if settings is None:
        return None
    return Supervised(
        Trees.from_bytes(contents[_TREES]),
        settings["sees_detectors"],
        settings["anomaly_weight"],
        Platt(settings["slope"], settings["intercept"]),
        calibrated=score_kind == "probability",
    )


def _honest(manifest: Mapping[str, Any], arrays: Arrays) -> Block | None:
    """Take the block of honest account-weeks; models of before there were such have none."""
    facts = manifest.get("honest")
    return None if facts is None else Block.from_arrays(under("honest", arrays), facts)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
