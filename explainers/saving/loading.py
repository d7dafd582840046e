"""``suffice.load(path)``: an explainer out of a file; nothing in it is executed."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ...encoders.columns.seen_types import SeenTypes
from ...encoders.registry import compile_model
from ...encoders.saved.arrays import Named, Stored
from ...encoders.saved.forms import feature_of
from ...encoders.saved.models import SavedModel
from ...encoders.saved.values import untold
from ...engine.errors import BadInputError, CapabilityError, FormatError, ModelChangedError, SufficeError, shown
from ...engine.models.multilabel import CompiledMultiLabel
from ..facade import family_named
from ..keeping.audit import form_hash
from ..session.pickling import Recipe, Shown, explainer_of
from ..surrogate.saving import FAMILY
from .container import LARGEST, unpacked
from .rows import kind_untold, row_untold

if TYPE_CHECKING:
    from ..facade import AnyExplainer
    from ..surrogate.explainer import SurrogateExplainer

Main = Mapping[str, Any]


def load(
    path: str | os.PathLike[str], model: Any = None, *, function: Any = None, largest: int = LARGEST
) -> AnyExplainer | SurrogateExplainer:
    """Return the explainer that ``explainer.save(path)`` wrote.

    It has no model: it answers from the compiled form, for rows of the dtypes that it was made for, and what it shows
    is confirmed by that form. Nothing in the file is executed.

    Parameters
    ----------
    path : str or path
        The file.
    model : object, optional
        The model that was explained. It is compiled and compared with what was saved; then its own ``predict`` confirms
        what is shown, and it is noticed if it is fitted again, as with the explainer that was saved.
    function : callable, optional
        Of a surrogate: the function that it stands for, which no file holds.
    largest : int
        Bytes of the file, also when it is unpacked, at most.

    Returns
    -------
    TreeExplainer, ForestExplainer, BoostedExplainer, ComposedExplainer, MultiLabelExplainer or SurrogateExplainer
        With its domain, its instance and what was excluded, as it was saved.

    Raises
    ------
    FormatError
        If it is no such file, is damaged, too large, or was written by a later version.
    ModelChangedError
        If `model` is not what was explained.
    CapabilityError
        If the explainer cannot do without its model, and there is none.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise BadInputError(f"path={shown(path)}: expected the path of a file that explainer.save(path) wrote")
    try:
        with open(path, "rb") as stream:
            data = stream.read(largest + 1)
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or error
        raise BadInputError(f"path={shown(os.fspath(path))} cannot be read: {said}") from None
    return loaded(data, model, function=function, largest=largest)


def loaded(
    data: bytes, model: Any = None, *, function: Any = None, largest: int = LARGEST
) -> AnyExplainer | SurrogateExplainer:
    """Return the explainer that was written as these bytes, see ``load``."""
    schema, main, arrays = unpacked(data, largest)
    try:
        explainer: AnyExplainer | SurrogateExplainer = _READERS[schema](main, arrays, model, function)
    except (FormatError, CapabilityError, ModelChangedError):
        raise
    except Exception as error:  # a damaged file makes errors of any class; with a model they may be about that
        if (model is not None or function is not None) and isinstance(error, SufficeError):
            raise
        said = shown(str(error), 120) if not isinstance(error, SufficeError) else str(error)
        raise FormatError(f"the file is damaged ({said}): save the explainer again") from None
    return explainer


def _schema1(main: Main, arrays: Named, model: Any, function: Any) -> Any:
    if main["suffice"] != "explainer":
        raise FormatError("this is no saved explainer: expected a file that explainer.save(path) wrote")
    if main["family"] == FAMILY:
        if function is None:
            raise CapabilityError(
                "this is the explainer of a surrogate, and no file holds the function that it stands for: load it with "
                "suffice.load(path, function=…)"
            )
        from .surrogates import made_again  # with what fits surrogates

        return made_again(main, arrays, function)
    if function is not None:
        raise BadInputError("function=…: this is no explainer of a surrogate; pass model=… for its model, or nothing")
    family = family_named(main["family"])
    if model is not None:
        return _with_model(main, arrays, family, model)
    if main["model"] is None:
        raise CapabilityError(
            f"this explainer of a {shown(main['audit']['model'])} needs its model: {main['needs_model']}; load it with "
            "suffice.load(path, model=…)"
        )
    saved = SavedModel(main["model"], arrays)
    return explainer_of(_recipe(main, arrays, family, saved, saved.form.vocabulary.names), saved.form)


