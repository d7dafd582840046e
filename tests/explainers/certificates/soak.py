"""Many changed certificates: ``python -m tests.explainers.certificates.soak [-n FALSE] [-s SEED] [-t SECS]
[-p | -q | -b] [-c CLAIM …] [-m CHANGES]``.

It makes certificates of answers about seeded small forests, changes one thing in each, and goes on until brute force
has found so many changed ones false. Each of these has to be rejected; others are printed with their seeds, and
their number is the exit status (at most 100). When it is terminated, it tells what it has counted, and ends.
"""

from __future__ import annotations

import argparse
import itertools
import signal
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from suffice.engine.errors import SufficeError
from suffice.explainers.certificates.suffice_check import REJECTED

from tests.brute.forest_strategies import seeded_forests
from tests.explainers.certificates.mutants import mutants
from tests.explainers.certificates.planned import plans
from tests.explainers.certificates.test_models import certificate_of as compared
from tests.explainers.certificates.test_models import comparison
from tests.explainers.certificates.test_near import certificate_of as near
from tests.explainers.certificates.test_near import radii
from tests.explainers.certificates.test_pairs import certificates as pairs
from tests.explainers.certificates.test_suffice_check import certificates, what_is_wrong


def answers(seed: int, of_plans: bool, of_pairs: bool, of_both: bool) -> Iterator[tuple[int, Callable[[], list[Any]]]]:
    """Yield seeds, each with what makes its certificates."""
    if of_both:
        for number, case in seeded_forests(seed, exclude=True, theory=True):
            yield number, lambda case=case, number=number: of_two(case, number)
    if of_plans:
        for number in itertools.count(seed):
            yield number, lambda number=number: [found.certificate(time_limit=20) for found in plans(number)]
    for number, case in seeded_forests(seed, exclude=False):
        yield number, lambda case=case: of_case(case, of_pairs)


def of_case(case: Any, of_pairs: bool) -> list[Any]:
    """Make the certificates of a case."""
    explainer = case.explainer()
    return [*pairs(case, explainer), *([] if of_pairs else certificates(case, explainer))]


def of_two(case: Any, seed: int) -> list[Any]:
    """Make the certificates of the radii of a case, and of a comparison of two models."""
    made = [near(found) for found in radii(case, case.explainer())]
    return [one for one in (*made, compared(comparison(seed))) if one is not None]


def main() -> int:
    """Run until enough were false; return how many of them were not rejected."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=10_000, help="false certificates")
    parser.add_argument("-s", type=int, default=0, help="first seed")
    parser.add_argument("-q", dest="plans", action="store_true", help="of plans with all that can be wanted of them")
    parser.add_argument("-t", type=float, default=float("inf"), help="CPU seconds after which it ends")
    parser.add_argument("-p", action="store_true", help="of pairs of rows alone")
    parser.add_argument("-b", action="store_true", help="of balls around rows, and of both models of comparisons")
    parser.add_argument("-c", nargs="*", default=[], help="only certificates with one of these claims")
    parser.add_argument("-m", type=int, default=6, help="changed ones of each certificate")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")  # sums of huge numbers
    counts: Counter[str] = Counter()
    missed: list[Any] = []
    start, seed, ended = time.process_time(), asked.s, list[int]()
    signal.signal(signal.SIGTERM, lambda number, _: ended.append(number))
    for seed, made_of in answers(asked.s, asked.plans, asked.p, asked.b):  # told at the end, and now and then
        if (seed - asked.s) % 100 == 99:
            print(f"… seed {seed}: {dict(sorted(counts.items()))}", flush=True)
        try:
            made = made_of()
        except SufficeError as error:
            counts[f"no certificate ({type(error).__name__})"] += 1
            continue
        rng = np.random.default_rng(seed)
        for certificate in made:
            if asked.c and not {*asked.c} & {*certificate.claims}:
                continue
            counts[f"certificates {certificate.check()[0]}"] += 1
            for what, mutant in itertools.takewhile(lambda _: not ended, mutants(certificate, rng, asked.m)):
                wrong, verdict = what_is_wrong(mutant), mutant.check()[0]
                counts[("false" if wrong else "unsure" if wrong is None else "true") + f", {verdict}"] += 1
                if wrong and verdict != REJECTED:
                    missed.append((seed, what, wrong))
                    print("not rejected:", *missed[-1], flush=True)
        enough = counts[f"false, {REJECTED}"] + len(missed) >= asked.n
        if enough or ended or time.process_time() - start > asked.t:
            break
    print(f"seeds {asked.s} to {seed}: {dict(sorted(counts.items()))}; {time.process_time() - start:.0f} CPU seconds")
    return min(100, len(missed))


if __name__ == "__main__":
    raise SystemExit(main())
