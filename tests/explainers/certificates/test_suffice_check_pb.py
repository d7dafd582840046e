"""Cutting planes: each rule keeps what is true, other lines are refused, and proofs of Exact are replayed."""

import itertools
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from suffice import Explainer
from suffice.engine.errors import BadInputError
from suffice.explainers.certificates import suffice_check_pb
from suffice.explainers.certificates.certificate import Certificate
from suffice.explainers.certificates.suffice_check import ACCEPTED, REJECTED, check
from suffice.explainers.certificates.suffice_check_pb import HEAD, Bounds, Replay, dear, needed, refuted, written
from suffice.explainers.certificates.suffice_check_sat import Clauses

from tests.explainers.certificates.test_suffice_check import EXACT, what_is_wrong

STORED = Path(__file__).with_name("bounded.cert")
# three pairs of three items, of which one is kept each: two are needed; at most one is paid
PAIRS = [({1: 1, 2: 1}, 1), ({1: 1, 3: 1}, 1), ({2: 1, 3: 1}, 1), ({-1: 1, -2: 1, -3: 1}, 2)]
PROOF = ["l 1", "l 2", "l 3", "l 4", "pol 1 2 + 3 + 2 d", "pol 5 4 +", "c 6"]


def replayed(lines, given=PAIRS):
    replay = Replay(given)
    for line in lines:
        replay.line(line.split())
    return replay


def met(row, point):
    """Whether a 0/1 point (from 1) meets a constraint."""
    terms, need = row
    return sum(number for literal, number in terms.items() if point[abs(literal) - 1] == (literal > 0)) >= need


def test_a_proof_by_hand():
    assert replayed(PROOF).ended
    assert not replayed(PROOF[:-1]).ended
    assert replayed([*PROOF[:4], "pol 1 2 + 3 + 2 d s", "rup 1 x1 1 x2 >= 1 ;", "pol 5 4 +", "rup >= 1 ;", "c 8"]).ended


@pytest.mark.parametrize(
    "line",
    [
        "a 1 x1 >= 1 ;", "red 1 x1 >= 1 ; x1 1", "dom 1 x1 >= 1 ; x1 1", "u 1 x1 >= 1 ;", "soli x1", "o x1",
        "e 1", "", "f 4", "del id 1", "l 5", "l 0", "l -1", "l", "l 1 2", "pol", "pol 5", "pol 1 2", "pol 1 +",
        "pol 1 0 *",
        "pol 1 0 d", "pol 1 -2 *", "pol 1 2 w", "pol x0", "pol y1", "pol ~", "pol x1 x2", "pol 1 x1 *", "rup >= 1 ;",
        "rup x1 >= 1 ;", "rup 1 x1 1 >= 1 ;", "rup >= 1", "rup 1 x1 1 x2 1 x3 >= 3 ;", "c 1", "c 7", "c",
    ],
)  # fmt: skip
def test_what_is_refused(line):
    with pytest.raises((ValueError, IndexError, TypeError, AttributeError)):
        replayed([*PROOF[:4], line])


def test_no_proof_of_what_can_be_met():
    with pytest.raises(ValueError, match="can be met"):
        replayed(PROOF, [*PAIRS[:3], ({-1: 1, -2: 1, -3: 1}, 1)])
    with pytest.raises(ValueError, match="can be met"):
        replayed(PROOF, [PAIRS[0], PAIRS[0], PAIRS[2], PAIRS[3]])


def drawn_row(rng, n):
    """A constraint in random words, and its numbers."""
    words = []
    for v in rng.permutation(n)[: rng.integers(1, n + 1)] + 1:
        words += [str(rng.integers(-3, 4)), f"{'~' * int(rng.integers(2))}x{v}"]
    need = int(rng.integers(-3, 5))
    return [*words, ">=", str(need), ";"]


def holds(words, point):
    terms = zip(words[:-3:2], words[1:-3:2], strict=True)
    true = [int(a) for a, name in terms if point[int(name.strip("~x")) - 1] != name.startswith("~")]
    return sum(true) >= int(words[-2])


