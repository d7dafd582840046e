"""From the compiled forms of labels to one form over shared conditions.

Tests of several labels that no readable number tells apart share a number. Where some labels read float32 and others
float64, the tests on float32 become tests on float64 that are true for the same float64 numbers: rounding to float32
goes to the nearest number, and to the one with the even last bit from the middle between two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.domain.conditions import Condition, Operator, Reading, cut_of
from ...engine.domain.theory import Feature, Kind
from ...engine.domain.vocabulary import Vocabulary, VocabularyBuilder
from ...engine.errors import BadInputError, UnsupportedModelError
from ...engine.models import CompiledEnsemble, CompiledModel, label_array
from ...engine.models.ensembles import EnsembleArrays
from ...engine.models.multilabel import CompiledMultiLabel, Label, as_ensemble
from ..columns.checks import missing_remedy
from ..columns.readers import read_together
from ..columns.rows import copy_row
from .sources import Source, Sources, shared_absent


def shared_form(
    found: Sources, missing: frozenset[int], voting: str, types: Mapping[str, Any] | None, model: Any,
    *, circuits: bool = False,
) -> CompiledMultiLabel:  # fmt: skip
    """Compile each label, and put them on shared conditions.

    Parameters
    ----------
    found : Sources
        What decides the labels.
    missing, voting, types
        See ``multilabel.compile_model``.
    model : object
        The user's model.
    circuits : bool
        Whether labels may be decided by circuits over scores.
    """
    own = [_compiled(found, i, missing, voting, types, circuits) for i in range(len(found.each))]
    for one in own:
        check_sums(one, circuits)
    width = len(found.columns)
    reading = _shared_reading(own)
    features = _shared_features(own, found.columns)
    bits = frozenset(f.columns[0] for f in features if f.kind is Kind.BINARY) - missing
    builder = VocabularyBuilder(reading, missing)
    numbers = [_numbers(one, width, reading, builder, bits) for one in own]
    conditions = tuple(builder.conditions)
    labels = []
    beyond = len(conditions)
    for i, (one, mine) in enumerate(zip(own, numbers, strict=True)):
        tests = {}
        for place, condition in enumerate(one.vocabulary.conditions):
            if condition.feature >= width:
                beyond += 1
                mine[place] = beyond
                asked = found.each[i].asked[condition.feature - width]
                tests[beyond] = (asked, _truth_of_classes(condition, own[asked], one.vocabulary.reading))
        labels.append((one, mine, tests))
    finer = {c: other for one in own for c, other in one.vocabulary.own_readings.items() if c < width}
    vocabulary = Vocabulary(conditions, found.columns, reading, _shared_codes(own), finer)
    form = _outside(found, own, vocabulary, missing)
    made = tuple(
        Label(name, replace(one, trees=_renumbered(one.trees, mine), vocabulary=vocabulary, features=features), tests)
        for name, (one, mine, tests) in zip(found.labels, labels, strict=True)
    )
    return CompiledMultiLabel(made, found.order, vocabulary, features, *form, missing, model)


def check_sums(compiled: CompiledModel, circuits: bool = False) -> None:
    """Raise UnsupportedModelError if a circuit over scores decides, where sums are expected."""
    if isinstance(compiled, CompiledEnsemble) and compiled.circuit is not None and not circuits:
        raise UnsupportedModelError(
            f"{type(compiled.source).__name__} is made of several models, and is explained on its own, not as one of "
            "several labels: make an explainer for each label's model"
        )


def _compiled(
    found: Sources, i: int, missing: frozenset[int], voting: str, types: Mapping[str, Any] | None, numbers: bool
) -> CompiledEnsemble:
    """Return the compiled form of one label, over the columns and those of the labels that it may ask."""
    source: Source = found.each[i]
    names = (*found.columns, *_asked_names(found, source))
    compiled = source.compile(names, missing, voting, types)
    if isinstance(compiled, CompiledEnsemble) and compiled.regression and not numbers:
        raise UnsupportedModelError(
            f"label {found.labels[i]!r} is decided by {type(compiled.source).__name__}, which predicts numbers: "
            "expected a classifier"
        )
    if len(compiled.vocabulary.names) != len(names):
        raise BadInputError(
            f"label {found.labels[i]!r} reads {len(compiled.vocabulary.names)} columns: expected {len(names)}"
        )
    return _with_both_classes(as_ensemble(compiled))


def _asked_names(found: Sources, source: Source) -> tuple[str, ...]:
    """Return names for the columns of labels, other than those of the rows."""
    names = []
    for asked in source.asked:
        name = found.labels[asked]
        while name in found.columns:
            name += "'"
        names.append(name)
    return tuple(names)


def _with_both_classes(model: CompiledEnsemble) -> CompiledEnsemble:
    """Return a label that was always 0 (or 1) in training with both classes, of which it never takes the other."""
    if len(model.classes) != 1 or model.trees.n_outputs != 1:
        return model
    value = model.classes[0]
    both: tuple[Any, Any]
    if isinstance(value, (bool, np.bool_)):
        both, place = (False, True), int(value)
    elif isinstance(value, (int, float, np.integer, np.floating)) and value in (0, 1):
        both, place = (type(value)(0), type(value)(1)), int(value)
    else:
        return model
    values = np.zeros((model.trees.n_leaves, 2))
    values[:, place] = 1.0
    trees = replace(model.trees, values=values, base=np.zeros(2), divisor=1.0)
    return replace(model, trees=trees, classes=both, voting="hard")


# -- conditions ------------------------------------------------------------------------------------------------


def _shared_reading(own: Sequence[CompiledEnsemble]) -> Reading:
    readings = {one.vocabulary.reading for one in own if len(one.vocabulary)}
    return Reading.FLOAT64 if Reading.FLOAT64 in readings else Reading.FLOAT32


def _numbers(
    one: CompiledEnsemble, width: int, reading: Reading, builder: VocabularyBuilder, bits: frozenset[int]
) -> NDArray[np.int32]:
    """Return the shared literal of each condition of a label (0 for one on another label)."""
    numbers = np.zeros(len(one.vocabulary), np.int32)
    for place, condition in enumerate(one.vocabulary.conditions):
        if condition.feature < width:
            same = condition if one.vocabulary.reading is reading else widened(condition)
            numbers[place] = builder.literal(_of_bits(same) if condition.feature in bits else same)
    return numbers


def _of_bits(condition: Condition) -> Condition:
    """Return a condition that is the same for 0 and 1, of which all that tell them apart make one."""
    zero, one = condition.true_at(np.array([0.0, 1.0])).tolist()
    return condition if zero == one else Condition(condition.feature, Operator.GT if one else Operator.LE, 0.5)


def widened(condition: Condition) -> Condition:
    """Return a condition on float64 numbers that is true for those for which one on float32 is, after rounding.

    Raises
    ------
    UnsupportedModelError
        If it is no comparison by order.
    """
    if not condition.operator.by_order:
        raise UnsupportedModelError(
            f"some labels read float32 and others float64, and a test is {condition.operator.value}: expected <=, <, "
            "> or >="
        )
    cut = cut_of(condition, Reading.FLOAT32)[0]
    upward = Operator.GT if condition.operator.upward else Operator.LE
    if not np.isfinite(cut) or abs(cut) >= Reading.FLOAT32.largest:
        return condition._replace(operator=upward, threshold=cut)
    below, above = np.float32(cut), np.nextafter(np.float32(cut), np.float32(np.inf))
    middle = (float(below) + float(above)) / 2.0  # both have few bits: this is exact
    if float(np.float32(middle)) != float(below):
        middle = float(np.nextafter(middle, -np.inf))
    return condition._replace(operator=upward, threshold=middle)


def _truth_of_classes(condition: Condition, asked: CompiledEnsemble, reading: Reading) -> tuple[bool, ...]:
    """Return whether a test on a label is true for each of its classes."""
    try:
        values = np.array([float(value) for value in asked.classes])
    except (TypeError, ValueError):
        raise UnsupportedModelError(
            f"a label with the classes {list(asked.classes)!r} is read by another one: expected numbers"
        ) from None
    return tuple(condition.true_at(reading.cast(values)).tolist())


def _renumbered(trees: EnsembleArrays, numbers: NDArray[np.int32]) -> EnsembleArrays:
    """Return trees with other numbers of their conditions."""
    known = np.concatenate([[0], numbers]).astype(np.int32)
    literal = (np.sign(trees.literal) * known[np.abs(trees.literal)]).astype(np.int32)
    return replace(trees, literal=literal)


# -- rows ------------------------------------------------------------------------------------------------------


def _shared_codes(own: Sequence[CompiledEnsemble]) -> Mapping[int, tuple[Any, ...]]:
    """Return what the codes of columns stand for: the same for all labels that know it."""
    shared: dict[int, tuple[Any, ...]] = {}
    for one in own:
        for column, labels in one.vocabulary.labels.items():
            if shared.setdefault(column, labels) != labels:
                raise UnsupportedModelError(
                    f"labels read column {one.vocabulary.names[column]!r} with different categories, {labels!r} and "
                    f"{shared[column]!r}: fit all of them on the same categories"
                )
    if shared and any(set(one.vocabulary.labels) != set(shared) for one in own if len(one.vocabulary)):
        raise UnsupportedModelError(
            f"some labels read columns {[own[0].vocabulary.names[c] for c in sorted(shared)]} as categories and others "
            "as numbers: fit all of them on the same kind of column"
        )
    return shared


def _shared_features(own: Sequence[CompiledEnsemble], names: Sequence[str]) -> tuple[Feature, ...]:
    """Return the features as the labels know them; what is more than a number goes before a number."""
    known: dict[tuple[int, ...], Feature] = {}
    for one in own:
        for feature in one.features:
            if feature.kind is Kind.NUMERICAL or max(feature.columns) >= len(names):
                continue
            said = replace(feature, name=names[feature.columns[0]] if len(feature.columns) == 1 else feature.name)
            if known.setdefault(feature.columns, said) != said:
                raise UnsupportedModelError(
                    f"labels take feature {said.name!r} for {said.kind.value} {list(said.values)!r} and for "
                    f"{known[feature.columns].kind.value} {list(known[feature.columns].values)!r}: expected the same"
                )
    taken = {column for columns in known for column in columns}
    if len(taken) < sum(len(columns) for columns in known):
        raise UnsupportedModelError("labels put columns in different groups: expected the same groups")
    plain = [Feature(name, Kind.NUMERICAL, (c,)) for c, name in enumerate(names) if c not in taken]
    return tuple(sorted([*known.values(), *plain], key=lambda feature: feature.columns[0]))


def _outside(
    found: Sources, own: Sequence[CompiledEnsemble], vocabulary: Vocabulary, missing: frozenset[int]
) -> tuple[Any, Any, Any]:
    """Return what reads the user's rows, what gives them back, and the model's own ``predict``."""
    predict = found.predict or _side_by_side(own)
    if vocabulary.labels:
        first = next(one for one in own if one.vocabulary.labels)
        return first.read, first.to_user_row, predict
    remedy = missing_remedy(all(source.takes_missing for source in found.each))
    mixed = len({one.vocabulary.reading for one in own if len(one.vocabulary)}) > 1

    typed = tuple(one.read for one in own if one.dtypes)
    each = [source.seen for source in found.each]
    seen = each[0] if all(other is each[0] for other in each) else None
    read = partial(
        read_together, typed, mixed, seen, found.columns, vocabulary.reading, missing, remedy, found.own,
        shared_absent(found.each),
    )  # fmt: skip
    return read, copy_row, predict


def _side_by_side(own: Sequence[CompiledEnsemble]) -> Any:
    """Return what asks each label's model."""

    def predict(rows: NDArray[np.float64]) -> NDArray[Any]:
        out = np.empty((len(rows), len(own)), dtype=object)
        for i, one in enumerate(own):
            out[:, i] = label_array(np.asarray(one.predict(rows)).tolist())
        return out

    return predict
