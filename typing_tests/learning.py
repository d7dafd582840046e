"""The published learning calls."""

from typing import Any, assert_type

from numpy.typing import NDArray
from suffice import Learning
from suffice.explainers.learning import Pair


def of_a_table(path: str) -> None:
    learner = Learning.Scikitlearn(path, learner_type=Learning.CLASSIFICATION)
    model = learner.evaluate(method=Learning.HOLD_OUT, output=Learning.DT)
    assert_type(learner.get_instances(model), Pair | tuple[None, None])
    assert_type(learner.get_instances(model, n=1, correct=True), Pair | tuple[None, None])
    assert_type(learner.get_instances(model, n=None), list[tuple[NDArray[Any], Any]])
    assert_type(learner.get_instances(model, 3), list[Pair])
    assert_type(learner.accuracy, float | None)
