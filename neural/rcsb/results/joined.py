"""Several results as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields

import torch
from torch import Tensor

from ....engine.errors import BadInputError
from ....engine.status import Status, Stop
from .result import Calls, RCSBResult


def join(results: Sequence[RCSBResult]) -> RCSBResult:
    """Return the images of several results of the same explainer as one result, in their order.

    Raises
    ------
    BadInputError
        If there is none, or images, samples or classes are not of one shape.
    """
    if not results:
        raise BadInputError("there is no result to join: expected at least one")
    first = results[0]
    names = [item.name for item in fields(first) if isinstance(getattr(first, item.name), Tensor)]
    tensors = {}
    for name in names:
        parts = [getattr(result, name) for result in results]
        shapes = {(part.shape[1:], part.dtype) for part in parts}
        if len(shapes) > 1:
            found = " and ".join(sorted(str(tuple(shape)) for shape, _ in shapes))
            raise BadInputError(f"{name} of shapes {found} cannot be joined: take the results one by one")
        tensors[name] = torch.cat(parts)
    if len({(result.classes, result.multi_label) for result in results}) > 1:
        raise BadInputError("the results are of different classes: take them one by one")
    calls = [asdict(result.calls) for result in results]
    unfinished = [result for result in results if result.status is not Status.COMPLETE]
    return RCSBResult(
        **tensors,
        trace=tuple(step for result in results for step in result.trace),
        calls=Calls(**{name: sum(one[name] for one in calls) for name in calls[0]}),
        status=unfinished[0].status if unfinished else Status.COMPLETE,
        stop=unfinished[0].stop if unfinished else Stop.NONE,
        seconds=sum(result.seconds for result in results),
        settings=first.settings,
        multi_label=first.multi_label,
        classes=first.classes,
    )
