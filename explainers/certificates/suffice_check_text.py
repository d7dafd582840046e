"""Checks that a certificate of suffice has its parts, and its text no others, each of the kind that it has to be.

What the other files read they check themselves; here it is said once what may be there at all, so that what is damaged
is rejected in words, also where nobody reads it.
"""

from __future__ import annotations

import math
from typing import Any

LABEL = dict.fromkeys(("name", "rule", "threshold", "divisor", "near", "doubt", "relative"), str)
CLAIM: dict[str, Any] = {
    "outcomes": [{"label": int, "classes": [int], "range?": [str, str], "of?": int, "lead?": str}], "together": bool,
    "given": [[int]], "items": [int], "sets": [[int]],
}  # fmt: skip
BALL = {"norm": str, "radius": str, "weights": [str], "measured": [[int, str, bool]], "still": [int], "missing": bool}
EXCLUDED = {"excluded": [int]}
SAYS: dict[str, Any] = {
    "complete": EXCLUDED, "necessary": EXCLUDED, "relevant": EXCLUDED, "all_changes": {**EXCLUDED, "most?": int},
    "cheapest": {**EXCLUDED, "cost": int}, "bounded": {**EXCLUDED, "cost": int}, "changes": {"lists": [[int]]},
    "attained": [[int, int, str]], "reached": {"distance": str, "numbers": [[int, str]]},
    "bears": {
        "deciding": int, "of": [int], "options": [[[str]]], "radii": [[int, str]], "rows": [[str]],
        "holds?": {**CLAIM, "says": {"forces": {}}},
    },
}  # fmt: skip  # of all others nothing more is said
MODELS = {
    "same?": [[int, int]], "within?": str, "boxes": [{"given": [[int]], "decided": [int, int]}],
}  # fmt: skip
PAIRS = {"apart": [int], "order": int, "outcomes": ([[int, int]], None), "margin": str}
TEXT: dict[str, Any] = {
    "format": str, "version": int, "told": str, "clauses": [[int]],
    "features": [{"name": str, "kind": str, "columns": [int], "values": [str]}],
    "model": {
        "columns": [str], "reading": [str], "names?": [str], "text?": {"of": str, "words": dict},
        "labels": [{**LABEL, "outputs": [int, int], "classes": [str], "single": bool}],
    },
}  # fmt: skip
BALLS = {
    "format": str, "version": int, "told": str,
    "ball": {"norm": str, "weights": [str], "measured": [int], "still": [int], "missing": bool},
}  # fmt: skip  # of files of rows


ALIKE = (
    ("tree_root", "leaf_values", "base", "row", "witness", "unit", "proof_split", "proof_at"),
    ("condition_column", "condition_operator", "condition_threshold", "condition_missing"),
    ("tree_literal", "tree_left", "tree_right", "tree_leaf"), ("proof_kind", "proof_way", "proof_bound"),
)  # fmt: skip  # arrays: those of the first line of any lengths


def fit(part: Any, shape: Any, name: str = "the text") -> None:
    """Raise an error if a part of a text has another shape.

    A shape is a type, [the shape of each], [that of the first, that of the second, …], or {name: shape}, where names
    that end in "?" may be missing; (shape, None) is that, or null.
    """
    if isinstance(shape, tuple):
        shape = shape[0] if part is not None else type(None)
    same = type(part) is (shape if isinstance(shape, type) else type(shape))
    if not same:
        raise ValueError(f"{name} is damaged: {str(part)[:40]}")
    if isinstance(shape, list):
        if len(shape) not in (1, len(part)):
            raise ValueError(f"{name} has {len(part)} parts in place of {len(shape)}")
        for one, own in zip(part, shape if len(shape) > 1 else shape * len(part), strict=True):
            fit(one, own, name)
    elif isinstance(shape, dict):
        known = {key.removesuffix("?"): own for key, own in shape.items()}
        if missing := {key for key in shape if not key.endswith("?")} - {*part}:
            raise ValueError(f"{name} has no {', '.join(sorted(missing))}")
        if other := {*part} - {*known}:
            raise ValueError(f"{name} has other parts: {', '.join(sorted(other))[:80]}")
        for key, one in part.items():
            fit(one, known[key], key)


def fit_certificate(head: Any, arrays: Any, claims: Any) -> None:
    """Raise an error if a certificate, which may make some claims, has other parts than it may, or an array less."""
    says = {f"{name}?": SAYS.get(name, {}) for name in claims}
    about = {"ball?": BALL, "pairs?": PAIRS, "models?": MODELS}
    fit(head, {**TEXT, "claim": {**CLAIM, **about, "says": says}})
    model = head["model"]
    for names in (model["columns"], *(label["classes"] for label in model["labels"])):
        if len({*names}) < len(names):
            raise ValueError("columns, or classes, have the same name")
    if any(math.isinf(float.fromhex(value)) for feature in head["features"] for value in feature["values"]):
        raise ValueError("a feature has an infinite value")
    if missing := {name for names in ALIKE for name in names} - {*arrays}:
        raise ValueError(f"there is no {', '.join(sorted(missing))}")
    for names in ALIKE[1:]:
        if len({len(arrays[name]) for name in names}) > 1:
            raise ValueError(f"of other lengths than each other: {', '.join(names)}")
