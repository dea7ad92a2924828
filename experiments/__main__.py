"""``moneytrail`` and ``python -m experiments``: the command line."""

import sys


def main() -> None:
    """Run the command; print a mistake of the user's without a traceback."""
    from experiments.cli import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
