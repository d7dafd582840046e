"""A scene: a fitted model, all rows of its world with what the model says of them, a row, and an explainer."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from suffice import BadInputError, UnsupportedModelError

from tests.brute.choices import Choices, Seeded
from tests.brute.reference import Reference
from tests.brute.strategies import drawn_clauses
from tests.brute.tables import Asked, TableReference, conditions_of
from tests.soak.kinds import Kind, Ready, UnfitError
from tests.soak.models import KINDS, targets
from tests.soak.said import hard_votes, named_rows, near_ties, predict
from tests.soak.worlds import World, draw_world

HUGE = 1e30
TIE = 1e-12  # so near scores are as good as equal
ONE_CLASS = 41  # of so many seeds one has data of one class
KNOWN = (  # models that are refused
    "last bits",  # steps whose rounding is not known
    "ConstantOfShape",  # of one class, as it is exported
    "there is nothing to explain",
    "is no finite number",  # XGBoost's start of one class
)
CATEGORIES = 50  # all categories of worlds are whole numbers below
CONDITIONS = 11  # at most, where literals are asked about: brute force looks at all subsets


class OpenError(Exception):
    """What is asked was not proved, which is no fault."""


class UnaskedError(Exception):
    """There is nothing to be asked about this scene, which is counted apart."""


@dataclass
class Scene:
    """What a question is asked about."""

    kind: Kind
    world: World
    model: Any
    explainer: Any
    x: np.ndarray
    said: np.ndarray  # what the model says of each row of the world
    choose: Choices
    data: np.ndarray  # some rows, as users have them
    excluded: tuple[str, ...] = ()
    clauses: tuple[tuple[int, ...], ...] = ()
    interval: tuple[float, float] | None = None

    def outcomes(self, said: np.ndarray) -> np.ndarray:
        """Number what the model says: classes, inside or outside the interval, vectors of labels."""
        if self.interval is not None:
            return ((said >= self.interval[0]) & (said <= self.interval[1])).astype(np.int64)
        if said.ndim == 2:
            return said.astype(np.int64) @ (1 << np.arange(said.shape[1]))
        return np.searchsorted(self.classes, said).astype(np.int64)

    @cached_property
    def classes(self) -> np.ndarray:
        """The classes that the model can name; of each label the two values."""
        if self.said.ndim == 2:
            return np.array([0, 1])
        return np.unique(self.model.classes_) if hasattr(self.model, "classes_") else np.unique(self.said)

    def class_named(self, outcome: int) -> Any:
        """The label of an outcome, as users write it."""
        return self.classes[outcome : outcome + 1].tolist()[0]

    @cached_property
    def labels(self) -> np.ndarray:
        """The outcome of each row of the world."""
        return self.outcomes(self.said)

    @cached_property
    def own(self) -> int:
        """The outcome of the row."""
        return int(self.labels[self.place])

    @cached_property
    def place(self) -> int:
        """Where the row is among all rows."""
        same = (self.world.rows == self.x) | (np.isnan(self.world.rows) & np.isnan(self.x))
        return int(np.flatnonzero(same.all(axis=1))[0])

    @cached_property
    def n(self) -> int:
        """Number of conditions of the explainer."""
        return len(self.explainer.vocabulary.conditions)

    @property
    def literal(self) -> bool:
        """Whether literals are few enough for brute force."""
        return self.n <= CONDITIONS

    @cached_property
    def tied(self) -> bool:
        """Whether rounding decides some row of a model whose sums are not exact: of such rows nothing is claimed."""
        slack = float(getattr(self.explainer.session.compiled, "slack", 0.0))
        if slack and self.interval is not None:
            ends = [end for end in self.interval if np.isfinite(end)]
            return bool(any((np.abs(self.said - end) <= 8 * slack).any() for end in ends))
        return bool(slack) and near_ties(self.model, self.world, TIE)

    @property
    def at_ends(self) -> bool:
        """Whether a border is near the end of float32 (CatBoost's of missing values): the world lacks what is below."""
        return any(HUGE < abs(one.threshold) < np.inf for one in self.explainer.vocabulary.conditions)

    def weights(self, values: list[float]) -> list[float]:
        """Draw a weight a column, the same for all columns of a feature."""
        found = [0.0] * len(self.world.names)
        for column in self.world.columns:
            one = self.choose.one_of(values)
            for c in column.owned:
                found[c] = one
        return found

    def need(self, condition: Any) -> None:
        """Go on only if there is something to be asked."""
        if not condition:
            raise UnaskedError

    @cached_property
    def reference(self) -> Reference:
        """Brute force over the conditions of the explainer."""
        return self.table(self.outcomes_of)

    def outcomes_of(self, rows: np.ndarray) -> np.ndarray:
        """Outcomes of some rows, by the model itself; those of the world are known."""
        known = [self.known.get(key(row)) for row in rows]
        if None in known:
            return self.outcomes(self.says(rows))
        return np.array(known, dtype=np.int64)

    def says(self, rows: np.ndarray) -> np.ndarray:
        """What the model says of any rows."""
        hard = dict(self.kind.options).get("voting") == "hard"
        return (hard_votes if hard else predict)(self.model, rows, self.world)

    def vectors(self, outcomes: np.ndarray) -> np.ndarray:
        """Outcomes of several labels as their values."""
        return outcomes[:, None] >> np.arange(self.said.shape[1]) & 1

    def frame(self, rows: np.ndarray) -> Any:
        """Rows as the model was fitted to them."""
        return named_rows(rows, self.world)

    def probabilities(self, rows: np.ndarray) -> np.ndarray:
        """Probabilities of the classes of any rows, in the order of `classes`."""
        own, told = self.all_probabilities(rows)
        return told[:, [own.index(label) for label in self.classes.tolist()]]

    def all_probabilities(self, rows: np.ndarray) -> tuple[list[Any], np.ndarray]:
        """All classes of the model, those that it never says too, and their probabilities of any rows."""
        own = list(self.explainer.session.compiled.classes)  # those of models written by hand have any order
        return own, np.asarray(self.model.predict_proba(self.frame(rows)))

    @cached_property
    def known(self) -> dict[bytes, int]:
        """The outcome of each row of the world."""
        return {key(row): label for row, label in zip(self.world.rows, self.labels.tolist(), strict=True)}

    def table(self, outcomes: Any) -> Reference:
        """Brute force for another idea of what an outcome is."""
        columns = [(c.name, c.owned, c.values) for c in self.world.columns]
        asked = {"excluded": self.excluded, "clauses": self.clauses}
        return TableReference(columns, tests_of(self.explainer), outcomes, self.x, **asked)

    def agreeing(self, names: Any) -> np.ndarray:
        """Which rows have the row's values in these features."""
        kept = np.ones(len(self.world.rows), dtype=bool)
        for column in self.world.columns:
            if column.name in set(names):
                owned = list(column.owned)
                mine, own = self.world.rows[:, owned], self.x[owned]
                kept &= ((mine == own) | (np.isnan(mine) & np.isnan(own))).all(axis=1)
        return kept

    def forces(self, names: Any) -> bool:
        """Whether the row's values of some features force its outcome, by looking at all rows."""
        return bool((self.labels[self.agreeing(names)] == self.own).all())

    def row_of(self, row: Any) -> np.ndarray:
        """A told row as numbers."""
        if hasattr(self.model, "read_row"):
            return np.asarray(self.model.read_row(row))
        return np.asarray(row, dtype=np.float64).ravel()

    def return_home(self) -> None:
        """Make the instance again what it was."""
        if self.kind.family != "surrogate":  # it has one instance alone
            self.explainer.set_instance(getattr(self.model, "instance", self.x))

    def check(self) -> None:
        """Assert that the explainer's conditions tell apart all rows that the model tells apart."""
        if not self.literal or getattr(self.model, "free", False):
            return
        domain = self.reference.domain
        seen: dict[int, int] = {}
        for row, label in zip(self.world.rows, self.labels.tolist(), strict=True):
            assert seen.setdefault(domain.truth_mask(row), label) == label, f"no condition tells {row} from its like"


def key(row: np.ndarray) -> bytes:
    """A row as a key: zeros are alike, and so are missing values."""
    return np.where(np.isnan(row), np.inf, row + 0.0).tobytes()


def _interval(choose: Choices, said: np.ndarray, own: float) -> tuple[float, float]:
    """Draw an interval around a prediction, whose ends are well between what is predicted anywhere."""
    values = np.unique(said)
    gaps = np.flatnonzero(np.diff(values) > 1e-6 * (1 + np.abs(values[:-1])))
    borders = (values[gaps] + values[gaps + 1]) / 2
    below, above = borders[borders < own], borders[borders > own]
    low = float(choose.one_of(below.tolist())) if len(below) and choose.whole(0, 3) else -np.inf
    high = float(choose.one_of(above.tolist())) if len(above) and choose.whole(0, 3) else np.inf
    return low, high


def tests_of(explainer: Any) -> list[Asked]:
    """The conditions of an explainer; those about codes of categories are told of the categories, which are numbers."""
    found = []
    for one in conditions_of(explainer):
        labels = explainer.vocabulary.labels.get(one.column)
        if labels is None:
            found.append(one)
            continue
        told = {int(label): one.truth(code) for code, label in enumerate(labels) if not isinstance(label, str)}
        others = any(
            one.truth(code) for code, label in enumerate(labels) if isinstance(label, str)
        )  # all that is unknown
        met = [value for value in range(CATEGORIES) if told.get(value, others)]
        found.append(Asked(one.column, "in", float(sum(1 << value for value in met)), one.missing))
    return found


def kind_of(seed: int, kinds: tuple[str, ...] = tuple(KINDS)) -> str:
    """The kind of model of a seed."""
    return str(Seeded(seed).one_of([name for name in kinds if KINDS[name].installed]))


def make_scene(seed: int, kinds: tuple[str, ...] = tuple(KINDS)) -> Scene:
    """Make the scene of a seed; raise ``UnfitError`` where there is none."""
    choose = Seeded(seed)
    rng = np.random.default_rng(seed)
    kind = KINDS[choose.one_of([name for name in kinds if KINDS[name].installed])]  # as in ``kind_of``
    spaces = kind.needs == "sklearn"
    how: dict[str, Any] = {"spaces": spaces, "kinds": kind.columns, "named": kind.named}
    if kind.ready is not None:
        return _ready_scene(choose, rng, kind, kind.ready(choose, seed % 1000))
    world = draw_world(choose, missing=kind.missing, numbers=kind.between, **how)
    model, said, near = fitted(choose, rng, seed, kind, world, [20, 40, 80])
    x = world.rows[int(rng.integers(len(world.rows)))]
    if near:
        raise UnfitError("rounding decides some row, of which nothing is claimed")
    explainer = explained(kind, model, world)
    data = world.rows[rng.integers(len(world.rows), size=12)]
    scene = Scene(kind.of(explainer), world, model, explainer, x, said, choose, data)
    if dict(kind.options).get("voting") == "hard":
        scene.said = hard_votes(model, world.rows, world)
    if choose.whole(0, 5) == 0:
        _narrowed(scene, rng)
    if kind.target == "number":
        scene.interval = _interval(choose, scene.said, float(scene.said[scene.place]))
        scene.explainer.set_interval(*scene.interval)
    scene.explainer.set_instance(x)
    if choose.whole(0, 4) == 0:
        scene.excluded = tuple(choose.some([c.name for c in world.columns], 0, 1))
        scene.explainer.set_excluded_features(list(scene.excluded))
    scene.check()
    return scene


def fitted(
    choose: Choices,
    rng: np.random.Generator,
    seed: int,
    kind: Kind,
    world: World,
    sizes: list[int],
    said: Any = targets,
) -> tuple[Any, np.ndarray, bool]:
    """Fit a model to random data; return it, what it says of the world's rows, and whether rounding decides one."""
    X = world.training(rng, choose.one_of(sizes), codes=kind.codes)
    y = said(choose, kind, rng, X)
    if seed % ONE_CLASS == 0 and kind.target == "classes":
        y = np.full_like(y, y[0])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            model = kind.fitted(choose, seed % 1000, world, named_rows(X, world), y)
            told = predict(model, world.rows, world)
            return model, told, bool(kind.near) and near_ties(model, world, kind.near)
        except Exception as error:  # a library may refuse data of one class
            raise UnfitError(str(error)) from error


def explained(kind: Kind, model: Any, world: World) -> Any:
    """Make the explainer of a model; raise ``UnfitError`` where it is refused for a known reason."""
    try:
        explainer = kind.explainer(model, world.arguments())
    except (BadInputError, UnsupportedModelError) as error:
        if not any(known in str(error) for known in KNOWN):
            raise
        raise UnfitError(str(error)) from error
    if kind.codes and not _named(explainer, world):
        raise UnfitError("two categories are one to the model")
    return explainer


def _ready_scene(choose: Choices, rng: np.random.Generator, kind: Kind, ready: Ready) -> Scene:
    """Make the scene of what brings its world."""
    model, world, x, explainer, clauses = ready
    data = world.rows[rng.integers(len(world.rows), size=12)]
    scene = Scene(kind, world, model, explainer, x, model.predict(world.rows), choose, data, clauses=clauses)
    if choose.whole(0, 4) == 0:
        scene.excluded = tuple(choose.some([c.name for c in world.columns], 0, 1))
        scene.explainer.set_excluded_features(list(scene.excluded))
    scene.check()
    return scene


def _named(explainer: Any, world: World) -> bool:
    """Whether a model with codes of categories has one for each of them."""
    labels = explainer.vocabulary.labels
    return all(
        {v[0] for v in c.values if not np.isnan(v[0])} <= {v for v in labels[c.owned[0]] if not isinstance(v, str)}
        for c in world.columns if c.owned[0] in labels
    )  # fmt: skip


def _narrowed(scene: Scene, rng: np.random.Generator) -> None:
    """Let clauses of the user take rows away that are not the instance."""
    conditions = scene.explainer.vocabulary.conditions
    if not conditions or len(conditions) > CONDITIONS:
        return
    domain = scene.reference.domain
    clauses, rows = drawn_clauses(rng, domain, scene.x), scene.world.rows
    masks = np.array([domain.truth_mask(row) for row in rows])
    inside = np.all([np.any([(masks >> abs(v) - 1 & 1) == (v > 0) for v in one], axis=0) for one in clauses], axis=0)
    scene.clauses, scene.said = clauses, scene.said[inside]
    for known in ("reference", "labels", "own", "place", "classes", "known"):
        scene.__dict__.pop(known, None)
    asked = {**scene.world.arguments(), "theory": [list(one) for one in clauses]}
    scene.world.__dict__["rows"] = rows[inside]
    scene.data = rows[inside][rng.integers(inside.sum(), size=12)]
    scene.explainer = scene.kind.explainer(scene.model, asked)
