"""Countries, banks, currencies and the fixed rates of a simulated world.

The rates are round numbers of a plausible size that hold for the whole world; they are no market
data. A country is that of a bank or an account, never of a person's origin.
"""

from typing import Final

import numpy as np

RATES_VERSION: Final = "simulated-fixed-1"

# What one unit is worth, in millionths of a euro: whole numbers, so conversion is exact.
EURO_MILLIONTHS: Final = {
    "EUR": 1_000_000,
    "PLN": 234_000,
    "GBP": 1_170_000,
    "CHF": 1_050_000,
    "USD": 920_000,
    "CNY": 128_000,
    "HKD": 118_000,
    "SGD": 690_000,
    "AED": 250_000,
    "TRY": 24_000,
    "INR": 11_000,
    "BRL": 160_000,
}
CURRENCIES: Final = tuple(EURO_MILLIONTHS)
RATES: Final = np.array(list(EURO_MILLIONTHS.values()), dtype=np.int64)

# country, currency, time zone, share of the monitored accounts, monitored banks
_MONITORED: Final = (
    ("DE", "EUR", "Europe/Berlin", 0.38, 3),
    ("FR", "EUR", "Europe/Paris", 0.20, 2),
    ("NL", "EUR", "Europe/Amsterdam", 0.14, 1),
    ("ES", "EUR", "Europe/Madrid", 0.10, 1),
    ("PL", "PLN", "Europe/Warsaw", 0.08, 1),
    ("GB", "GBP", "Europe/London", 0.06, 1),
    ("CH", "CHF", "Europe/Zurich", 0.04, 1),
)
_FOREIGN: Final = (
    ("US", "USD", 0.24),
    ("CN", "CNY", 0.20),
    ("TR", "TRY", 0.12),
    ("HK", "HKD", 0.10),
    ("IN", "INR", 0.10),
    ("AE", "AED", 0.09),
    ("SG", "SGD", 0.08),
    ("BR", "BRL", 0.07),
)

HOME: Final = len(_MONITORED)
COUNTRIES: Final = tuple(c for c, *_ in _MONITORED) + tuple(c for c, *_ in _FOREIGN)
ZONES: Final = tuple(zone for _, _, zone, _, _ in _MONITORED)
HOME_SHARES: Final = np.array([share for *_, share, _ in _MONITORED])
FOREIGN_SHARES: Final = np.array([share for *_, share in _FOREIGN])
COUNTRY_CURRENCY: Final = np.array(
    [CURRENCIES.index(c) for _, c, *_ in _MONITORED] + [CURRENCIES.index(c) for _, c, _ in _FOREIGN]
)
# In the single euro payments area: all monitored countries; wires to the others.
NON_SEPA: Final = np.arange(len(COUNTRIES)) >= HOME

# Seconds by which local time lags behind central European time. All these zones change to and
# from summer time at the same instant, so the lag is a constant.
LAG_SECONDS: Final = np.array([3600 if zone == "Europe/London" else 0 for zone in ZONES])

MONITORED_BANKS: Final = np.array([banks for *_, banks in _MONITORED])
FIRST_BANK: Final = np.cumsum(MONITORED_BANKS) - MONITORED_BANKS
OUTSIDE_BANKS_A_COUNTRY: Final = 3
_INSIDE = int(MONITORED_BANKS.sum())
BANKS: Final = tuple(f"B{number:02d}" for number in range(1, _INSIDE + 1)) + tuple(
    f"X{country}{number}"
    for country in COUNTRIES
    for number in range(1, OUTSIDE_BANKS_A_COUNTRY + 1)
)
FIRST_OUTSIDE_BANK: Final = _INSIDE
