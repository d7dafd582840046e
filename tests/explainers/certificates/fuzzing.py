"""Certificates with anything changed: ``python -m tests.explainers.certificates.fuzzing [-s SEED] [-t SECS]
[-c CLAIM …]``.

Unlike `mutants`, these changes know nothing of what a part means: any word or number of the text, any entry or shape of
an array becomes another one, is there twice, or is gone. Whatever is not rejected has to be true by brute force, and
whatever is rejected is so in words. What is not is printed; the number of such files is the exit status (at most 100).
"""

from __future__ import annotations

import argparse
import contextlib
import copy
import random
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
from suffice.explainers.certificates.certificate import Certificate
from suffice.explainers.certificates.shares import CertifiedShare
from suffice.explainers.certificates.suffice_check import ACCEPTED, REJECTED, RELATIVE

from tests.brute.certified_share import what_is_wrong as wrong_of_share
from tests.explainers.certificates.test_suffice_check import what_is_wrong

WORDS: tuple[Any, ...] = (
    None, True, False, 0, 1, 2, 3, -1, -2, 10**30, 0.5, 1.0, float("nan"), "", "0x0p+0", "0x1p+0", "-0x1p+0", "0x1p-1",
    "nan", "inf", "-inf", "0x1p+60", "0x1p-60", "0x1p+2000", [], {}, [0], [1], [[0]], [[1]], [-1], [[-1]], [[]],
    "numerical", "integer", "listed", "greatest", "threshold", "number", "float32", "float16", "float64", "int64",
    "linf", "l1", "l0", "1/3", "1/0", "e999999999",
)  # fmt: skip
CLAIMS = (
    "forces", "refuted", "minimal", "changed", "attained", "complete", "forced", "changes", "all_changes", "necessary",
    "relevant", "cheapest", "bounded", "planned", "bears", "no_pair", "pair", "agree", "differ", "apart", "clear",
    "reached",
)  # fmt: skip
SAID: tuple[Any, ...] = (
    {}, {"excluded": []}, {"excluded": [0]}, {"cost": 0, "excluded": []}, {"lists": []}, {"lists": [[]]}, [], None, 1,
    {"distance": "0x0p+0", "numbers": []}, {"excluded": [], "most": 0},
)  # fmt: skip
UNSAID = ("AttributeError", "TypeError", "NameError", "UnboundLocalError", "AssertionError", "MemoryError")  # no words
PARTS = ("claim", "claim", "claim", "model", "model", "features", "clauses")


