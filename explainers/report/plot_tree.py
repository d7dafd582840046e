"""A tree of a model with the path of an instance, and what a reason says of its tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...engine.errors import BadInputError, shown
from ...engine.given import is_whole
from ...engine.models import CompiledEnsemble, CompiledTree
from ...engine.models.around import around_of
from ...engine.reasons import Reason
from ..explanation import Explanation
from .asked_model import Asked, asked_of
from .draw_tree import draw_tree
from .figures import check_axes
from .style import style_of
from .tree_shown import Nodes, forced_by, nodes_of_tree, open_nodes, opened, path_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, slots=True)
class Shown:
    """A tree, and what is marked in it.

    Attributes
    ----------
    nodes : Nodes
        The tree.
    path : list of int
        The nodes that the instance passes; empty without one.
    forced : ndarray of int8
        What the reason says of each condition.
    reached : set of int
        The nodes that the reason leaves open.
    opened : set of int
        The inner nodes whose children are drawn.
    asked : Asked
        Whose tree it is.
    reason : Reason or None
        What is marked.
    head : str
        What it shows, in words.
    """

    nodes: Nodes
    path: list[int]
    forced: NDArray[np.int8]
    reached: set[int]
    opened: set[int]
    asked: Asked
    reason: Reason | None
    head: str


def plot_tree(
    model: Any, *, tree: int = 0, reason: Reason | None = None, most: int = 24, ax: Axes | None = None,
    theme: str = "light", size: tuple[float, float] | None = None,
) -> Axes:  # fmt: skip
    """Draw a tree with the path of an instance, and what a reason leaves open (needs matplotlib).

    Parameters
    ----------
    model : Explanation, explainer or model
        An explanation shows the path of its row and its sufficient reason; an explainer the path of its instance; a
        model its tree alone.
    tree : int
        Which tree of an ensemble, from 0.
    reason : Reason, optional
        A sufficient reason of the row to mark in place of the explanation's own.
    most : int
        How many leaves and symbols are drawn: what matters least becomes a symbol, with what is below it.
    ax, theme, size
        As in ``plot_reason``.

    Returns
    -------
    matplotlib axes
        Right is where a test is true. Filled: a test that the reason decides; a bold line: the path; pale: what no
        input reaches of which the reason is true.

    Raises
    ------
    BadInputError
        If something else is passed, or the model has no such tree.
    """
    style = style_of(theme)
    check_axes(ax)
    if not is_whole(most) or most < 2:
        raise BadInputError(f"most={shown(most)}: expected a whole number from 2")
    asked = asked_of(model)
    compiled = asked.session.compiled
    if around_of(compiled) is not None or not isinstance(compiled, (CompiledTree, CompiledEnsemble)):
        raise BadInputError(f"{shown(model, 60)}: expected a model of trees over columns, with single labels")
    count = 1 if isinstance(compiled, CompiledTree) else compiled.trees.n_trees
    if not is_whole(tree) or not 0 <= tree < count:
        raise BadInputError(f"tree={shown(tree)}: expected the number of a tree, from 0 to {count - 1}")
    nodes = nodes_of_tree(compiled, int(tree))
    path = [] if asked.truth is None else path_of(nodes, asked.truth)
    if reason is None and isinstance(model, Explanation):
        reason = model.sufficient
    forced = np.zeros(len(asked.session.space.attribute_of), np.int8)
    if reason is not None:
        _check_reason(reason, asked)
        assert asked.cells is not None
        forced = forced_by(asked.session.space, reason, asked.cells)
    reached = open_nodes(nodes, forced)
    wanted = ([set(path)] if path else []) + ([reached] if reason is not None else [])
    what = "the tree" if count == 1 else f"tree {int(tree)} (of 0 to {count - 1})"
    shown_ = Shown(nodes, path, forced, reached, opened(nodes, wanted, int(most)), asked, reason, what)
    made: Axes = draw_tree(shown_, ax, style, size)
    return made


def _check_reason(reason: object, asked: Asked) -> None:
    if not isinstance(reason, Reason) or "contrastive" in reason.kind or not reason.proof.over:
        raise BadInputError(f"reason={shown(reason, 60)}: expected a sufficient reason of this model")
    if asked.cells is None:
        raise BadInputError(f"reason={shown(reason, 60)}: a reason belongs to an instance: call set_instance(x) first")
    if reason.proof.over != "features" and not reason.speaks_of(asked.session.words):
        raise BadInputError(f"reason={shown(reason, 60)}: it speaks of another model, or of another domain")
