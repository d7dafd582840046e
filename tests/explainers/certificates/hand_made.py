"""Certificates that are written by hand: conditions, nested trees, features and what is claimed."""

from __future__ import annotations

import copy
import io
from typing import Any

import numpy as np
from suffice.explainers.certificates.certificate import Certificate
from suffice.explainers.certificates.suffice_check import FORMAT, OPERATORS, VERSION, check
from suffice.explainers.certificates.suffice_check_all import Every
from suffice.explainers.certificates.suffice_check_models import Models
from suffice.explainers.certificates.suffice_check_near import Near
from suffice.explainers.certificates.suffice_check_pb import Bounds
from suffice.explainers.certificates.suffice_check_plans import Plans

NUMBERS = np.float64


class Bare(Near, Models, Bounds, Plans):
    """Checks all claims, whatever else the text has: each part is rejected, or left alone, where it is read."""

    claims = Every.claims


def bare_check(certificate: Certificate) -> tuple[str, str]:
    """Return the verdict of the files that check claims, and why."""
    return check(io.BytesIO(certificate.to_bytes()), Bare)


def whole(numbers: Any) -> Any:
    """Return numbers as an array of whole ones."""
    return np.array(numbers, np.int64)


def feature(*values: float, kind: str = "numerical", column: int = 0) -> dict[str, Any]:
    """Return a feature of one column."""
    told = [float(value).hex() for value in values]
    return {"name": f"f{column + 1}", "kind": kind, "columns": [column], "values": told}


def grown(trees: Any) -> dict[str, Any]:
    """Return nested trees, ``(literal, left, right)`` or the values of a leaf in a list, as certificates have them."""
    nodes: list[list[int]] = []
    values: list[list[float]] = []

    def add(tree: Any) -> int:
        at = len(nodes)
        nodes.append([0, -1, -1, -1])
        if isinstance(tree, tuple):
            nodes[at] = [tree[0], add(tree[1]), add(tree[2]), -1]
        else:
            nodes[at][3] = len(values)
            values.append(tree)
        return at

    roots = [add(tree) for tree in trees]
    columns = dict(zip(("literal", "left", "right", "leaf"), whole(nodes).T, strict=True))
    return {
        **{f"tree_{name}": np.ascontiguousarray(column) for name, column in columns.items()},
        "tree_root": whole(roots), "leaf_values": np.array(values, NUMBERS),
    }  # fmt: skip


def written(conditions: Any, trees: Any, features: Any, **more: Any) -> Certificate:
    """Return a certificate of a model of one label; what is not told is as small as it can be.

    `conditions` are (column, operator, threshold) and whether they are true of NaN; `proof` has for each leaf of the
    walk `split` its kind, its way and its bound; further arrays go by their names.
    """
    told = {
        "rule": "threshold", "threshold": 0.5, "divisor": 1.0, "single": False, "classes": ["no", "yes"],
        "reading": "float64", "says": {"forces": {}}, "wanted": [1], "items": [], "sets": [[]], "row": [],
        "witness": [], "split": [], "proof": [], "clauses": [], "given": [], "together": False, "unit": None,
        "width": len(features),
    } | more  # fmt: skip
    arrays = grown(trees)
    scores = arrays["leaf_values"].shape[1]
    label = {
        "name": "", "rule": told["rule"], "outputs": [0, scores], "classes": told["classes"],
        "threshold": float(told["threshold"]).hex(), "single": told["single"],
        "divisor": float(told["divisor"]).hex(), "near": "0x0p+0", "doubt": "0x0p+0", "relative": "",
    }  # fmt: skip
    names = [f"f{i + 1}" for i in range(len(features))]
    model = {"columns": names, "reading": [told["reading"]] * len(names), "labels": [label]}
    claim = {name: told[name] for name in ("together", "given", "items", "sets", "says")}
    claim["outcomes"] = [{"label": 0, "classes": told["wanted"]}]
    head = {
        "format": FORMAT, "version": VERSION, "told": "", "model": model, "features": copy.deepcopy(features),
        "clauses": told["clauses"], "claim": claim,
    }  # fmt: skip
    tests = [(*one, 0)[:4] for one in conditions]
    column, operator, threshold, missing = ([one[i] for one in tests] for i in range(4))
    kind, way, bound = whole(told["proof"]).reshape(-1, 3).T
    arrays |= {
        "condition_column": whole(column), "condition_operator": whole([OPERATORS.index(name) for name in operator]),
        "condition_threshold": np.array(threshold, NUMBERS), "condition_missing": whole(missing),
        "base": np.zeros(scores), "unit": whole(range(len(conditions)) if told["unit"] is None else told["unit"]),
        "row": np.array(told["row"], NUMBERS).reshape(len(told["row"]), told["width"]),
        "witness": np.array(told["witness"], NUMBERS).reshape(len(told["witness"]), told["width"]),
        "proof_split": whole(told["split"]), "proof_at": whole([0, len(told["split"])] if told["split"] else [0]),
        "proof_kind": kind, "proof_way": way, "proof_bound": bound,
    }  # fmt: skip
    arrays |= {name: array for name, array in more.items() if isinstance(array, np.ndarray)}
    return Certificate(head, arrays)


def of_pairs(certificate: Certificate, **pairs: Any) -> Certificate:
    """Let a certificate be of pairs of rows that differ in the first feature."""
    told = {"apart": [0], "order": 0, "outcomes": [[1, 0]], "margin": "0x0p+0"} | pairs
    certificate.head["claim"] |= {"outcomes": [], "pairs": told}
    return certificate


def of_models(certificate: Certificate, boxes: Any, same: Any = ((0, 0), (1, 1))) -> Certificate:
    """Let each score of a certificate be a model of its own."""
    (label,) = certificate.head["model"]["labels"]
    certificate.head["model"]["labels"] = [{**label, "outputs": [k, k + 1]} for k in range(2)]
    certificate.head["claim"] |= {"outcomes": [], "models": {"same": [[*one] for one in same], "boxes": boxes}}
    return certificate


def of_ball(certificate: Certificate, radius: float, number: float, wide: bool = True, **says: Any) -> Certificate:
    """Let a certificate be of rows near its row, whose first feature was written as a number."""
    weights = [(1.0).hex()] * len(certificate.head["features"])
    told = {
        "norm": "linf", "radius": radius.hex(), "weights": weights, "measured": [[0, number.hex(), wide]],
        "still": [], "missing": False,
    }  # fmt: skip
    certificate.head["claim"] |= {"ball": told, "says": says, "sets": []}
    return certificate


def reached(distance: float, number: float) -> dict[str, Any]:
    """Return what is said of a witness whose first feature was written as a number."""
    return {"distance": distance.hex(), "numbers": [[0, number.hex()]]}
