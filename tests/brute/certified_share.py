"""A slow reading of files of rows and their certificates: which rows stay as they are labelled, row by row."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tests.brute.certified_near import NearReading


def stays(head: dict[str, Any], rows: Any, i: int, certificate: Any) -> bool | None:
    """Return whether a row, and all within the distance, are decided as it is labelled; None if rounding may decide.

    Of the row's certificate the model and the numbers as they were written are believed, no more.
    """
    said, label, own = head["ball"], head["labels"][i], certificate.head
    written = {k: (number, wide) for k, number, wide in own["claim"].get("ball", {"measured": []})["measured"]}
    measured = []
    for k in said["measured"]:
        (column,) = own["features"][k]["columns"]
        if not math.isnan(rows[i][column]):
            measured.append([k, *written.get(k, (float(rows[i][column]).hex(), True))])
    radius = float(np.nextafter(float.fromhex(head["eps"]), math.inf))
    outcome = {"label": 0, "classes": [label] if label >= 0 else []}
    ball = {**said, "radius": radius.hex(), "measured": measured}
    claim = {
        "outcomes": [outcome], "together": False, "given": [], "items": [], "sets": [], "says": {"clear": {}},
        "ball": ball,
    }  # fmt: skip
    arrays = {**certificate.arrays, "row": rows[[i]], "witness": rows[:0]}
    reading = NearReading({**own, "claim": claim}, arrays)
    near = [state for point, state in zip(reading.points, reading.states, strict=True) if reading.far(point) < radius]
    return False if 1 in near else None if 0 in near else True


def claimed(head: dict[str, Any], certificate: Any) -> bool:
    """Return what the certificate of a row is there for: that it stays as it is labelled, or that it does not."""
    claim = certificate.head["claim"]
    clear = "clear" in claim["says"] and float.fromhex(claim["ball"]["radius"]) > float.fromhex(head["eps"])
    return bool(clear)


def wrong_radius(head: dict[str, Any], row: Any, certificate: Any) -> str:
    """Return what is not so of the radius of a row, by the distances that all rows have."""
    own = certificate.head
    ball = {**own["claim"]["ball"], **{key: head["ball"][key] for key in ("norm", "weights", "still", "missing")}}
    claim = {**own["claim"], "ball": ball, "sets": []}
    reading = NearReading({**own, "claim": claim}, {**certificate.arrays, "row": row[None]})
    listed = {k for k in head["ball"]["measured"] if not math.isnan(row[own["features"][k]["columns"][0]])}
    if listed != set(reading.measured):
        return "other features are measured"
    (outcome,) = own["claim"]["outcomes"]
    if len(outcome["classes"]) != 1 or ("range" in outcome and outcome["classes"] != [1]):
        return "more is claimed than one outcome"
    return reading.wrong()


def what_is_wrong(share: Any) -> str:
    """Return what is not so of a file; nothing if all is."""
    if "labels" not in share.head:
        found = (wrong_radius(share.head, share.rows[i], one) for i, one in share.certificates.items())
        return next((why for why in found if why), "")
    for i, certificate in share.certificates.items():
        truth = stays(share.head, share.rows, i, certificate)
        if truth is not None and truth != claimed(share.head, certificate):
            return f"row {i}: {truth}"
    return ""
