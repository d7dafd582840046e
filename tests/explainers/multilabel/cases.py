"""Random models of several labels, and every query about them against brute force."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from suffice import Builder, Explainer

from tests.brute.domain import Declared, Domain, interesting
from tests.brute.forests import Forest, Values
from tests.brute.labels import (
    Formula,
    LabelReference,
    Voted,
    any_change,
    both,
    domain_of,
    domain_of_conditions,
    reached,
)
from tests.brute.trees import Condition, Split

THIRD = 1 / 3
LEAVES = [
    (1.0, 0.0),
    (0.0, 1.0),
    (0.5, 0.5),
    (THIRD, 2 / 3),
    (2 / 3, THIRD),
    (0.1, 0.9),
    (0.9, 0.1),
    (0.3, 0.7),
    (0.7, 0.3),
]
THREE = [(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (THIRD, THIRD, THIRD), (0.2, 0.4, 0.4)]


@dataclass
class LabelCase:
    """A model of several labels, an instance, and how its domain is seen."""

    names: tuple[str, ...]
    declared: Declared
    domain: Domain
    x: tuple[float, ...]
    pieces: tuple[Any, ...] = ()
    predict: Any = None
    source: Any = None
    arguments: dict[str, Any] = field(default_factory=dict)

    @property
    def n_labels(self) -> int:
        return len(self.pieces) if self.pieces else len(self.reference(any_change([], [])).own)

    def model(self) -> Any:
        return self.source or Builder.MultiLabel([piece.model(self.names) for piece in self.pieces])

    def reference(self, bad: Any, **ask: Any) -> LabelReference:
        return LabelReference(self.domain, self.x, pieces=self.pieces, predict=self.predict, bad=bad, **ask)

    def explainer(self, generic: bool = False) -> Any:
        found = Explainer.initialize(self.model(), self.x, **self.arguments)
        found.answers.generic = generic
        return found


def hand_built(rng: np.random.Generator) -> LabelCase:
    """A formula, a vote or averaged shares for each label, over bits or numbers."""
    n = int(rng.integers(2, 5))
    names = tuple(f"f{i}" for i in range(1, n + 1))
    bits = rng.random() < 0.6
    pieces: list[Any] = []
    room = 7
    for _ in range(int(rng.integers(1, 4))):
        if bits and rng.random() < 0.5:
            pieces.append(_formula(rng, n))
        else:
            piece, used = _forest(rng, n, bits, room)
            room -= used
            pieces.append(piece)
    declared = Declared(binary=frozenset(range(n))) if any(isinstance(p, Formula) for p in pieces) else Declared()
    domain = domain_of(pieces, names, declared)
    masks = domain.cells()
    x = domain.rows(masks[[rng.integers(len(masks))]], rng)[0]
    return LabelCase(names, declared, domain, tuple(x.tolist()), tuple(pieces))


def _formula(rng: np.random.Generator, n: int) -> Formula:
    clauses = []
    for _ in range(int(rng.integers(1, 4))):
        columns = rng.choice(n, size=min(n, int(rng.integers(1, 4))), replace=False) + 1
        clauses.append(tuple(int(c) * int(rng.choice([-1, 1])) for c in columns))
    return Formula(tuple(clauses))


def _forest(rng: np.random.Generator, n: int, bits: bool, room: int) -> tuple[Voted, int]:
    three = rng.random() < 0.15
    leaves = THREE if three else (LEAVES[:2] if rng.random() < 0.4 else LEAVES)
    numbers = [0.5] if bits else [0.5, 1.0, 2.0]
    used = 0

    def tree(size: int) -> Any:
        nonlocal used
        if size == 0 or used >= room:
            return Values(leaves[rng.integers(len(leaves))])
        used += 1
        operator = ">" if bits else str(rng.choice([">", "<="]))
        test = Condition(int(rng.integers(n)), operator, float(rng.choice(numbers)))
        left = int(rng.integers(size))
        return Split(test, tree(left), tree(size - 1 - left))

    trees = tuple(tree(int(rng.integers(1, 4))) for _ in range(int(rng.integers(1, 4))))
    return Voted(Forest(trees, str(rng.choice(["soft", "hard"])))), used


def some_labels(rng: np.random.Generator, count: int) -> list[int]:
    return sorted(rng.choice(count, size=int(rng.integers(1, count + 1)), replace=False).tolist())


def plain(found: Any) -> Any:
    return None if found is None else tuple(tuple(reason) for reason in found)


def compare_sufficient(explainer: Any, case: LabelCase, labels: list[int], **ask: Any) -> None:
    own = case.reference(any_change([], [])).own
    reference = case.reference(any_change(own, labels), **ask)
    every = explainer.sufficient_reason(labels=labels, n=None)
    assert plain(every) == reference.sufficient
    assert every.complete
    one = explainer.sufficient_reason(labels=labels)
    assert (tuple(one) in reference.sufficient) if reference.sufficient else one is None
    if one is not None:
        assert one.status == "proved" and one.mode == "exact"
        assert explainer.is_sufficient_reason(one, labels=labels)
        check_parts(case, one, labels, own, **ask)
    assert plain(explainer.minimal_sufficient_reason(labels=labels, n=None)) == reference.minimal_sufficient()
    assert tuple(explainer.necessary_literals(labels=labels)) == reference.necessary()
    assert tuple(explainer.relevant_literals(labels=labels)) == reference.relevant()
    assert explainer.n_sufficient_reasons(labels=labels) == len(reference.sufficient)
    assert explainer.n_sufficient_reasons_per_literal(labels=labels) == reference.per_literal()
    features = {frozenset(reason) for reason in explainer.sufficient_reason(labels=labels, n=None, over="features")}
    assert features == reference.sufficient_features()
    apart = [case.reference(any_change(own, [i]), **ask) for i in labels]
    joined = explainer.sufficient_reason(labels=labels, n=None, mode="joined")
    assert plain(joined) == reference.united(apart)
    for reason in joined[:3]:
        assert reason.mode == "joined"
        assert explainer.is_reason(reason, labels=labels)
    for reason in [*every[:2], tuple(v for v in reference.universe if v % 2)]:
        assert bool(explainer.is_reason(reason, labels=labels)) == reference.holds(reason)
        assert bool(explainer.is_sufficient_reason(reason, labels=labels)) == reference_says_sufficient(
            reference, reason
        )


def reference_says_sufficient(reference: LabelReference, reason: Any) -> bool:
    names = {reference.domain.conditions[abs(v) - 1].column for v in reason}
    excluded = {c for unit in reference.tested if unit.name in reference.excluded for c in unit.columns}
    return not names & excluded and reference.is_sufficient(reason)


def check_parts(case: LabelCase, reason: Any, labels: list[int], own: Any, **ask: Any) -> None:
    """The part that serves a label is a reason for this label, within the whole."""
    for i, part in zip(labels, reason.by_label.values(), strict=True):
        alone = case.reference(any_change(own, [i]), **{**ask, "excluded": ()})
        assert alone.is_sufficient(part)
        assert alone.game.close(alone.mask(part)) & ~alone.game.close(alone.mask(reason)) == 0


def compare_changes(explainer: Any, case: LabelCase, rng: np.random.Generator, **ask: Any) -> None:
    own = case.reference(any_change([], [])).own
    labels = some_labels(rng, len(own))
    kept = reached({i: own[i] for i in range(len(own)) if i not in labels})
    compare_change(explainer, case, any_change(own, labels), {"labels": labels}, **ask)
    if len(labels) < len(own):
        bad = both(any_change(own, labels), kept)
        compare_change(explainer, case, bad, {"labels": labels, "others": "kept"}, **ask)
    classes = [len(label.classes) for label in explainer.answers.form.labels]
    flipped = [i for i in labels if classes[i] == 2]
    if flipped:
        wanted = {i: 1 - own[i] for i in flipped}
        compare_change(explainer, case, reached(wanted), {"flip": flipped}, **ask)
        all_of_them = {i: wanted.get(i, own[i]) for i in range(len(own))}
        compare_change(explainer, case, reached(all_of_them), {"flip": flipped, "others": "kept"}, **ask)
    target = [int(rng.integers(n)) for n in classes]
    if any(target[i] != own[i] for i in range(len(own))):
        values = [explainer.answers.form.labels[i].classes[k] for i, k in enumerate(target)]
        compare_change(explainer, case, reached(dict(enumerate(target))), {"target": values}, **ask)
        compare_joined(explainer, case, own, target, values, **ask)


def compare_change(explainer: Any, case: LabelCase, bad: Any, how: dict[str, Any], **ask: Any) -> None:
    reference = case.reference(bad, **ask)
    every = explainer.contrastive_reason(n=None, **how)
    assert plain(every) == reference.contrastive(), how
    one = explainer.contrastive_reason(**how)
    assert (tuple(one) in reference.contrastive()) if reference.contrastive() else one is None
    assert plain(explainer.minimal_contrastive_reason(n=None, **how)) == reference.minimal_contrastive()
    features = {frozenset(reason) for reason in explainer.contrastive_reason(n=None, over="features", **how)}
    assert features == reference.contrastive_features()
    for reason in every[:3]:
        assert explainer.is_contrastive_reason(reason, **how)
        if reason.witness is not None:
            said = explainer.predict(reason.witness)
            vector = [label.classes.index(v) for label, v in zip(explainer.answers.form.labels, said, strict=True)]
            assert bad(np.array([vector]))[0]
            assert all(explainer.label_names.index(name) >= 0 and part for name, part in reason.by_label.items())
    for reason in [tuple(v for v in reference.universe if v % 2)]:
        if not any(reference.is_idle(v) for v in reason) and not ask.get("excluded"):
            assert bool(explainer.is_contrastive_reason(reason, **how)) == reference.is_contrastive(reason)


def compare_joined(explainer: Any, case: LabelCase, own: Any, target: list[int], values: Any, **ask: Any) -> None:
    reference = case.reference(reached(dict(enumerate(target))), **ask)
    apart = [case.reference(reached({i: k}), **ask) for i, k in enumerate(target) if own[i] != k]
    joined = explainer.contrastive_reason(target=values, n=None, mode="joined")
    assert plain(joined) == reference.united_changes(apart)
    for reason in joined[:5]:
        check_made(explainer, reason, values)
    whole = explainer.contrastive_reason(target=values, n=None, mode="joined", over="features")
    assert {frozenset(reason) for reason in whole} == reference.united_features(apart)
    for reason in whole[:5]:
        check_made(explainer, reason, values)


def check_made(explainer: Any, reason: Any, values: Any) -> None:
    """The changed row has the wanted labels, and differs from the instance in what is told, and in nothing else."""
    if reason.witness is None:
        return
    assert tuple(explainer.predict(reason.witness)) == tuple(values)
    own, row = (
        explainer.session.here.row,
        explainer.answers.form.read(np.asarray(reason.witness, float).reshape(1, -1))[0],
    )
    here, there = explainer.session.here.truth, explainer.session.space.truth(row)
    if reason.proof.over == "features":
        differs = {
            explainer.session.features[explainer.session.space.feature_of(v + 1)].name
            for v in np.nonzero(here != there)[0]
        }
        assert differs == set(reason)
        return
    assert all(here[abs(v) - 1] != there[abs(v) - 1] for v in reason)
    told = {explainer.session.space.feature_of(v) for v in reason}
    untouched = [c for f, feature in enumerate(explainer.session.features) if f not in told for c in feature.columns]
    assert np.array_equal(row[untouched], own[untouched], equal_nan=True)


def compare_relations(explainer: Any, case: LabelCase, rng: np.random.Generator, **ask: Any) -> None:
    reference = case.reference(any_change([], []), **ask)
    own, vectors = reference.own, reference.vectors
    truth = explainer.session.here.truth
    literals = [v if truth[v - 1] else -v for v in range(1, len(truth) + 1)]
    given = [v for v in literals if rng.random() < 0.3]
    for fixed in ([], given):
        inside = np.array([all((int(m) >> (abs(v) - 1) & 1) == (v > 0) for v in fixed) for m in reference.masks], bool)
        here = vectors[inside]
        a, b = (int(v) for v in rng.integers(len(own), size=2))
        p, q = (int(rng.integers(len(explainer.answers.form.labels[i].classes))) for i in (a, b))
        one = (a, explainer.answers.form.labels[a].classes[p])
        other = (b, explainer.answers.form.labels[b].classes[q])
        first, second = here[:, a] == p, here[:, b] == q
        for query, expected in (
            ("implies", not (first & ~second).any()),
            ("equivalent", not (first != second).any()),
            ("exclusive", not (first & second).any()),
            ("co_occur", bool((first & second).any())),
        ):
            found = getattr(explainer, query)(one, other, given=fixed)
            assert bool(found) == expected, (query, one, other, fixed)
            if found.witness is not None:
                assert explainer.predict(found.witness) is not None


# -- fitted models -------------------------------------------------------------------------------------------------


def fitted(
    model: Any, X: np.ndarray, x: np.ndarray, *, single: bool, declared: Declared | None = None, **arguments: Any
) -> LabelCase:
    """A fitted model, whose own ``predict`` on all cells of its domain is what it is compared with."""
    explainer = Explainer.initialize(model, x, background=X, **arguments)
    gone = declared is not None and bool(declared.missing)
    tests = [
        (int(c.feature), str(c.operator), float(c.threshold), bool(c.missing) if gone else None)
        for c in explainer.vocabulary.conditions
    ]
    names = tuple(explainer.get_feature_names())
    declared = declared or _readable(tests, len(names))
    domain = domain_of_conditions(tests, names, declared, single=single)
    form = explainer.answers.form

    def predict(rows: np.ndarray) -> np.ndarray:
        return form.vectors_of_predictions(form.predict(form.read(rows)))

    return LabelCase(names, declared, domain, tuple(x.tolist()), (), predict, model, arguments)


def _readable(tests: list[tuple[Any, ...]], width: int) -> Declared:
    """Numbers around all thresholds that float32 holds as well, so that every label's model takes them."""
    around = {c: interesting([test[2] for test in tests if test[0] == c], single=False) for c in range(width)}
    return Declared(category=tuple((c, tuple(v for v in values if abs(v) < 1e30)) for c, values in around.items()))


def few_values(rng: np.random.Generator, n_labels: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows of few values, so that models have few thresholds, and labels that depend on each other."""
    X = rng.integers(0, 3, size=(40, 3)).astype(float)
    Y = (X @ rng.normal(size=(3, n_labels)) + 0.4 * rng.normal(size=(40, n_labels)) > 0).astype(int)
    Y[:2] = [[0] * n_labels, [1] * n_labels]
    return X, Y
