"""The optional accounts file of a source: who owns an account, where, since when."""

import pyarrow as pa
import pyarrow.compute as pc

from features.dataset.schema import ACCOUNTS, TIME
from features.errors import ConfigError, Fault, InputError
from features.sources.columns import locate
from features.sources.files import SourceFile
from features.sources.profile import AccountsSection, Profile
from features.sources.reference import Reference
from features.sources.rows import Rows, translate
from features.sources.sides import account_ids
from features.sources.times import parse
from features.sources.vocabulary import Countries


def read_accounts(file: SourceFile, profile: Profile) -> pa.Table:
    """Read the accounts; equal rows count once.

    Raises
    ------
    ConfigError
        If the profile does not say how to read them.
    InputError
        If a column is missing, a row has no account, or an account is told of twice differently.
    """
    how = profile.accounts
    if how is None:
        raise ConfigError(f"{profile.path}: an accounts file needs a section [accounts]")
    positions = _positions(file, how)
    parts = [
        _table(Rows(batch.table, positions, profile.file.null_words), how, profile)
        for batch in file.batches()
    ]
    if not parts:
        raise InputError(f"{file.path}: no accounts")
    accounts = pa.concat_tables(parts)
    if accounts["account"].null_count:
        found = f"{accounts['account'].null_count} rows without an account"
        raise InputError(f"{file.path}: bad accounts", (Fault(file.name, None, found, "none"),))
    return accounts.group_by(accounts.column_names, use_threads=False).aggregate([])


def _positions(file: SourceFile, how: AccountsSection) -> dict[Reference, int]:
    wanted = [getattr(how, name) for name in type(how).model_fields]
    references = [item for item in wanted if isinstance(item, Reference) and item.constant is None]
    located = {reference: locate(file, reference) for reference in references}
    faults = tuple(fault for _, fault in located.values() if fault is not None)
    if faults:
        raise InputError(f"{file.path}: the accounts do not fit the profile", faults)
    return {reference: place for reference, (place, _) in located.items()}


def _table(rows: Rows, how: AccountsSection, profile: Profile) -> pa.Table:
    account, bank = account_ids(rows.text(how.account), rows.text(how.bank), profile)
    opened = pa.nulls(len(rows), TIME)
    if how.opened is not None:
        opened = parse(rows.text(how.opened), how.opened_formats, profile.time)
    columns = {
        "account": account,
        "owner_id": rows.text(how.owner_id),
        "bank": bank,
        "country": translate(rows.text(how.country), Countries(profile.countries).code),
        "kind": pc.utf8_lower(rows.text(how.kind)),
        "opened": opened,
        "timezone": rows.text(how.timezone),
    }
    return pa.table([columns[name] for name in ACCOUNTS.names], names=ACCOUNTS.names)
