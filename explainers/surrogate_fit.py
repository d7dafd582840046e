"""Surrogates of a black box in the vicinity of an instance: one model a label, and how faithful each is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..encoders.binarized_models import BinarizedModel
from ..encoders.binarizer import Binarizer
from .surrogate_kinds import chosen_kind, faithful_at_last
from .vicinity import Vicinity

HELD_OUT = 0.25  # share of the vicinity


@dataclass(frozen=True, slots=True)
class Fidelity:
    """How often a surrogate agrees with its model on rows of the vicinity that it did not learn from.

    Attributes
    ----------
    accuracy : dict from str to float
        For each label the share of held-out rows on which they agree.
    baseline : dict from str to float
        The share that the more frequent answer alone would have: an accuracy near to it tells little.
    n_learnt, n_held_out : int
        Rows.
    radius : float
        Of the vicinity.
    source : str
        ``"rows"``, ``"perturbed"`` or ``"both"``.
    kinds : dict from str to str
        What the surrogate of each label is.
    """

    accuracy: dict[str, float]
    baseline: dict[str, float]
    n_learnt: int
    n_held_out: int
    radius: float
    source: str
    kinds: dict[str, str]

    @property
    def worst(self) -> float:
        """The least accuracy of a label."""
        return min(self.accuracy.values())

    @property
    def mean(self) -> float:
        """The mean accuracy of the labels."""
        return float(np.mean(list(self.accuracy.values())))

    def __str__(self) -> str:
        told = ", ".join(f"{name} {share:.1%}" for name, share in self.accuracy.items())
        where = "perturbed rows" if self.source == "perturbed" else "rows of the data"
        return f"agrees on {told} of {self.n_held_out} held-out {where} within radius {self.radius:g}"


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Surrogates, one a label, and their fidelity."""

    models: tuple[Any, ...]
    fidelity: Fidelity
    vicinity: Vicinity


def fit_surrogates(
    vicinity: Vicinity,
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
    vicinity : Vicinity
        Rows to learn from, and to be held out.
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
    order = np.random.default_rng(seed).permutation(vicinity.n_asked)
    n_held = max(1, round(HELD_OUT * len(order)))
    held, learnt = np.sort(order[:n_held]), np.sort(order[n_held:])
    # rows that may be asked about, the instance, and what is only learnt from
    learn = np.concatenate([learnt, np.arange(vicinity.n_asked, len(said)), [len(said)]])
    codes = binarizer.encode(np.concatenate([vicinity.rows, x.reshape(1, -1)]))
    inputs = binarizer.transform_codes(codes) if on_bits else codes
    models, accuracy, baseline, kinds = [], {}, {}, {}
    for i, name in enumerate(names):
        target = np.array(np.append(said[:, i], own[i : i + 1]).tolist())
        known = inputs[learn], target[learn]
        kinds[name] = chosen_kind(*known, len(learnt), seed + i) if kind == "auto" else kind
        model = faithful_at_last(*known, kinds[name], seed + i, options, name)
        accuracy[name] = _share(model.predict(inputs[held]), target[held])
        usual = Counter(known[1].tolist()).most_common(1)[0][0]
        baseline[name] = float(np.mean([value == usual for value in target[held].tolist()]))
        models.append(BinarizedModel(binarizer, model) if on_bits else model)
    fidelity = Fidelity(accuracy, baseline, len(learn), n_held, vicinity.radius, vicinity.source, kinds)
    return Fitted(tuple(models), fidelity, vicinity)


def _share(one: NDArray[Any], other: NDArray[Any]) -> float:
    return float(np.mean([a == b for a, b in zip(one.tolist(), other.tolist(), strict=True)]))
