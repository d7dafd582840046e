"""``explain`` of one row, of many rows, and of what may be either."""

from typing import Any, assert_type

import numpy as np
from numpy.typing import NDArray
from suffice import Builder, Explanation, Explanations, Reason, Reasons, Row, Status, Stop, explain

tree = Builder.DecisionTree(2, Builder.DecisionNode(1, left=0, right=1))
array: NDArray[np.float64] = np.zeros((1, 2))

one = explain(tree, (1, 0))
assert_type(one, Explanation)
assert_type(explain(tree, [1.0, "red"]), Explanation)
assert_type(explain(tree, {"f1": 1, "f2": 0}), Explanation)
assert_type(explain(tree, one.instance, over="features"), Explanation)

many = explain(tree, [[1, 0], [0, 1]], excluded=["f1"], time_limit=5)
assert_type(many, Explanations)
assert_type(explain(tree, [(1, 0)]), Explanations)
assert_type(explain(tree, [{"f1": 1, "f2": 0}]), Explanations)
assert_type(explain(tree, array), Explanation | Explanations)
explain(tree, array, overs="features")  # type: ignore[call-overload]  # no such argument

assert_type(one.instance, Row)
assert_type(one.sufficient, Reason | None)
assert_type(one.minimal, Reason | None)
assert_type(one.contrastive, Reasons)
assert_type(one.interval, tuple[float, float] | None)
assert_type(one.to_dict(), dict[str, Any])
change = one.change()
if change is not None:
    assert_type(change[0].changed, tuple[str, ...])
    assert_type(change[0].to_dict(), dict[str, Any])

assert_type(many[0], Explanation)
assert_type(many[:2], list[Explanation])
assert_type(many.reason(0), Reason | None)
assert_type(many.status, Status)
assert_type(many.stop, Stop)
assert_type(many.predictions, NDArray[Any])
assert_type(len(many), int)
