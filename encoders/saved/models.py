"""Encoder of models that were saved as what they were compiled to: they come without the library that made them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.errors import BadInputError, CapabilityError, FormatError, shown
from ..catalog import Found, find
from ..columns.dtypes import spoken
from ..columns.row_dtypes import covered
from ..columns.seen_types import SeenTypes
from ..encoder import Dtypes, Names, Traits
from .arrays import Named, Stored, narrow
from .forms import Form, Json, form_of, form_told
from .values import told, untold
from .ways import from_way, way_of
from .weights import weighted_of, weighted_told

WAY_OUT = "load it with suffice.load(path, model=…), or make a new explainer from the model"


class SavedModel:
    """A model as what it was compiled to: it predicts by its form, and needs no library.

    Parameters
    ----------
    told : mapping
        What was written of it, see ``saved_told``.
    arrays : mapping from name to ndarray
        The arrays of its form.

    Attributes
    ----------
    kind : str
        The class of the model that was saved, such as ``"xgboost.XGBClassifier"``.
    form : CompiledTree, CompiledEnsemble or CompiledMultiLabel
        Its form, whose source is this model.
    feature_importances_ : ndarray of float64 or None
        Those of the model that was saved.
    """

    def __init__(self, told: Mapping[str, Any], arrays: Named) -> None:
        self.told, self.arrays = told, arrays
        self.kind = str(told["model"])
        try:
            self.form: Form = form_of(told["form"], Stored(arrays), self)
            self.own_names: Names | None = None if told["own_names"] is None else tuple(map(str, told["own_names"]))
            self.absent: float | None = untold(told["absent"])
            self.dtypes_reader = None if told["dtypes_reader"] is None else from_way(told["dtypes_reader"])
            self.exact, self.types = bool(told["exact"]), bool(told["types"])
            self.lists, self.votes, self.gaps = bool(told["lists"]), bool(told["votes"]), bool(told["gaps"])
            weights = Stored(arrays).get("importances", np.float64) if told["importances"] else None
            self.weighted = weighted_of(told["weighted"], Stored(arrays), self.form)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
            raise FormatError(f"the form is damaged ({shown(str(error), 120)}): save the explainer again") from None
        if self.own_names is not None and len(self.own_names) != len(self.form.vocabulary.names):
            raise FormatError("the form is damaged: its columns have other names; save the explainer again")
        self.feature_importances_: NDArray[np.float64] | None = weights
        if self.weighted is not None:  # it predicts for all numbers, not only those of the form
            self.form = replace(self.form, predict=self.weighted.predict)

    def predict(self, rows: Any) -> NDArray[Any]:
        """Return the labels, or numbers, of rows of the kinds that the model took."""
        return self.form.predict(self.form.read(rows))

    def __reduce__(self) -> Any:
        return type(self), (self.told, self.arrays)

    def __repr__(self) -> str:
        return f"<SavedModel: what a {self.kind} decides>"


def saved_told(form: Form, kind: str, types: Any) -> tuple[Json, Named]:
    """Return what is written of a model that was compiled with some types of its columns, and its arrays.

    Raises
    ------
    NotToldError
        If its rows cannot be read without it.
    BadInputError
        If a label or a category has no form in files.
    """
    source = form.source
    if isinstance(source, SavedModel):
        return dict(source.told), dict(source.arrays)
    found = find(source)
    arrays: Named = {}
    reader = _reader(found, form.vocabulary.names) if any(form.dtypes) else None
    inside = found.reads_rows
    tells = inside.traits.covers
    usual = tuple("float64" for _ in form.dtypes)
    wide = tuple("int64" for _ in form.dtypes)
    weights = getattr(inside.model, "feature_importances_", None)
    names, tells_weights = found.own_names(), found.traits.weighted
    out: Json = {
        "model": kind,
        "form": form_told(form, arrays),
        "own_names": None if names is None else list(names),
        "absent": told(found.absent),
        "dtypes_reader": None if reader is None else way_of(reader),
        "exact": tells is None or not tells(inside.model, usual, wide),
        "types": found.takes_types,
        "lists": found.lists_numbers,
        "votes": found.takes_voting,
        "gaps": found.takes_missing,
        "importances": weights is not None,
        "weighted": weighted_told(None if tells_weights is None else tells_weights(source), arrays),
        "compiled_with": _types(types),
        "versions": versions_of(kind),
    }
    if weights is not None:
        arrays["importances"] = narrow(np.asarray(weights, np.float64).ravel())
    return out, arrays


def _reader(found: Found, names: Names) -> Callable[[Any], Dtypes | None] | None:
    reader = found.traits.dtypes_reader
    return None if reader is None else reader(found.model, names)


def accepts(model: Any) -> bool:
    """Tell whether `model` is a saved one."""
    return isinstance(model, SavedModel)


def column_names(model: SavedModel) -> Names:
    """Return the names of the columns."""
    return model.form.vocabulary.names


def takes_missing(model: SavedModel) -> bool:
    """Tell whether the form has missing values."""
    return bool(model.form.missing)


def compile_model(
    model: SavedModel,
    *,
    names: Names | None = None,
    missing: frozenset[int] = frozenset(),
    voting: str | None = None,
    types: Mapping[str, Any] | None = None,
    dtypes: Dtypes | None = None,
    rows_show: Mapping[int, Sequence[Any]] | None = None,
) -> Form:
    """Return the form.

    Raises
    ------
    BadInputError
        If other names, missing values or dtypes are wanted than it has.
    CapabilityError
        If it depends on the types of its columns, and others are wanted.
    """
    form = model.form
    known = form.vocabulary.names
    other = model.types and _types(types) != model.told["compiled_with"]
    if other and model.weighted is not None:
        return model.weighted.compile(known, model.own_names, types, model.weighted.predict, model)
    if other:
        raise CapabilityError(
            f"what a {model.kind} was compiled to depends on what its columns are declared to be and on the numbers of "
            f"the rows, and a saved explainer has no model to compile again: {WAY_OUT}"
        )
    if names is not None and names != known:
        raise BadInputError(f"feature_names={shown(list(names))}: the saved model has the names {shown(list(known))}")
    if missing - form.missing:
        absent = [known[c] for c in sorted(missing - form.missing)]
        raise BadInputError(
            f"missing values in {shown(absent)}: the saved form has none there; {WAY_OUT}, and declare them with "
            "missing=…"
        )
    if dtypes and form.dtypes and dtypes != form.dtypes and not covers(model, form.dtypes, dtypes):
        c = next(c for c, (a, b) in enumerate(zip(dtypes, form.dtypes, strict=True)) if a != b)
        raise BadInputError(
            f"column {known[c]!r} is {spoken(dtypes[c])}, and the explainer was saved for {spoken(form.dtypes[c])}: "
            f"the model calculates in the dtype of its rows; convert the rows, or {WAY_OUT}"
        )
    return form


def _types(types: Any) -> Any:
    """Return what is declared of columns, and the numbers that a form was compiled for, so that it can be compared."""
    if types is None:
        return None
    if not isinstance(types, SeenTypes):
        return told(dict(types)) if types else None
    own = [numbers.tolist() for numbers in types.own]
    if not types.said and not types.ranges and not any(own):
        return None
    return [told(dict(types.said)), told(dict(types.ranges)), own if any(own) else []]


def versions_of(kind: str) -> dict[str, str]:
    """Return the version of the library of a class of models, where it is loaded."""
    library = kind.partition(".")[0]
    found = str(getattr(sys.modules.get(library), "__version__", ""))
    return {library: found} if found else {}


def dtypes_reader(model: SavedModel, names: Names) -> Callable[[Any], Dtypes | None]:
    """Return what tells the dtypes of rows in which the model calculates."""
    return (lambda rows: ()) if model.dtypes_reader is None else model.dtypes_reader


def covers(model: SavedModel, own: Dtypes, told: Dtypes) -> bool:
    """Tell whether the form for some dtypes holds for rows of others."""
    return covered(model.exact, own, told)


def shows(model: SavedModel) -> tuple[int, ...]:
    """Tell that no rows have to be shown: the form knows what categories were called."""
    return ()


TRAITS = Traits(
    own_names=lambda model: model.own_names, shows=shows, takes_voting=lambda model: model.votes,
    dtypes_reader=dtypes_reader, covers=covers, absent=lambda model: model.absent,
    lists_numbers=lambda model: model.lists, takes_types=lambda model: model.types,
)  # fmt: skip

__all__ = ["SavedModel", "saved_told"]
