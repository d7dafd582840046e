"""All metrics of a result in one table."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from torch import Tensor

from ....engine.errors import BadInputError, shown
from ..results.result import RCSBResult
from .frechet import fid, region_crops, split_fid
from .metrics import (
    agreement,
    attributes_changed,
    correlation_difference,
    cout,
    face_verification,
    l1,
    l2,
    lpips,
    similarity,
)


@dataclass(frozen=True)
class Row:
    """One metric.

    Attributes
    ----------
    name : str
    value : float
        NaN where it could not be measured; then `note` says why.
    count : int
        Images that it was measured on.
    better : {"higher", "lower"}
    note : str
    """

    name: str
    value: float
    count: int
    better: str
    note: str = ""


@dataclass(frozen=True)
class Evaluation:
    """Metrics of one result, by name: ``table["flip rate"]`` is the value.

    Attributes
    ----------
    rows : tuple of Row
    """

    rows: tuple[Row, ...]

    def __getitem__(self, name: str) -> float:
        for row in self.rows:
            if row.name == name:
                return row.value
        raise KeyError(f"{name!r}: there are {', '.join(row.name for row in self.rows)}")

    def to_dict(self) -> dict[str, float | None]:
        """Return the values by name; None for what could not be measured."""
        return {row.name: None if math.isnan(row.value) else row.value for row in self.rows}

    def __str__(self) -> str:
        return compare({"value": self})

    __repr__ = __str__

    def _repr_html_(self) -> str:
        lines = "".join(
            f"<tr><td style='text-align:left'>{escape(row.name)}</td><td>{_number(row.value)}</td><td>{row.count}</td>"
            f"<td style='text-align:left;color:#888'>{escape(row.note or row.better + ' is better')}</td></tr>"
            for row in self.rows
        )
        return f"<table><tr><th>metric</th><th>value</th><th>images</th><th></th></tr>{lines}</table>"


def evaluate(
    result: RCSBResult, *, classifier: Any = None, judge: Any = None, encoder: Any = None,
    similarity_encoder: Any = None, face_encoder: Any = None, lpips_encoder: Any = None, attributes: Any = None,
    query: int | None = None, reference: Any = None, steps: int = 50,
) -> Evaluation:  # fmt: skip
    """Return the metrics of a result, as many as the given networks allow.

    Every network takes images in [0, 1], (n, C, H, W), and does its own resizing and normalisation. The flip rate,
    COUT and the agreement are over all images; the others over those that flipped, as published tables have it.

    Parameters
    ----------
    result : RCSBResult
    classifier : RCSB, Module or callable, optional
        The explainer, or the explained classifier, to logits: COUT.
    judge : Module or callable, optional
        Another classifier of the same classes: the share of flips that it agrees with.
    encoder : Module or callable, optional
        To features: FID, split FID and the FID of the region's box; published figures use Inception-v3.
    similarity_encoder : Module or callable, optional
        A self-supervised network: S3.
    face_encoder : Module or callable, optional
        A network of faces: FVA and FS.
    lpips_encoder : Module or callable, optional
        To feature maps of several layers: LPIPS.
    attributes : Module or callable, optional
        To one logit an attribute: MNAC, and with `query` CD.
    query : int, optional
        The attribute that was to be changed.
    reference : array, shape (N, L), optional
        Attributes of a data set, for CD.
    steps : int
        Steps of COUT.

    Raises
    ------
    BadInputError
        If a network does not return what it should, or there is no image.
    """
    if not len(result):
        raise BadInputError("there is nothing to evaluate: expected at least one image")
    if query is not None and attributes is None:
        raise BadInputError(f"query={shown(query)}: the correlation difference needs attributes=…")
    rows = [Row("flip rate", result.flip_rate, len(result), "higher")]
    if judge is not None:
        rows.append(_agreement(result, judge))
    if classifier is not None:
        scores = cout(
            result.originals, result.images, classifier, result.source, result.targets,
            steps=steps, multi_label=result.multi_label,
        )  # fmt: skip
        rows.append(Row("COUT", float(scores.mean()), len(result), "higher"))
    rows += _distances(result, lpips_encoder)
    if encoder is not None:
        rows += _frechet(result, encoder)
    rows += _faces(result, similarity_encoder, face_encoder)
    if attributes is not None:
        rows += _attributes(result, attributes, query, reference)
    return Evaluation(tuple(rows))


def compare(tables: Mapping[str, Evaluation]) -> str:
    """Return evaluations side by side as text, a metric a line; notes follow below.

    Parameters
    ----------
    tables : mapping
        From headings to evaluations.
    """
    names = list(dict.fromkeys(row.name for table in tables.values() for row in table.rows))
    lines = [["metric", *tables]]
    notes = []
    for name in names:
        found = {title: next((row for row in table.rows if row.name == name), None) for title, table in tables.items()}
        lines.append([name, *("" if row is None else _number(row.value) for row in found.values())])
        notes += [f"{name} ({title}): {row.note}" for title, row in found.items() if row is not None and row.note]
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    text = ["  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]).rstrip() for line in lines]
    return "\n".join([*text, *notes])


def _measured(name: str, better: str, count: int, least: int, measure: Callable[[], float]) -> Row:
    """Return a metric, or why there is none: too few images are no error of the user's."""
    if count < least:
        return Row(name, math.nan, count, better, f"needs {least} flipped images, there are {count}")
    return Row(name, float(measure()), count, better)


