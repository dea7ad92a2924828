"""The command line: parse, call one function, print. Heavy imports wait until they are needed."""

from experiments.cli.app import run

__all__ = ["run"]
