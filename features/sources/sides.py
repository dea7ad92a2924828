"""The two sides of a payment: accounts with their banks, or the world outside."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.sources.profile import Profile
from features.sources.rows import Refusals, Rows, to_mask, translate
from features.sources.vocabulary import Countries

Name = Literal["sender", "receiver"]


@dataclass(frozen=True)
class Side:
    """One side of each row: account and bank are null where it is the world outside."""

    account: pa.Array
    bank: pa.Array
    country: pa.Array


def sides(
    rows: Rows, profile: Profile, reversed_rows: np.ndarray, refusals: Refusals
) -> dict[str, pa.Array]:
    """Return the dataset's columns of both sides; ``reversed_rows`` change places.

    An account that is missing without a rule that says what that means is refused: it may be
    the world outside, and it may be a defect.
    """
    sender = _side(rows, profile, "sender", refusals)
    receiver = _side(rows, profile, "receiver", refusals)
    nobody = pc.and_(pc.is_null(sender.account), pc.is_null(receiver.account))
    refusals.add("sender and receiver: both outside", to_mask(nobody) & ~refusals.mask)
    swap = pa.array(reversed_rows | rows.any_where(profile.swap))
    columns = {}
    for part in ("account", "bank", "country"):
        one, other = getattr(sender, part), getattr(receiver, part)
        end = "" if part == "account" else f"_{part}"
        columns[f"sender{end}"] = pc.if_else(swap, other, one)
        columns[f"receiver{end}"] = pc.if_else(swap, one, other)
    return columns


def account_ids(account: pa.Array, bank: pa.Array, profile: Profile) -> tuple[pa.Array, pa.Array]:
    """Return account and bank ids as the profile composes them."""
    if profile.bank_zeros == "strip":
        bank = pc.replace_substring_regex(bank, r"^0+(\w)", r"\1")
    if profile.account_id == "account":
        return account, bank
    joined = pc.binary_join_element_wise(bank, account, ":", null_handling="skip")
    return pc.if_else(pc.is_valid(account), joined, pa.scalar(None, pa.string())), bank


def _side(rows: Rows, profile: Profile, name: Name, refusals: Refusals) -> Side:
    how = profile.sender if name == "sender" else profile.receiver
    account, bank = rows.text(how.account), rows.text(how.bank)
    outside = to_mask(pc.is_in(pc.fill_null(account, ""), pa.array(how.outside, pa.string())))
    outside |= rows.any_where([rule for rule in profile.outside if rule.side in {name, "both"}])
    refusals.add(f"{name}: no account", to_mask(pc.is_null(account)) & ~outside)
    account, bank = account_ids(account, bank, profile)
    nobody = pa.scalar(None, pa.string())
    gone = pa.array(outside)
    country = translate(rows.text(how.country), Countries(profile.countries).code)
    return Side(pc.if_else(gone, nobody, account), pc.if_else(gone, nobody, bank), country)
