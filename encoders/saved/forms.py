"""Compiled forms as JSON and arrays, and back: see ``docs/keeping.md`` for the entries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine import _native
from ...engine.arrays import F64
from ...engine.domain.conditions import Condition, Operator, Reading
from ...engine.domain.listed_numbers import all_listed
from ...engine.domain.theory import Feature, Kind
from ...engine.domain.vocabulary import Vocabulary
from ...engine.errors import CapabilityError, FormatError, shown
from ...engine.models import CompiledEnsemble, CompiledTree, label_array
from ...engine.models.circuits import Circuit
from ...engine.models.ensembles import LINKS, EnsembleArrays
from ...engine.models.multilabel import CompiledMultiLabel, Label
from ...engine.models.trees import TreeArrays
from .arrays import Named, Stored, narrow
from .checks import check_ensemble, check_form, check_tree, checked_links
from .values import told, untold
from .ways import from_way, way_of

Form = CompiledTree | CompiledEnsemble | CompiledMultiLabel
Json = dict[str, Any]
_OPERATORS = tuple(Operator)
_GATES = (("op", np.int32), ("at", np.int32), ("argument", np.int32), ("own", np.int32), ("number", np.float64),
          ("table_at", np.int32), ("x", np.float64), ("y", np.float64), ("ends", np.int32))  # fmt: skip


def form_told(form: Form, arrays: Named) -> Json:
    """Return a compiled form as JSON has it; its arrays are put into `arrays`.

    Raises
    ------
    NotToldError
        If it is read by the model itself.
    BadInputError
        If a label or a category has no form there.
    """
    out: Json = {
        "vocabulary": _vocabulary(form.vocabulary, arrays),
        "features": [feature_told(feature) for feature in form.features],
        "read": way_of(form.read),
        "to_user_row": way_of(form.to_user_row),
        "missing": sorted(form.missing),
        "dtypes": list(form.dtypes),
    }
    if isinstance(form, CompiledTree):
        return out | {"kind": "tree", "rounded": form.rounded, **_tree(form, arrays)}
    if isinstance(form, CompiledEnsemble):
        return out | {"kind": "ensemble", **_ensemble(form, "trees", arrays)}
    return out | {
        "kind": "labels", "order": list(form.order),
        "labels": [_label(label, f"label{i}", arrays) for i, label in enumerate(form.labels)],
    }  # fmt: skip


def feature_told(feature: Feature) -> Json:
    """Return a feature as JSON has it."""
    return {
        "name": feature.name, "kind": feature.kind.value, "columns": list(feature.columns),
        "values": told(feature.values), "optional": feature.optional, "reference": told(feature.reference),
        "low": told(float(feature.low)), "high": told(float(feature.high)), "truth": feature.truth,
        "counted": feature.counted, "listed": feature.listed,
    }  # fmt: skip


def feature_of(form: Mapping[str, Any]) -> Feature:
    """Return what ``feature_told`` wrote."""
    values = untold(form["values"])
    if not isinstance(values, tuple):
        raise FormatError(f"feature {shown(form['name'])}: its values are no tuple")
    return Feature(
        str(form["name"]), Kind(form["kind"]), tuple(map(int, form["columns"])), values, bool(form["optional"]),
        untold(form["reference"]), float(untold(form["low"])), float(untold(form["high"])), bool(form["truth"]),
        bool(form["counted"]), bool(form["listed"]),
    )  # fmt: skip


def _vocabulary(vocabulary: Vocabulary, arrays: Named) -> Json:
    listed = vocabulary.conditions
    arrays["condition.feature"] = narrow(np.array([c.feature for c in listed], np.int32))
    arrays["condition.operator"] = narrow(np.array([_OPERATORS.index(c.operator) for c in listed], np.int8))
    arrays["condition.threshold"] = narrow(np.array([c.threshold for c in listed], np.float64))
    arrays["condition.missing"] = narrow(np.array([c.missing for c in listed], np.bool_))
    return {
        "names": list(vocabulary.names), "reading": vocabulary.reading.value,
        "labels": [[column, told(tuple(labels))] for column, labels in sorted(vocabulary.labels.items())],
        "own_readings": [[column, reading.value] for column, reading in sorted(vocabulary.own_readings.items())],
    }  # fmt: skip


def _tree(form: CompiledTree, arrays: Named) -> Json:
    tree = form.tree
    arrays["tree.literal"], arrays["tree.outcome"] = narrow(tree.literal), narrow(tree.outcome)
    arrays["tree.left"], arrays["tree.right"] = (narrow(_links(side, tree.literal)) for side in (tree.left, tree.right))
    return {"classes": told(tuple(form.classes))}


def _ensemble(form: CompiledEnsemble, name: str, arrays: Named) -> Json:
    trees = form.trees
    for part in ("root", "literal", "leaf", "values", "base"):
        arrays[f"{name}.{part}"] = narrow(getattr(trees, part))
    arrays[f"{name}.left"] = narrow(_links(trees.left, trees.literal))
    arrays[f"{name}.right"] = narrow(_links(trees.right, trees.literal))
    circuit = form.circuit
    if circuit is not None:
        for part, _ in _GATES:
            arrays[f"{name}.circuit.{part}"] = narrow(getattr(circuit, part))
    return {
        "trees": name, "divisor": told(float(trees.divisor)), "single": bool(trees.single),
        "classes": told(tuple(form.classes)), "voting": form.voting, "threshold": told(float(form.threshold)),
        "link": form.link, "slack": told(float(form.slack)), "rows_show": told(dict(form.rows_show)),
        "transform": None if form.transform is None else way_of(form.transform),
        "circuit": None if circuit is None else int(circuit.n_scores),
    }  # fmt: skip


def _label(label: Label, name: str, arrays: Named) -> Json:
    tests = [[number, asked, list(map(bool, true))] for number, (asked, true) in sorted(label.tests.items())]
    return {"name": label.name, "tests": tests, **_ensemble(label.model, name, arrays)}


def _links(children: NDArray[np.int32], literal: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return children by how far they are behind their node: small numbers, which are alike."""
    own = np.arange(len(literal), dtype=np.int32)
    return np.where(literal != 0, children - own, children).astype(np.int32)


