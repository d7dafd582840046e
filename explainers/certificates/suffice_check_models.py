"""Checks the certificates of suffice that are of two models: ``python suffice_check_models.py FILE``.

It lies beside suffice_check.py, suffice_check_sat.py and suffice_check_pairs.py, whose claims it checks as well, and
needs numpy. Such a file has two labels, a model each, that read the same rows.
"""

from __future__ import annotations

import sys
from itertools import product
from typing import Any

import numpy as np

try:
    from . import suffice_check as core
    from .suffice_check_pairs import Implied, Pairs
except ImportError:  # the four files alone
    import suffice_check as core  # type: ignore[import-not-found, no-redef]
    from suffice_check_pairs import Implied, Pairs  # type: ignore[import-not-found, no-redef]

MOST = 1 << 14  # clauses that say that a row is not in a box
ARITHMETIC = ("rule", "single", "divisor", "threshold", "near", "doubt")
CLAIMS = ("agree", "differ", "apart")
Routes = list[list[core.Way]]


def alike_added(model: core.Model) -> bool:
    """Tell whether the scores of both models are added up and decided by the same rule and numbers."""
    return all(model.labels[0][key] == model.labels[1][key] for key in ARITHMETIC)


def following(model: core.Model, ahead: list[tuple[int, int]], strict: bool, same: bool) -> list[core.Way]:
    """Return what is met where scores of both models, taken together, are ahead of other ones (pairs of columns).

    The sum of the leads is 0 at least (`strict`: more). And some tree adds more to a score than to the one that it is
    ahead of: where no tree does, sums of the one model are in that order to those of the other one, however they are
    rounded. Where near scores may be equal, some tree adds something else (`same`: to scores of the same places).
    """
    label, n, (one, other), found = model.labels[0], len(model.base), model.labels, list[core.Way]()
    sign = np.zeros(n)
    for a, b in ahead:
        sign += np.eye(n)[a] - np.eye(n)[b]
    margin = float.fromhex(label["near"]) + 4 * float.fromhex(label["doubt"])
    least = -2.2 * margin * max(1.0, 1 / float.fromhex(label["divisor"])) * max(1.0, float.fromhex(label["divisor"]))
    lead = core.Way(model, label, sign, least, strict or margin > 0)
    found.append(Implied(n, lead.worth, lead.offset, lead.need))
    if margin > 0:
        ahead = [*zip(range(*one["outputs"]), range(*other["outputs"]), strict=False)] if same else []
    values = np.vstack([model.values, model.base])
    more = [values[:, a] != values[:, b] if margin > 0 else values[:, a] > values[:, b] for a, b in ahead]
    changed = np.any(more, axis=0) if more else np.ones(len(values), bool)
    if float.fromhex(label["doubt"]) == 0 and (strict or margin > 0) and not changed[-1]:
        found.append(Implied(n, changed[:-1].astype(np.int64), 0, 1))
    return found


def counts(model: core.Model) -> list[int]:
    """Return how many classes each model has."""
    sizes = [{"greatest": label["outputs"][1] - label["outputs"][0], "threshold": 2} for label in model.labels]
    return [size[label["rule"]] for size, label in zip(sizes, model.labels, strict=True)]


def decided(old: Any, new: Any) -> list[dict[str, Any]]:
    """Return the outcomes that both models give classes."""
    return [{"label": 0, "classes": old}, {"label": 1, "classes": new}]


def farther(model: core.Model, said: Any, old: int, *, ever: bool) -> core.Way:
    """Return the way that one number is beyond the other one by more than what is allowed (not `ever`: that it is not).

    `old`: 1 if the first model's is the greater one, else 0.
    """
    within, label, sign = float.fromhex(said["within"]), model.labels[0], np.array([1.0, -1.0]) * (1 if old else -1)
    core.require(within >= 0 and len(model.base) == 2 and alike_added(model), "such numbers are not compared")
    core.require(label["rule"] == "number", "models that give classes have no numbers")
    return core.Way(model, label, sign if ever else -sign, within if ever else -within, ever)


def model_routes(model: core.Model, said: Any) -> Routes:
    """Return the routes to a difference: for each two outcomes that are not the same the ways to both."""
    core.require(len(model.labels) == 2, "there are not two models")
    if "within" in said:
        pair, routes = [(0, 1), (1, 0)], Routes()
        for old, one in zip((1, 0), pair, strict=True):
            routes.append([farther(model, said, old, ever=True), *following(model, [one], True, True)])
        return routes
    known = zip(*said["same"], strict=True) if said["same"] else ()
    core.require(all(map(core.within, known, counts(model))), "there are no such two outcomes")
    same, routes, alike = {(k, j) for k, j in said["same"]}, Routes(), alike_added(model)
    (first, _), (second, _) = (label["outputs"] for label in model.labels)
    classes = [range(n) for n in counts(model)]
    core.require(len(classes[0]) * len(classes[1]) * len(model.base) * len(model.values) <= core.LARGEST / 4)
    for k, j in product(*classes):
        if (k, j) in same:
            continue
        others = ([c for c in own if c != one] for own, one in zip(classes, (k, j), strict=True))
        (both,) = core.routes_out(model, decided(*others), True)
        routes.append(both)
        if alike and model.labels[0]["rule"] == "threshold" and k != j:
            both += following(model, [(0, 1) if k else (1, 0)], True, True)
        for theirs, mine in product(classes[1], classes[0]):
            if alike and model.labels[0]["rule"] == "greatest" and (k, theirs) in same and (mine, j) in same:
                ahead = [(first + k, second + theirs), (second + j, first + mine)]
                level = len(classes[0]) == len(classes[1]) and k != j
                both += following(model, ahead, not (k < mine and j < theirs), level)
                break
    return routes


