"""What recourse is asked for, drawn at random, and the same read of every row of the world."""

from __future__ import annotations

import itertools
import json
import math
import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tests.soak.scenes import Scene
from tests.soak.worlds import Column

ROWS_AT_MOST = 8000


@dataclass
class Plans:
    """What is asked, and for each row that a plan may be whether it is allowed and what each feature costs.

    Attributes
    ----------
    scene : Scene
        Who is asked.
    asked : mapping
        The arguments of ``recourse``.
    rows : ndarray
        All rows that a plan may be.
    said : ndarray
        Their outcomes.
    changed, costs : mapping of column -> ndarray
        Whether a feature differs from the instance, and what that costs.
    allowed : ndarray of bool
        Which rows keep what is asked (of wanted outcomes aside).
    wanted : ndarray of bool
        Which are decided as wanted.
    """

    scene: Scene
    asked: dict[str, Any]
    rows: np.ndarray
    x: np.ndarray
    own: int
    said: np.ndarray = field(init=False)
    changed: dict[str, np.ndarray] = field(init=False)
    costs: dict[str, np.ndarray] = field(init=False)
    allowed: np.ndarray = field(init=False)
    wanted: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.said = self.scene.outcomes_of(self.rows)
        self.changed = {c.name: self._differs(c) for c in self.scene.world.columns}
        self.costs = {c.name: np.where(self.changed[c.name], self._cost(c), 0.0) for c in self.scene.world.columns}
        self.allowed = self._is_allowed()
        self.wanted = self.said != self.own

    @property
    def cost(self) -> np.ndarray:
        """What each row costs."""
        return np.sum(list(self.costs.values()), axis=0)

    @property
    def levers(self) -> np.ndarray:
        """How many features of each row differ."""
        return np.sum(list(self.changed.values()), axis=0)

    @property
    def good(self) -> np.ndarray:
        """Which rows are plans."""
        return self.allowed & self.wanted

    def least(self, some: np.ndarray | None = None) -> float:
        """The least cost of a plan among some rows."""
        good = self.good if some is None else self.good & some
        return float(self.cost[good].min()) if good.any() else math.inf

    def _differs(self, column: Column) -> np.ndarray:
        mine, own = self.rows[:, list(column.owned)], self.x[list(column.owned)]
        return ~((mine == own) | (np.isnan(mine) & np.isnan(own))).all(axis=1)

    def _cost(self, column: Column) -> np.ndarray:
        mine, own = self.rows[:, column.owned[0]], self.x[column.owned[0]]
        price = self.asked.get("prices", {}).get(column.name, 1.0)
        fixed = self.asked.get("fixed", 0.0)
        fixed = fixed.get(column.name, 0.0) if isinstance(fixed, dict) else fixed
        if column.kind not in ("integer", "number", "listed"):
            return self._moved(column, price) + fixed
        size = self._size(column, mine, float(own))
        if isinstance(price, tuple):
            return np.where(mine > own, price[0], price[1]) * size + fixed
        gone = self.asked.get("missing", {}).get(column.name, math.inf)
        away, back = gone if isinstance(gone, tuple) else (gone, 1.0)
        size = np.where(np.isnan(mine), away, back if np.isnan(own) else price * size)
        return size + fixed

    def _moved(self, column: Column, price: Any) -> np.ndarray:
        mine, own = self.rows[:, list(column.owned)], self.x[list(column.owned)]
        gone = self.asked.get("missing", {}).get(column.name, math.inf)
        away, back = gone if isinstance(gone, tuple) else (gone, 1.0)
        if isinstance(price, dict):
            told = [price.get(column.told(tuple(value)), 1.0) for value in mine.tolist()]
            return np.array(told, dtype=np.float64)
        if np.isnan(own[0]):
            return np.full(len(mine), back)
        return np.where(np.isnan(mine[:, 0]), away, price)

    def _size(self, column: Column, mine: np.ndarray, own: float) -> np.ndarray:
        kind, scale = self.asked.get("cost", "l1"), self.asked.get("scale")
        seen = self.scene.data[:, column.owned[0]]
        if kind == "l0":
            return np.ones(len(mine))
        if kind == "percentile":
            return np.abs([np.mean(seen <= value) - np.mean(seen <= own) for value in mine.tolist()])
        unit = 1.0
        if scale == "mad":
            unit = float(np.median(np.abs(seen - np.median(seen)))) or float(seen.std()) or 1.0
        if scale == "std":
            unit = float(seen.std()) or 1.0
        moved = np.abs(mine - own) / unit
        return moved if kind == "l1" else moved**2

    def _is_allowed(self) -> np.ndarray:
        asked, good = self.asked, np.ones(len(self.rows), dtype=bool)
        fixed = {*asked.get("immutable", ()), *self.scene.excluded}
        for column in self.scene.world.columns:
            mine, changed = self.rows[:, list(column.owned)], self.changed[column.name]
            own = self.x[list(column.owned)]
            fits = np.full(len(good), column.name not in fixed)
            fits &= ~np.isnan(mine[:, 0]) | (column.name in asked.get("missing", {}))
            known = ~np.isnan(mine[:, 0])
            if column.name in asked.get("monotone", {}):
                fits &= (mine[:, 0] > own[0]) == (asked["monotone"][column.name] == "increasing")
            if column.name in asked.get("ranges", {}):
                low, high = asked["ranges"][column.name]
                fits &= ~known | ((mine[:, 0] >= low) & (mine[:, 0] <= high))
            if column.name in asked.get("moves", {}):
                fits &= np.array([column.told(tuple(v)) in asked["moves"][column.name] for v in mine.tolist()])
            if asked.get("within_data"):
                fits &= self._seen(column, mine)
            if column.name in asked.get("steps", {}):
                step, anchor = steps_of(asked["steps"][column.name], float(own[0]))
                fits &= np.mod(mine[:, 0] - anchor, step) == 0
            good &= fits | ~changed
        for group in asked.get("together", ()):
            n = np.sum([self.changed[name] for name in group], axis=0)
            good &= (n == 0) | (n == len(group))
        good &= self.levers <= asked.get("at_most", 99)
        for rule in asked.get("rules", ()):
            good &= self._rule(rule)
        if self.scene.clauses:
            inside, domain = set(self.scene.reference.masks.tolist()), self.scene.reference.domain
            good &= np.array([domain.truth_mask(row) in inside for row in self.rows])
        for weights, (low, high) in asked.get("linear", ()):
            total = np.sum([w * self.rows[:, self._place(name)] for name, w in weights.items()], axis=0)
            good &= np.isnan(total) | ((total >= low) & (total <= high))
        return good

    def _seen(self, column: Column, mine: np.ndarray) -> np.ndarray:
        seen = self.scene.data[:, list(column.owned)]
        if column.numeric:
            return (mine[:, 0] >= seen.min()) & (mine[:, 0] <= seen.max())
        return np.array([(seen == value).all(axis=1).any() for value in mine])

    def _place(self, name: str) -> int:
        return next(c.owned[0] for c in self.scene.world.columns if c.name == name)

    def _rule(self, rule: str) -> np.ndarray:
        """Read a rule of those that ``drawn_rules`` makes."""
        if rule.startswith("if "):
            first, then = rule[3:].split(" then ")
            return ~self._statement(first) | self._statement(then)
        return np.logical_or.reduce([self._statement(part) for part in rule.split(" or ")])

    def _statement(self, text: str) -> np.ndarray:
        name, word, value = re.fullmatch(r"(.*?) (rises|falls|changes|stays|<=|>=)(?: (.*))?", text).groups()  # type: ignore[union-attr]  # of our own making
        name = json.loads(name) if name.startswith('"') else name
        mine, own = self.rows[:, self._place(name)], self.x[self._place(name)]
        if word in ("changes", "stays"):
            return self.changed[name] == (word == "changes")
        if word in ("rises", "falls"):
            return mine > own if word == "rises" else mine < own
        return mine <= float(value) if word == "<=" else mine >= float(value)


