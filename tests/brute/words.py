"""Read statements such as ``0.5 < f1 <= 2 or missing`` and tell where they are true."""

from __future__ import annotations

import math
import re

from tests.brute.domain import Domain, Unit, read
from tests.brute.trees import OPERATORS

NUMBER = r"[-+]?(?:\d+\.?\d*(?:e[-+]?\d+)?|inf)"
NONE = "(none of these)"  # a group without a column; the cases also call it other
SIGN = "<=|>=|!=|<|>|="


def name_of(unit: Unit) -> str:
    """How a feature is called in words: a pattern without its star."""
    return unit.name.removesuffix("*").rstrip("_")


def compare(sign: str, left: float, right: float) -> bool:
    """Evaluate one sign."""
    return bool(OPERATORS["==" if sign == "=" else sign](left, right))


def is_true(word: str, unit: Unit, value: tuple[float, ...], domain: Domain) -> bool:  # noqa: PLR0911
    """Tell whether a statement about a feature is true at a value of it."""
    if len(unit.columns) > 1 and (found := _group_is(word, unit, value)) is not None:
        return found
    (column,) = (c for c in unit.columns if is_about(word, domain.names[c]))
    name = re.escape(domain.names[column])
    at = read(value[unit.columns.index(column)], domain.single)

    def number(text: str) -> float:
        return read(float(text), domain.single)  # as exact as the model reads

    if word.endswith(" or missing"):
        return math.isnan(at) or is_true(word.removesuffix(" or missing"), unit, value, domain)
    if " or " in word:
        return any(is_true(part, unit, value, domain) for part in word.split(" or "))
    if word.endswith(" and not missing"):
        return not math.isnan(at) and is_true(word.removesuffix(" and not missing"), unit, value, domain)
    if " but not " in word:
        whole, hole = word.split(" but not ")
        said = f"{domain.names[column]} {hole}" if hole.startswith("in {") else f"{domain.names[column]} = {hole}"
        return is_true(whole, unit, value, domain) and not is_true(said, unit, value, domain)
    if re.fullmatch(rf"{name} (is|=) missing", word):
        return math.isnan(at)
    if re.fullmatch(rf"{name} (is not|!=) missing", word):
        return not math.isnan(at)
    if math.isnan(at):
        return False
    if found := re.fullmatch(rf"{name} ({SIGN}) ({NUMBER})", word):
        return compare(found[1], at, number(found[2]))
    if found := re.fullmatch(rf"({NUMBER}) ({SIGN}) {name} ({SIGN}) ({NUMBER})", word):
        return compare(found[2], number(found[1]), at) and compare(found[3], at, number(found[4]))
    if found := re.fullmatch(rf"{name} (not )?in \{{(.*)\}}", word):
        return (at in map(number, found[2].split(","))) != bool(found[1])
    raise AssertionError(f"statement {word!r} about {unit.name!r} cannot be read")


def _group_is(word: str, unit: Unit, value: tuple[float, ...]) -> bool | None:
    held = str(unit.columns[value.index(1.0)]) if 1.0 in value else NONE
    word = word.replace("other", NONE)
    for name in (unit.name, name_of(unit)):
        if found := re.fullmatch(rf"{re.escape(name)} (=|!=) (\d+|{re.escape(NONE)})", word):
            return (found[2] == held) == (found[1] == "=")
        if found := re.fullmatch(rf"{re.escape(name)} (not )?in \{{(.*)\}}", word):
            return (held in [one.strip() for one in found[2].split(",")]) != bool(found[1])
    return None


def is_about(word: str, name: str) -> bool:
    """Tell whether a statement is about a name."""
    return bool(re.search(rf"(^|[<>=] ){re.escape(name)} ", word))


def about(word: str, domain: Domain) -> Unit:
    """Find the feature of a statement."""
    for unit in domain.units:
        if any(is_about(word, name) for name in (unit.name, name_of(unit), *(domain.names[c] for c in unit.columns))):
            return unit
    raise AssertionError(f"statement {word!r} is about no feature")