# -- back ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class ByForm:
    """Predicts by a compiled form: what stands in the place of the model's own ``predict``."""

    form: Form
    codes: _native.Conditions

    def __call__(self, rows: F64) -> NDArray[Any]:
        """Return the labels, or numbers, of rows as ``read`` returns them."""
        if any(feature.listed for feature in self.form.features) and not all_listed(self.form.features, rows):
            raise CapabilityError(
                "these rows have numbers at which the saved form has no bound, and the model weighs numbers: load the "
                "explainer with suffice.load(path, model=…)"
            )
        here: Any = _Codes(self.codes)
        if isinstance(self.form, CompiledMultiLabel):
            vectors = self.form.vectors(here, rows)
            columns = [label_array(label.classes)[vectors[:, i]] for i, label in enumerate(self.form.labels)]
            return np.stack(columns, axis=1) if columns else np.zeros((len(rows), 0), object)
        if isinstance(self.form, CompiledEnsemble) and self.form.regression:
            return self.form.values(here, rows)
        return label_array(self.form.classes)[self.form.outcomes(here, rows)]


@dataclass(frozen=True, slots=True)
class _Codes:
    """Stands for a space, of which a form needs the conditions only."""

    codes: _native.Conditions


def form_of(told_form: Mapping[str, Any], stored: Stored, source: Any) -> Form:
    """Return the form that ``form_told`` wrote.

    Raises
    ------
    FormatError
        If something in it fits nothing.
    """
    vocabulary = _vocabulary_of(told_form["vocabulary"], stored)
    shared = {
        "vocabulary": vocabulary,
        "features": tuple(map(feature_of, told_form["features"])),
        "read": from_way(told_form["read"]),
        "to_user_row": from_way(told_form["to_user_row"]),
        "predict": _nothing,
        "missing": frozenset(map(int, told_form["missing"])),
        "source": source,
    }
    kind, dtypes = told_form["kind"], tuple(map(str, told_form["dtypes"]))
    form: Form
    if kind == "tree":
        form = _tree_of(told_form, stored, shared | {"dtypes": dtypes})
    elif kind == "ensemble":
        form = _ensemble_of(told_form, stored, shared | {"dtypes": dtypes}, len(vocabulary))
    elif kind == "labels":
        form = _labels_of(told_form, stored, shared, dtypes, len(vocabulary))
    else:
        raise FormatError(f"form {shown(kind)}: expected 'tree', 'ensemble' or 'labels'")
    check_form(form)
    by_form = ByForm(form, _codes_of(vocabulary))
    return replace(form, predict=by_form)


def _nothing(rows: F64) -> NDArray[Any]:
    raise FormatError("this form predicts nothing")


