"""The problems of treecf, with its answers: models, instances and constraints as this library takes them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from suffice.encoders.builder import Builder

from .cases import STORED

PROBLEMS = STORED.parent / "treecf"


class Problem(NamedTuple):
    """A problem: a model, a row, what is asked, and what treecf answers."""

    name: str
    model: Any
    row: list[float]
    types: dict[str, Any]
    asked: dict[str, Any]
    golden: Mapping[str, Any]
    gap: float


def problems(folder: Path = PROBLEMS) -> list[Problem]:
    """Return all problems of a folder."""
    return [read(path) for path in sorted(folder.glob("*.json"))]


def read(path: Path) -> Problem:
    """Return the problem of a file."""
    told = json.loads(path.read_text(encoding="utf-8"))
    names = told["ensemble"]["feature_names"]
    low, high = (float(end) for end in told["interval"])
    lam = float(told["lam"])
    types: dict[str, Any] = {}
    asked: dict[str, Any] = {
        "target": (None if math.isinf(low) else low, None if math.isinf(high) else high),
        "prices": {n: w / s for n, w, s in zip(names, told["weights"], told["sigma"], strict=True)},
        "fixed": dict.fromkeys(names, lam),
        "rules": [], "immutable": [], "missing": {}, "steps": {},
    }  # fmt: skip
    for one in told["constraints"]:
        _constrain(one, asked, types, lam)
    for name, policy in told["value_policies"].items():
        if policy["type"] == "integer":
            types[name] = "integer"
        else:
            asked["steps"][name] = (policy["step"], policy["anchor"])
    if told["if_ensemble"] is not None:
        asked["plausible"] = (ensemble(told["if_ensemble"]), (told["min_total_path"], None))
    row = [math.nan if value is None else float(value) for value in told["x"]]
    return Problem(told["name"], ensemble(told["ensemble"]), row, types, asked, told["golden"], float(told["gap"]))


def _constrain(one: Mapping[str, Any], asked: dict[str, Any], types: dict[str, Any], lam: float) -> None:
    kind = one["type"]
    if kind == "Freeze":
        asked["immutable"].append(one["feature"])
    elif kind == "Equals":
        asked["rules"].append(f"{one['feature']} = {one['value']}")
    elif kind == "AllowMissing":
        asked["missing"][one["feature"]] = (one["delta_miss"], one.get("delta_from_miss", 0.0))
    elif kind == "Linear":
        (first, _), (other, _) = sorted(one["coefficients"].items(), key=lambda pair: -pair[1])
        asked["rules"].append(f"{first} <= {other}")
    elif kind == "OneHot":
        together = "{" + ",".join(one["features"]) + "}"
        types[together] = one["features"]
        asked["prices"] = {n: p for n, p in asked["prices"].items() if n not in one["features"]} | {together: 2.0}
        asked["fixed"] = {n: p for n, p in asked["fixed"].items() if n not in one["features"]} | {together: 2 * lam}
    elif kind == "Implies":
        types[one["cons_feature"]] = "binary"
        group: str | None = next((g for g in types if one["cond_feature"] in g.strip("{}").split(",")), None)
        value = one["cond_feature"] if group is not None else one["cond_value"]
        asked["rules"].append(f'if "{group or one["cond_feature"]}" = {value} then {one["cons_feature"]} = 1')
    else:
        raise ValueError(f"unknown constraint {kind}")


def ensemble(told: Mapping[str, Any]) -> Any:
    """Return trees that are added up, as a hand-built model."""
    names = told["feature_names"]

    def node(i: int) -> Any:
        if told["feature"][i] < 0:
            return float(told["value"][i])
        operator = Builder.LT if told["is_lt"][i] else Builder.LE
        return Builder.DecisionNode(
            told["feature"][i] + 1, threshold=told["threshold"][i], operator=operator, left=node(told["right"][i]),
            right=node(told["left"][i]), missing=bool(told["missing_left"][i]),
        )  # fmt: skip

    trees = [Builder.DecisionTree(len(names), node(root), feature_names=names) for root in told["tree_roots"]]
    return Builder.BoostedTreesRegression(trees, base=float(told["base_score"]))