@pytest.mark.parametrize("seed", range(30))
def test_whatever_is_derived_is_true(seed):
    """Random lines: what all points meet that meet the constraints given is met by what is derived from them."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 6))
    texts = [drawn_row(rng, n) for _ in range(3)]
    points = list(itertools.product([False, True], repeat=n))
    for text in texts:
        assert all(met(written(text), p) == holds(text, p) for p in points)
    models = [p for p in points if all(holds(text, p) for text in texts)]
    replay = Replay([written(text) for text in texts])
    for k in (1, 2, 3):
        replay.line(["l", str(k)])
    for _ in range(60):
        words = [str(rng.integers(1, len(replay.rows) + 1))]
        for _ in range(rng.integers(1, 6)):
            kind = rng.integers(5)
            if kind == 0:
                words += [str(rng.integers(1, len(replay.rows) + 1)), "+"]
            elif kind == 1:
                words += [f"{'~' * int(rng.integers(2))}x{rng.integers(1, n + 1)}", "+"]
            else:
                words += [[str(rng.integers(1, 4)), "*"], [str(rng.integers(1, 4)), "d"], ["s"]][kind - 2]
        replay.line(["pol", *words])
        text = drawn_row(rng, n)
        try:
            replay.line(["rup", *text])
        except ValueError:
            continue
    assert len(replay.rows) > 60
    for row in replay.rows:
        assert all(number > 0 for number in row[0].values()) and not any(-literal in row[0] for literal in row[0])
        assert all(met(row, p) for p in models)
    assert not (models and refuted(replay.rows))


@pytest.mark.parametrize("seed", range(40))
def test_what_weights_say_is_dear(seed):
    """No items that hit all rows cost less than what the rule of weights says."""
    rng = np.random.default_rng(seed)
    n, k = int(rng.integers(1, 8)), int(rng.integers(0, 9))
    rows = (rng.random((k, n)) < rng.choice([0.3, 0.5, 0.8])).astype(float)
    prices = rng.integers(0, [2, 4, 10**12][seed % 3], n).astype(object)
    costs = [
        sum(price for price, true in zip(prices, chosen, strict=True) if true)
        for chosen in itertools.product([False, True], repeat=n)
        if all((row[list(chosen)] > 0).any() for row in rows)
    ]
    least = min(costs, default=None)
    for missing in [0, *range(1, 9), *(price + d for price in costs for d in (0, 1))]:
        if dear(rows, prices, missing):
            assert least is None or least >= missing
    assert dear(rows, prices, 0)
    if k and least is None:
        assert dear(rows, prices, 10)


def least_cost(rows, prices, free):
    """The least that items which hit all rows cost."""
    chosen = (np.array(one, bool) & free for one in itertools.product([False, True], repeat=len(prices)))
    return min((sum(prices[one]) for one in chosen if (rows & one).any(axis=1).all()), default=None)


@pytest.mark.parametrize("seed", range(60))
def test_what_is_needed_costs_as_little_as_all_items(seed):
    rng = np.random.default_rng(seed)
    n, k = int(rng.integers(1, 8)), int(rng.integers(0, 9))
    rows = rng.random((k, n)) < rng.choice([0.2, 0.5, 0.8])
    rows[:, rng.integers(n)] = rows[:, rng.integers(n)]  # some items hit alike
    prices, excluded = rng.integers(0, [2, 4, 10**12][seed % 3], n).astype(object), rng.random(n) < 0.2
    items, left = needed(rows, prices, excluded)
    assert not excluded[items].any()
    every = np.ones(len(items), bool)
    assert least_cost(rows, prices, ~excluded) == least_cost(left > 0, prices[items], every)


def test_a_stored_certificate():
    """Made with Exact once; each change of a line is refused, or still proves it."""
    made = Certificate.load(STORED)
    assert "bounded" in made.claims and made.check()[0] == ACCEPTED and not what_is_wrong(made)
    assert check(STORED, Bounds)[0] == ACCEPTED
    assert check(STORED, Clauses)[0] == REJECTED  # the second file does not know such claims
    lines = bytes(made.arrays["lines"].tolist()).decode().splitlines()
    assert lines[0] == HEAD and {line.split()[0] for line in lines[1:]} <= {"l", "pol", "rup", "c"}
    for cost in (-1, 1):
        other = Certificate.load(STORED)
        other.head["claim"]["says"]["bounded"]["cost"] += cost
        assert other.check()[0] == REJECTED
        other.arrays["prices"][other.head["claim"]["items"][0]] += cost
        assert other.check()[0] == REJECTED or not what_is_wrong(other)
    for text in ("\n".join(lines[:-1]), "\n".join(lines[1:]), "", "\n".join([HEAD, "a >= 1 ;", "c 1"])):
        other = Certificate.load(STORED)
        other.arrays["lines"] = np.frombuffer(text.encode(), np.int8).astype(np.int64)
        assert other.check()[0] == REJECTED


def explainer_of_iris():
    data, target = load_iris(return_X_y=True)
    model = RandomForestClassifier(5, max_depth=3, random_state=0).fit(data, target)
    return Explainer.initialize(model, data[60])


@pytest.mark.skipif(not EXACT, reason="exact is not installed (AGPL: part of no extra)")
@pytest.mark.parametrize("over", ["literals", "features"])
def test_proofs_of_exact(over):
    explainer = explainer_of_iris()
    weights = {"method": Explainer.WEIGHTS, "weights": [1.5, 2.25, 0.1, 3.0]}
    for reason in (explainer.minimal_sufficient_reason(over=over), explainer.preferred_sufficient_reason(**weights)):
        made = reason.certificate(solver="exact", time_limit=60)
        assert made.claims == ("forces", "minimal", "bounded") and made.check()[0] == ACCEPTED
        assert not what_is_wrong(made)


def test_what_exact_does_not_prove():
    explainer = explainer_of_iris()
    for reason in (explainer.sufficient_reason(), explainer.direct_reason(), explainer.contrastive_reason()):
        with pytest.raises(BadInputError, match="leave out"):
            reason.certificate(solver="exact")


def test_the_three_files_alone(tmp_path):
    for name in ("suffice_check.py", "suffice_check_sat.py", "suffice_check_pb.py"):
        shutil.copy(Path(suffice_check_pb.__file__).with_name(name), tmp_path)
    for name, status in (("suffice_check_pb.py", 0), ("suffice_check_sat.py", 1)):
        found = subprocess.run(
            [sys.executable, str(tmp_path / name), str(STORED)], capture_output=True, text=True, check=False,
            cwd=tmp_path, env={"PATH": "/usr/bin"},
        )  # fmt: skip
        assert found.returncode == status, found.stdout + found.stderr