def _codes_of(vocabulary: Vocabulary) -> _native.Conditions:
    listed = vocabulary.conditions
    return _native.Conditions(
        np.array([c.feature for c in listed], np.int32),
        np.array([_OPERATORS.index(c.operator) for c in listed], np.int8),
        np.array([c.threshold for c in listed], np.float64), np.array([c.missing for c in listed], np.bool_),
    )  # fmt: skip


def _vocabulary_of(form: Mapping[str, Any], stored: Stored) -> Vocabulary:
    names = tuple(map(str, form["names"]))
    parts = [
        stored.get(f"condition.{name}", kind).tolist()
        for name, kind in (
            ("feature", np.int32),
            ("operator", np.int8),
            ("threshold", np.float64),
            ("missing", np.bool_),
        )
    ]
    if len({len(part) for part in parts}) != 1 or not all(0 <= o < len(_OPERATORS) for o in parts[1]):
        raise FormatError("the conditions of the form are damaged: their lists do not fit each other")
    conditions = tuple(
        Condition(feature, _OPERATORS[operator], threshold, missing)
        for feature, operator, threshold, missing in zip(*parts, strict=True)
    )
    labels = {int(column): tuple(untold(listed)) for column, listed in form["labels"]}
    own = {int(column): Reading(reading) for column, reading in form["own_readings"]}
    return Vocabulary(conditions, names, Reading(form["reading"]), labels, own)


def _tree_of(form: Mapping[str, Any], stored: Stored, shared: Mapping[str, Any]) -> CompiledTree:
    literal, outcome = stored.get("tree.literal", np.int32), stored.get("tree.outcome", np.int32)
    left, right = (checked_links(stored.get(f"tree.{side}", np.int32), literal) for side in ("left", "right"))
    tree, classes = TreeArrays(literal, left, right, outcome), _classes(form)
    check_tree(tree, len(shared["vocabulary"]), len(classes))
    return CompiledTree(tree=tree, classes=classes, rounded=bool(form["rounded"]), **shared)


def _ensemble_of(form: Mapping[str, Any], stored: Stored, shared: Mapping[str, Any], n: int) -> CompiledEnsemble:
    name = str(form["trees"])
    root, literal, leaf = (stored.get(f"{name}.{part}", np.int32) for part in ("root", "literal", "leaf"))
    left, right = (checked_links(stored.get(f"{name}.{side}", np.int32), literal) for side in ("left", "right"))
    values, base = stored.get(f"{name}.values", np.float64, -1), stored.get(f"{name}.base", np.float64)
    divisor = float(untold(form["divisor"]))
    trees = EnsembleArrays(root, literal, left, right, leaf, values, base, divisor, bool(form["single"]))
    circuit = None
    if form["circuit"] is not None:
        gates = {
            part: stored.get(f"{name}.circuit.{part}", kind, 2 if part == "number" else None) for part, kind in _GATES
        }
        circuit = Circuit(n_scores=int(form["circuit"]), **gates)
    if form["link"] not in LINKS:
        raise FormatError(f"link {shown(form['link'])}: expected one of {LINKS}")
    shown_rows = untold(form["rows_show"])
    made = CompiledEnsemble(
        trees=trees, classes=_classes(form), voting=str(form["voting"]), threshold=float(untold(form["threshold"])),
        link=str(form["link"]), slack=float(untold(form["slack"])), circuit=circuit,
        transform=None if form["transform"] is None else from_way(form["transform"]),
        rows_show=dict(shown_rows), **shared,
    )  # fmt: skip
    check_ensemble(made, n)
    return made


def _labels_of(
    form: Mapping[str, Any], stored: Stored, shared: Mapping[str, Any], dtypes: tuple[str, ...], n: int
) -> CompiledMultiLabel:
    labels = []
    for one in form["labels"]:
        tests = {int(number): (int(asked), tuple(map(bool, true))) for number, asked, true in one["tests"]}
        model = _ensemble_of(one, stored, shared, max([n, *tests]))
        labels.append(Label(str(one["name"]), model, tests))
    return CompiledMultiLabel(labels=tuple(labels), order=tuple(map(int, form["order"])), dtypes=dtypes, **shared)


def _classes(form: Mapping[str, Any]) -> tuple[Any, ...]:
    classes = untold(form["classes"])
    if not isinstance(classes, tuple):
        raise FormatError(f"classes {shown(classes)}: expected a tuple")
    return classes
