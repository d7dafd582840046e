"""How far what was found is proved, in words: where rounding may decide, no more than that is said.

Models whose sums are known up to rounding alone (``rounding`` of their compiled forms) have inputs near ties about
which nothing is proved. What is found of them is sure; that there is nothing else, or nothing smaller, is not.
"""

from __future__ import annotations

from ...engine.reasons import Reason, Reasons
from ...engine.reasons.html import standing
from ...engine.status import Status, Stop

_NEAR = "near ties rounding decides"
NONE_CERTAIN = f"none is certain ({_NEAR})"
_CLAIMS = (Status.PROVED, Status.OPTIMAL)


def searched(found: Reasons) -> bool:
    """Tell whether a search for changes came to its end: then there is none beyond those that were found."""
    return found.stop is Stop.NONE and found.status is not Status.BEST_SO_FAR


def no_change(found: Reasons, rounding: bool, to: str = "") -> str:
    """Say that no change was found, and how far that is proved.

    Parameters
    ----------
    found : Reasons
        Changes that were asked for: none.
    rounding : bool
        Whether rounding may decide inputs near ties.
    to : str
        What they were to lead to, in words; empty: anything else.
    """
    to = f" to {to}" if to else ""
    if not searched(found):
        if found.stop is Stop.NONE and rounding:
            return "nothing is proved of a tie within rounding"
        why = "" if found.stop is Stop.NONE else f" ({str(found.stop).replace('_', ' ')})"
        return f"no change was found before the search ended{why}"
    if found.status is Status.OF_SURROGATE:
        return f"nothing that may change would change what the surrogate says{to}; the function may decide otherwise"
    if rounding:
        return f"no change{to} is certain; there may be one, since {_NEAR}"
    return f"nothing that may change would change it{to}"


def minimality(reason: Reason, rounding: bool) -> str:
    """Say how far a reason is proved: that it is enough, and whether less of it, or a smaller one, could be.

    Parameters
    ----------
    reason : Reason
        What forces the decision, or changes it.
    rounding : bool
        Whether rounding may decide inputs near ties.
    """
    status = reason.status
    if status not in _CLAIMS:
        return standing(status, reason.stop)
    if rounding:
        less = "nothing smaller" if status is Status.OPTIMAL else "no part of it alone"
        return f"proved; {less} is proved to do it ({_NEAR})"
    return f"proved, and {'nothing smaller does it' if status is Status.OPTIMAL else 'nothing of it can be left out'}"


def smallest(reason: Reason, among: Reasons, rounding: bool) -> str:
    """Say how far the first of some changes is proved to be a smallest one."""
    status = reason.status
    if status is Status.OPTIMAL or (status is Status.PROVED and among.status is Status.COMPLETE):
        return f"proved; none smaller is ({_NEAR})" if rounding else "proved, none is smaller"
    if status is Status.BEST_SO_FAR or reason.stop is not Stop.NONE:
        return standing(Status.BEST_SO_FAR, reason.stop, " to be the smallest")
    return standing(status, reason.stop)


def all_there_are(found: Reasons, others: int, rounding: bool) -> str:
    """Say of further reasons that were asked for whether there are more."""
    if found.status is not Status.COMPLETE:
        return "There may be more." if others else "Others were not found in the time that was given."
    if rounding:
        return f"No {'further' if others else 'other'} reason is proved; {_NEAR}."
    return "These and the one above are all there are." if others else "There is no other reason."


# What checks say.

CANNOT_CHANGE = "changing it cannot change the outcome"
MAY_CHANGE = "what it changes to is decided alike or so near to a tie that rounding decides its outcome"


def no_less(rounding: bool) -> str:
    """Say that a sufficient reason is minimal."""
    if rounding:
        return f"it forces the outcome, and with anything left out that is not proved ({_NEAR})"
    return "it forces the outcome, and nothing can be left out"


def no_less_changes(rounding: bool) -> str:
    """Say that a contrastive reason is minimal."""
    if rounding:
        return f"changing it can change the outcome, and that changing less can is not proved ({_NEAR})"
    return "changing it can change the outcome, and changing less cannot"


# What pages say, in sentences.

_OF_SURROGATE = (
    "Proved of a surrogate of the function alone; of the function it is true as far as the surrogate is faithful."
)


def no_change_sentence(found: Reasons, rounding: bool, to: str = "") -> str:
    """Say in a sentence that no change was found, see ``no_change``."""
    said = no_change(found, rounding, to)
    if searched(found) and not rounding and found.status is not Status.OF_SURROGATE:
        return f"Proved: nothing that may change would change the decision{f' to {to}' if to else ''}."
    return f"{said[0].upper()}{said[1:]}."


def forced_sentence(reason: Reason, rounding: bool) -> str:
    """Say in a sentence how far a sufficient reason is proved."""
    status = reason.status
    if status is Status.OF_SURROGATE:
        return _OF_SURROGATE
    if status is Status.BEST_SO_FAR:
        why = "it was stopped" if reason.stop is Stop.INTERRUPT else "time was up"
        return f"Not proved to be minimal: {why}."
    if status is Status.OPTIMAL:
        less = f"That nothing smaller does is not: {_NEAR}." if rounding else ""
        return (
            f"Proved: this alone forces the decision. {less}"
            if less
            else ("Proved: this alone forces the decision, and nothing smaller does.")
        )
    if status is Status.PROVED:
        head = "Proved: whatever else changes, an input of which all this is true is decided so"
        if rounding:
            return f"{head}. Whether less of it would do is not decided: {_NEAR}."
        return f"{head}, and none of it can be left out."
    return "Proved: this alone forces the decision."


def changed_sentence(reason: Reason, among: Reasons, rounding: bool) -> str:
    """Say in a sentence how far one of some changes is proved."""
    if reason.status is Status.OF_SURROGATE:
        return _OF_SURROGATE
    if reason.status is Status.OPTIMAL or (among and reason is among[0] and among.status is Status.COMPLETE):
        if rounding:
            return f"The change is real; that no change of fewer conditions would do is not proved: {_NEAR}."
        return "Proved: no change of fewer conditions would do."
    if reason.status is Status.BEST_SO_FAR:
        return f"The change is real; {standing(reason.status, reason.stop, ' to be the smallest')}."
    if rounding:
        return f"The change is real; that each part of it is needed is not proved: {_NEAR}."
    return "Proved: each part of this change is needed."
