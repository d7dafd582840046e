"""The checker accepts what is made, and none that brute force finds false."""

import numpy as np
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
    return found


@each_forest(30, exclude=False)
def test_certificates_are_accepted_and_true(case):
    explainer, _ = pair(case)
    for certificate in certificates(case, explainer):
        verdict, why = certificate.check()
        assert verdict in (suffice_check.ACCEPTED, suffice_check.RELATIVE), why
        try:
            reading = Reading(certificate.head, certificate.arrays)
        except TooLargeError:
            continue
        assert reading.wrong() == ""


@each_forest(20, exclude=False)
def test_false_mutants_are_rejected(case):
    explainer, _ = pair(case)
    rng = np.random.default_rng(case.seed)
    for certificate in certificates(case, explainer):
        for what, mutant in mutants(certificate, rng, 4):
            try:
                wrong = Reading(mutant.head, mutant.arrays).wrong()
            except TooLargeError:
                continue
            except (IndexError, ValueError, KeyError, ZeroDivisionError, OverflowError, TypeError):
                wrong = "damaged"
            if wrong:
                assert mutant.check()[0] == suffice_check.REJECTED, (what, wrong)
