"""The money of a row: what was paid, in which currency, and its worth in the reporting one."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Context, Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.dataset.checks import AMOUNT_LIMIT
from features.sources.amounts import minor_to_major, parse_amounts, rounded, to_minor
from features.sources.profile import Profile
from features.sources.rates import RateTable
from features.sources.reference import Reference
from features.sources.rows import Refusals, Rows, to_mask, translate
from features.sources.vocabulary import Currencies, minor_digits

_FACTOR = pa.decimal256(37, 18)
_FINEST = Decimal(1).scaleb(-18)
_HIGHEST = Decimal(10) ** 10
_EPOCH = date(1970, 1, 1)
_DAYS = (-200_000, 200_000)
_NO_DAY = 0
_DAY_MICROSECONDS = 86_400_000_000


@dataclass
class Money:
    """Reads the amounts of rows into the dataset's columns."""

    profile: Profile
    rates: RateTable
    currencies: Currencies

    @property
    def digits(self) -> int:
        """The digits of the reporting currency's minor unit."""
        given = self.profile.reporting.minor_digits
        return minor_digits(self.profile.reporting.currency) if given is None else given

    def columns(
        self, rows: Rows, times: pa.Array, refusals: Refusals
    ) -> tuple[dict[str, pa.Array], np.ndarray]:
        """Return the dataset's columns of money, and which rows had a negative amount."""
        how = self.profile.amount
        paid, code = self._paid(rows, how.column, how.currency, "amount", refusals)
        negative = to_mask(pc.less(paid, pa.scalar(Decimal(0), paid.type)))
        if how.negative == "quarantine":
            refusals.add("amount: negative", negative)
        paid = pc.abs(paid)
        worth = self._worth(paid, code, times, refusals)
        if how.zero == "quarantine":
            refusals.add("amount: rounds to zero", pc.equal(worth, 0))
        columns = {"amount": worth, "currency": code, "original_amount": rounded(paid)}
        received = self.profile.received
        if received is not None:
            got, got_code = self._paid(
                rows, received.column, received.currency, "received amount", refusals
            )
            columns |= {"received_amount": rounded(pc.abs(got)), "received_currency": got_code}
        return columns, negative

    def _paid(
        self,
        rows: Rows,
        column: Reference | None,
        currency: Reference,
        what: str,
        refusals: Refusals,
    ) -> tuple[pa.Array, pa.Array]:
        words, named = rows.text(column), rows.text(currency)
        amounts, unreadable = parse_amounts(words, self.profile.amount)
        codes = translate(named, self.currencies.code)
        prefix = "" if what == "amount" else "received "
        if not prefix:
            refusals.add("amount: missing", pc.is_null(words))
            refusals.add("currency: missing", pc.is_null(named))
        refusals.add(f"{what}: not a number", unreadable)
        refusals.add(f"{prefix}currency: unknown", pc.and_(pc.is_valid(named), pc.is_null(codes)))
        if self.profile.amount.unit == "minor":
            known = {code: minor_digits(code) for code in pc.unique(codes).drop_null().to_pylist()}
            amounts = minor_to_major(amounts, codes, known)
        return amounts, codes

    def _worth(
        self, paid: pa.Array, codes: pa.Array, times: pa.Array, refusals: Refusals
    ) -> pa.Array:
        factors = self._factors(codes, times)
        known = pc.and_(pc.is_valid(codes), pc.is_valid(times))
        unrated = to_mask(pc.and_(known, pc.is_null(factors)))
        for code in sorted(pc.unique(codes.filter(pa.array(unrated))).to_pylist()):
            here = to_mask(pc.equal(codes, code))
            refusals.add(f"currency: no rate for {code} on that day", unrated & here)
        worth, large = to_minor(paid, factors, AMOUNT_LIMIT)
        refusals.add("amount: too large", large)
        return worth

    def _factors(self, codes: pa.Array, times: pa.Array) -> pa.Array:
        """Return, for each row, the minor units of the reporting currency for one unit paid."""
        encoded = codes.dictionary_encode()
        names = encoded.dictionary.to_pylist()
        days = times.cast(pa.int64()).fill_null(_NO_DAY).to_numpy() // _DAY_MICROSECONDS
        days = np.clip(days, *_DAYS) - _DAYS[0]
        places = encoded.indices.fill_null(len(names)).to_numpy(zero_copy_only=False)
        span = _DAYS[1] - _DAYS[0] + 1
        keys, row_keys = np.unique(places.astype(np.int64) * span + days, return_inverse=True)
        found = [
            self._factor([*names, None][key // span], key % span + _DAYS[0])
            for key in keys.tolist()
        ]
        return pa.array(found, _FACTOR).take(pa.array(row_keys))

    def _factor(self, code: str | None, day: int) -> Decimal | None:
        """Return a factor with 18 digits after the point; None without a rate."""
        if code is None:
            return None
        when = _EPOCH + timedelta(days=day)
        factor = self.rates.factor(code, self.profile.reporting.currency, when)
        if factor is None or factor >= _HIGHEST:
            return None
        return factor.scaleb(self.digits).quantize(_FINEST, context=Context(prec=60))
