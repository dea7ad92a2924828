"""Pages a model owner reads: an evaluation, a comparison. Plain HTML that needs no network."""

from math import isnan

from jinja2 import Environment, PackageLoader, StrictUndefined

from engine.wording.words import Money, percent

__all__ = ["render"]

_NOTHING = "\N{EN DASH}"


def render(template: str, **values: object) -> str:
    """Fill a template; the same values give the same bytes."""
    environment = Environment(
        loader=PackageLoader("experiments.pages", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(share=percent, three=_three, whole=_whole, moment=_moment)
    environment.globals["Money"] = Money
    return environment.get_template(template).render(**values)


def _three(value: float | None) -> str:
    return _NOTHING if value is None or isnan(value) else f"{value:.3f}"


def _whole(value: float | None) -> str:
    return _NOTHING if value is None or isnan(value) else f"{value:,.0f}"


def _moment(text: str | None) -> str:
    """Shorten an ISO instant to the minute."""
    return "never" if text is None else text[:16].replace("T", " ")
