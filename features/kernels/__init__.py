"""Pure numba functions over account histories: arrays in, one new array out.

A window of the row at ``t`` is ``(t + start, t + stop]`` with ``start < stop``, in microseconds.
Rows with equal times have no order among themselves: a window holds all of them or none.

Preconditions shared by all kernels here
    *Events* lie end to end by group, each group in time order: group ``g`` is
    ``starts[g]:starts[g + 1]``. *Anchors*, the rows asked about, come sorted by group and, within
    a group, by time. An anchor's group may be -1: it has no events, and every window is empty.
"""
