"""Queries: ``n=1`` is one reason, if there is one; more are Reasons."""

from collections import OrderedDict
from typing import Any, assert_type

from suffice import (
    BoostedExplainer,
    Check,
    Counted,
    ForestExplainer,
    LabelReason,
    MultiLabelExplainer,
    NoneInTime,
    Reason,
    Reasons,
    ReasonStream,
    Row,
    TreeExplainer,
)
from suffice.engine.forms import Cnf

Any_ = TreeExplainer | ForestExplainer | BoostedExplainer | MultiLabelExplainer


def of_trees(explainer: TreeExplainer) -> None:
    assert_type(explainer.sufficient_reason(), Reason | None)
    assert_type(explainer.sufficient_reason(n=1, over="features", time_limit=3), Reason | None)
    assert_type(explainer.sufficient_reason(n=5), Reasons)
    assert_type(explainer.sufficient_reason(n=explainer.ALL, solver="cadical153"), Reasons)
    assert_type(explainer.sufficient_reasons(), ReasonStream)
    assert_type(explainer.minimal_sufficient_reason(), Reason | None)
    assert_type(explainer.minimal_sufficient_reason(n=None), Reasons)
    assert_type(explainer.preferred_sufficient_reason(method="weights", weights=[1, 2]), Reason | None)
    assert_type(explainer.preferred_sufficient_reason(method="minimal", n=2), Reasons)
    assert_type(explainer.contrastive_reason(target="red"), Reason | NoneInTime | None)
    assert_type(explainer.contrastive_reason(n=None, immutable=["age"]), Reasons)
    assert_type(explainer.minimal_contrastive_reason(distance="l1", weights={"age": 2}), Reason | NoneInTime | None)
    assert_type(explainer.minimal_contrastive_reason(n=3, monotone={"age": "increasing"}), Reasons)
    found = explainer.contrastive_reason()
    if found:
        assert_type(found, Reason)

    explainer.sufficient_reason(m=3)  # type: ignore[call-overload]  # no such argument
    explainer.sufficient_reason(n="all")  # type: ignore[call-overload]  # no number
    explainer.preferred_sufficient_reason()  # type: ignore[call-overload]  # it needs a method
    explainer.majoritary_reason()  # type: ignore[attr-defined]  # a tree has no majority


def of_forests(explainer: ForestExplainer) -> None:
    assert_type(explainer.contrastive_reason(), Reason | NoneInTime | None)
    assert_type(explainer.majoritary_reason(n_iterations=9), Reason | None)
    assert_type(explainer.majoritary_reason(n=None, seed=1), Reasons)
    assert_type(explainer.minimal_majoritary_reason(), Reason | None)
    assert_type(explainer.minimal_majoritary_reason(n=2), Reasons)
    assert_type(explainer.preferred_majoritary_reason(method="minimal"), Reason | None)
    assert_type(explainer.preferred_majoritary_reason(method="minimal", n=2), Reasons)
    assert_type(explainer.is_majoritary_reason([1, -2]), Check)


def of_boosted_trees(explainer: BoostedExplainer) -> None:
    assert_type(explainer.tree_specific_reason(theta=0.5), Reason | None)
    assert_type(explainer.minimal_tree_specific_reason(), Reason | None)
    assert_type(explainer.minimal_tree_specific_reasons(), Reasons)
    assert_type(explainer.minimal_tree_specific_reasons(n=1), Reason | None)
    assert_type(explainer.is_tree_specific_reason([1], theta=0.1), Check)


def of_labels(explainer: MultiLabelExplainer) -> None:
    assert_type(explainer.sufficient_reason(labels=["rain"], mode="joined"), LabelReason | NoneInTime | None)
    assert_type(explainer.sufficient_reason(n=2), Reasons)
    assert_type(explainer.minimal_sufficient_reason(labels="rain"), LabelReason | None)
    assert_type(explainer.preferred_sufficient_reason(method="minimal", labels=0, n=2), Reasons)
    assert_type(explainer.contrastive_reason(flip="rain", others="kept"), LabelReason | NoneInTime | None)
    assert_type(explainer.contrastive_reason(target={"rain": 1}, n=None), Reasons)
    assert_type(explainer.minimal_contrastive_reason(flip="rain"), LabelReason | NoneInTime | None)
    assert_type(explainer.minimal_contrastive_reason(n=2, distance=None), Reasons)
    assert_type(explainer.contrastive_reasons(), ReasonStream)
    assert_type(explainer.implies("rain", "wind"), Check)
    assert_type(explainer.to_cnf(), dict[str, Cnf])
    assert_type(explainer.to_cnf("rain", 1), Cnf)
    explainer.contrastive_reason(weights=[1])  # type: ignore[call-overload]  # they are of the nearest one


def of_any(explainer: Any_) -> None:
    explainer.set_instance((1, 0))
    assert_type(explainer.instance, Row | None)
    assert_type(explainer.sufficient_reason(), Reason | LabelReason | NoneInTime | None)
    assert_type(explainer.sufficient_reason(n=3), Reasons)
    assert_type(explainer.is_sufficient_reason([1, 2]), Check)
    assert_type(explainer.is_implicant(["age > 3"]), Check)
    assert_type(explainer.necessary_literals(), Reason)
    assert_type(explainer.direct_reason(), Reason | None)
    assert_type(explainer.n_sufficient_reasons(), int | None)
    assert_type(explainer.n_sufficient_reasons_per_literal(), dict[int, int])
    assert_type(explainer.n_sufficient_reasons_per_feature(), dict[str, int])
    assert_type(explainer.count_bounds, Counted | None)
    assert_type(explainer.to_features([1, 2]), tuple[str, ...])
    assert_type(explainer.to_features({1: 0.5}), dict[str, float])
    assert_type(explainer.to_features((1,), details=True), OrderedDict[str, list[dict[str, Any]]])
    assert_type(explainer.get_feature_names(), list[str])


def of_published_spellings(tree: TreeExplainer, forest: ForestExplainer, labels: MultiLabelExplainer) -> None:
    assert_type(tree.prefered_sufficient_reason(method="minimal"), Reason | None)
    assert_type(labels.prefered_sufficient_reason(method="minimal", labels=0), LabelReason | None)
    assert_type(forest.prefered_majoritary_reason(method="minimal", n=3), Reasons)
    assert_type(tree.n_sufficient_reasons_per_attribute(time_limit=1), dict[int, int])
    tree.prefered_majoritary_reason  # type: ignore[misc]  # noqa: B018  # a tree has no majority
    tree.prefered_reason  # type: ignore[attr-defined]  # noqa: B018  # never published
