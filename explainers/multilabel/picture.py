"""Pictures of reasons for images: which pixels force (or change) which label."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...engine.arrays import F64, Bools
from ...engine.domain.conditions import Operator
from ...engine.errors import BadInputError, shown
from ...engine.reasons.html import standing
from ...engine.reasons.label_reasons import LabelReason
from ..report.figures import pyplot
from .answers import LabelAnswers
from .sufficient import LabelSufficient

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_HIGH = (Operator.GT, Operator.GE, Operator.EQ)
_INK, _PAPER, _EITHER = (0.0, 0.447, 0.698, 1.0), (0.902, 0.624, 0.0, 1.0), (0.8, 0.475, 0.655, 1.0)  # of Okabe and Ito
_MEANS = ((_INK, "has to be bright"), (_PAPER, "has to be dark"), (_EITHER, "as it is, or between bounds"))
_COLUMNS = 5  # panels beside each other, at most


class LabelPictures(LabelSufficient):
    """Queries that draw."""

    answers: LabelAnswers

    def draw_reason(
        self, reason: Any = None, shape: tuple[int, int] | None = None, *, labels: Any = None, figure: Any = None
    ) -> Figure:
        """Draw the instance as an image, with the pixels of a reason marked for each label (needs matplotlib).

        Parameters
        ----------
        reason : LabelReason, optional
            Default: a sufficient reason for the labels.
        shape : tuple of int, optional
            Rows and columns of the image, whose pixels are the model's columns; default: a square.
        labels : label or list of labels, optional
            The labels that get a panel; default: all that the reason speaks of.
        figure : matplotlib figure, optional
            Where to draw; default: a new one.

        Returns
        -------
        matplotlib figure
            A panel for the whole reason and one a label: blue where a pixel has to be bright (as it is, or to become
            so for a change), orange where it has to be dark, pink where it has to stay between two bounds or as it is.

        Raises
        ------
        BadInputError
            If the columns do not make such an image.
        """
        shape = self._shape(shape)
        if reason is None:
            reason = self.sufficient_reason(labels=labels)
        if not isinstance(reason, LabelReason):
            raise BadInputError(f"reason={shown(reason)}: expected one that this explainer has given")
        parts = reason.by_label
        wanted = list(parts) if labels is None else [self.answers.form.names[i] for i in self.answers.named(labels)]
        panels = [("all", tuple(reason)), *((name, parts.get(name, ())) for name in wanted)]
        plt = pyplot()
        columns = min(_COLUMNS, len(panels))
        rows = -(-len(panels) // columns)
        if figure is None:
            figure = plt.figure(figsize=(max(4.4, 2.2 * columns), 2.6 * rows + 0.5), layout="constrained")
        assert self.session.placed_row is not None
        image = self.session.placed_row.reshape(shape)
        for number, (name, items) in enumerate(panels, 1):
            ax = figure.add_subplot(rows, columns, number)
            low, high = float(image.min()), float(image.max())
            ax.imshow(image, cmap="gray", interpolation="nearest", vmin=low - 0.35 * (high - low), vmax=high)
            ax.imshow(self._marks(items, shape, "contrastive" in reason.kind), interpolation="nearest")
            ax.set_title(self._title(reason, name, items), fontsize=9)
            ax.set_axis_off()
        known = standing(reason.status, reason.stop)
        figure.supxlabel(f"{reason.kind} for {len(wanted)} labels [{known}]", fontsize=8, color="0.35")
        marks = [plt.Rectangle((0, 0), 1, 1, color=colour) for colour, _ in _MEANS]
        figure.legend(
            marks, [means for _, means in _MEANS], loc="outside upper center", ncols=3, frameon=False, fontsize=8
        )
        drawn: Figure = figure
        return drawn

    def _shape(self, shape: Any) -> tuple[int, int]:
        count = len(self.answers.form.vocabulary.names)
        if shape is None:
            side = int(np.sqrt(count))
            if side * side != count:
                raise BadInputError(f"{count} columns make no square: give shape=(rows, columns)")
            return side, side
        try:
            rows, columns = (int(n) for n in shape)
        except (TypeError, ValueError):
            raise BadInputError(f"shape={shown(shape)}: expected (rows, columns)") from None
        if rows < 1 or columns < 1 or rows * columns != count:
            raise BadInputError(f"shape={shown(shape)} has {rows * columns} pixels: expected {count}, one a column")
        return rows, columns

    def _title(self, reason: LabelReason, name: str, items: tuple[Any, ...]) -> str:
        count = f"{len(items)} condition{'' if len(items) == 1 else 's'}"
        if name == "all":
            return f"all of them\n{count}"
        value = reason.labels.get(name)
        said = f"{name} = {value}" if name in reason.labels else name
        return f"{said}\n{count}"

    def _marks(self, items: tuple[Any, ...], shape: tuple[int, int], change: bool) -> F64:
        """Return the colours of the pixels that items speak of, shape (rows, columns, 4)."""
        count = shape[0] * shape[1]
        high, low, either = np.zeros(count, np.bool_), np.zeros(count, np.bool_), np.zeros(count, np.bool_)
        for item in items:
            if isinstance(item, str):
                either[list(self.session.features[self.session.feature_index(item)].columns)] = True
                continue
            condition = self.answers.form.vocabulary.condition(-item if change else item)
            (high if condition.operator in _HIGH else low)[condition.feature] = True
        between: Bools = either | (high & low)
        marks = np.zeros((count, 4))
        marks[high & ~between], marks[low & ~between], marks[between] = _INK, _PAPER, _EITHER
        return marks.reshape((*shape, 4))