def steps_of(step: Any, own: float) -> tuple[float, float]:
    """A step and where it starts."""
    return step if isinstance(step, tuple) else (step, own)


def rows_of(scene: Scene, asked: dict[str, Any], x: np.ndarray) -> np.ndarray:
    """All rows that a plan may be: numbers are as they are, or go by steps between ends."""
    listed = []
    for column in scene.world.columns:
        own = tuple(x[list(column.owned)].tolist())
        if column.kind != "number":
            listed.append(column.values)
        elif column.name in asked.get("steps", {}):
            low, high = asked["ranges"][column.name]
            step, anchor = steps_of(asked["steps"][column.name], own[0])
            first, last = math.ceil((low - anchor) / step), math.floor((high - anchor) / step)
            values = {anchor + k * step for k in range(first, last + 1)}
            listed.append(tuple((v,) for v in sorted({*values, own[0]})))
        else:
            listed.append((own,))
    scene.need(math.prod(map(len, listed)) <= ROWS_AT_MOST)
    return np.array([list(itertools.chain(*row)) for row in itertools.product(*listed)], dtype=np.float64)


def drawn_question(scene: Scene, *, whole: bool = False) -> dict[str, Any]:
    """Draw what is asked; `whole`: nothing that depends on one instance's own values."""
    choose, columns = scene.choose, list(scene.world.columns)
    plain = [c for c in columns if c.name not in scene.world.missing]
    wholes = [c for c in plain if c.kind == "integer"]
    asked = {**_where_to(scene, plain, wholes, whole), **_prices(scene, plain)}
    if _rarely(scene, 3):
        asked["at_most"] = choose.whole(0, 3)
    if _rarely(scene, 5) and len(columns) > 2:
        asked["together"] = [[c.name for c in choose.some(columns, 2, 2)]]
    asked["rules"] = _rules(scene, wholes) if _rarely(scene, 3) else []
    if _rarely(scene, 6) and len(wholes) > 1:
        one, other = choose.some(wholes, 2, 2)
        asked["linear"] = [({one.name: 1.0, other.name: choose.one_of([1.0, -1.0, 0.5])}, (-1.0, 3.0))]
    if scene.world.missing and _rarely(scene, 2):
        asked["missing"] = {name: choose.one_of([0.4, (0.7, 0.2)]) for name in choose.some(scene.world.missing, 1, 2)}
    if not scene.world.missing and _rarely(scene, 5):
        asked["within_data"] = True
    return {name: value for name, value in asked.items() if value not in ([], {})}


