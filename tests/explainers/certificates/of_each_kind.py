"""Certificates of all that there are, by a seed."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from suffice.engine.errors import SufficeError

from tests.brute.forest_strategies import seeded_forests
from tests.encoders.text.texts import COUNTED
from tests.explainers.certificates import test_about as texts
from tests.explainers.certificates import test_asking as asking
from tests.explainers.certificates import test_models as models
from tests.explainers.certificates import test_near as near
from tests.explainers.certificates import test_outcomes as labels
from tests.explainers.certificates import test_pairs as pairs
from tests.explainers.certificates import test_shares as shares
from tests.explainers.certificates import test_suffice_check as reasons
from tests.explainers.certificates.planned import plans

MOST = 4  # of one kind


def case_of(seed: int) -> tuple[Any, Any]:
    """Return a small forest and its explainer."""
    _, case = next(iter(seeded_forests(seed, exclude=False)))
    return case, case.explainer()


def of_reasons(seed: int) -> Iterator[Any]:
    """Certificates of reasons, lists, changes, checks, regions."""
    case, explainer = case_of(seed)
    yield from reasons.certificates(case, explainer)


def of_pairs(seed: int) -> Iterator[Any]:
    """Certificates of pairs of rows."""
    yield from pairs.certificates(*case_of(seed))


def of_balls(seed: int) -> Iterator[Any]:
    """Certificates of radii."""
    yield from map(near.certificate_of, near.radii(*case_of(seed)))


def of_shares(seed: int) -> Iterator[Any]:
    """Certificates of shares of rows."""
    made = shares.share_of(*case_of(seed), np.random.default_rng(seed))
    yield made and made[1]


def of_radii(seed: int) -> Iterator[Any]:
    """Certificates of radii of several rows."""
    yield shares.radii_of(*case_of(seed), np.random.default_rng(seed))


def of_one_way(seed: int) -> Iterator[Any]:
    """Certificates of changes over features of which some move one way."""
    for _, certificate in asking.one_way(*case_of(seed)):
        yield certificate


def of_models(seed: int) -> Iterator[Any]:
    """Certificates of two models."""
    yield models.certificate_of(models.comparison(seed))


def of_labels(seed: int) -> Iterator[Any]:
    """Certificates of checks of several labels."""
    _, explainer, rng = labels.drawn(seed % len(labels.MODELS), seed)
    for _, certificate in itertools.islice(labels.certificates(explainer, rng), seed % 5, None, 5):
        yield certificate


def of_texts(seed: int) -> Iterator[Any]:
    """Certificates about texts."""
    rng = np.random.default_rng(seed)
    found = texts.drawn(str(rng.choice(sorted(COUNTED))), str(rng.choice(sorted(texts.MODELS))), seed % 41)
    yield from itertools.islice(texts.certificates(found[2]), seed % 2, None, 2) if found else ()


def of_plans(seed: int) -> Iterator[Any]:
    """Certificates of plans."""
    for plan in plans(seed):
        yield plan.certificate(time_limit=5)


KINDS: dict[str, Callable[[int], Iterator[Any]]] = {
    "reasons": of_reasons, "pairs": of_pairs, "balls": of_balls, "shares": of_shares, "radii": of_radii,
    "one way": of_one_way, "models": of_models, "labels": of_labels, "texts": of_texts, "plans": of_plans,
}  # fmt: skip


def certificates(seed: int) -> Iterator[tuple[str, Any]]:
    """Yield certificates of the kind that a seed is for, MOST at most, some claims each."""
    kind = [*KINDS][seed % len(KINDS)]
    made, rng = list[Any](), np.random.default_rng(seed)
    with contextlib.suppress(SufficeError):
        made += [one for one in KINDS[kind](seed) if one is not None]
    for i in rng.permutation(len(made))[:MOST].tolist():
        yield kind, made[i]
