"""Words of currencies, countries and channels become codes."""

import re
from collections.abc import Mapping
from functools import cache

from babel import Locale
from babel.core import get_global
from babel.numbers import get_currency_precision, list_currencies

from features.dataset.schema import CHANNELS

_OTHER_DIGITS = 8
_NO_COUNTRY = {"EU", "EZ", "UN", "ZZ", "XA", "XB", "QO"}


class Currencies:
    """What a source's words for currencies mean: the profile's words, ISO codes, English names.

    >>> Currencies({"Ruble": "RUB"}).code("ruble"), Currencies({}).code("us dollar")
    ('RUB', 'USD')
    >>> Currencies({}).code("Florin of Utopia") is None
    True
    """

    def __init__(self, words: Mapping[str, str]) -> None:
        self._words = {word.casefold(): code for word, code in words.items()}
        self._codes = _iso_currencies() | set(words.values())

    def code(self, word: str) -> str | None:
        """Return the code that a word stands for, or None."""
        folded = word.casefold()
        if folded in self._words:
            return self._words[folded]
        if word.upper() in self._codes:
            return word.upper()
        return _currency_names().get(folded)


def minor_digits(code: str) -> int:
    """Return how many digits a currency's minor unit has (Unicode CLDR); 8 outside ISO 4217.

    >>> [minor_digits(code) for code in ("EUR", "JPY", "KWD", "BTC")]
    [2, 0, 3, 8]
    """
    return get_currency_precision(code) if code in _iso_currencies() else _OTHER_DIGITS


class Countries:
    """What a source's words for countries mean: the profile's, ISO codes, English names.

    >>> [Countries({}).code(word) for word in ("se", "SWE", "Sweden", "Utopia")]
    ['SE', 'SE', 'SE', None]
    """

    def __init__(self, words: Mapping[str, str]) -> None:
        self._words = {word.casefold(): code for word, code in words.items()}

    def code(self, word: str) -> str | None:
        """Return the ISO 3166 alpha-2 code that a word stands for, or None."""
        folded = word.casefold()
        return self._words.get(folded) or _countries().get(folded)


class Channels:
    """What a source's words for channels mean: the profile's words and the channels' own names."""

    def __init__(self, words: Mapping[str, str], default: str) -> None:
        self._words = {name: name for name in CHANNELS}
        self._words |= {word.casefold(): channel for word, channel in words.items()}
        self._default = default

    def name(self, word: str) -> str:
        """Return the channel that a word stands for, or the default."""
        return self._words.get(word.casefold(), self._default)


@cache
def _iso_currencies() -> frozenset[str]:
    return frozenset(list_currencies())


@cache
def _currency_names() -> dict[str, str]:
    names = Locale("en").currencies
    return {str(name).casefold(): code for code, name in sorted(names.items())}


@cache
def _countries() -> dict[str, str]:
    """Map alpha-2 codes, alpha-3 codes and English names to alpha-2 codes."""
    territories = {
        code: str(name)
        for code, name in Locale("en").territories.items()
        if re.fullmatch("[A-Z]{2}", code) and code not in _NO_COUNTRY
    }
    found = {name.casefold(): code for code, name in territories.items()}
    for word, codes in get_global("territory_aliases").items():
        if word.isalpha() and len(codes) == 1 and codes[0] in territories:
            found[word.casefold()] = codes[0]
    return found | {code.casefold(): code for code in territories}
