"""What differs between two models, in words: config, data, features, how they were fitted."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from experiments.judging.model import Model
from experiments.recording import flattened
from experiments.split import PARTS

_NAMED = 5
_ABSENT = "not there"


@dataclass(frozen=True)
class Difference:
    """One thing that is not the same; ``about`` is config, data, features or fit."""

    about: str
    what: str
    a: str
    b: str

    @property
    def words(self) -> str:
        """Say it in one line.

        >>> Difference("config", "seed", "7", "11").words
        'config, seed: 7 in A, 11 in B'
        """
        return f"{self.about}, {self.what}: {self.a or 'empty'} in A, {self.b or 'empty'} in B"


def differences(a: Model, b: Model) -> list[Difference]:
    """Return all that differs, the config first."""
    return [*_config(a, b), *_data(a, b), *_features(a, b), *_fit(a, b)]


def _config(a: Model, b: Model) -> Iterator[Difference]:
    yield from _compared("config", flattened(a.config.plain()), flattened(b.config.plain()))


def _data(a: Model, b: Model) -> Iterator[Difference]:
    yield from _compared("data", _facts(a), _facts(b))


def _facts(model: Model) -> dict[str, object]:
    facts = model.bundle.manifest["facts"]
    parts = {
        f"{name} part": "{start} to {stop}, {evaluated_rows:,} rows".format(**facts["split"][name])
        for name in PARTS
        if name in facts["split"]
    }
    return {"snapshot": model.snapshot_id[:12], **_without(facts["data"], "snapshot_id"), **parts}


def _features(a: Model, b: Model) -> Iterator[Difference]:
    own, other = a.bundle.ensemble.names, b.bundle.ensemble.names
    only_a, only_b = ([n for n in x if n not in set(y)] for x, y in ((own, other), (other, own)))
    if only_a or only_b:
        yield Difference("features", "only in one of them", _few(only_a), _few(only_b))
    here, there = (model.bundle.manifest["definitions"] for model in (a, b))
    for name in own:
        if name in set(other) and here.get(name) != there.get(name):
            yield Difference("features", f"{name} is defined", str(here[name]), str(there[name]))


def _fit(a: Model, b: Model) -> Iterator[Difference]:
    yield from _compared("fit", _fitted(a), _fitted(b))


def _fitted(model: Model) -> dict[str, object]:
    manifest = model.bundle.manifest
    chosen = dict(manifest["fit"].get("chosen") or {})
    chosen.pop("average_precision", None)
    return {
        "score": manifest["score_kind"],
        "detectors": ", ".join(manifest["detectors"]),
        **_scout(manifest["scout"], manifest["files"]),
        **{f"chosen {name.replace('_', ' ')}": value for name, value in chosen.items()},
        **{f"notes {k + 1}": note for k, note in enumerate(manifest["fit"].get("notes", []))},
        "indicators (no score depends on them)": manifest["files"].get("indicators.toml", "")[:12],
        **{f"library {name}": value for name, value in manifest["libraries"].items()},
    }


def _scout(facts: Mapping[str, Any] | None, files: Mapping[str, str]) -> dict[str, object]:
    """Say what takes the first look: how many features it sees, its trees, how it is calibrated."""
    if facts is None:
        return {}
    line = f"slope {facts['slope']:.4g}, intercept {facts['intercept']:.4g}"
    seen = f"{len(facts['features'])} features, trees {files['scout.ubj'][:12]}, {line}"
    return {"first look": seen}


def _compared(about: str, a: Mapping[str, object], b: Mapping[str, object]) -> Iterator[Difference]:
    for what in dict.fromkeys([*a, *b]):
        own, other = (str(facts.get(what, _ABSENT)) for facts in (a, b))
        if own != other:
            yield Difference(about, what, own, other)


def _without(facts: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in facts.items() if key != name}


def _few(names: Sequence[str]) -> str:
    """Name the first few.

    >>> _few(["a", "b"]), _few([])
    ('2 (a, b)', 'none')
    """
    if not names:
        return "none"
    rest = ", …" if len(names) > _NAMED else ""
    return f"{len(names)} ({', '.join(names[:_NAMED])}{rest})"
