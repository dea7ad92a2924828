"""Amounts as written become exact decimals; an amount is never a binary float."""

from decimal import ROUND_05UP, Context, Decimal, InvalidOperation

import pyarrow as pa
import pyarrow.compute as pc

from features.sources.profile import AmountSection
from features.sources.rows import translate

EXACT = pa.decimal128(38, 18)
ORIGINAL = pa.decimal128(38, 8)
_PLAIN = r"^[+-]?(\d{1,19}(\.\d{0,18})?|\.\d{1,18})$"
_LIMIT = Decimal(10) ** 19


def parse_amounts(words: pa.Array, how: AmountSection) -> tuple[pa.Array, pa.Array]:
    """Read amounts; return decimals, null where unreadable, and which words are unreadable.

    A binary float of a Parquet file is read as its shortest decimal, the one a CSV would show.
    Digits after the 18th only decide which way a later rounding goes.
    """
    text = clean(words, how)
    plain = pc.fill_null(pc.match_substring_regex(text, _PLAIN), False)
    simple = pc.if_else(plain, text, pa.scalar(None, pa.string())).cast(EXACT)
    rare = pc.if_else(plain, pa.scalar(None, pa.string()), text)
    if rare.null_count < len(rare):
        rest = translate(rare, _decimal_text)
        simple = pc.coalesce(simple, rest.cast(EXACT))
    return simple, pc.and_(pc.is_valid(words), pc.is_null(simple))


def clean(words: pa.Array, how: AmountSection) -> pa.Array:
    """Take away currency signs and thousands marks, and make the decimal mark a point."""
    for mark in (*how.strip, how.thousands, " " if how.strip else ""):
        words = pc.replace_substring(words, mark, "") if mark else words
    return words if how.decimal == "." else pc.replace_substring(words, how.decimal, ".")


def minor_to_major(amounts: pa.Array, currencies: pa.Array, digits: dict[str, int]) -> pa.Array:
    """Turn amounts in minor units into major units of each row's currency."""
    units = {code: str(Decimal(1).scaleb(-places)) for code, places in digits.items()}
    factors = translate(currencies, units.get).cast(pa.decimal256(19, 18))
    product = pc.multiply(amounts.cast(pa.decimal256(38, 18)), factors)
    return pc.round(product, 18, round_mode="half_to_even").cast(EXACT)


def rounded(amounts: pa.Array) -> pa.Array:
    """Round decimals to the eight places that the dataset keeps of an original amount."""
    return pc.round(amounts, 8, round_mode="half_to_even").cast(ORIGINAL)


def to_minor(amounts: pa.Array, factors: pa.Array, limit: int) -> tuple[pa.Array, pa.Array]:
    """Multiply exactly and round half to even; say which products pass the limit.

    >>> amounts = pa.array(["0.125", "0.135"]).cast(EXACT)
    >>> to_minor(amounts, pa.array(["100"] * 2).cast(pa.decimal256(37, 18)), 10)[1].to_pylist()
    [True, True]
    >>> to_minor(amounts, pa.array(["100"] * 2).cast(pa.decimal256(37, 18)), 99)[0].to_pylist()
    [12, 14]
    """
    product = pc.round(
        pc.multiply(amounts.cast(pa.decimal256(38, 18)), factors), 0, round_mode="half_to_even"
    )
    large = pc.greater(pc.abs(product), pa.scalar(Decimal(limit), pa.decimal256(76, 36)))
    kept = pc.if_else(large, pa.scalar(None, product.type), product)
    return kept.cast(pa.int64()), pc.fill_null(large, False)


def _decimal_text(word: str) -> str | None:
    try:
        value = Decimal(word)
    except InvalidOperation:
        return None
    if not value.is_finite() or abs(value) >= _LIMIT:
        return None
    # 0 and 5 are never the last digit of a cut number, so no tie appears that was none.
    return f"{value.quantize(Decimal(1).scaleb(-18), ROUND_05UP, Context(prec=60)):f}"
