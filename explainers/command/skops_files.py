"""Models that skops wrote: of types that cannot execute code, with trees whose nodes are looked at first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ...engine.errors import BadInputError, FormatError, UnsupportedModelError, shown

HARMLESS = (  # plain containers of numbers and of models, beside what skops itself trusts
    "collections.OrderedDict",
    "numpy.dtype",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.utils._bunch.Bunch",
)
CHECKED = (  # compiled code walks their nodes by number: they are taken if ``damage`` finds nothing
    "sklearn.tree._tree.Tree",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
)


def read_skops(path: Path, name: str, trusted: Sequence[str]) -> Any:
    """Return the model of a file of skops; `trusted` are further types that the user vouches for.

    Raises
    ------
    BadInputError
        If skops is missing.
    UnsupportedModelError
        If it holds types that nobody trusts.
    FormatError
        If it is damaged.
    """
    try:
        import skops.io
    except ImportError:
        raise BadInputError(f"{name} was written by skops, which is missing: pip install 'suffice[skops]'") from None
    try:
        found = [str(kind) for kind in skops.io.get_untrusted_types(file=path)]
        unknown = [kind for kind in found if kind not in (*HARMLESS, *CHECKED, *trusted)]
        if not unknown:
            model = skops.io.load(path, trusted=found)
    except Exception as error:
        raise FormatError(
            f"{name} cannot be loaded by skops: {type(error).__name__}: {shown(str(error), 160)}"
        ) from None
    if unknown:
        raise UnsupportedModelError(
            f"{name} holds types that might execute code: {', '.join(unknown[:5])}{', …' if len(unknown) > 5 else ''}; "
            f"pass --trust {','.join(unknown)} if you know who wrote it"
        )
    for part in _parts(model):
        told = damage(part)
        if told:
            raise FormatError(f"{name} is damaged: {told}; save the model again")
    return model


def _parts(model: Any) -> Iterator[Any]:
    """Yield everything inside a model, each thing once."""
    seen: set[int] = set()
    waiting = [model]
    while waiting:
        one = waiting.pop()
        if id(one) in seen or isinstance(one, (str, bytes, int, float, bool, type(None), type)):
            continue
        seen.add(id(one))
        yield one
        if isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, (list, tuple, set, frozenset)):
            waiting += list(one)
        elif isinstance(one, np.ndarray):
            waiting += list(one.ravel()) if one.dtype == object else []
        else:
            waiting += list(getattr(one, "__dict__", {}).values())


def damage(part: Any) -> str:
    """Return what is wrong with the nodes of a tree; empty if nothing is, or if it is no tree."""
    kind = f"{type(part).__module__}.{type(part).__qualname__}"
    if kind == CHECKED[0]:
        n, left, right = int(part.node_count), part.children_left, part.children_right
        leaf = left == -1
        inner = ~leaf
        place = np.arange(n)
        apart = (left > place) & (right > place) & (left < n) & (right < n)
        named = (part.feature >= 0) & (part.feature < part.n_features)
        sound = n > 0 and len(part.value) == n and bool((right[leaf] == -1).all() and (apart & named)[inner].all())
        return "" if sound else "a tree whose nodes lead nowhere"
    if kind == CHECKED[1]:
        nodes = part.nodes
        n, place = len(nodes), np.arange(len(nodes))
        inner = nodes["is_leaf"] == 0
        apart = (nodes["left"] > place) & (nodes["right"] > place) & (nodes["left"] < n) & (nodes["right"] < n)
        sets = len(part.raw_left_cat_bitsets)
        listed = (nodes["is_categorical"] == 0) | (nodes["bitset_idx"] < sets)
        sound = n > 0 and bool((apart & listed & (nodes["feature_idx"] >= 0))[inner].all())
        return "" if sound else "a tree whose nodes lead nowhere"
    return ""
