"""What a reason says of each feature, as data: for pictures and programs, where words are for people."""

from __future__ import annotations

from dataclasses import dataclass

Run = tuple[float, float]  # the numbers above the first border, up to the second one


@dataclass(frozen=True, slots=True)
class Part:
    """What a reason says of one feature.

    Attributes
    ----------
    feature : str
        Its name.
    says : str
        The statement in words.
    runs : tuple of pairs of float
        Of a number: the values that the statement allows, as runs: ``(low, high)`` stands for ``low < value <= high``,
        with ``-inf`` and ``inf`` where there is no bound. Empty for other features.
    options, allowed : tuple of str
        Of another feature: all its values in words, and those that the statement allows. Empty for bounds of numbers;
        the own value alone where a reason keeps whole features.
    missing : bool
        Whether the statement allows a missing value.
    own : str
        The instance's own value in words; empty if it is not known.
    """

    feature: str
    says: str
    runs: tuple[Run, ...] = ()
    options: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    missing: bool = False
    own: str = ""
