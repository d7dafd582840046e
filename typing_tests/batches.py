"""A batch answers each row as its query does, with an error or with None."""

from typing import Any, assert_type

import numpy as np
from numpy.typing import NDArray
from suffice import (
    Batch,
    BoostedExplainer,
    Check,
    MultiLabelExplainer,
    NoneInTime,
    Reason,
    Reasons,
    Status,
    Stop,
    SurrogateExplainer,
    TreeExplainer,
)

rows = np.zeros((3, 2))


def of_queries(explainer: TreeExplainer | SurrogateExplainer, query: str) -> None:
    batch = explainer.batch(rows, time_limit=3)
    assert_type(batch, Batch[Reason])
    assert_type(batch[0], Reason | Exception | None)
    assert_type(batch[:2], list[Reason | Exception | None])
    for answer in batch:
        if isinstance(answer, Reason):
            assert_type(answer.features, tuple[str, ...])
    assert_type(explainer.batch(rows, "sufficient_reason", over="features"), Batch[Reason])
    assert_type(explainer.batch(rows, "sufficient_reason", n=3), Batch[Reasons])
    assert_type(explainer.batch(rows, "sufficient_reasons"), Batch[Reasons])
    assert_type(explainer.batch(rows, "contrastive_reason", n_jobs=2), Batch[Reason | NoneInTime])
    assert_type(explainer.batch(rows, "minimal_contrastive_reason", n=None), Batch[Reasons])
    assert_type(explainer.batch(rows, "direct_reason"), Batch[Reason])
    assert_type(explainer.batch(rows, "is_reason", reason=["age > 3"]), Batch[Check])
    assert_type(explainer.batch(rows, "n_sufficient_reasons"), Batch[int])
    assert_type(explainer.batch(rows, "n_sufficient_reasons_per_literal"), Batch[dict[int, int]])
    assert_type(explainer.batch(rows, "n_sufficient_reasons_per_feature"), Batch[dict[str, int]])
    assert_type(explainer.batch(rows, query), Batch[object])


def of_labels(explainer: MultiLabelExplainer | SurrogateExplainer) -> None:
    assert_type(explainer.batch(rows, "sufficient_reason", labels="rain"), Batch[Reason])
    assert_type(explainer.batch(rows, "sufficient_reason", mode="joined"), Batch[Reason | NoneInTime])
    assert_type(explainer.batch(rows, "sufficient_reason", mode="joined", n=3), Batch[Reasons])


def of_several_by_default(explainer: BoostedExplainer | SurrogateExplainer) -> None:
    assert_type(explainer.batch(rows, "minimal_tree_specific_reasons"), Batch[Reasons])
    assert_type(explainer.batch(rows, "minimal_tree_specific_reasons", n=3), Batch[Reasons])
    assert_type(explainer.batch(rows, "minimal_tree_specific_reasons", n=None), Batch[Reasons])
    assert_type(explainer.batch(rows, "minimal_tree_specific_reasons", n=1), Batch[Reason])


def of_a_batch(batch: Batch[Reason]) -> None:
    assert_type(batch.predictions, NDArray[Any])
    assert_type(batch.row_status, tuple[str, ...])
    assert_type(batch.errors, dict[int, Exception])
    assert_type(batch.not_reached, tuple[int, ...])
    assert_type(batch.status, Status)
    assert_type(batch.stop, Stop)
