"""A picture to copy: a reason as a list of statements, each beside what the instance has.

1. Copy this file, and name the function after what it shows. It takes results (``Reason``, ``Check``, ``Batch``) by
   their public names, and no explainer: then it serves all families, and reasons that were pickled.
2. Let ``axes_of`` load matplotlib, in the function: ``import suffice`` is to stay quick without it.
3. Draw into the axes (figure) that was given, and return it: callers lay several pictures out, save and close them.
4. Test that what the model says is what is written (``tests/explainers/report/test_template.py``), not how it looks.
"""

from __future__ import annotations

from typing import Any

from ...engine.errors import BadInputError, shown
from ...engine.reasons import Reason
from .figures import axes_of

_HOLDS, _CHANGES = "#2ca25f", "#d95f0e"  # what has to stay, what has to become true
_LINE = 0.35  # inches a statement


def draw_statements(reason: Reason, *, ax: Any = None) -> Any:
    """Draw the statements of a reason, one below the other (needs matplotlib).

    Parameters
    ----------
    reason : Reason
        Of any family and kind.
    ax : matplotlib axes, optional
        Where to draw; default: a new figure.

    Returns
    -------
    matplotlib axes
        Green: what has to stay as it is; orange: what has to become true.

    Raises
    ------
    BadInputError
        If it is no reason, or matplotlib is not installed.
    """
    if not isinstance(reason, Reason):
        raise BadInputError(f"reason={shown(reason)}: expected a reason that an explainer has given")
    told = reason.features or ("always",)
    own = reason.own_values or ("",) * len(told)
    colour = _CHANGES if "contrastive" in reason.kind else _HOLDS
    ax = axes_of(ax, 6, _LINE * (len(told) + 1))
    for line, (statement, value) in enumerate(zip(told, own, strict=True)):
        ax.barh(line, 1, height=0.8, color=colour, alpha=0.25)
        ax.text(0.01, line, f"{statement}   (yours: {value})" if value else statement, va="center")
    ax.set(xlim=(0, 1), ylim=(len(told) - 0.5, -0.5), xticks=[], yticks=[], title=f"{reason.kind} [{reason.status}]")
    return ax
