"""The published red flags that features bear on: what each is, and who published it where."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Publication:
    """Something an authority published, and where it stands."""

    title: str
    link: str

    def at(self, place: str = "") -> "Citation":
        """Return a place in it."""
        return Citation(self, place)


@dataclass(frozen=True)
class Citation:
    """A place in a publication; an empty one means all of it."""

    publication: Publication
    place: str

    def markdown(self) -> str:
        """Return it as a link.

        >>> Publication("Act", "https://example.org").at("p. 3").markdown()
        '[Act](https://example.org), p. 3'
        """
        link = f"[{self.publication.title}]({self.publication.link})"
        return f"{link}, {self.place}" if self.place else link


@dataclass(frozen=True)
class RedFlag:
    """What one is, in a few words, and where it is published."""

    name: str
    sources: tuple[Citation, ...]


_ALERTS = "https://fintrac-canafe.canada.ca/intel/operation"
_ADVISORIES = "https://www.fincen.gov/resources/advisories/fincen-advisory"
_GUIDANCE = "https://fintrac-canafe.canada.ca/guidance-directives/transaction-operation"
_FENTANYL_FILE = "2019-08-21/Fentanyl%20Advisory%20FINAL%20508.pdf"

OPIOIDS = Publication(
    "FINTRAC, Laundering the proceeds of illicit synthetic opioids, January 2025",
    f"{_ALERTS}/iso-osi-eng",
)
ENTITIES = Publication(
    "FINTRAC, ML/TF indicators: financial entities",
    f"{_GUIDANCE}/indicators-indicateurs/fin_mltf-eng",
)
CANNABIS = Publication("FINTRAC-2022-OA002, Illicit cannabis", f"{_ALERTS}/cannabis-eng")
UNDERGROUND = Publication("FINTRAC-2023-OA002, Underground banking", f"{_ALERTS}/ml-rec-eng")
PROFESSIONAL = Publication(
    "FINTRAC, Professional money laundering, July 2018", f"{_ALERTS}/oai-ml-eng"
)
FENTANYL = Publication(
    "FinCEN FIN-2019-A006", f"https://www.fincen.gov/sites/default/files/advisory/{_FENTANYL_FILE}"
)
PRECURSORS = Publication("FinCEN FIN-2024-A002", f"{_ADVISORIES}-fin-2024-a002")
FUNNEL = Publication("FinCEN FIN-2014-A005", f"{_ADVISORIES}-fin-2014-a005")
NETWORKS = Publication("FinCEN FIN-2025-A003", f"{_ADVISORIES}-fin-2025-a003")
FFIEC = Publication(
    "FFIEC BSA/AML Examination Manual, appendix F", "https://bsaaml.ffiec.gov/manual/Appendices/07"
)
GOAML = Publication("UAE FIU, goAML indicators", "https://www.uaefiu.gov.ae/en/")
AMLWORLD = Publication("Altman et al. 2023, AMLworld", "https://arxiv.org/abs/2306.16424")


def _flag(name: str, *sources: Citation) -> RedFlag:
    return RedFlag(name, sources)


RED_FLAGS: Mapping[str, RedFlag] = {
    "IND-01": _flag(
        "amounts just below a threshold", FENTANYL.at("p. 14"), ENTITIES.at("§ 7"), FFIEC.at()
    ),
    "IND-02": _flag(
        "small amounts that add up to a threshold",
        ENTITIES.at("§ 7"),
        OPIOIDS.at("general methods"),
        PRECURSORS.at("p. 11"),
    ),
    "IND-03": _flag(
        "small deposits at many places", FENTANYL.at("p. 14"), ENTITIES.at("§ 7"), FFIEC.at()
    ),
    "IND-04": _flag("one sum split among payments to one receiver", FENTANYL.at("p. 9 and 13")),
    "IND-05": _flag("very small payments abroad", FENTANYL.at("p. 13"), PRECURSORS.at("p. 11")),
    "IND-06": _flag("more cash than fits", OPIOIDS.at("general indicators"), FFIEC.at()),
    "IND-07": _flag(
        "cash from many places into one account",
        FUNNEL.at(),
        FENTANYL.at("p. 10 and 13"),
        OPIOIDS.at(),
    ),
    "IND-08": _flag(
        "cash in, transferred at once", OPIOIDS.at("general indicators"), ENTITIES.at("§ 6")
    ),
    "IND-09": _flag(
        "many small deposits, then one large transfer abroad",
        FFIEC.at(),
        GOAML.at("MCDSL, ONACC"),
    ),
    "IND-10": _flag("large withdrawals or deposits at cash machines", OPIOIDS.at()),
    "IND-11": _flag(
        "what comes in goes out again", OPIOIDS.at("general methods"), ENTITIES.at("§ 4 and 6")
    ),
    "IND-12": _flag(
        "money that stays for a short time",
        OPIOIDS.at("general methods"),
        ENTITIES.at("§ 8"),
        CANNABIS.at(),
    ),
    "IND-13": _flag("out is in less a commission", GOAML.at("ARIET")),
    "IND-14": _flag(
        "no ordinary economic life", OPIOIDS.at("general methods"), NETWORKS.at("p. 9")
    ),
    "IND-15": _flag(
        "many unrelated senders", CANNABIS.at("indicator 1"), OPIOIDS.at("illicit distribution")
    ),
    "IND-16": _flag(
        "many senders, one receiver abroad",
        FENTANYL.at("p. 13"),
        PRECURSORS.at("p. 11"),
        ENTITIES.at("§ 8"),
    ),
    "IND-17": _flag(
        "many unrelated receivers", FENTANYL.at("p. 13"), ENTITIES.at("§ 10"), OPIOIDS.at()
    ),
    "IND-18": _flag(
        "gathered from many, then scattered to many",
        ENTITIES.at("§ 10"),
        PROFESSIONAL.at(),
        GOAML.at("DRG03"),
    ),
    "IND-19": _flag("split among several accounts and joined again", ENTITIES.at("§ 8")),
    "IND-20": _flag(
        "money that comes back in a circle",
        UNDERGROUND.at(),
        FFIEC.at(),
        GOAML.at("PML05, ALP06"),
    ),
    "IND-21": _flag("a long chain of transfers", ENTITIES.at("§ 6"), OPIOIDS.at("general methods")),
    "IND-22": _flag("a dense block of senders and receivers", AMLWORLD.at(), CANNABIS.at()),
    "IND-23": _flag("counterparties never seen before", ENTITIES.at("§ 5 and 8")),
    "IND-24": _flag("several senders, amounts alike", ENTITIES.at("§ 8"), FENTANYL.at("p. 13")),
    "IND-25": _flag("many institutions", OPIOIDS.at(), ENTITIES.at("§ 4"), PROFESSIONAL.at()),
    "IND-26": _flag("an account that wakes up", ENTITIES.at("§ 5"), CANNABIS.at()),
    "IND-27": _flag("a new account, busy at once", CANNABIS.at()),
    "IND-28": _flag("one account takes over another's senders", CANNABIS.at("p. 2")),
    "IND-29": _flag(
        "far above the account's own past", ENTITIES.at("§ 5"), FFIEC.at(), PROFESSIONAL.at()
    ),
    "IND-30": _flag("unlike accounts of its kind", ENTITIES.at("§ 3")),
    "IND-31": _flag("the same hour again, or the night", ENTITIES.at("§ 6")),
    "IND-32": _flag("many payments in a short time", OPIOIDS.at("general indicators")),
    "IND-33": _flag("round amounts", FFIEC.at(), ENTITIES.at("§ 3"), PROFESSIONAL.at()),
    "IND-34": _flag("the same few small amounts from many senders", CANNABIS.at()),
    "IND-35": _flag(
        "flows to or from places of risk", ENTITIES.at("§ 9"), OPIOIDS.at(), GOAML.at("DRG05")
    ),
    "IND-36": _flag("through a country in between", OPIOIDS.at("illicit production")),
    "IND-37": _flag("money that changes currency", PROFESSIONAL.at()),
    "IND-38": _flag(
        "more out of crypto than into it",
        OPIOIDS.at("illicit distribution"),
        GOAML.at("RRFTC, TCAST"),
    ),
    "IND-39": _flag("into crypto, soon after it came", CANNABIS.at("p. 2"), GOAML.at("PCAFT")),
    "IND-40": _flag(
        "chemicals and laboratory equipment",
        PRECURSORS.at("p. 10 and 11"),
        OPIOIDS.at("illicit production"),
        FENTANYL.at("p. 3 and 4"),
    ),
    "IND-41": _flag("through a gambling site and back", OPIOIDS.at("general methods")),
    "IND-42": _flag(
        "words of the drug trade",
        OPIOIDS.at("illicit distribution"),
        CANNABIS.at(),
        FENTANYL.at("p. 15"),
        GOAML.at("IUVC9, MCDWS"),
    ),
    "IND-43": _flag("a purpose that does not fit", NETWORKS.at("p. 9"), UNDERGROUND.at()),
    "IND-44": _flag("a trade account without trade", NETWORKS.at("p. 10"), OPIOIDS.at()),
    "IND-45": _flag("shared contact details", FENTANYL.at("p. 13"), CANNABIS.at()),
    "IND-46": _flag("near known subjects", ENTITIES.at("§ 1"), OPIOIDS.at("illicit distribution")),
}
"""By id, as the catalogue and the indicators name them."""
