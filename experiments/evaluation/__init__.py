"""How good a ranking is: metrics, curves and tables over rows whose truth is known."""
