"""Whatever is changed in a file: what is accepted is true by brute force, and what is rejected is so in words."""

import io
import random

import pytest
from suffice.explainers.certificates.shares import CertifiedShare
from suffice.explainers.certificates.suffice_check import ACCEPTED, REJECTED, RELATIVE
from suffice.explainers.certificates.suffice_check_all import check

from tests.brute.amounts import examples
from tests.explainers.certificates.fuzzing import CLAIMS, fault_of
from tests.explainers.certificates.of_each_kind import KINDS, certificates

EACH = 10  # changed ones of each file


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_changed_is_rejected_or_true(kind):
    found, first = 0, [*KINDS].index(kind)
    for number in range(examples(48)):
        seed = first + len(KINDS) * number
        rng = random.Random(seed)
        for _, one in certificates(seed):
            assert one.check()[0] in (ACCEPTED, RELATIVE)
            for _ in range(EACH):
                fault, _, _ = fault_of(one, rng)
                assert not fault, (seed, fault)
                found += 1
    assert found >= EACH


def test_each_claim_is_among_them():
    """But for `forced` and `bounded`, whose solvers may be missing, and plans' `bears`, which are dear."""
    claimed, seed = {"forced", "bounded", "bears"}, 0
    while not {*CLAIMS} <= claimed and seed < 400:
        claimed |= {name for _, one in certificates(seed) for name in one.claims}
        seed += 1
    assert {*CLAIMS} <= claimed


@pytest.mark.parametrize("kind", ["reasons", "shares"])
def test_damaged_bytes_are_rejected_or_change_nothing(kind):
    rng, first = random.Random(0), [*KINDS].index(kind)
    files = [one for number in range(6) for _, one in certificates(first + len(KINDS) * number)]
    for one in files[:6]:
        whole = one.to_bytes()
        for _ in range(examples(120)):
            place = rng.randrange(len(whole))
            part = whole[:place] + bytes([whole[place] ^ 1 << rng.randrange(8)]) + whole[place + 1 :]
            verdict, why = check(io.BytesIO(part))
            if verdict == REJECTED:
                assert why
            else:  # dates, and sizes that are there twice, say nothing
                assert (verdict, why) == (one.check() if kind == "reasons" else CertifiedShare.check(one))
            assert check(io.BytesIO(whole[:place]))[0] == REJECTED