def _flips(result: RCSBResult) -> tuple[Tensor, Tensor, int]:
    """Return originals and counterfactuals of the images that flipped, and their number."""
    where = result.flipped.cpu()
    return result.originals.cpu()[where], result.images.cpu()[where], int(where.sum())


def _agreement(result: RCSBResult, judge: Any) -> Row:
    _, after, count = _flips(result)
    if result.multi_label:
        return Row("agreement", math.nan, count, "higher", "is for classifiers of one class at a time")
    targets = result.targets.cpu()[result.flipped.cpu()]
    return _measured("agreement", "higher", count, 1, lambda: float(agreement(after, judge, targets).double().mean()))


def _distances(result: RCSBResult, encoder: Any) -> list[Row]:
    before, after, count = _flips(result)
    rows = [
        _measured("L1", "lower", count, 1, lambda: float(l1(before, after).mean())),
        _measured("L2", "lower", count, 1, lambda: float(l2(before, after).mean())),
    ]
    if encoder is not None:
        rows.append(_measured("LPIPS", "lower", count, 1, lambda: float(lpips(before, after, encoder).mean())))
    return rows


def _frechet(result: RCSBResult, encoder: Any) -> list[Row]:
    _, after, count = _flips(result)
    originals, masks, where = result.originals.cpu(), result.masks.cpu(), result.flipped.cpu()
    if len(originals) < 2:
        return [Row("FID", math.nan, count, "lower", f"needs 2 originals, there are {len(originals)}")]
    crops = region_crops(originals, masks), region_crops(after, masks[where])
    rows = [
        _measured("FID", "lower", count, 2, lambda: fid(originals, after, encoder)),
        _measured("FID (region)", "lower", min(map(len, crops)), 2, lambda: fid(*crops, encoder)),
    ]
    try:
        split = split_fid(originals, result.images.cpu(), encoder, valid=where) if count >= 2 else math.nan
        note = "" if count >= 2 else f"needs 2 flipped images in each half, there are {count}"
    except BadInputError:
        split, note = math.nan, f"needs 2 flipped images in each half, there are {count} in both"
    return [rows[0], Row("sFID", split, count, "lower", note), rows[1]]


def _faces(result: RCSBResult, similar: Any, face: Any) -> list[Row]:
    before, after, count = _flips(result)
    rows = []
    if similar is not None:
        rows.append(_measured("S3", "higher", count, 1, lambda: float(similarity(before, after, similar).mean())))
    if face is not None:
        rows += [
            _measured("FVA", "higher", count, 1, lambda: float(face_verification(before, after, face).double().mean())),
            _measured("FS", "higher", count, 1, lambda: float(similarity(before, after, face).mean())),
        ]
    return rows


def _attributes(result: RCSBResult, attributes: Any, query: int | None, reference: Any) -> list[Row]:
    before, after, count = _flips(result)

    def changed() -> float:
        return float(attributes_changed(before, after, attributes).double().mean())

    rows = [_measured("MNAC", "lower", count, 1, changed)]
    if query is not None:
        wanted: int = query
        rows.append(
            _measured(
                "CD", "lower", count, 2,
                lambda: correlation_difference(before, after, attributes, wanted, reference=reference),
            )
        )  # fmt: skip
    return rows


def _number(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.4g}"
