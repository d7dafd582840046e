"""``rules``: boxes in which a model always says a label, and the fewest of them that cover given rows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ...encoders.columns.rows import plain_rows
from ...engine.arrays import F64
from ...engine.budget import Deadline
from ...engine.domain.conditions import Operator, Reading, cut_of
from ...engine.domain.vocabulary import Vocabulary
from ...engine.ensembles.outside import Wanted
from ...engine.errors import BadInputError, UnsupportedModelError, shown
from ...engine.given import count_of
from ...engine.models import CompiledEnsemble
from .asking import within
from .box_words import box_words
from .claims import claim_of, said_classes
from .cover_rows import RowCover, RuleBox
from .joint import written_border
from .masses import cells_of
from .proving import rule_proven
from .rule_results import Rule, Rules, Tests
from .sought import Classes, Numbers
from .subject import Subject, subject_of


def rules(
    model: Any,
    label: Any,
    *,
    data: Any,
    k: int | None = None,
    time_limit: float | None = None,
    features_type: Mapping[str, Any] | None = None,
    **how: Any,
) -> Rules:
    """Return rules that are true of a model: boxes in which it always says a label, few that cover given rows.

    Parameters
    ----------
    model : object
        A fitted or hand-built model, or an explainer (whose declared features and theory hold).
    label : object
        A label, ``"not refused"``; of a regressor ``">= 3.2"``, ``"3 <= it < 5"``.
    data : rows
        The rules cover those of them that have the label.
    k : int, optional
        How many rules at most; those that cover the most rows then.
    time_limit : float, optional
        Seconds, once the model is compiled; more time finds fewer rules. Without a limit a few covers are tried.
    features_type, **how
        As of ``Explainer.initialize``, where a model is given.

    Returns
    -------
    Rules
        Each is proved for all inputs, whatever the rows; with lower and upper bounds of how few rules can do.

    Raises
    ------
    BadInputError
        If there is no such label, or no row has it.
    """
    most = None if k is None else count_of(k, "k")
    Deadline(time_limit)  # says what is no limit, before the model is compiled
    rows = plain_rows(data)
    if data is None:
        raise BadInputError("data=None: expected rows that the rules are to cover")
    more = {} if hasattr(model, "session") or "background" in how else {"background": rows}
    subject = subject_of(model, features_type, **how, **more)
    form = subject.form
    if subject.theory is None:
        raise BadInputError("rules are told over values of features: switch the theory on")
    wanted, told = _wanted(form, label)
    with within(time_limit) as deadline:
        space = subject.session.space
        read = subject.session.compiled.read(rows)
        cells = cells_of(subject.session, space, read)
        having = np.nonzero(_has(form, wanted, read))[0]
        points, place, counts = np.unique(cells[having], axis=0, return_inverse=True, return_counts=True)
        if not len(points):
            raise BadInputError(f"label={shown(label)}: the model gives it to none of the {len(cells)} rows")
        cover = RowCover(form, space, subject.clauses, wanted, points.astype(np.int32), counts)
        found = cover.run(most, deadline)
        return _told(subject, cover, found, told, read, having, np.asarray(place).reshape(-1), most, deadline)


def _wanted(form: CompiledEnsemble, label: Any) -> tuple[Wanted, Any]:
    """Return O, and the label as it is told."""
    claim = claim_of(form, label)
    broken = claim.broken
    if isinstance(broken, Numbers):
        if broken.inside:
            raise BadInputError(f"label={shown(label)}: expected an interval of predictions, such as '>= 3.2'")
        return (broken.low, broken.high), claim.said
    assert isinstance(broken, Classes)
    good = np.ones(len(form.classes), np.bool_)
    good[sorted(broken.wanted)] = False
    if good.sum() not in (1, len(good) - 1) or not good.any():
        raise UnsupportedModelError(f"label={shown(label)}: expected one label, or all but one ('not …')")
    if good.sum() == 1:
        own = form.classes[int(good.argmax())]
        return good, own.item() if isinstance(own, np.generic) else own
    return good, said_classes(form, frozenset(np.nonzero(good)[0].tolist()))


def _has(form: CompiledEnsemble, wanted: Wanted, read: Any) -> Any:
    """Tell which rows have the label, by the model's own ``predict``."""
    said = form.predict(read)
    if isinstance(wanted, tuple):
        return (said >= wanted[0]) & (said <= wanted[1])
    return np.array([bool(wanted[form.class_index(label)]) for label in np.asarray(said).tolist()], np.bool_)


def _told(
    subject: Subject, cover: RowCover, found: list[RuleBox], told: Any, read: F64, having: Any, place: Any,
    most: int | None, deadline: Deadline,
) -> Rules:  # fmt: skip
    """Return the rules in words, with the rows that meet them."""
    words, vocabulary = subject.session.words, subject.session.compiled.vocabulary
    covered = np.zeros(len(cover.points), np.bool_)
    each = []
    for box in found:
        covered |= box.rows
        tests = tests_of(vocabulary, box.literals, subject)
        rows = having[box.rows[place]]
        proven = rule_proven(subject, cover.space, box, cover.wanted, read[rows])
        each.append(Rule(box_words(words, box.region), box.literals, rows, box.maximal, tests, proven))
    each.sort(key=lambda rule: -len(rule.rows))
    n_most = len(having)
    if most is not None and cover.lower > most:  # of the rows that are apart a box covers one
        n_most -= int(np.sort(cover.weights[cover.apart])[: cover.lower - most].sum())
    form = subject.form
    rest = [label for label in form.classes if label != told] if form.classes else []
    others: Any = rest[0] if len(rest) == 1 else f"not {told}"
    others = others.item() if isinstance(others, np.generic) else others
    lower = max(int(covered[cover.apart].sum()), min(1, len(each)))  # rows that are covered and apart
    return Rules(
        each, told, len(having), having[~covered[place]], lower=lower, most=n_most, stop=deadline.stop,
        seconds=deadline.elapsed, feature_names=vocabulary.names, others=others,
    )  # fmt: skip


def tests_of(vocabulary: Vocabulary, literals: tuple[int, ...], subject: Subject) -> Tests | None:
    """Return literals as tests of columns of float64 numbers; None where a category is told by its label."""
    out: list[tuple[str, Any, float]] = []
    for literal in literals:
        condition = vocabulary.condition(literal)
        name, operator = vocabulary.names[condition.feature], condition.operator
        if condition.feature in vocabulary.labels or operator in (Operator.IN, Operator.NOT_IN):
            return None
        reading = vocabulary.reading_of(condition.feature)
        if not operator.by_order:
            if reading is not Reading.FLOAT64 and not _is_whole(subject, condition.feature):
                return None
            out.append((name, operator.value, condition.threshold))
            continue
        cut = cut_of(condition, reading)[0]
        border = cut if reading is Reading.FLOAT64 else written_border(cut, reading, Reading.FLOAT64)
        if not math.isfinite(border):
            return None
        out.append((name, ">" if operator.upward else "<=", border))
    return tuple(out)


def _is_whole(subject: Subject, column: int) -> bool:
    """Tell whether a column's values are read as they are written."""
    feature = next(f for f in subject.features if column in f.columns)
    return feature.kind.value != "numerical"