def box_routes(model: core.Model, said: Any, old: int, new: int) -> Routes:
    """Return the routes out of what is said to be decided in a box (of numbers: 1 of the greater one, 0 of the other).

    It has to be a difference.
    """
    if "within" in said:
        core.require((old, new) in ((1, 0), (0, 1)), "it is not said which number is greater")
        return [[farther(model, said, old, ever=False)]]
    known = old in range(counts(model)[0]) and new in range(counts(model)[1])
    core.require(known and [old, new] not in said["same"], "there are no such outcomes, or they are the same")
    return core.routes_out(model, decided([old], [new]), False)


class Models(Pairs):
    """Checks claims about two models, too."""

    claims = (*Pairs.claims, *CLAIMS)

    def __init__(self, head: Any, arrays: Any) -> None:
        self.both, said = head["claim"].get("models"), {*head["claim"]["says"]}
        own = said & {*CLAIMS}
        core.require(own == (said if self.both is not None else set()), "what is claimed is not about two models")
        super().__init__(head, arrays)

    def routes_of(self, model: core.Model, wanted: Any, together: bool) -> Routes:
        """Return the routes out of the outcomes that are claimed; of two models those to a difference."""
        if self.both is None:
            return super().routes_of(model, wanted, together)
        rows = len(self.arrays["row"]) or self.claim["items"] or self.claim["sets"]
        core.require(not wanted and not rows, "two models are compared without a row")
        told = [abs(v) - 1 if type(v) is int else v for box in self.both["boxes"] for c in box["given"] for v in c]
        core.require(core.within(told, self.domain.n), "a box names no condition")
        return model_routes(model, self.both)

    def within(self, given: Any) -> Any:
        """Return the points of each feature that the rows of a box have."""
        left = [points.copy() for points in self.domain.whole[1]]
        for clause in given:
            (i,) = {self.domain.owner[abs(v) - 1] for v in clause}  # each clause is about one feature
            left[i] &= np.any([self.domain.where(v) for v in clause], axis=0)
        return left

    def agree(self, said: Any) -> None:
        """Say that no row outside of the boxes is decided differently."""
        given, clauses = [box["given"] for box in self.both["boxes"]], self.domain.clauses
        ways = sum(np.prod([len(clause) for clause in one], dtype=float) for one in given)
        core.require(ways <= MOST, "boxes are said in too many ways")
        for one in given:  # of each clause of a box one literal that is false, in all combinations
            self.domain.clauses = [*self.domain.clauses, *(-np.array(way, np.int64) for way in product(*one))]
        for number, route in enumerate(self.routes):
            self.tree(number, self.domain.whole, route)
        self.domain.clauses = clauses

    def differ(self, said: Any) -> None:
        """Say that a row is decided differently."""
        core.require(len(self.seen), "no witness is there")

    def apart(self, said: Any) -> None:
        """Say that boxes share no row, and that in each of them all rows are decided as it says: differently."""
        boxes, clauses, number = self.both["boxes"], self.domain.clauses, len(self.routes) * ("agree" in self.says)
        core.require(len(boxes) * (len(boxes) + sum(map(len, self.domain.whole[1]))) <= core.LARGEST / 8)
        points = [self.within(box["given"]) for box in boxes]
        shared = np.ones((len(boxes), len(boxes)), bool)
        for i in range(len(self.domain.features) if boxes else 0):
            own = np.array([left[i] for left in points], float)
            shared &= own @ own.T > 0
        core.require(not np.triu(shared, 1).any(), "boxes share rows")
        for box in boxes:
            self.domain.clauses = [*clauses, *(np.array(clause, np.int64) for clause in box["given"])]
            single = [clause[0] for clause in box["given"] if len(clause) == 1]
            for route in box_routes(self.model, self.both, *box["decided"]):
                self.tree(number, self.part(self.domain.whole, *single), route)
                number += 1
        self.domain.clauses = clauses

    def words(self) -> str:
        """Return what is claimed, in words, from the numbers."""
        if self.both is None:
            return super().words()
        one, other = ([str(name) for name in label["classes"]] for label in self.model.labels)
        if "within" in self.both:
            told = f"numbers that are no further apart than {float.fromhex(self.both['within'])!r} are alike"
            one = other = ["less", "greater"]
        else:
            told = f"alike are {', '.join(f'{one[k]} and {other[j]}' for k, j in self.both['same']) or 'none'}"
        told = super().words().replace(": nothing", f": two models, {told}", 1)
        for box in self.both["boxes"]:
            words = [" or ".join(map(self.said, clause)) for clause in box["given"]]
            told += f"; box: {' and '.join(words) or 'all rows'}"
            told += f" ({one[box['decided'][0]]}, {other[box['decided'][1]]})"
        return told


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    found = [(name, *core.check(name, Models)) for name in sys.argv[1:]]
    print(*(": ".join(one) for one in found), sep="\n")
    sys.exit(not found or not all(verdict == core.ACCEPTED for _, verdict, _ in found))