def _with_model(main: Main, arrays: Named, family: type[Any], model: Any) -> Any:
    how = main["compile"]
    names, dtypes, rows_show = (untold(how[key]) for key in ("feature_names", "dtypes", "rows_show"))
    compiled: Any = compile_model(
        model, feature_names=names, missing=frozenset(how["missing"]), voting=str(main["options"]["voting"]),
        features_type=_types(how["features_type"], main, arrays), dtypes=dtypes, rows_show=rows_show,
    )  # fmt: skip
    labels = untold(main["labels"])
    named = compiled.renamed(labels) if labels and isinstance(compiled, CompiledMultiLabel) else compiled
    found, wanted = form_hash(named), str(main["audit"]["form"])
    if found != wanted:
        raise ModelChangedError(
            f"model={shown(type(model).__name__)} is not what was explained: it compiles to another form "
            f"({found[:12]}…, saved was {wanted[:12]}…), so it was fitted again, or is another one;\nmake a new "
            "explainer of it, or load the file without it"
        )
    recipe = _recipe(main, arrays, family, model, compiled.vocabulary.names)
    return explainer_of(replace(recipe, labels=labels), compiled)


def _recipe(main: Main, arrays: Named, family: type[Any], model: Any, names: tuple[str, ...]) -> Recipe:
    said, how = main["options"], main["compile"]
    clauses = said["theory"]
    options = {
        "features_type": untold(said["features_type"]),
        "theory": "auto" if clauses is None else [[int(v) for v in clause] for clause in clauses],
        "missing": untold(said["missing"]), "feature_names": untold(said["feature_names"]), "background": None,
        "check": bool(said["check"]), "voting": str(said["voting"]), "ranges": untold(said["ranges"]),
    }  # fmt: skip
    form = {
        "feature_names": untold(how["feature_names"]), "missing": frozenset(how["missing"]),
        "voting": options["voting"], "features_type": _types(how["features_type"], main, arrays),
        "dtypes": untold(how["dtypes"]), "rows_show": untold(how["rows_show"]),
    }  # fmt: skip
    told, row, interval = main["told"], main["instance"], untold(main["interval"])
    return Recipe(
        family, model, options, form, (), bool(main["theory_on"]), tuple(map(str, main["excluded"])),
        None if interval is None else (float(interval[0]), float(interval[1])), None,
        None if told is None else kind_untold(told, len(names)), None if row is None else row_untold(row, names),
        _shown(main, arrays), str(main["audit"]["written"]),
    )  # fmt: skip


def _shown(main: Main, arrays: Named) -> Shown:
    form = main["shown"]
    return Shown(tuple(map(feature_of, form["declared"])), _base(main, arrays), untold(form["dtypes"]))


def _base(main: Main, arrays: Named) -> tuple[Any, ...]:
    return tuple(Stored(arrays).get(name, np.float64) for name in main["shown"]["base"])


def _types(form: Any, main: Main, arrays: Named) -> Any:
    """Return the types that a form was compiled with."""
    if not (isinstance(form, Mapping) and "seen" in form):
        return untold(form)
    seen = form["seen"]
    own = tuple(np.asarray(numbers, np.float64) for numbers in untold(seen["own"]))
    return SeenTypes(untold(seen["said"]), untold(seen["ranges"]), _base(main, arrays), own)


_READERS: Mapping[int, Callable[[Main, Named, Any, Any], Any]] = {1: _schema1}  # each stays for ever
