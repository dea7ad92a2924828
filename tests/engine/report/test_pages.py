"""The pages as a browser finds them: whole, linked, escaped, and true to the tables."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from engine.report import write_report

VOID = {"meta", "link", "input", "br", "img"}


class Document(HTMLParser):
    """Reads a page strictly: every tag closed in order; keeps ids, links, headings and text."""

    def __init__(self, path):
        super().__init__()
        self.open, self.ids, self.links, self.headings, self.words = [], [], [], [], []
        self.tags, self.loads, self.images = set(), [], []
        self.feed(path.read_text(encoding="utf-8"))
        assert not self.open, self.open
        self.text = " ".join("".join(self.words).split())

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.add(tag)
        self.ids += [found["id"]] if "id" in found else []
        self.links += [found["href"]] if tag == "a" else []
        self.loads += [v for k, v in attrs if k in {"src", "srcset", "action", "data", "poster"}]
        self.loads += [found["href"]] if tag == "link" else []
        self.images += [found] if tag == "svg" else []
        assert not any(name.startswith("on") for name in found), found
        assert "style" not in found
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "script" not in self.open:
            self.words.append(data)


@pytest.fixture(scope="module")
def report(scores_folder, tmp_path_factory):
    return write_report(scores_folder, tmp_path_factory.mktemp("pages") / "report").parent


@pytest.fixture(scope="module")
def documents(report):
    return {path: Document(path) for path in sorted(report.rglob("*.html"))}


@pytest.fixture(scope="module")
def page_of(report, documents):
    def find(one) -> Document:
        return documents[report / "candidates" / f"{one['candidate_id']}.html"]

    return find


def test_there_is_an_index_a_page_a_period_and_a_page_a_candidate(report, made):
    found = {path.relative_to(report).as_posix() for path in report.rglob("*") if path.is_file()}
    periods = {f"periods/{one['period']}.html" for one, _ in made}
    pages = {f"candidates/{one['candidate_id']}.html" for one, _ in made}
    assets = {f"assets/{name}" for name in ("report.css", "report.js", "candidates.js")}
    assert found == {"index.html"} | periods | pages | assets


def test_every_link_and_every_file_loaded_is_there_and_none_is_outside(report, documents):
    for path, document in documents.items():
        for target in document.links + document.loads:
            assert not re.match(r"[a-z]+:|//|/", target), target
            place, _, anchor = target.partition("#")
            file = (path.parent / place).resolve() if place else path
            assert file.is_file(), target
            assert file.is_relative_to(report.resolve())
            if anchor:
                assert anchor in documents[file].ids, target


def test_nothing_asks_for_a_network(report):
    for path in report.rglob("*"):
        if path.suffix in {".css", ".js", ".html"}:
            text = path.read_text(encoding="utf-8")
            assert "http://" not in text
            assert "https://" not in text
            assert "@import" not in text


def test_every_page_has_one_title_unique_ids_and_headings_without_gaps(documents):
    for path, document in documents.items():
        assert document.headings.count(1) == 1, path
        assert len(document.ids) == len(set(document.ids)), path
        steps = zip(document.headings, document.headings[1:], strict=False)
        assert all(after - before <= 1 for before, after in steps), path


def test_every_picture_has_words_or_is_hidden_from_readers(documents):
    for document in documents.values():
        for svg in document.images:
            named = svg.get("role") == "img" and svg["aria-labelledby"].split()
            assert svg.get("aria-hidden") == "true" or set(named) <= set(document.ids)


def test_what_the_data_say_is_never_markup(documents, page_of, made, hostile):
    assert all(not document.tags & {"img", "iframe", "object"} for document in documents.values())
    one = next(one for one, _ in made if one["account"] == hostile["script"])
    assert hostile["script"] in page_of(one).text


def test_scripts_are_only_the_two_files_of_the_report(report):
    for path in report.rglob("*.html"):
        scripts = re.findall(r"<script[^>]*>(.*?)</script>", path.read_text(encoding="utf-8"))
        assert scripts
        assert not any(scripts)


def test_characters_that_hide_or_turn_text_do_not_reach_a_page(report):
    for path in report.rglob("*.html"):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", path.read_text("utf-8"))


def test_long_ids_stand_whole_on_their_own_page_and_short_elsewhere(page_of, made, report, hostile):
    one = next(one for one, _ in made if one["account"] == hostile["long"])
    assert hostile["long"] in page_of(one).text
    visible = re.sub(r'title="[^"]*"', "", (report / "index.html").read_text("utf-8"))
    assert hostile["long"] not in visible


def test_every_reason_stands_on_its_page_with_the_ids_of_its_evidence(page_of, made):
    for one, _ in made:
        text = page_of(one).text
        for reason in one["reasons"] + one["against"]:
            assert reason["sentence"] in text
            assert reason["feature"] in text
            assert all(each in text for each in reason["evidence"])
            assert all(flag in text for flag in reason["red_flags"])


def test_evidence_links_to_the_full_row_and_the_row_back_to_its_reasons(page_of, made):
    one = next(one for one, _ in made if one["reasons"])
    links = page_of(one).links
    cited = {each for reason in one["reasons"] for each in reason["evidence"]}
    assert {"#R1", "#R2", "#R3", "#R4", "#A1"} <= set(links)
    assert len({link for link in links if re.fullmatch(r"#t\d+", link)}) >= len(cited)


def test_the_receipt_shown_adds_up_to_the_margin_shown(report, made):
    for one, _ in made:
        text = (report / "candidates" / f"{one['candidate_id']}.html").read_text("utf-8")
        parts = re.findall(r'data-part="(\w+)">([^<]+)<', text)
        values = [
            (kind, float(value.replace("\N{MINUS SIGN}", "-").replace(",", "")))
            for kind, value in parts
        ]
        kinds = [kind for kind, _ in values]
        assert kinds[0] == "base"
        assert kinds[-3:] == ["rest", "difference", "margin"]
        assert kinds.count("reason") == len(one["reasons"]) + len(one["against"])
        assert sum(v for _, v in values[:-1]) == pytest.approx(values[-1][1], abs=1e-5)
        assert values[-1][1] == pytest.approx(one["receipt"]["margin"], abs=1e-6)
        assert f">{one['receipt']['score']:.6f}<" in text


def test_facts_and_assessment_are_two_sections_with_the_rows_in_the_first(documents, report):
    for path in (report / "candidates").iterdir():
        text = path.read_text("utf-8")
        order = ("facts", "timeline", "neighbours", "transactions", "assessment", "reasons")
        order += ("against", "receipt", "limits", "identity")
        places = [text.index(f'id="{name}"') for name in order]
        assert places == sorted(places)


def test_a_hub_says_that_not_every_payment_is_listed(page_of, made):
    one = next(one for one, _ in made if one["account"] == "HUB-1")
    text = page_of(one).text
    assert "500 of 800 payments of the period are listed" in text
    assert "Not listed here" in text
    assert "Drawn from the listed payments only" in text


def test_a_single_payment_without_reasons_makes_a_page(page_of, made):
    one = next(one for one, _ in made if one["account"] == "ONE-0")
    text = page_of(one).text
    assert "received €10,000.00 in 1 payment and paid nothing out" in text
    assert "No feature raises the score on its own" in text


def test_what_looks_ahead_of_as_of_is_said_only_where_it_matters(page_of, made):
    for one, _ in made:
        said = "lies after as-of (2023-03-26 23:10 UTC)" in page_of(one).text
        assert said is not one["mature"]


def test_the_same_account_in_other_weeks_is_linked(page_of, made):
    ids = [one["candidate_id"] for one, _ in made if one["account"] == "MULE-1"]
    assert len(ids) == 3
    document = page_of(next(one for one, _ in made if one["candidate_id"] == ids[0]))
    assert {f"{other}.html" for other in ids[1:]} <= set(document.links)


def test_previous_and_next_walk_through_every_candidate(report, made):
    ids = [one["candidate_id"] for one, _ in made]
    place, seen = ids[0], []
    while place:
        seen.append(place)
        text = (report / "candidates" / f"{place}.html").read_text("utf-8")
        after = re.search(r'rel="next" href="([0-9a-f]+)\.html"', text)
        place = after and after[1]
    assert seen == ids


def test_the_index_says_what_was_scored_and_that_it_is_no_verdict(documents, report):
    text = documents[report / "index.html"].text
    for words in ("40 candidates in 3 periods", "not verdicts", "2023-03-26 23:10 UTC"):
        assert words in text
    for words in ("200 candidates per period", "moneytrail, version 3", "calibrated probability"):
        assert words in text


def test_every_candidate_is_in_the_index_and_in_its_period_in_order_of_rank(report, made):
    index = (report / "index.html").read_text("utf-8")
    for period in {one["period"] for one, _ in made}:
        ids = [one["candidate_id"] for one, _ in made if one["period"] == period]
        page = (report / "periods" / f"{period}.html").read_text("utf-8")
        assert re.findall(r'href="\.\./candidates/(\w+)\.html"', page) == ids
        assert all(f'href="candidates/{each}.html"' in index for each in ids)


def test_the_command_that_checks_the_page_stands_on_it(page_of, made):
    text = page_of(made[0][0]).text
    assert "moneytrail verify OUT --data DATASET" in text
    assert "ab" * 32 in text
    assert "5f" * 32 in text


def test_templates_and_assets_lie_inside_the_package():
    import engine.report.writing as module  # noqa: PLC0415

    folder = Path(module.__file__).parent
    assert {path.suffix for path in (folder / "templates").iterdir()} == {".j2"}
    assert {path.name for path in (folder / "assets").iterdir()} == {"report.css", "report.js"}
