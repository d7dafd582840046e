"""Frames: of pandas where it has types (they need pandas to be made), rows of tables for explanations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol, assert_type

from suffice import Batch, Builder, Explanation, Explanations, Reason, Reasons, explain

if TYPE_CHECKING:
    from pandas import DataFrame

tree = Builder.DecisionTree(2, Builder.DecisionNode(1, left=0, right=1))


class TypedFrame(Protocol):
    """What stubs say of a data frame."""

    @property
    def columns(self) -> list[str]: ...
    @property
    def dtypes(self) -> list[str]: ...


class TypedSeries(Protocol):
    """What stubs say of a series."""

    @property
    def name(self) -> str: ...
    def to_numpy(self) -> object: ...
    def __iter__(self) -> Iterator[float]: ...


def of_rows(frame: TypedFrame, series: TypedSeries) -> None:
    assert_type(explain(tree, frame), Explanations)
    assert_type(explain(tree, series), Explanation)


def of_answers(reasons: Reasons, many: Explanations, batch: Batch[Reason]) -> None:
    found: list[DataFrame] = [reasons.to_frame(), many.to_frame(), batch.to_frame()]
    print(found)
