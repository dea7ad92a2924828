"""Find a profile's columns in a file, and say which of the file's columns nobody asked for."""

import re
from dataclasses import dataclass

from features.errors import Fault, InputError
from features.sources.files import SourceFile
from features.sources.profile import Profile
from features.sources.reference import Reference

_ANYWHERE = ("launder", "fraud", "illicit", "suspic", "typolog", "anomal", "groundtruth")
_AS_WORD = {
    *("sar", "sars", "issar", "label", "labels", "labelled", "alert", "alerts", "flagged"),
    *("outlier", "criminal", "pattern", "truth"),
}
_ALONE = {"class", "target", "y", "flag", "isflag"}


def looks_like_label(name: str) -> bool:
    """Tell whether a column's name suggests that it says who is guilty.

    >>> [looks_like_label(name) for name in ("Is Laundering", "isSAR", "alertID", "Salary")]
    [True, True, True, False]
    """
    parts = re.sub(r"([a-z0-9])([A-Z])|([A-Z])([A-Z][a-z])", r"\1\3 \2\4", name)
    words = re.findall(r"[a-z]+", parts.lower())
    joined = "".join(words)
    return (
        any(stem in joined for stem in _ANYWHERE)
        or any(word in _AS_WORD for word in words)
        or joined in _ALONE
    )


@dataclass(frozen=True)
class Binding:
    """Where a profile's columns are in one file: reference to position, counted from 1."""

    file: SourceFile
    positions: dict[Reference, int]
    unmapped: tuple[str, ...]


def bind(profile: Profile, files: list[SourceFile]) -> list[Binding]:
    """Find every column of the profile in every file.

    Raises
    ------
    InputError
        If a column is missing or a name stands for two, if a column that looks like a label is
        neither mapped nor ignored, or a label column is an input too; lists all of these.
    """
    bindings = [_bind_file(profile, file) for file in files]
    faults = [fault for _, found in bindings for fault in found]
    if faults:
        raise InputError(f"the files do not fit the profile {profile.name!r}", tuple(faults))
    return [binding for binding, _ in bindings]


def _bind_file(profile: Profile, file: SourceFile) -> tuple[Binding, list[Fault]]:
    faults: list[Fault] = []
    positions: dict[Reference, int] = {}
    inputs = dict.fromkeys(reference for _, reference in profile.inputs())
    labels = dict.fromkeys(reference for _, reference in profile.label_columns())
    for reference in (*inputs, *labels):
        place, fault = locate(file, reference)
        positions[reference] = place
        faults += [] if fault is None else [fault]
    ignored = {place for item in profile.ignore for place in _all_places(file, item)}
    mapped = set(positions.values())
    unmapped = [place for place in range(1, len(file.columns) + 1) if place not in mapped | ignored]
    left_out = sorted({*unmapped, *(ignored - mapped)})
    binding = Binding(file, positions, tuple(file.shown(place) for place in left_out))
    faults += _label_faults(binding, unmapped)
    both = {positions[item] for item in inputs} & {positions[item] for item in labels} - {0}
    faults += [
        Fault(
            file.name, binding.file.shown(place), "a label column used as an input", "labels only"
        )
        for place in sorted(both)
    ]
    return binding, faults


def locate(file: SourceFile, reference: Reference) -> tuple[int, Fault | None]:
    """Find one column; return its position, or 0 and what is wrong."""
    names = file.columns
    if reference.position is not None:
        if reference.position <= len(names):
            return reference.position, None
        return 0, Fault(file.name, None, f"no {reference}", f"one of the {len(names)} columns")
    places = _all_places(file, reference)
    if len(places) == 1:
        return places[0], None
    if places:
        where = " and ".join(str(place) for place in places)
        found = f"columns {where} have this name"
        return 0, Fault(file.name, reference.name, found, "a position instead of the name")
    wanted = "one of " + ", ".join(names)
    return 0, Fault(file.name, reference.name, "no such column", wanted)


def _all_places(file: SourceFile, reference: Reference) -> list[int]:
    if reference.position is not None:
        return [reference.position] if reference.position <= len(file.columns) else []
    return [place for place, name in enumerate(file.columns, 1) if name == reference.name]


def _label_faults(binding: Binding, unmapped: list[int]) -> list[Fault]:
    wanted = "it mapped under [labels], or listed under ignore"
    return [
        Fault(binding.file.name, binding.file.shown(place), "label column left unmapped", wanted)
        for place in unmapped
        if looks_like_label(binding.file.columns[place - 1])
    ]
