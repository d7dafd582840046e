"""One seed: a scene, and questions about it in any order, as somebody would ask them one after the other."""

from __future__ import annotations

import importlib
import re
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis.errors import UnsatisfiedAssumption
from suffice import UnsupportedModelError
from suffice.engine.errors import MissingQueryError, UndecidedError

from tests.brute.choices import Seeded, UnusableError
from tests.soak.boxes import BOXES
from tests.soak.certified import CERTIFIED
from tests.soak.change import CHANGES
from tests.soak.exported import EXPORTED
from tests.soak.imitating import IMITATING
from tests.soak.labels import LABELS
from tests.soak.models import KINDS
from tests.soak.near import NEAR
from tests.soak.reading import READING
from tests.soak.recourse import RECOURSE
from tests.soak.rest import REST
from tests.soak.scenes import OpenError, Scene, UnaskedError, UnfitError, kind_of, make_scene
from tests.soak.shares import SHARES
from tests.soak.trees import TREES
from tests.soak.whole import WHOLE
from tests.soak.why import WHY

QUESTIONS: dict[str, Callable[[Scene], None]] = {
    **WHY, **CHANGES, **WHOLE, **TREES, **SHARES, **BOXES, **NEAR, **RECOURSE, **LABELS, **CERTIFIED,
    **READING, **IMITATING, **REST, **EXPORTED,
}  # fmt: skip
OVERFLOW = "sums may overflow"  # which no query answers, and says
RARE = {
    *CERTIFIED,
    "save",
    "batch",
    "verify.compare",
    "surrogates of rows",
}  # what is dear: asked about each third scene
RIGHT, OPEN, ABSENT, UNASKED, UNFIT, WRONG = "right", "open", "absent", "unasked", "unfit", "wrong"


@dataclass(frozen=True)
class Told:
    """What came of a question.

    Attributes
    ----------
    seed : int
        Of its scene.
    family, question : str
        Who was asked what; the kind of the model, where there is no explainer.
    answer : str
        ``"right"``, ``"open"`` (not proved, which is no fault), ``"absent"`` (the family does not answer it),
        ``"unasked"`` (the scene has nothing to ask: too large, of another kind), ``"unfit"`` (no model) or ``"wrong"``.
    why : str
        What is wrong, with the lines that found it.
    """

    seed: int
    family: str
    question: str
    answer: str
    why: str = ""


def ask_seed(seed: int, kinds: tuple[str, ...] = tuple(KINDS), part: str = "") -> Iterator[Told]:
    """Ask everything whose name has `part` in it about the scene of a seed, in an order of its own."""
    warnings.simplefilter("ignore")
    name = kind_of(seed, kinds)
    if KINDS[name].alone is not None:
        if part in name:
            yield _asked_alone(seed, name)
        return
    try:
        with np.errstate(all="ignore"):
            scene = make_scene(seed, kinds)
    except UnfitError:
        yield Told(seed, name, "explainer", UNFIT)
        return
    except Exception as error:
        yield Told(seed, name, "explainer", WRONG, _lines(error))
        return
    names = [one for one in QUESTIONS if part in one and (one not in RARE or seed % 3 == 0 or part)]
    names = [one for one in names if scene.kind.asks(one)]
    for place in np.random.default_rng(seed).permutation(len(names)).tolist():
        yield _asked(scene, seed, names[place])


def _asked_alone(seed: int, name: str) -> Told:
    kind, answer, why = KINDS[name], RIGHT, ""
    assert kind.alone is not None
    try:
        kind.alone(Seeded(seed), seed)
    except UnfitError:
        answer = UNFIT
    except UnaskedError:
        answer = UNASKED
    except (OpenError, UndecidedError) as error:
        answer, why = OPEN, str(error)
    except Exception as error:
        answer, why = WRONG, _lines(error)
    return Told(seed, kind.family, name, answer, why)


def _asked(scene: Scene, seed: int, name: str) -> Told:
    answer, why = RIGHT, ""
    try:
        QUESTIONS[name](scene)
    except MissingQueryError:
        answer = ABSENT
    except UnsupportedModelError as error:
        answer, why = (ABSENT, "") if OVERFLOW in str(error) else (WRONG, _lines(error))
    except UnaskedError:
        answer = UNASKED
    except (OpenError, UndecidedError) as error:
        answer, why = OPEN, str(error)
        scene.return_home()  # it may be left at another one
    except Exception as error:
        known = isinstance(error, AssertionError) and scene.tied
        answer, why = (OPEN, "rounding decides some row") if known else (WRONG, _lines(error))
        scene.return_home()
    return Told(seed, scene.kind.family, name, answer, why)


def tests_of_forests(part: str) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Name, function and demands of each property test of forests whose name has `part` in it."""
    root = Path(__file__).resolve().parents[2]
    for path in sorted((root / "tests").rglob("test_*.py")):
        if not re.search("^@each_forest\\(", path.read_text(encoding="utf-8"), re.M):
            continue
        module = ".".join(path.relative_to(root).with_suffix("").parts)
        for name, test in vars(importlib.import_module(module)).items():
            if hasattr(test, "plain_test") and part in f"{module}.{name}":
                yield f"{module}.{name}", test.plain_test, test.asked


def ask_forests(seed: int, tests: list[tuple[str, Any, dict[str, Any]]]) -> Iterator[Told]:
    """Run one of the property tests of forests on the case of a seed: theory off, clauses, edges of float32."""
    from tests.brute.forest_strategies import seeded_forests

    name, test, demands = tests[seed % len(tests)]
    answer, why = RIGHT, ""
    try:
        _, case = next(iter(seeded_forests(seed, **demands)))
        test(case)
    except (UnsatisfiedAssumption, UnusableError):
        answer = ABSENT
    except Exception as error:
        answer, why = WRONG, _lines(error)
    yield Told(seed, "forest", name.rsplit(".", 1)[1], answer, why)


def _lines(error: Exception) -> str:
    return "".join(traceback.format_exception(error, limit=-3))
