"""CatBoost's own JSON files, read and checked before the library sees them.

Guaranteed form
---------------
``read_model`` returns a ``Content``: what CatBoost's ``save_model(…, format="json")`` wrote, with the shapes and
indexes checked that a reader of trees relies on. Numbers are the nearest doubles, borders float32 numbers.
Nothing in a file is executed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from ...engine.errors import FormatError, SufficeError, UnsupportedModelError, shown

REMEDY = "expected a file that CatBoost's save_model wrote; save the model again"
_MOST = 1_000_000  # columns


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """A column of numbers: its place among all columns, its borders, and whether a missing value is above them."""

    column: int
    borders: tuple[float, ...]
    missing_above: bool


@dataclass(frozen=True, slots=True, eq=False)
class Statistic:
    """A target statistic of one column of categories, see ``categories``."""

    column: int
    kind: str
    table: str
    target: int
    prior: tuple[float, float]
    shift: float
    scale: float
    borders: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Content:
    """What a model says of itself.

    Attributes
    ----------
    names : tuple of str or None
        Names of the columns, None if they had none.
    count : int
        Number of columns.
    numbers : tuple of Numbers
        In the model's own order, which splits count by.
    categories : tuple of int
        Columns of categories, in that order.
    listed : mapping from column to tuple of int
        Numbers of the categories that splits name.
    statistics : tuple of Statistic
        Target statistics.
    tables : mapping from text to dict
        Tables of target statistics, as they are told.
    told : mapping from number of a category to text
        What categories are called, where the file tells it.
    symmetric : bool
        Whether trees have one split a level.
    trees : list
        As they are told.
    scale : float
        What sums are multiplied by.
    bias : tuple of float
        What is then added to each.
    info : dict
        What is said of the training.
    """

    names: tuple[str, ...] | None
    count: int
    numbers: tuple[Numbers, ...]
    categories: tuple[int, ...]
    listed: dict[int, tuple[int, ...]]
    statistics: tuple[Statistic, ...]
    tables: dict[str, dict[str, Any]]
    told: dict[int, str]
    symmetric: bool
    trees: list[Any]
    scale: float
    bias: tuple[float, ...]
    info: dict[str, Any]

    @property
    def loss(self) -> str:
        """The name of the loss that it was trained with; empty if it does not say."""
        params = self.info.get("params")
        told = params.get("loss_function") if isinstance(params, dict) else self.info.get("loss_function")
        name = told.get("type") if isinstance(told, dict) else told
        return name.partition(":")[0] if isinstance(name, str) else ""

    @property
    def labels(self) -> tuple[Any, ...] | None:
        """The labels of its scores, in the order in which ties are decided, with their places; None if it has none."""
        told = self.info.get("class_params")
        if isinstance(told, str):
            told = json.loads(told)
        if not isinstance(told, dict) or not told.get("class_to_label"):
            return None
        kind = {"Integer": int, "Float": float, "Boolean": bool, "String": str}.get(str(told.get("class_label_type")))
        names = told.get("class_names") or []
        if kind is None or not all(isinstance(one, (int, float, str)) for one in names):
            return None
        return tuple(kind(one) for one in names)

    @property
    def places(self) -> tuple[int, ...]:
        """The place of each score among the labels."""
        told = self.info.get("class_params")
        told = json.loads(told) if isinstance(told, str) else told
        return tuple(int(place) for place in (told or {}).get("class_to_label", ()))


def read_model(content: bytes, where: str) -> Content:
    """Parse and check a model.

    Parameters
    ----------
    content : bytes
        JSON.
    where : str
        What error messages call it.

    Raises
    ------
    FormatError
        If it is damaged.
    UnsupportedModelError
        If it has columns of texts or embeddings, or statistics of several columns at once.
    """
    try:
        parsed = json.loads(content, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{where} is damaged or cut off ({shown(error, 80)}): {REMEDY}") from None
    try:
        return _content(parsed, where)
    except SufficeError:
        raise
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError) as error:
        raise FormatError(f"{where} is damaged ({type(error).__name__}: {shown(error, 60)}): {REMEDY}") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; of a name that stands twice, libraries read one or the other."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in an object")
    return found


def _content(parsed: dict[str, Any], where: str) -> Content:
    features = parsed["features_info"]
    for kind, words in (("text_features", "texts"), ("embedding_features", "embeddings")):
        if features.get(kind):
            raise UnsupportedModelError(
                f"{where} has columns of {words}: expected numbers and categories; make numbers of them before "
                "the model"
            )
    floats, cats = features.get("float_features") or [], features.get("categorical_features") or []
    places = [_whole(one["flat_feature_index"]) for one in (*floats, *cats)]
    count = max(places, default=-1) + 1
    if sorted(places) != list(range(count)) or count > _MOST or not count:
        raise ValueError("its columns are not all told once")
    _check_order(floats)
    _check_order(cats)
    columns = tuple(_whole(one["flat_feature_index"]) for one in cats)
    scale, bias = parsed["scale_and_bias"]
    symmetric = "oblivious_trees" in parsed
    return Content(
        _names(floats, cats, count), count, tuple(map(_numbers, floats)), columns,
        {
            column: tuple(map(_signed, one["values"]))
            for column, one in zip(columns, cats, strict=True)
            if one.get("values")
        },
        tuple(_statistic(one, columns, where) for one in features.get("ctrs") or []), parsed.get("ctr_data") or {},
        {_whole(one["hash"]): str(one["value"]) for one in features.get("cat_features_hash") or []},
        symmetric, list(parsed["oblivious_trees" if symmetric else "trees"] or []), _finite(scale),
        tuple(_finite(one) for one in bias), dict(parsed.get("model_info") or {}),
    )  # fmt: skip


def _check_order(features: list[Any]) -> None:
    if [_whole(one["feature_index"]) for one in features] != list(range(len(features))):
        raise ValueError("its columns are out of order")


def _names(floats: list[Any], cats: list[Any], count: int) -> tuple[str, ...] | None:
    names = [""] * count
    for one in (*floats, *cats):
        names[one["flat_feature_index"]] = str(one.get("feature_id", ""))
    return names_of(names)


def names_of(told: list[str]) -> tuple[str, ...] | None:
    """Return names of columns; None where CatBoost gave them, which calls them 0, 1, …."""
    unnamed = all(name in ("", str(i)) for i, name in enumerate(told))
    return None if unnamed or len(set(told)) < len(told) else tuple(told)


def _numbers(one: dict[str, Any]) -> Numbers:
    borders = tuple(map(single, one["borders"]))
    if any(low >= high for low, high in pairwise(borders)):
        raise ValueError("borders do not ascend")
    treatment = one["nan_value_treatment"]
    if treatment not in ("AsIs", "AsFalse", "AsTrue"):
        raise ValueError(f"missing values are treated {shown(treatment, 30)}")
    return Numbers(_whole(one["flat_feature_index"]), borders, bool(one["has_nans"]) and treatment == "AsTrue")


def _statistic(one: dict[str, Any], columns: tuple[int, ...], where: str) -> Statistic:
    elements = one["elements"]
    if len(elements) != 1 or elements[0]["combination_element"] != "cat_feature_value":
        raise UnsupportedModelError(
            f"{where} splits by a target statistic of a combination of columns, which is no function of one column: "
            "fit it with max_ctr_complexity=1"
        )
    borders = tuple(map(single, one["borders"]))
    if any(low >= high for low, high in pairwise(borders)):
        raise ValueError("borders of a statistic do not ascend")
    return Statistic(
        columns[_whole(elements[0]["cat_feature_index"])], str(one["ctr_type"]), str(one["identifier"]),
        _whole(one["target_border_idx"]), (single(one["prior_numerator"]), single(one["prior_denomerator"])),
        single(one["shift"]), single(one["scale"]), borders,
    )  # fmt: skip


def single(number: Any) -> float:
    """Return a finite number as the float32 that CatBoost reads."""
    value = float(np.float32(_finite(number)))
    if not np.isfinite(value):
        raise ValueError(f"{shown(number, 30)} is too great")
    return value


def _finite(number: Any) -> float:
    if isinstance(number, bool) or not isinstance(number, (int, float)) or not np.isfinite(float(number)):
        raise ValueError(f"{shown(number, 30)} is no finite number")
    return float(number)


def _whole(number: Any) -> int:
    if isinstance(number, bool) or not isinstance(number, int) or number < 0:
        raise ValueError(f"{shown(number, 30)} is no whole number from 0")
    return number


def _signed(number: Any) -> int:
    """Return a category's number, which splits tell as an int32."""
    if isinstance(number, bool) or not isinstance(number, int) or not -(1 << 31) <= number < 1 << 32:
        raise ValueError(f"{shown(number, 30)} is no category")
    return number & 0xFFFFFFFF
