"""The checker accepts what is made, and none that brute force finds false."""

import contextlib
import zlib

import numpy as np
from sklearn.naive_bayes import BernoulliNB
from suffice import Explainer, verify
from suffice.engine.errors import BadInputError, UndecidedError, UnsupportedModelError
from suffice.explainers.certificates import suffice_check
from suffice.solvers import is_available

from tests.brute.certificates import Reading, TooLargeError
from tests.brute.certified_models import ModelReading
from tests.brute.certified_near import NearReading
from tests.brute.certified_pairs import PairReading
from tests.brute.compare import pair
from tests.brute.domain import Declared
from tests.brute.forest_cases import ForestCase
from tests.brute.forest_strategies import each_forest
from tests.brute.forests import Forest, Values
from tests.brute.trees import Condition, Split
from tests.explainers.certificates.mutants import mutants

EXACT = is_available("exact", "mip")


def whole(case, explainer):
    """Answers about the whole model, boxes, plans and checks."""
    rng = np.random.default_rng(case.seed)
    direct = list(explainer.direct_reason())
    some = [v for v in direct if rng.random() < 0.5]
    yield explainer.is_implicant(some)
    yield explainer.is_sufficient_reason(direct)
    if some:
        yield explainer.is_contrastive_reason(some)
    box = explainer.most_general_reason()
    yield from [box] if box else []
    if explainer.session.compiled.classes:
        given = None
        if direct and case.theory:
            given = explainer.to_features([direct[0]])
        yield from verify.reachable(explainer, given).values()
        if case.theory and len(explainer.session.compiled.classes) > 1:
            yield explainer.recourse(**{} if rng.random() < 0.5 else {"at_most": 1, "cost": "l0"})


def drawn(case):
    """A number that a case has, as good as drawn."""
    return zlib.crc32(repr(case).encode())


def shared(case, explainer, over):
    """Certificates of what reasons share, and of lists of changes."""
    found = []
    for answer in (
        getattr(explainer, f"necessary_{over}")(), getattr(explainer, f"relevant_{over}")(),
        explainer.contrastive_reason(n=[2, Explainer.ALL][drawn(case) % 2], over=over),
        explainer.minimal_contrastive_reason(n=Explainer.ALL, over=over),
    ):  # fmt: skip
        with contextlib.suppress(BadInputError, UndecidedError):  # without any, or not as literals
            found.append(answer.certificate(time_limit=2))
    return found


def certificates(case, explainer):
    """Certificates of some answers of a case."""
    found = []
    for answer in whole(case, explainer):
        with contextlib.suppress(BadInputError, UndecidedError, UnsupportedModelError):  # none; costs may overflow
            found.append(answer.certificate())
    for over in ("literals", "features"):
        for query in ("sufficient_reason", "contrastive_reason"):
            reason = getattr(explainer, query)(over=over)
            if reason:
                found.append(reason.certificate())
            if reason and query == "sufficient_reason":
                with contextlib.suppress(UnsupportedModelError, UndecidedError):  # sums take many values, or tie
                    found.append(reason.certificate(solver="cadical153"))
        if over == ("literals", "features")[drawn(case) // 2 % 2]:
            found += shared(case, explainer, over)
        least = explainer.minimal_sufficient_reason(over=over)
        every = explainer.sufficient_reason(n=Explainer.ALL, over=over)
        if EXACT and least:
            with contextlib.suppress(BadInputError):
                found.append(least.certificate(solver="exact"))
        for answer in (least, every):
            with contextlib.suppress(BadInputError):  # written with more conditions than say the same
                found += [answer.certificate()] if answer else []
    return found


def test_boxes_without_a_row_may_meet_all_clauses():
    same = Values((1.0, 0.0))
    trees = tuple(Split(Condition(column, "!=", 0.5, False), same, same) for column in (1, 0))
    clauses = ((-2,), (-2, 1), (1, -2))
    case = ForestCase(Forest(trees, "soft"), ("f1", "f2"), (0, 1), (0.5, 2.0), Declared(), clauses=clauses)
    explainer, _ = pair(case)
    plans = explainer.recourse(at_most=1, cost="l0")
    assert plans.status == "infeasible"
    assert plans.certificate().check()[0] == suffice_check.ACCEPTED


def test_a_condition_that_is_always_true_is_known_to_be():
    """One row meets the clause; without it, rows are decided otherwise."""
    X = np.array([[2.0, 0.0], [5.0, 1.0], [7.0, 1.0], [2.0, 0.0]])
    model = BernoulliNB(alpha=0.1, binarize=0.5).fit(X, ["no", "yes", "yes", "no"])
    types = {"numerical": ["f2"], "categorical": {"f1": [2.0, 5.0, 7.0]}}
    explainer = Explainer.initialize(model, X[1], types, theory=[[2, -1]])
    assert explainer.sufficient_reason() == ()
    assert explainer.sufficient_reason().certificate().check()[0] == suffice_check.ACCEPTED


def what_is_wrong(certificate):
    """What brute force finds false; "" if all is so, None where there is too much to try."""
    kinds = {"pairs": PairReading, "models": ModelReading, "ball": NearReading}
    kind = next((kinds[name] for name in kinds if name in certificate.head["claim"]), Reading)
    try:
        return kind(certificate.head, certificate.arrays).wrong()
    except TooLargeError:
        return None
    except (IndexError, ValueError, KeyError, ZeroDivisionError, OverflowError, TypeError) as error:
        return f"damaged: {error}"


@each_forest(30, exclude=False)
def test_certificates_are_accepted_and_true(case):
    explainer, _ = pair(case)
    for certificate in certificates(case, explainer):
        verdict, why = certificate.check()
        assert verdict in (suffice_check.ACCEPTED, suffice_check.RELATIVE), why
        assert not what_is_wrong(certificate)


@each_forest(20, exclude=False)
def test_false_mutants_are_rejected(case):
    explainer, _ = pair(case)
    rng = np.random.default_rng(case.seed)
    for certificate in certificates(case, explainer):
        for what, mutant in mutants(certificate, rng, 4):
            wrong = what_is_wrong(mutant)
            if wrong:
                assert mutant.check()[0] == suffice_check.REJECTED, (what, wrong)


def test_the_file_alone_says_by_its_exit_status_what_is_not_accepted(tmp_path):
    import subprocess
    import sys

    from sklearn.datasets import load_iris
    from sklearn.tree import DecisionTreeClassifier
    from suffice import Explainer
    from suffice.explainers.certificates import suffice_check

    X, y = load_iris(return_X_y=True)
    explainer = Explainer.initialize(DecisionTreeClassifier(max_depth=3, random_state=0).fit(X, y), X[60])
    explainer.sufficient_reason().certificate().save(tmp_path / "good")
    (tmp_path / "bad").write_text("x")
    command = [sys.executable, suffice_check.__file__]
    good, bad = str(tmp_path / "good"), str(tmp_path / "bad")
    for files, status in (([good], 0), ([good, bad], 1), ([bad], 1), ([], 1)):
        assert subprocess.run([*command, *files], capture_output=True, check=False).returncode == status, files
