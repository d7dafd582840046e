"""The table of queries says what the explainers of all families offer, and why others do not."""

import inspect
import re
from collections import Counter

import pytest
from suffice.explainers.boosted.explainer import BoostedExplainer
from suffice.explainers.forest.composed import ComposedExplainer
from suffice.explainers.forest.explainer import ForestExplainer
from suffice.explainers.multilabel.explainer import MultiLabelExplainer
from suffice.explainers.queries.offered import arguments_of, offers, row_of, why_no_argument, why_no_query
from suffice.explainers.queries.table import FAMILIES, NOT_OF_A_ROW, PUBLISHED, TABLE
from suffice.explainers.surrogate.explainer import SurrogateExplainer
from suffice.explainers.tree.explainer import TreeExplainer

from tests.house.layout import ROOT
from tests.house.queries_page import page

CLASSES = {
    "tree": TreeExplainer,
    "forest": ForestExplainer,
    "boosted": BoostedExplainer,
    "composed": ComposedExplainer,
    "multilabel": MultiLabelExplainer,
    "surrogate": SurrogateExplainer,
}
LONGEST = 120  # of a reason: an error is a line or two
SAID = re.compile(r"(?:\w+_)?reasons?")  # a text that can be the name of a query


def methods(family):
    """The public methods of a family's class."""
    names = (name for name in dir(family) if not name.startswith("_"))
    return {name for name in names if inspect.isfunction(inspect.getattr_static(family, name))}


def arguments(method):
    """The arguments of a method in the words of the table."""
    stars = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    by_place = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    own = list(inspect.signature(inspect.unwrap(method)).parameters.values())[1:]
    return {
        stars.get(one.kind, "") + one.name: (
            one.kind in by_place,
            None if one.default is one.empty else repr(one.default),
        )
        for one in own
    }


def by_place(taken):
    """Those arguments that go by place, in order."""
    return [name for name, (place, _) in taken.items() if place]


@pytest.mark.parametrize("family", FAMILIES)
def test_every_public_method_is_in_the_table(family):
    assert [name for name in sorted(methods(CLASSES[family])) if row_of(name) is None] == []


@pytest.mark.parametrize("family", [family for family in FAMILIES if family != "surrogate"])
def test_the_table_and_the_classes_offer_the_same(family):
    own = methods(CLASSES[family])
    wrong = {row.name: row.name in own for row in TABLE if offers(family, row.name) != (row.name in own)}
    assert wrong == {}, f"whether {family} has them"
    assert own & set(PUBLISHED) == set()


@pytest.mark.parametrize("family", FAMILIES)
def test_the_table_and_the_classes_take_the_same_arguments(family):
    wrong = {}
    for name in sorted(methods(CLASSES[family])):
        told, own = arguments_of(row_of(name), family), arguments(getattr(CLASSES[family], name))
        if told != own or by_place(told) != by_place(own):
            wrong[name] = {one: (told.get(one), own.get(one)) for one in {*told, *own} if told.get(one) != own.get(one)}
    assert wrong == {}, "argument: (by place, default) of the table, of the class"


def test_a_surrogate_has_queries_of_its_own():
    assert methods(SurrogateExplainer) == {"batch", "confirm", "save"}


def test_rows_are_named_once_and_reasons_name_what_there_is():
    assert [name for name, count in Counter(row.name for row in TABLE).items() if count > 1] == []
    for row in TABLE:
        taken = set(arguments_of(row, "no family"))
        for argument, why in {"": row.absent, **row.lacks}.items():
            assert argument == "" or argument in taken, (row.name, argument)
            assert set(why) < set(FAMILIES), (row.name, argument)
            assert all(0 < len(said) <= LONGEST for said in why.values()), (row.name, argument)
        assert not row.says.endswith(".")
    assert set(NOT_OF_A_ROW) < {row.facet for row in TABLE}
    assert {PUBLISHED[name] for name in PUBLISHED} <= {row.name for row in TABLE}


def test_reasons_say_what_to_do_with_queries_that_there_are():
    for row in TABLE:
        for why in (row.absent, *row.lacks.values()):
            for family, said in why.items():
                for name in re.findall(r"\b(?:is_\w+|to_\w+|\w+_reasons?)\b", said):
                    others = [family] if family != "surrogate" else [*FAMILIES]
                    assert any(offers(one, name) for one in others), (row.name, family, name)


def test_texts_of_what_is_not_offered():
    assert why_no_query("tree", "sufficient_reason") is None
    assert why_no_query("boosted", "no_such_query") is None
    assert "do not vote: ask for tree_specific_reason" in why_no_query("boosted", "majoritary_reason")
    assert "do not vote" in why_no_query("boosted", "prefered_majoritary_reason")
    assert why_no_argument("tree", "sufficient_reason", "n") is None
    assert why_no_argument("tree", "no_such_query", "n") is None
    assert why_no_argument("forest", "n_sufficient_reasons", "solver").startswith("n_sufficient_reasons(solver=…) of")


def test_the_page_is_written_from_the_table():
    written = (ROOT / "docs" / "queries.md").read_text(encoding="utf-8")
    assert written == page(), "python -m tests.house.queries_page writes it anew"


def test_benchmarks_name_queries_of_the_table():
    named = Counter()
    for path in sorted((ROOT / "benchmarks").glob("*.py")):
        for name in re.findall(r"""["'.](\w+)["'(]""", path.read_text(encoding="utf-8")):
            if SAID.fullmatch(name) and name not in ("reason", "reasons"):
                assert row_of(name) is not None, f"{path.name} names {name}"
                named[name] += 1
    assert len(named) > 5
