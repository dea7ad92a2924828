"""The command that lists patterns of several payments."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.cli.console import (
    AsOfOption,
    DatasetPath,
    FromOption,
    JsonOption,
    OutOption,
    ToOption,
    instant,
    progress,
    skipped,
    tell,
)

if TYPE_CHECKING:
    from experiments.evaluation.planted import PlantedRecall


def patterns(
    dataset: DatasetPath,
    out: OutOption,
    pattern: Annotated[
        list[str] | None, typer.Option(help="One pattern; may be given again. All if not given.")
    ] = None,
    start: FromOption = None,
    stop: ToOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """List fans, scatter-gathers, cycles, chains, blocks and stacks, payment by payment."""
    from experiments.evaluation.planted import recall_by_pattern
    from features.dataset import Dataset
    from features.patterns.listing import FILE, list_patterns
    from features.patterns.search import FINDERS

    chosen = list(dict.fromkeys(pattern or FINDERS))
    unknown = [name for name in chosen if name not in FINDERS]
    if unknown:
        raise typer.BadParameter(f"no pattern {', '.join(unknown)}; one of {', '.join(FINDERS)}")
    source = Dataset.open(dataset)
    asked = (instant(start), instant(stop), instant(as_of))
    found = list_patterns(source, out, chosen, *asked, progress=progress)
    recalls = recall_by_pattern(found.instances, found.ids, source.labels())
    lines = [
        *(f"{name:15} {len(each):7,} instances" for name, each in found.instances.items()),
        *_recall_lines(recalls),
        *skipped(found.left_out),
        f"Payments and their roles, the strongest instances first: {out / FILE}",
        "An instance is a shape in the data, not a verdict: most arise by chance.",
    ]
    facts = {
        "instances": {name: len(each) for name, each in found.instances.items()},
        "left_out": found.left_out,
        "planted": [{**vars(point), "recall": point.recall} for point in recalls],
    }
    tell(lines, facts if as_json else None)


def _recall_lines(recalls: Sequence["PlantedRecall"]) -> list[str]:
    """Tell how many labelled patterns the strongest instances find, where there are labels."""
    if not recalls:
        return []
    head = "Labelled patterns found by the strongest instances of their kind (half the payments):"
    return [
        head,
        *(
            f"  {one.kind:15} {one.found:4} of {one.planted:4} in the first {one.reported:,}"
            for one in recalls
        ),
    ]
