"""After a change: ``python -m features.patterns.documentation docs``."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from features.catalogue.patterns import FEATURES
from features.patterns.documentation import ENTRIES, PAGE, PICTURES, page, write
from features.patterns.pictures import DRAWINGS

DOCS = Path(__file__).resolve().parents[3] / "docs"
BOX = 440, 250


def test_the_page_and_the_pictures_are_up_to_date(tmp_path):
    write(tmp_path)
    made = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    kept = [DOCS / PAGE, *(DOCS / PICTURES).iterdir()]
    assert made == sorted(path.relative_to(DOCS) for path in kept)
    for path in made:
        assert (tmp_path / path).read_bytes() == (DOCS / path).read_bytes(), path


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_picture_is_drawn_inside_its_frame(name):
    root = ET.fromstring(DRAWINGS[name].svg())  # noqa: S314 (our own text)
    circles = root.findall("{*}circle")
    assert len(circles) == len(DRAWINGS[name].accounts)
    for circle in circles:
        for middle, size in zip(("cx", "cy"), BOX, strict=True):
            reach = float(circle.attrib["r"])
            assert reach < float(circle.attrib[middle]) < size - reach


@pytest.mark.parametrize("name", DRAWINGS)
def test_no_two_accounts_of_a_picture_touch(name):
    places = [account.at for account in DRAWINGS[name].accounts]
    for k, (x, y) in enumerate(places):
        assert all(abs(x - a) + abs(y - b) > 30 for a, b in places[:k])


def test_every_arrow_has_a_head_that_is_defined():
    for drawing in DRAWINGS.values():
        text = drawing.svg()
        assert set(re.findall(r"url\(#(\w+)\)", text)) == set(re.findall(r'id="(\w+)"', text))


def test_every_drawing_stands_on_the_page():
    assert {entry.drawing for entry in ENTRIES} == set(DRAWINGS)
    for name in DRAWINGS:
        assert page().count(f"({PICTURES}/{name}.svg)") == 1


def test_every_feature_of_patterns_is_on_the_page_with_its_red_flags():
    for feature in FEATURES:
        assert sum(feature in entry.features for entry in ENTRIES) == 1, feature.name
        assert f"`{feature.name}`" in page()
        assert all(f"**{flag}**" in page() for flag in feature.red_flags)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.drawing)
def test_every_pattern_is_measured_by_features(entry):
    assert entry.features
