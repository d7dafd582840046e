"""Explanations of many rows as a frame of the kind that the rows came in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..explanation import Explanation
    from ..explanations import Explanations


def frame_of(many: Explanations, *, changes: bool) -> Any:
    """Return the frame that ``Explanations.to_frame`` tells of."""
    reasons = [many.reason(i) for i in range(len(many))]
    columns: dict[str, list[Any]] = {
        "prediction": list(many.predictions),
        "reason": [None if reason is None else list(reason.features) for reason in reasons],
        "size": [None if reason is None else len(reason) for reason in reasons],
        "status": [many[i].none_because if reason is None else str(reason.status) for i, reason in enumerate(reasons)],
        "seconds": [float("nan") if reason is None else reason.seconds for reason in reasons],
    }
    if changes:
        told = [_change(one) for one in many]
        columns["change"] = [said for said, _ in told]
        columns["changed values"] = [values for _, values in told]
    return _in_kind(many, columns)


def _change(one: Explanation) -> tuple[list[str] | None, dict[str, Any] | None]:
    """Return what would change a prediction in words, and the new values."""
    if not one.contrastive:
        return None, None
    first = one.contrastive[0]
    values = None if first.witness is None else {name: first.witness[name] for name in first.witness.changed}
    return list(first.features), values


def _in_kind(many: Explanations, columns: dict[str, list[Any]]) -> Any:
    if many.container == "polars":
        import polars

        listed = {name: polars.Series(name, values, strict=False) for name, values in columns.items()}
        return polars.DataFrame(listed)
    import pandas

    names, labels = many.index_names, many.row_index
    index = pandas.MultiIndex.from_tuples(labels, names=names) if len(names) > 1 and labels else pandas.Index(labels)
    index = index if len(names) > 1 else index.rename(names[0])
    frame = pandas.DataFrame({name: pandas.Series(values, index=index) for name, values in columns.items()})
    frame["size"] = frame["size"].astype("Int64")
    return frame