def _rarely(scene: Scene, n: int) -> bool:
    return scene.choose.whole(1, n) == 1


def _where_to(scene: Scene, plain: list[Column], wholes: list[Column], whole: bool) -> dict[str, Any]:
    """Draw where features may go."""
    choose, columns = scene.choose, scene.world.columns
    immutable = choose.some([c.name for c in columns], 0, 1) if _rarely(scene, 2) else []
    asked: dict[str, Any] = {"immutable": immutable, "ranges": {}, "steps": {}}
    for column in (c for c in columns if c.kind == "number"):
        own = scene.x[column.owned[0]]
        if scene.world.moderate and column in plain and not whole and choose.coin():
            asked["steps"][column.name] = choose.one_of([0.5, 0.25, (0.5, 0.0), (0.25, 0.125)])
            low, high = math.floor(own) - 1.0, math.ceil(own) + 1.0
            asked["ranges"][column.name] = (max(low, column.ends[0]), min(high, column.ends[1]))
        else:
            immutable.append(column.name)
    known = {f.name for f in scene.explainer.session.space.features if f.listed}
    immutable += [c.name for c in columns if c.kind == "listed" and c.name not in known]  # any number, not weighed
    if _rarely(scene, 2):
        asked["monotone"] = {c.name: choose.one_of(["increasing", "decreasing"]) for c in choose.some(wholes, 0, 2)}
    if _rarely(scene, 4):
        for column in choose.some(wholes, 0, 2):
            known = [v[0] for v in column.values]
            asked["ranges"][column.name] = tuple(sorted(choose.one_of(known) for _ in range(2)))
    if _rarely(scene, 5) and not whole:
        asked["steps"].update({c.name: choose.one_of([2.0, (2.0, 1.0)]) for c in choose.some(wholes, 0, 1)})
    if _rarely(scene, 4):
        listed = choose.some([c for c in plain if c.kind in ("category", "group")], 0, 2)
        asked["moves"] = {c.name: [c.told(v) for v in choose.some(_known(scene, c), 1, 2)] for c in listed}
    return asked


def _known(scene: Scene, column: Column) -> list[tuple[float, ...]]:
    """The values of a column that the model has names for: a category may be in no row that it was fitted to."""
    labels = scene.explainer.vocabulary.labels.get(column.owned[0])
    return [value for value in column.values if not labels or value[0] in labels] or list(column.values)


def _prices(scene: Scene, plain: list[Column]) -> dict[str, Any]:
    """Draw what changes cost."""
    choose, asked = scene.choose, dict[str, Any]()
    asked["cost"] = choose.one_of(["l1", "l0", "l2"] if scene.world.missing else ["l1", "l1", "l0", "l2", "percentile"])
    if not scene.world.missing and _rarely(scene, 4):
        asked["scale"] = choose.one_of(["mad", "std"])
    if _rarely(scene, 3):
        asked["prices"] = {c.name: _price(scene, c) for c in choose.some(plain, 0, 2)}
    if _rarely(scene, 3):
        some = choose.some(list(scene.world.columns), 1, 2)
        asked["fixed"] = choose.one_of([0.75, {c.name: 1.25 for c in some}])
    return asked


def _price(scene: Scene, column: Column) -> Any:
    if column.kind in ("category", "group"):
        return scene.choose.one_of([3.0, {column.told(scene.choose.one_of(_known(scene, column))): 0.25}])
    if column.kind == "integer":
        return scene.choose.one_of([1.5, (2.0, 0.5)])
    return 0.25


def _rules(scene: Scene, wholes: list[Column]) -> list[str]:
    """Rules in words, of whole numbers and of whatever changes."""
    choose, columns, found = scene.choose, list(scene.world.columns), []
    for _ in range(choose.whole(1, 2)):
        one, other = (_said(choose.one_of(columns).name) for _ in range(2))
        parts = [f"{one} changes", f"{other} stays"]
        if wholes:
            column = choose.one_of(wholes)
            bound = choose.one_of([v[0] for v in column.values])
            parts += [f"{_said(column.name)} {choose.one_of(['rises', 'falls', f'<= {bound:g}', f'>= {bound:g}'])}"] * 2
        first, second = choose.some(parts, 2, 2)
        found.append(f"if {first} then {second}" if choose.coin() else f"{first} or {second}")
    return found


def _said(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_]\w*", name) else json.dumps(name, ensure_ascii=False)
