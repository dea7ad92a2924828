"""What the documentation says must be there: files, headings, commands, the generated catalogue."""

import re
from pathlib import Path

import pytest
import typer

from experiments.cli.app import app
from features.catalogue.documentation import page

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ("engine", "features", "experiments", "tests", "configs")
LONGEST = 400
COMMANDS = typer.main.get_command(app).commands


def _pages():
    own = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    return [pytest.param(path, id=path.relative_to(ROOT).as_posix()) for path in sorted(own)]


def _prose(path):
    """The text without blocks of code."""
    return re.sub(
        r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )


def _code(path):
    """The lines of code blocks, fenced or indented, and what stands between backticks."""
    text = path.read_text(encoding="utf-8")
    fenced = re.findall(r"^```[^\n]*\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    blocks = "\n".join((*fenced, *re.findall(r"^ {4,}(.*)$", _prose(path), flags=re.MULTILINE)))
    return [*blocks.splitlines(), *re.findall(r"`([^`\n]+)`", _prose(path))]


def _anchors(path):
    """The names that headings get where Markdown is shown: lower case, blanks to hyphens."""
    heads = re.findall(r"^#+ +(.+)$", _prose(path), flags=re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", head.replace("`", "").lower()) for head in heads)
    return {head.strip().replace(" ", "-") for head in plain}


@pytest.mark.parametrize("path", _pages())
def test_every_relative_link_resolves(path):
    for target in re.findall(r"\]\(([^)\s]+)\)", _prose(path)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        found = (path.parent / name).resolve() if name else path
        assert found.exists(), target
        assert found == ROOT or ROOT in found.parents, f"{target} leaves the repository"
        if anchor:
            assert anchor in _anchors(found), target


@pytest.mark.parametrize("path", _pages())
def test_every_command_shown_exists_with_its_options(path):
    for line in _code(path):
        if not (found := re.match(r"moneytrail ([a-z]+)(.*)", line)):
            continue
        name, rest = found.groups()
        assert name in COMMANDS, line
        options = {option for one in COMMANDS[name].params for option in one.opts}
        assert set(re.findall(r"(?<![\w-])--[a-z-]+", rest)) <= options, line


def test_the_readme_shows_every_step_of_the_main_job():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in ("ingest", "train", "score", "report", "verify"):
        assert f"moneytrail {name} " in text


def test_every_make_target_named_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, flags=re.MULTILINE))
    for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")):
        text = path.read_text(encoding="utf-8")
        named = re.findall(r"(?:^ {4}|`)make ([a-z-]+)", text, flags=re.MULTILINE)
        assert set(named) <= targets, path.name


def test_the_catalogue_page_is_up_to_date():
    """After a change: ``python -m features.catalogue.documentation > docs/catalogue.md``."""
    assert (ROOT / "docs/catalogue.md").read_text(encoding="utf-8") == page()


def test_every_decision_is_in_the_index():
    index = (ROOT / "docs/README.md").read_text(encoding="utf-8")
    for path in (ROOT / "docs/decisions").glob("*.md"):
        assert f"decisions/{path.name}" in index


def test_no_file_of_the_source_tree_is_longer_than_a_person_reads():
    long = {
        path.relative_to(ROOT).as_posix(): lines
        for folder in SOURCE
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in {".py", ".j2", ".js", ".css", ".toml"}
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST
    }
    assert not long
