"""Two features of a model as a plane: the stretches on which no decision changes, and how each pair is decided."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.domain.attributes import Attribute, options_of
from ...engine.domain.theory import Feature, Kind
from ...engine.errors import BadInputError, shown
from ...engine.models import CompiledEnsemble
from ..session.session import Session
from .lanes import number_of

_SHARE = 0.08  # of what matters, shown beyond it


@dataclass(frozen=True, slots=True)
class Side:
    """One feature of a plane.

    Attributes
    ----------
    feature : Feature
        The feature.
    name : str
        Its name.
    stops : list of dict
        Values of its columns, one of each stretch (option).
    edges : list of float
        Where the stretches lie: one more than stops; whole numbers and a half for options.
    options : tuple of str
        Options in words; empty for numbers.
    own : float
        Where the row lies; NaN if it is missing.
    """

    feature: Feature
    name: str
    stops: list[dict[int, float]]
    edges: list[float]
    options: tuple[str, ...]
    own: float


def side_of(session: Session[Any], named: Any, row: NDArray[np.float64], marks: list[float], people: Any) -> Side:
    """Return a feature as a side of a plane.

    Parameters
    ----------
    session : Session
        The model, in its domain.
    named : str or int
        A feature by its name, or one of its columns.
    row : ndarray of float64
        As the model reads it.
    marks : list of float
        Numbers that have to be seen.
    people : ndarray of float or None
        Values of other rows.
    """
    space = session.space
    feature = _feature(session, named)
    number = space.features.index(feature)
    attribute = next((one for one in space.attributes if one.feature == number), None)
    own = float(row[feature.columns[0]])
    if feature.kind in (Kind.NUMERICAL, Kind.INTEGER):
        stretches = [] if attribute is None else _stretches(attribute)
        low, high = _span([end for stretch in stretches for end in stretch], [own, *marks], people)
        seen = [(a, b) for a, b in stretches if b >= low and a <= high] or [(low, high)]
        edges = [low, *[a for a, _ in seen[1:]], high]
        return Side(feature, feature.name, [{feature.columns[0]: _inside(a, b, own)} for a, b in seen], edges, (), own)
    values = options_of(feature)
    texts = session.words.statements.options(session.words.statements.scale(feature))[0]  # type: ignore[arg-type]  # options
    names = ("false", "true") if feature.truth else tuple(texts)
    stops = [dict(zip(feature.columns, one.tolist(), strict=True)) for one in values]
    at = [place for place, stop in enumerate(stops) if all(row[column] == value for column, value in stop.items())]
    edges = [place - 0.5 for place in range(len(stops) + 1)]
    return Side(feature, feature.name, stops, edges, names[: len(stops)], float(at[0]) if at else math.nan)


def _feature(session: Session[Any], named: Any) -> Feature:
    features, names = session.space.features, session.compiled.vocabulary.names
    for feature in features:
        if isinstance(named, str) and (feature.name == named or named in [names[c] for c in feature.columns]):
            return feature
        if isinstance(named, (int, np.integer)) and not isinstance(named, bool) and int(named) in feature.columns:
            return feature
    told = shown([feature.name for feature in features], 200)
    raise BadInputError(f"{shown(named)} is no feature: expected one of {told}")


def _stretches(attribute: Attribute) -> list[tuple[float, float]]:
    """Return the stretches of numbers of all cells, in their order."""
    if attribute.ranges is None:
        raise BadInputError("there are no stretches of numbers with theory=None: make the explainer without it")
    return sorted({pair for cell in range(attribute.n_cells) for pair in attribute.ranges(cell)})


def _span(ends: list[float], marks: list[float], people: Any) -> tuple[float, float]:
    seen = [one for one in marks if math.isfinite(one)]
    if people is not None and len(people):
        seen += np.quantile(people, [0.01, 0.99]).tolist()
    else:
        cuts = sorted(end for end in ends if number_of(end) is not None and abs(end) < 1e30)
        seen += [cuts[len(cuts) // 20], cuts[-1 - len(cuts) // 20]] if cuts else []
    low, high = (min(seen), max(seen)) if seen else (0.0, 1.0)
    margin = _SHARE * (high - low) or max(1.0, abs(low) * 0.1)
    return low - margin, high + margin


def _inside(low: float, high: float, own: float) -> float:
    if low <= own <= high:
        return own
    return high if own > high else low


def decided(session: Session[Any], row: NDArray[np.float64], x: Side, y: Side) -> NDArray[np.float64]:
    """Return how each pair of stretches is decided, shape (stops of y, stops of x): classes, or numbers.

    -1 stands for a class that rounding decides. All is the answer of the compiled form, which is constant there.
    """
    rows = np.repeat(np.asarray(row, np.float64)[None], len(x.stops) * len(y.stops), axis=0)
    at = 0
    for down in y.stops:
        for across in x.stops:
            for column, value in {**down, **across}.items():
                rows[at, column] = value
            at += 1
    compiled, space = session.compiled, session.space
    shape = len(y.stops), len(x.stops)
    if isinstance(compiled, CompiledEnsemble) and compiled.regression:
        return np.asarray(compiled.values(space, rows), np.float64).reshape(shape)
    out = compiled.outcomes(space, rows).astype(np.float64)
    if isinstance(compiled, CompiledEnsemble):
        out[compiled.doubtful(compiled.trees.scores_of_rows(rows, space.codes))] = -1
    return np.asarray(out.reshape(shape))
