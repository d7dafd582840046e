"""A question of the page as Python that asks the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .asked import Asked
from .questions import Questions

_OPENING = (
    "# model: the fitted model; rows: its rows, as the desk was opened with them\n"
    "explainer = Explainer(model, background=rows)"
)


def python_of(desk: Questions, asked: Asked, opening: str = "") -> str:
    """Return a program that asks what the page asks.

    Parameters
    ----------
    desk, asked
        The desk, and the question.
    opening : str
        Lines that make ``explainer`` and ``rows``; default: from a `model`.
    """
    moved, explainer = desk.moved(asked)
    values = {desk.table.columns[c]: _plain(value) for c, value in desk.columns_of(asked).items()}
    lines = ["from suffice import Explainer", "", opening or _OPENING]
    if asked.ranges:
        ranges = {**dict(explainer.session.ranges or {})}
        lines.append(f"explainer.set_ranges({ranges!r})")
    lines += ["", *_row_lines(desk.table.kind, asked.row, values), "explainer.set_instance(row)"]
    how: dict[str, Any] = {}
    wanted = desk.wanted(asked)
    if moved.interval is not None:
        lines.append(f"explainer.set_interval{_numbers(moved.interval)}")
    if wanted is not None and not desk.is_there(moved, wanted):
        how["target"] = wanted
    if asked.immutable:
        how["immutable"] = list(asked.immutable)
    said = [f"{name}={_said(value)}" for name, value in how.items()]
    limit = f"time_limit={asked.seconds!r}"
    lines += [
        "", 'print("prediction:", explainer.target_prediction)',
        f'print("why:", explainer.sufficient_reason({limit}))',
    ]  # fmt: skip
    if wanted is None or how.get("target") is not None:
        arguments = ", ".join([*said, limit])
        lines.append(f'print("what would change it:", explainer.minimal_contrastive_reason({arguments}))')
    return "\n".join(lines) + "\n"


def _row_lines(kind: str, row: int, values: Mapping[Any, Any]) -> list[str]:
    if kind == "array":
        moves = [f"row[0, {column!r}] = {_said(value)}" for column, value in values.items()]
        return [f"row = rows[{row} : {row + 1}].copy()", *moves]
    if kind == "polars":
        if not values:
            return [f"row = rows[{row} : {row + 1}]"]
        made = ", ".join(
            f"polars.Series({name!r}, [{_said(value)}], dtype=rows.schema[{name!r}])" for name, value in values.items()
        )
        return ["import polars", "", f"row = rows[{row} : {row + 1}].with_columns([{made}])"]
    moves = [f"row[{name!r}] = {_said(value)}" for name, value in values.items()]
    dtypes = ["row = row.astype(rows.dtypes)"] if values else []
    return [f"row = rows.iloc[[{row}]].copy()", *moves, *dtypes]


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _said(value: Any) -> str:
    """Return a value as Python reads it."""
    if isinstance(value, tuple):
        return _numbers(value)
    return repr(_plain(value))


def _numbers(pair: tuple[float, float]) -> str:
    return f"({', '.join(repr(end) if np.isfinite(end) else f'float({str(end)!r})' for end in map(float, pair))})"
