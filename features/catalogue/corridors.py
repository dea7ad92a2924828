"""Where the money goes and comes from, by dated lists of countries; and in what currency."""

from collections.abc import Mapping

from features.catalogue.behaviours import LISTS, Countries
from features.catalogue.feature import Feature
from features.catalogue.lenses import RECEIVER_IN, SENDER_IN, SENDER_OUT, did, who
from features.filters import Both, Exchanged, RowFilter
from features.places import Between, CrossBorder, Listed, NewCorridor, Placed, Side
from features.statistics import Alike, Ratio, Total
from features.statistics.different import Different
from features.statistics.given import Condition, Given, Holds
from features.windows import DAY, strictly_before, trailing
from features.workspace import Lens

_MONTH = trailing(28 * DAY)
_NAMED: Mapping[str, Countries] = {
    "fatf_call_for_action": LISTS.call_for_action,
    "fatf_increased_monitoring": LISTS.increased_monitoring,
    "us_drug_majors": LISTS.drug_majors,
}
_ANY = Countries(
    max(one.version for one in _NAMED.values()),
    tuple(sorted({country for one in _NAMED.values() for country in one.countries})),
)
_SAID = {
    "fatf_call_for_action": "subject to a call for action (FATF, {})",
    "fatf_increased_monitoring": "under increased monitoring (FATF, {})",
    "us_drug_majors": "listed as major for drug transit, production or precursors (US, {})",
}
_ROUTED = Between(
    "routed_for_precursors",
    f"{LISTS.intermediaries.version}/{LISTS.precursor_sources.version}",
    LISTS.intermediaries.countries,
    LISTS.precursor_sources.countries,
)
_CORRIDOR = ("IND-35",)
_WAYS: tuple[tuple[Lens, Side], ...] = ((SENDER_OUT, "receiver"), (RECEIVER_IN, "sender"))


def _listed(side: Side, name: str) -> Listed:
    return Listed(side, name, _NAMED[name].version, _NAMED[name].countries)


def _where(side: Side, name: str) -> str:
    way = "from" if side == "sender" else "to"
    return f"{way} a country {_SAID[name].format(_NAMED[name].version)}"


def _went(side: Side) -> str:
    return "came" if side == "sender" else "went"


def _fact(side: Side, name: str) -> Feature:
    return Feature(
        "geography and channel",
        Holds(_listed(side, name), Placed()),
        "yes/no",
        f"The payment crosses a border {_where(side, name)}: {{value}}.",
        _CORRIDOR,
    )


def _share(lens: Lens, rows: RowFilter, said: str, flags: tuple[str, ...]) -> Feature:
    return Feature(
        "geography and channel",
        Ratio(
            f"{lens.label}_{rows.label}_share_{_MONTH.label}",
            Total(lens, _MONTH, rows, weighed=True),
            Total(lens, _MONTH, Placed(), weighed=True),
        ),
        "share",
        f"{{value}} of the money between known countries in the payments that {who(lens)} "
        f"{did(lens)} {_MONTH.words} {said}.",
        flags,
    )


def _new_corridor() -> Feature:
    listed = Listed("receiver", "any_list", _ANY.version, _ANY.countries)
    rows, window = Both(listed, NewCorridor(28 * DAY)), trailing(7 * DAY)
    return Feature(
        "geography and channel",
        Total(SENDER_OUT, window, rows),
        "payments",
        f"{{sender}} made {{value}} payments {window.words} to a country on one of the lists, not "
        "paid to in the 28 days before each.",
        _CORRIDOR,
    )


def _routed() -> tuple[Feature, Feature]:
    window, holds = strictly_before(7 * DAY), Holds(_ROUTED, Placed())
    way = f"from {', '.join(_ROUTED.senders)} to {', '.join(_ROUTED.receivers)}"
    return (
        Feature(
            "geography and channel",
            holds,
            "yes/no",
            f"The payment goes {way}, as payments for precursors have been routed: {{value}}.",
            ("IND-36",),
        ),
        Feature(
            "geography and channel",
            Given(
                f"{SENDER_IN.label}_alike_{_ROUTED.label}_{window.label}",
                Alike(SENDER_IN, window, 850, 1150),
                (Condition(holds, low=1.0),),
                apart=True,
            ),
            "payments",
            f"Before this payment {way}, {{sender}} had received {{value}} payments within 15 % "
            f"of its amount {window.words} (0 if it does not go that way).",
            ("IND-36",),
        ),
    )


def _exchanged(lens: Lens) -> Feature:
    return Feature(
        "geography and channel",
        Ratio(
            f"{lens.label}_exchanged_share_{_MONTH.label}",
            Total(lens, _MONTH, Exchanged(), weighed=True),
            Total(lens, _MONTH, weighed=True),
        ),
        "share",
        f"{{value}} of the money in the payments that {who(lens)} {did(lens)} {_MONTH.words} is "
        "known to have changed currency.",
        ("IND-37",),
    )


def _currencies(lens: Lens) -> Feature:
    return Feature(
        "geography and channel",
        Different(lens, _MONTH, "currencies"),
        "number",
        f"The payments that {who(lens)} {did(lens)} {_MONTH.words} were paid in {{value}} "
        "different currencies.",
        ("IND-37",),
    )


FEATURES = (
    *(_fact(side, name) for _, side in _WAYS for name in _NAMED),
    *(
        _share(lens, _listed(side, name), f"{_went(side)} {_where(side, name)}", _CORRIDOR)
        for lens, side in _WAYS
        for name in ("us_drug_majors",)  # of the others, single payments are told above
    ),
    *(
        _share(lens, CrossBorder(), "crossed a border", _CORRIDOR)
        for lens in (SENDER_OUT, RECEIVER_IN)
    ),
    _new_corridor(),
    *_routed(),
    *(_exchanged(lens) for lens in (SENDER_OUT, RECEIVER_IN)),
    *(_currencies(lens) for lens in (SENDER_OUT, RECEIVER_IN)),
)
