"""What was found, as lines for a terminal and as the page ``docs/benchmarks.md``."""

from collections.abc import Iterator, Sequence
from datetime import date

from experiments.benchmarks import machine
from experiments.benchmarks.cases.case import Case, Scale
from experiments.benchmarks.outcome import OURS, Outcome, Timing
from experiments.benchmarks.runner import Found


def verdict(case: Case, found: Outcome) -> str:
    """Say how a case stands to its bar.

    >>> from experiments.benchmarks.outcome import Bar
    >>> verdict(Case("a", "A", Bar(10, "x"), lambda scale, place: Outcome()), Outcome(value=9.0))
    'not met'
    """
    if found.fault:
        return f"FAILED: {found.fault}"
    if found.value is None:
        return "not compared"
    return "met" if case.bar.met_by(found.value) else "not met"


def lines(case: Case, found: Outcome) -> Iterator[str]:
    """Tell of one case on a terminal."""
    value = "" if found.value is None else f"{case.bar.words(found.value)}, "
    yield f"{case.name}: {value}bar {case.bar.words()}: {verdict(case, found)}"
    yield f"  {found.data}"
    yield from (f"  {_timing(timing)}" for timing in found.timings)
    yield from (f"  equal: {what}" for what in found.compared)
    yield from (f"  {note}" for note in found.notes)
    yield from (f"  skipped {what}" for what in found.skipped)


def _timing(timing: Timing) -> str:
    runs = f"median of {len(timing.seconds)} runs" if timing.seconds[1:] else "one run"
    rate = f" for {timing.rows:,} rows, {timing.rate:,.0f} rows/s" if timing.rows else ""
    return f"{timing.name} ({timing.how}): {_seconds(timing.typical)}{rate}, {runs}"


def _seconds(value: float) -> str:
    return f"{value * 1000:.1f} ms" if value < 1 else f"{value:.2f} s"


QUICK = "Only a few rows (`--quick`): ratios, and what is met, mean nothing."


def page(found: Sequence[Found], day: date, scale: Scale) -> str:
    """Return the whole page as Markdown."""
    return "\n".join([*_head(day, scale), *_summary(found), *_details(found), *_repeat()]) + "\n"


def _head(day: date, scale: Scale) -> Iterator[str]:
    yield "<!-- Written by `make bench`: run it again, don't edit. -->"
    yield "# How fast it is"
    yield ""
    if scale == "quick":
        yield from (QUICK, "")
    yield f"Taken on {day.isoformat()}: {machine.described()}."
    yield f"{machine.versions()}."
    yield ""
    yield (
        "Ours runs on two threads, each peer on one or two, whichever is faster for it. "
        "Contestants run by turns in one process; times are medians, and reading an answer back "
        "for the comparison is not timed. Before a race memory is touched once and given back, for "
        "all alike, so that nobody pays for pages the machine hands out for the first time; an "
        "answer is freed before the next contestant runs. Where definitions coincide, results are "
        "compared, and a difference fails the run. The bars were named before the figures were "
        "taken."
    )


def _summary(found: Sequence[Found]) -> Iterator[str]:
    yield from ("", "| case | found | bar | |", "|---|---|---|---|")
    for case, outcome in found:
        value = "-" if outcome.value is None else case.bar.words(outcome.value)
        yield f"| {case.title} | {value} | {case.bar.words()} | {verdict(case, outcome)} |"
    yield from ("", "`x`: how many times the rate of the fastest peer of the case.")


def _details(found: Sequence[Found]) -> Iterator[str]:
    for case, outcome in found:
        yield from ("", f"## {case.title}", "")
        if outcome.data:
            yield f"{outcome.data[0].upper()}{outcome.data[1:]}."
        yield from outcome.notes
        yield from _times(outcome)
        yield from (f"\nEqual: {what}." for what in outcome.compared)
        yield from (f"\nSkipped: {what}." for what in outcome.skipped)


def _times(outcome: Outcome) -> Iterator[str]:
    if not outcome.timings:
        return
    own = next((timing.rate for timing in outcome.timings if timing.name == OURS), None)
    yield from (
        "",
        "| | | rows | time | rows/s | ours over it | runs |",
        "|---|---|---|---|---|---|---|",
    )
    for timing in outcome.timings:
        over = "" if own is None or timing.name.startswith(OURS) else f"{own / timing.rate:,.1f}x"
        cells = (
            timing.name,
            timing.how,
            f"{timing.rows:,}" if timing.rows else "",
            _seconds(timing.typical),
            f"{timing.rate:,.0f}" if timing.rows else "",
            over,
            str(len(timing.seconds)),
        )
        yield f"| {' | '.join(cells)} |"


def _repeat() -> Iterator[str]:
    yield from ("", "## Repeat it", "", "    make bench", "")
    yield (
        "It installs the peers into `.venv` (the extra `bench`), takes about a quarter of an hour "
        "on an idle machine with two cores, 24 GB of memory and 30 GB of disk, and writes this "
        "page. Snap ML is proprietary: it is used as a black box here and is no part of the "
        "product. Without a peer its cases say so. `python -m experiments.benchmarks --quick` "
        "tries everything on a few rows; `--only NAME` runs single cases."
    )
