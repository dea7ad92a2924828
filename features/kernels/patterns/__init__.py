"""Kernels that find patterns of several payments in a graph whose edges are in time order.

Beside what all kernels promise: an edge ``k`` comes no later than ``k + 1``, and adjacency lies end
to end by account, each account's edges in time order. "Then" is strictly later; a pattern fits a
window where its last time less its first is shorter than the window.
"""
