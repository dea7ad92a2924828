from pathlib import Path

from engine.indicators import load_indicators
from engine.indicators.documentation import page

ROOT = Path(__file__).resolve().parents[3]


def test_the_page_is_up_to_date():
    """After a change: ``python -m engine.indicators.documentation > docs/indicators.md``."""
    assert (ROOT / "docs/indicators.md").read_text(encoding="utf-8") == page(load_indicators())


def test_every_indicator_has_its_line_and_every_condition_its_place():
    text = page(load_indicators())
    for each in load_indicators():
        assert text.count(f"| {each.id} |") == 1
        assert text.count(f"### {each.id}: {each.name}") == 1
        own = text.split(f"### {each.id}: ")[1].split("\n### ")[0]
        for rule in each.rules:
            for condition in rule.conditions:
                written = str(condition)
                either = written.replace(rule.side, "{side}")
                assert written in own or either in own, written
