"""Why there is no certificate, each in one wording."""

from __future__ import annotations

from ...engine.errors import BadInputError, SelfCheckError, UndecidedError


def not_so(what: str) -> SelfCheckError:
    """Return the error of an answer that the proof shows to be wrong."""
    return SelfCheckError(f"{what}; it is not so: please report this with the model")


def near_tie(what: str = "an input") -> UndecidedError:
    """Return the error of something whose outcome rounding decides."""
    return UndecidedError(f"{what} is so near to a tie that rounding decides its outcome: nothing is certified")


def too_long(most: str) -> UndecidedError:
    """Return the error of a proof that takes more than is allowed."""
    return UndecidedError(f"the proof has more than {most}")


def by_conditions() -> BadInputError:
    """Return the error of conditions that no list of them is the one way to say."""
    return BadInputError(
        "this is not certified: conditions on a feature with categories or missing values imply each other together, "
        'so that others say the same; ask about features, as with over="features"'
    )