def places(text: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the places of all that is in a text."""
    yield at
    if isinstance(text, dict | list):
        for key in text if isinstance(text, dict) else range(len(text)):
            yield from places(text[key], (*at, key))


def found(text: Any, at: tuple[Any, ...]) -> Any:
    """Return what is at a place."""
    for key in at:
        text = text[key]
    return text


def other_word(rng: random.Random, text: Any, known: list[Any], old: Any) -> Any:
    """Return another word, number, list or mapping for one; `known` are places in the text."""
    how = rng.randrange(10)
    if how < 4:
        alike = [found(text, at) for at in known if type(found(text, at)) is type(old)]
        return copy.deepcopy(rng.choice(alike))
    if how < 7 and type(old) in (int, float):
        return old + rng.choice([-1, 1])
    if how < 7 and isinstance(old, str):
        with contextlib.suppress(ValueError, OverflowError):
            number = float.fromhex(old)
            near = [np.nextafter(number, np.inf), np.nextafter(number, -np.inf)]
            new = [number + 1, number - 1, -number, number * 2, number / 2, number + 0.5, *near]
            return float(rng.choice(new)).hex()
    if how < 8 and isinstance(old, list) and old:
        new_list, at = [*old], rng.randrange(len(old))
        what = rng.randrange(4)
        if what == 0:
            del new_list[at]
        elif what == 1:
            new_list.insert(at, copy.deepcopy(new_list[at]))
        elif what == 2:
            rng.shuffle(new_list)
        else:
            new_list.append(copy.deepcopy(rng.choice(WORDS)))
        return new_list
    return copy.deepcopy(rng.choice(WORDS))


def change_text(head: dict[str, Any], rng: random.Random, parts: tuple[str, ...] = PARTS) -> str:
    """Change one thing of a text; tell which."""
    part = rng.choice(parts)
    if part not in head:
        return "nothing"
    known = [(part, *at) for at in places(head[part])]
    at = rng.choice(known)
    parent, old = found(head, at[:-1]), found(head, at)
    if rng.random() < 0.1 and isinstance(parent, dict) and len(at) > 1:
        del parent[at[-1]]
        return f"{at} is gone"
    if rng.random() < 0.1 and part == "claim" and isinstance(head["claim"], dict):
        return _more_is_claimed(head["claim"], rng)
    parent[at[-1]] = new = other_word(rng, head, known, old)
    return f"{at}: {old!r} becomes {new!r}"[:160]


def _more_is_claimed(claim: dict[str, Any], rng: random.Random) -> str:
    """Claim something more, or let the claim be about something else as well."""
    name = rng.choice([*CLAIMS, "ball", "pairs", "models", "together", "given", "sets", "items"])
    if name in CLAIMS:
        claim["says"][name] = copy.deepcopy(rng.choice(SAID))
    elif name == "together":
        claim[name] = not claim.get(name)
    else:
        claim[name] = copy.deepcopy(rng.choice([[], [[1]], [[-1]], [[]], [0], [1], [[0]], [[0], [1]]]))
    return f"{name} is claimed"


def other_number(array: Any, rng: random.Random, borders: list[float]) -> str:
    """Change one number of an array; tell which."""
    at = tuple(rng.randrange(n) for n in array.shape)
    old, another = array[at], array.flat[rng.randrange(array.size)]
    if array.dtype.kind == "f":
        near = [np.nextafter(old, np.inf), np.nextafter(old, -np.inf), np.nan, np.inf, -np.inf, 2.0**-149, 2.0**62]
        more = [old + 1, old - 1, -old, 0.0, -0.0, 1.0, old * 2, old / 2, old + 0.5, another]
        new = rng.choice([*near, *more, *(rng.choice(borders) for _ in borders[:2])])
    else:
        ends = np.iinfo(np.int64)
        new = rng.choice(
            [old + 1, old - 1, -old, 0, 1, -1, 2, another, ends.min, ends.max, 2**62, rng.randrange(-3, 8)]
        )
    with contextlib.suppress(OverflowError, ValueError):
        array[at] = new
    return f"{at}: {old} becomes {new}"


def change_array(arrays: dict[str, Any], rng: random.Random) -> str:
    """Change one thing of an array; tell which."""
    name, how = rng.choice(sorted(arrays)), rng.randrange(12)
    array, told = arrays[name].copy(), f"{name} ({how})"
    if how < 7 and array.size:
        told += other_number(array, rng, arrays.get("condition_threshold", np.zeros(0)).ravel().tolist())
    elif how == 7 and array.size:
        array = np.delete(array, rng.randrange(len(array)), axis=0)
    elif how == 8 and array.size:
        array = np.insert(array, rng.randrange(len(array)), array[rng.randrange(len(array))], axis=0)
    elif how == 9 and len(array) > 1:
        i, j = rng.randrange(len(array)), rng.randrange(len(array))
        array[[i, j]] = array[[j, i]]
    elif how == 10:
        whole = array.dtype.kind == "i"
        ways = [
            lambda: array.astype(">i8" if whole else ">f8"), lambda: array.astype(np.int8 if whole else np.float16),
            lambda: array.astype(np.float32), lambda: array[..., None], array.ravel, lambda: array[::-1],
            lambda: array[:0], lambda: array.astype(bool), lambda: array.astype(complex), lambda: array.astype("U4"),
        ]  # fmt: skip
        array = rng.choice(ways)()
    elif how == 11 and rng.random() < 0.3:
        del arrays[name]
        return f"{name} is gone"
    elif how == 11:
        other = rng.choice(sorted(arrays))
        array, told = arrays[other].copy(), f"{name} is {other}"
    arrays[name] = array
    return told


def fuzzed(certificate: Certificate, rng: random.Random) -> tuple[list[str], Certificate]:
    """Return what was changed (one to three things), and the changed certificate."""
    arrays = {name: array.copy() for name, array in certificate.arrays.items()}
    one, told = Certificate(copy.deepcopy(certificate.head), arrays), list[str]()
    for _ in range(rng.choice([1, 1, 1, 2, 2, 3])):
        with contextlib.suppress(KeyError, TypeError, IndexError, AttributeError, ValueError):  # changed before
            in_text = rng.random() < 0.6
            told.append(change_text(one.head, rng) if in_text else change_array(one.arrays, rng))
    return told, one


def fuzzed_share(share: CertifiedShare, rng: random.Random) -> tuple[list[str], CertifiedShare]:
    """Return what was changed of a file of rows, and the changed file."""
    one, told = CertifiedShare(copy.deepcopy(share.head), share.rows.copy(), {**share.certificates}), list[str]()
    i, how = rng.choice(sorted(one.certificates)), rng.random()
    if how < 0.4:
        told, one.certificates[i] = fuzzed(one.certificates[i], rng)
    elif how < 0.5:
        one.certificates[i] = one.certificates[rng.choice(sorted(one.certificates))]
    elif how < 0.6:
        parts = {"rows": one.rows}
        told.append(change_array(parts, rng))
        one.rows = parts.get("rows", one.rows)
    else:
        told.append(change_text(one.head, rng, ("eps", "labels", "labels", "ball", "ball", "format", "version")))
    return [f"row {i}", *told], one


def is_wrong(one: Any) -> str | None:
    """Return what brute force finds false; None where it cannot tell."""
    if isinstance(one, Certificate):
        return what_is_wrong(one)
    try:
        return wrong_of_share(one)
    except (IndexError, ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        return f"damaged: {error!r}"


def fault_of(one: Any, rng: random.Random) -> tuple[str, str, Any]:
    """Change a file; return what is at fault with its verdict ("" if nothing is), the verdict, the file."""
    told, changed = (fuzzed if isinstance(one, Certificate) else fuzzed_share)(one, rng)
    verdict, why = changed.check()
    if verdict == REJECTED:
        error = why.partition(":")[0]
        return (f"{told}: {why}" if error in UNSAID else ""), f"{verdict} ({error})", changed
    assert verdict in (ACCEPTED, RELATIVE)
    wrong = is_wrong(changed)
    return (f"{told}: {wrong} | {why}" if wrong else ""), verdict, changed


def main() -> int:
    """Run until the time is over; return how many were at fault."""
    from tests.explainers.certificates.of_each_kind import certificates

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-s", type=int, default=0, help="first seed")
    parser.add_argument("-t", type=float, default=60.0, help="CPU seconds")
    parser.add_argument("-c", nargs="*", default=[], help="only certificates with one of these claims")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    counts: Counter[str] = Counter()
    start, seed, faults = time.process_time(), asked.s, 0
    while time.process_time() - start < asked.t:
        rng = random.Random(seed)
        for kind, one in certificates(seed):
            if asked.c and not {*asked.c} & {*one.claims, kind}:
                continue
            counts[f"certificates: {kind}"] += 1
            for _ in range(40):
                fault, verdict, _ = fault_of(one, rng)
                counts[verdict] += 1
                faults += bool(fault)
                if fault:
                    print(f"seed {seed}, {kind}, {sorted(one.claims)}: {fault}"[:1200], flush=True)
        seed += 1
    print(f"seeds {asked.s} to {seed - 1}: {dict(sorted(counts.items()))}; {faults} at fault")
    return min(100, faults)


if __name__ == "__main__":
    raise SystemExit(main())
