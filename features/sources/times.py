"""Times as written become instants: microseconds, UTC, no finer than the source's precision."""

from datetime import UTC
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from features.dataset.schema import TIME
from features.sources.profile import TimeSection
from features.sources.rows import Refusals, Rows

_PARTS = {"microsecond": "1", "millisecond": "1000", "second": "1000000", "minute": "60000000"}
_PARTS |= {"nanosecond": "0.001", "hour": "3600000000", "day": "86400000000"}
_NUMBER = r"^[+-]?\d{1,19}(\.\d{0,9})?$"
_ISO_DATE = r"^\d{4}-?\d{2}-?\d{2}"
_OFFSET = r"[T ]\d{2}.*(Z|[+-]\d{2}(:?\d{2})?)$"


def instants(rows: Rows, how: TimeSection, refusals: Refusals) -> pa.Array:
    """Read when each row happened; refuse rows without a readable, sensible time.

    With day precision the local calendar day counts and stands as its midnight in UTC. A local
    time that a clock change repeats is taken as the earlier one; one that it skips is refused.
    """
    native = how.column is not None and how.column.constant is None and rows.raw(how.column).type
    if how.unit is None and native and pa.types.is_temporal(native) and how.column is not None:
        column = rows.raw(how.column)
        missing, times = pc.is_null(column), _native(column, how)
    else:
        words = _joined(rows, how)
        missing = pc.is_null(words)
        times = _counted(words, how) if how.unit is not None else parse(words, how.formats, how)
    times = _coarsened(times, how)
    refusals.add("time: missing", missing)
    refusals.add("time: unreadable", pc.and_(pc.is_null(times), pc.invert(missing)))
    refusals.add("time: before earliest", pc.less(times, _scalar(how.earliest.astimezone(UTC))))
    refusals.add("time: after latest", pc.greater(times, _scalar(how.latest.astimezone(UTC))))
    return times


def parse(words: pa.Array, formats: list[str], how: TimeSection) -> pa.Array:
    """Read words by the first format that fits; null where none does."""
    found = pa.nulls(len(words), TIME)
    for form in formats:
        todo = pc.if_else(pc.is_null(found), words, pa.scalar(None, pa.string()))
        if todo.null_count == len(todo):
            break
        times = _iso(todo, how) if form == "iso" else _formatted(todo, form, how)
        found = pc.coalesce(found, times)
    return found


def _joined(rows: Rows, how: TimeSection) -> pa.Array:
    if how.column is not None:
        return rows.text(how.column)
    return pc.binary_join_element_wise(*(rows.text(item) for item in how.columns), " ")


def _native(column: pa.Array, how: TimeSection) -> pa.Array:
    if pa.types.is_timestamp(column.type) and column.type.tz is not None:
        return pc.cast(column, TIME, safe=False)
    if pa.types.is_time(column.type) or pa.types.is_duration(column.type):
        return pa.nulls(len(column), TIME)
    return _localised(pc.cast(column, pa.timestamp("us"), safe=False).to_pandas(), how)


def _counted(words: pa.Array, how: TimeSection) -> pa.Array:
    number = pc.fill_null(pc.match_substring_regex(words, _NUMBER), False)
    words = pc.if_else(number, words, pa.scalar(None, pa.string()))
    factor = pa.scalar(Decimal(_PARTS[str(how.unit)]), pa.decimal256(14, 3))
    count = pc.floor(pc.multiply(words.cast(pa.decimal256(28, 9)), factor))
    far = pc.greater(pc.abs(count), pa.scalar(Decimal(2**60), count.type))
    count = pc.if_else(far, pa.scalar(None, count.type), count).cast(pa.int64())
    origin = _scalar(how.origin.astimezone(UTC)).cast(pa.int64())
    return pc.add(count, origin).cast(TIME)


def _iso(words: pa.Array, how: TimeSection) -> pa.Array:
    words = pc.if_else(pc.match_substring_regex(words, _ISO_DATE), words, None)
    zoned = pc.match_substring_regex(words, _OFFSET)
    none = pa.scalar(None, pa.string())
    local = _to_datetime(pc.if_else(zoned, none, words), "ISO8601", utc=False)
    fixed = _to_datetime(pc.if_else(zoned, words, none), "ISO8601", utc=True)
    return pc.coalesce(_localised(local, how), _instant(fixed))


def _formatted(words: pa.Array, form: str, how: TimeSection) -> pa.Array:
    if "%z" in form or "%Z" in form:
        return _instant(_to_datetime(words, form, utc=True))
    return _localised(_to_datetime(words, form, utc=False), how)


def _to_datetime(words: pa.Array, form: str, *, utc: bool) -> pd.Series:
    times: pd.Series = pd.to_datetime(words.to_pandas(), format=form, errors="coerce", utc=utc)
    return times


def _localised(times: pd.Series, how: TimeSection) -> pa.Array:
    """Give wall-clock times their zone; with day precision the wall clock's day is what counts."""
    if how.precision == "day" or how.timezone == "UTC":
        return _instant(times.dt.tz_localize("UTC"))
    earlier = np.ones(len(times), dtype=bool)
    return _instant(times.dt.tz_localize(how.timezone, ambiguous=earlier, nonexistent="NaT"))


def _instant(times: pd.Series) -> pa.Array:
    micros = times.dt.tz_convert(None).dt.as_unit("us").to_numpy()
    return pa.array(micros, from_pandas=True).cast(TIME)


def _coarsened(times: pa.Array, how: TimeSection) -> pa.Array:
    if how.precision == "second":
        return times
    return pc.floor_temporal(times, unit=how.precision).cast(TIME)


def _scalar(moment: object) -> pa.Scalar:
    return pa.scalar(moment, TIME)
