"""Each row of docs/models.md is what the model itself answers; what the page says is refused is refused."""

import warnings

import pytest
from suffice import Explainer
from suffice.engine.errors import SufficeError

from tests.taken.asking import first, proved, told
from tests.taken.page import PAGE, everything, row_of

TAKEN, REFUSED = everything()


def name_of(case):
    return f"{case.group}: {case.name}"


@pytest.fixture(scope="module")
def rows():
    return set(PAGE.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("case", TAKEN, ids=name_of)
def test_a_model_answers_what_its_row_says(case, rows):
    assert row_of(case, told(case)) in rows, "python -m tests.taken.page writes the page"


@pytest.mark.parametrize("case", TAKEN, ids=name_of)
def test_its_first_answers_are_proved_and_confirmed(case):
    proved(case)


@pytest.mark.parametrize("case", REFUSED, ids=name_of)
def test_what_is_refused_is_refused_in_words(case, rows):
    with warnings.catch_warnings(), pytest.raises(SufficeError, match=case.match):
        warnings.simplefilter("ignore")
        model, listed = case.make()
        Explainer.initialize(model, first(listed), **dict(case.arguments))
    assert f"* {case.name}: {case.why}" in rows, "python -m tests.taken.page writes the page"


def test_names_are_told_once():
    for cases in (TAKEN, REFUSED):
        names = [name_of(case) for case in cases]
        assert len(names) == len(set(names))


def test_the_page_has_no_row_of_a_model_that_is_gone(rows):
    told_there = [row.split(" | ")[0].removeprefix("| ") for row in rows if row.startswith("| ") and " yes" in row]
    known = {case.name for case in TAKEN}
    assert [name for name in told_there if name not in known] == []
