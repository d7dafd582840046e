"""Surrogates of a black box in the vicinity of an instance: one model a label, and how faithful each is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...encoders.binarized.binarizer import Binarizer
from ...encoders.binarized.models import BinarizedModel
from ...engine.arrays import F64
from ...engine.log import LOG
from .fidelity import Fidelity, interval_of
from .kinds import chosen_kind, faithful_at_last
from .splits import Places, Split
from .vicinity import Vicinity


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Surrogates, one a label, their fidelity, and the least lower end on the rows to choose by (0 without)."""

    models: tuple[Any, ...]
    fidelity: Fidelity
    vicinity: Vicinity
    chosen_by: float


def fit_surrogates(
    vicinity: Vicinity,
    split: Split,
    said: NDArray[Any],
    x: NDArray[Any],
    own: NDArray[Any],
    names: tuple[str, ...],
    binarizer: Binarizer,
    *,
    on_bits: bool,
    kind: str,
    seed: int,
    options: Mapping[str, Any],
) -> Fitted:
    """Fit one surrogate a label.

    Parameters
    ----------
    vicinity, split : Vicinity, Split
        Rows, and which of them are learnt from.
    said : ndarray, shape (m, n_labels)
        What the model says of them.
    x, own : ndarray, shape (n_columns,), (n_labels,)
        The instance, and what the model says of it.
    names : tuple of str
        Names of the labels.
    binarizer, on_bits : Binarizer, bool
        Fitted, and whether surrogates learn from its bits (else from the numbers themselves).
    kind, seed, options : {"forest", "tree", "boosted", "linear", "auto"}, int, mapping
        What they are (``"auto"`` takes for each label what agrees best within the rows to learn from), the seed, and
        arguments of the estimators, beside our own.

    Raises
    ------
    FidelityError
        If a surrogate cannot be brought to decide about the instance as the model does.
    BadInputError
        If the estimator does not take the options.
    """
    learn = np.append(split.learn, len(said))  # and the instance, the last one
    n_data = int((split.learn < vicinity.n_asked).sum())
    codes = binarizer.encode(np.concatenate([vicinity.rows, x.reshape(1, -1)]))
    inputs = binarizer.transform_codes(codes) if on_bits else codes
    models, kinds, told = [], {}, []
    for i, name in enumerate(names):
        target = np.array(np.append(said[:, i], own[i : i + 1]).tolist())
        known = inputs[learn], target[learn]
        kinds[name] = kind
        if kind == "auto":
            kinds[name] = chosen_kind(*known, split.groups[split.learn[:n_data]], seed + i)
        model = faithful_at_last(*known, kinds[name], seed + i, options, name)
        LOG.info("fitted a surrogate (%s) of %s on %d rows", kinds[name], name, len(learn))
        usual = Counter(known[1].tolist()).most_common(1)[0][0]
        told.append(_Asked(model, usual, inputs, target, split, len(names)))
        models.append(BinarizedModel(binarizer, model) if on_bits else model)
    fidelity = _fidelity(dict(zip(names, told, strict=True)), len(learn), split, vicinity, kinds)
    return Fitted(tuple(models), fidelity, vicinity, min(one.chosen_by for one in told))


def _fidelity(
    told: dict[str, _Asked], n_learnt: int, split: Split, vicinity: Vicinity, kinds: dict[str, str]
) -> Fidelity:
    return Fidelity(
        {name: one.share for name, one in told.items()},
        {name: one.interval for name, one in told.items()},
        {name: one.weighted for name, one in told.items()},
        {name: one.baseline for name, one in told.items()},
        n_learnt, len(split.firsts["report"]), len(split.report), len(split.firsts["choose"]),
        vicinity.radius, vicinity.source, kinds,
    )  # fmt: skip


class _Asked:
    """What a surrogate says of rows that it did not learn from."""

    def __init__(self, model: Any, usual: Any, inputs: F64, target: NDArray[Any], split: Split, n_labels: int) -> None:
        def right(places: Places) -> list[bool]:
            return _equal(model.predict(inputs[places]).tolist(), target[places].tolist()) if len(places) else []

        report, choose = split.firsts["report"], split.firsts["choose"]
        agreed, chosen = right(report), right(choose)
        self.share = sum(agreed) / len(agreed)
        self.interval = interval_of(sum(agreed), len(agreed), n_labels)
        every = right(split.report) if len(split.report) > len(report) else agreed
        self.weighted = sum(every) / len(every)
        self.baseline = sum(_equal(target[report].tolist(), [usual] * len(report))) / len(report)
        self.chosen_by = interval_of(sum(chosen), len(chosen), n_labels)[0] if chosen else 0.0


def _equal(one: list[Any], other: list[Any]) -> list[bool]:
    return [bool(a == b) for a, b in zip(one, other, strict=True)]
