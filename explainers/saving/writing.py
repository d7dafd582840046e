"""``explainer.save(path)``: an explainer as a file."""

from __future__ import annotations

import datetime as dt
import os
from typing import Any

import numpy as np

from ...encoders.columns.seen_types import SeenTypes
from ...encoders.saved.arrays import Named, narrow
from ...encoders.saved.forms import feature_told
from ...encoders.saved.models import SavedModel, saved_told
from ...encoders.saved.values import told
from ...encoders.saved.ways import NotToldError
from ...engine.errors import BadInputError, shown
from ...engine.models.around import around_of
from ...engine.whole_files import write_whole
from ..keeping.audit import audit_of
from ..session.pickling import Recipe, Shown, whole_recipe
from .container import packed
from .rows import kind_told, row_told


def save(explainer: Any, path: str | os.PathLike[str]) -> None:
    """Write an explainer into a file, see ``Explaining.save``."""
    if not isinstance(path, (str, os.PathLike)):
        raise BadInputError(f"path={shown(path)}: expected a path such as 'loans.suffice'")
    data = saved_bytes(explainer)
    try:
        write_whole(path, data)
    except OSError as error:
        raise BadInputError(f"path={shown(os.fspath(path))} cannot be written: {error.strerror or error}") from None


def saved_bytes(explainer: Any) -> bytes:
    """Return an explainer as the bytes of such a file; equal ones for an explainer that is equal.

    Raises
    ------
    BadInputError
        If a label, a category or a declaration has no form in files.
    """
    recipe = whole_recipe(explainer)
    form = explainer.session.compiled
    arrays: Named = {}
    model, why = None, ""
    kind = _kind(form)
    if around_of(form) is not None:
        why = "each text has a form of its own, which only the model makes"
    else:
        try:
            model, arrays = saved_told(form, kind, explainer.session.form_types())
        except NotToldError:
            why, arrays = "its rows, or its numbers, are made by functions of the model itself", {}
    audit = audit_of(form) | {"written": _when(explainer.session.made)}
    main = {
        "suffice": "explainer", "family": type(explainer).__name__, "audit": audit, "model": model, "needs_model": why,
        **_recipe(recipe, Shown.of(explainer.session), arrays, form.vocabulary.names),
    }  # fmt: skip
    return packed(main, arrays)


def _kind(form: Any) -> str:
    if isinstance(form.source, SavedModel):
        return form.source.kind
    kind = type(form.source)
    return f"{kind.__module__.partition('.')[0]}.{kind.__qualname__}"


def _when(made: str) -> str:
    """Return when the explainer was made; as ``SOURCE_DATE_EPOCH`` has it, for builds that are the same every time."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return dt.datetime.fromtimestamp(int(epoch), dt.UTC).isoformat(timespec="seconds") if epoch.isdigit() else made


def _recipe(recipe: Recipe, shown_now: Shown, arrays: Named, names: tuple[str, ...]) -> dict[str, Any]:
    """Return all but the model."""
    options, how = recipe.options, recipe.form
    base = [f"shown.{c}" for c in range(len(shown_now.base))]
    for name, numbers in zip(base, shown_now.base, strict=True):
        arrays[name] = narrow(np.asarray(numbers, np.float64))
    return {
        "options": {
            "features_type": told(options["features_type"]),
            "theory": None if options["theory"] == "auto" else [list(clause) for clause in options["theory"]],
            "missing": told(options["missing"]), "feature_names": told(options["feature_names"]),
            "check": bool(options["check"]), "voting": options["voting"], "ranges": told(options["ranges"]),
        },
        "compile": {
            "feature_names": told(how["feature_names"]), "missing": sorted(how["missing"]),
            "features_type": types_told(how["features_type"]),
            "dtypes": told(how["dtypes"]), "rows_show": told(how["rows_show"]),
        },
        "theory_on": recipe.theory_on, "excluded": list(recipe.excluded), "interval": told(recipe.interval),
        "labels": told(recipe.labels), "told": None if recipe.told is None else kind_told(recipe.told),
        "instance": None if recipe.instance is None else row_told(recipe.instance),
        "shown": {
            "declared": [feature_told(feature) for feature in shown_now.declared], "base": base,
            "dtypes": told(shown_now.dtypes),
        },
    }  # fmt: skip


def types_told(types: Any) -> Any:
    """Return types that a form was compiled with as JSON has them."""
    if not isinstance(types, SeenTypes):
        return told(types)
    return {"seen": {"said": told(dict(types.said)), "ranges": told(dict(types.ranges)), "own": told(list(types.own))}}
