"""Ask the memory for what will soon be needed.

The events of account after account lie here and there in tens of megabytes. A kernel that comes to
an account waits for them, about as long as it then works on them; what it asked for a few accounts
before is there. This changes no value.
"""

from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic, register_jitable
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]

_NUMBER, _ADDRESS = ir.IntType(32), ir.IntType(8).as_pointer()


@intrinsic
def _fetch(_: Any, values: Any, __: Any) -> Any:
    """Ask for the line of the cache that holds a value, to be read, and soon."""

    def build(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, given[0]).data
        address = builder.bitcast(builder.gep(data, [given[1]]), _ADDRESS)
        kind = ir.FunctionType(ir.VoidType(), (_ADDRESS, _NUMBER, _NUMBER, _NUMBER))
        ask = builder.module.declare_intrinsic("llvm.prefetch", (_ADDRESS,), kind)
        builder.call(ask, (address, _NUMBER(0), _NUMBER(3), _NUMBER(1)))
        return context.get_dummy_value()

    return types.void(values, types.int64), build


@register_jitable
def fetch_ahead(
    groups: Codes,
    low: Codes,
    high: Codes,
    values: Integers | Codes,
    asked: int,
    anchor: int,
) -> int:
    """Ask for the events ``low:high`` of the groups of the next anchors, the first 64 of each.

    ``asked``: up to which anchor this is done; return up to which it is done now.
    """
    stop = min(anchor + 16, len(groups))
    while asked < stop:
        if asked == 0 or groups[asked] != groups[asked - 1]:
            for event in range(low[asked], min(high[asked], low[asked] + 64), 8):
                _fetch(values, event)
        asked += 1
    return asked
