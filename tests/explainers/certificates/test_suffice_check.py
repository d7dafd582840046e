"""The checker accepts what is made, and none that brute force finds false."""

import contextlib

import numpy as np
from suffice import Explainer
from suffice.engine.errors import BadInputError
from suffice.explainers.certificates import suffice_check

from tests.brute.certificates import Reading, TooLargeError
from tests.brute.compare import pair
from tests.brute.forest_strategies import each_forest
from tests.explainers.certificates.mutants import mutants


def certificates(case, explainer):
    """Certificates of some answers of a case."""
    found = []
    for over in ("literals", "features"):
        for query in ("sufficient_reason", "contrastive_reason"):
            reason = getattr(explainer, query)(over=over)
            if reason:
                found.append(reason.certificate())
        least = explainer.minimal_sufficient_reason(over=over)
        every = explainer.sufficient_reason(n=Explainer.ALL, over=over)
        for answer in (least, every):
            with contextlib.suppress(BadInputError):  # written with more conditions than say the same
                found += [answer.certificate()] if answer else []
    return found


def what_is_wrong(certificate):
    """What brute force finds false; "" if all is so, None where there is too much to try."""
    try:
        return Reading(certificate.head, certificate.arrays).wrong()
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
