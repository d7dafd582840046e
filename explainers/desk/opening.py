"""``suffice.desk``: opens the what-if page of a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...engine.errors import BadInputError
from ..facade import Explainer
from ..queries.explaining import Explaining

if TYPE_CHECKING:
    from .running import Desk


def desk(
    model: Any, data: Any, *, open_browser: bool = True, port: int = 0, block: bool = True, **how: Any
) -> Desk:  # fmt: skip
    """Open a page on which rows are picked, values moved, and every answer is exact (needs ``suffice[desk]``).

    It is served to this machine alone, under an address with a secret of its own.

    Parameters
    ----------
    model : object
        A fitted model, or its explainer.
    data : DataFrame or ndarray
        The rows that can be picked.
    open_browser : bool
        Whether to open the page in a browser; its address is printed in any case.
    port : int
        Where; 0 for any free port.
    block : bool
        Whether to serve until Ctrl-C. In a notebook: ``block=False``, and ``close()`` of what is returned.
    **how
        As of ``Explainer``, where a model is given.

    Returns
    -------
    Desk
        With ``url`` and ``close()``.

    Raises
    ------
    BadInputError
        If starlette or uvicorn is missing, the port is taken, or data and model are nothing for the desk.
    """
    try:
        from .running import run_desk
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in ("starlette", "uvicorn", "anyio", "h11"):
            raise
        raise BadInputError(f"the desk needs {error.name}: pip install 'suffice[desk]'") from None
    if isinstance(model, Explaining):
        if how:
            raise BadInputError(f"{next(iter(how))} is said when an explainer is made: this one is there already")
        opening = "# explainer and rows: as the desk was opened with them"
        return run_desk(model, data, port=port, open_browser=open_browser, block=block, opening=opening)  # type: ignore[arg-type]  # each of them is of a family
    explainer = Explainer.initialize(model, background=data, **how)
    said = "".join(f", {name}={value!r}" for name, value in how.items())
    opening = (
        "# model: the fitted model; rows: its rows, as the desk was opened with them\n"
        f"explainer = Explainer(model, background=rows{said})"
    )
    return run_desk(explainer, data, port=port, open_browser=open_browser, block=block, opening=opening)
