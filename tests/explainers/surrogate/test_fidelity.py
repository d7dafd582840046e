"""Fidelity is about different rows that had no say: neither copies, nor rows that the radius was chosen by."""

from __future__ import annotations

import hashlib
import itertools
import pickle

import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta, binomtest
from suffice import BadInputError, FidelityError, SurrogateExplainer
from suffice.explainers.surrogate.fidelity import interval_of, rows_needed
from suffice.explainers.surrogate.splits import row_keys, split_rows

EVERY = np.array(list(itertools.product((0.0, 1.0), repeat=10)))
RNG = np.random.default_rng(3)


def chance(rows):
    """A hash of each row, which nothing can learn."""
    return np.array([hashlib.md5(np.asarray(row, float).tobytes()).digest()[0] & 1 for row in np.asarray(rows, float)])


def first(rows):
    return (rows[:, 0] > 0).astype(int)


# -- numbers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("right", "rows"), [(0, 5), (5, 5), (3, 4), (57, 60), (36, 36), (250, 1000)])
def test_intervals_are_those_of_clopper_and_pearson(right, rows):
    exact = binomtest(right, rows).proportion_ci(0.95, "exact")
    assert interval_of(right, rows, 1) == pytest.approx((exact.low, exact.high), abs=1e-12)
    low, high = interval_of(right, rows, 5)  # each tail a tenth of 5 %
    assert low == pytest.approx(beta.ppf(0.005, right, rows - right + 1) if right else 0.0, abs=1e-12)
    assert high == pytest.approx(beta.ppf(0.995, right + 1, rows - right) if right < rows else 1.0, abs=1e-12)


def test_rows_that_a_wish_needs():
    assert rows_needed(0.9, 1) == 36
    for share, labels in itertools.product((0.5, 0.8, 0.95, 0.99), (1, 3, 50)):
        rows = rows_needed(share, labels)
        assert interval_of(rows, rows, labels)[0] >= share
        assert rows == 1 or interval_of(rows - 1, rows - 1, labels)[0] < share
    assert rows_needed(0.0, 1) == 0


# -- parts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("choosing", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_parts_have_no_row_in_common(choosing, seed):
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 3, size=(900, 5)).astype(float) * rng.choice([-1.0, 1.0], size=(900, 1))
    asked = 700
    split = split_rows(codes, asked, seed, 30, choosing)
    parts = [{tuple(row) for row in codes[places] + 0.0} for places in (split.learn, split.choose, split.report)]
    assert not parts[0] & parts[1]
    assert not parts[0] & parts[2]
    assert not parts[1] & parts[2]
    assert max(split.report.max(), split.choose.max(initial=-1)) < asked
    held = parts[1] | parts[2]
    dropped = set(range(len(codes))) - {*split.learn, *split.choose, *split.report}
    for place in dropped:  # copies of held-out rows
        assert place >= asked
        assert tuple(codes[place] + 0.0) in held
    for name, places in (("report", split.report), ("choose", split.choose)):
        once = codes[split.firsts[name]] + 0.0
        assert len({tuple(row) for row in once}) == len(once)
        assert {tuple(row) for row in once} == {tuple(row) for row in codes[places] + 0.0}
    different = len({tuple(row) for row in codes[:asked] + 0.0})
    assert abs(len(split.firsts["report"]) - different / 4) < (1 if not choosing else 0.15 * different)


def test_a_row_keeps_its_part_when_the_vicinity_grows():
    codes = RNG.normal(size=(600, 3))
    small, large = split_rows(codes[:300], 300, 1, 30, True), split_rows(codes, 600, 1, 30, True)
    for name in ("learn", "choose", "report"):
        assert set(getattr(small, name)) == {place for place in getattr(large, name) if place < 300}


def test_few_rows_are_held_out_as_needed():
    codes = np.arange(80.0).reshape(-1, 1)
    assert len(split_rows(codes, 80, 0, 30, False).report) == 30
    assert len(split_rows(codes, 80, 0, 50, False).report) == 40  # at most half
    assert len(split_rows(codes, 80, 0, 3, False).report) == 20
    assert row_keys(codes, 1) != row_keys(codes, 2)


# -- surrogates ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["rows", "both", "perturbed"])
@pytest.mark.parametrize("kind", ["tree", "auto"])
def test_chance_is_not_imitated_however_often_rows_occur(source, kind):
    rows = EVERY[RNG.integers(0, 300, size=3000)]
    more = {"max_depth": None} if kind == "tree" else {}
    fidelity = SurrogateExplainer(chance, rows, EVERY[700], kind=kind, source=source, radius=10, **more).fidelity
    assert fidelity.worst < 0.65
    assert fidelity.interval["label"][0] < 0.5 < fidelity.interval["label"][1] + 0.1
    assert fidelity.n_held_out_rows > fidelity.n_held_out >= 30
    with pytest.raises(FidelityError, match=r"minimum_fidelity=0\.8"):
        SurrogateExplainer(
            chance, rows, EVERY[700], kind=kind, source=source, radius=10, minimum_fidelity=0.8, widen=True, **more
        )


def test_what_is_told_is_measured_on_the_rows_that_were_kept_back():
    asked = []

    def rule(rows):
        asked.append(len(rows))
        return ((rows[:, 0] > 0) & (rows[:, 1] > 0) | (rows[:, 2] > 0) & (rows[:, 3] > 0)).astype(int)

    often = RNG.integers(1, 6, size=len(EVERY))
    data = np.repeat(EVERY, often, axis=0)
    why = SurrogateExplainer(rule, data, EVERY[5], kind="tree", max_depth=2, radius=10)
    told, split_off = why.fidelity, why._fitted
    codes = split_off.vicinity.rows
    split = split_rows(codes, len(codes), 0, 30, False)
    agree = why.models[0].predict(codes) == rule(codes)
    assert told.accuracy["label"] == agree[split.firsts["report"]].mean()
    assert told.weighted["label"] == agree[split.report].mean()
    assert told.accuracy != told.weighted
    right, rows = int(agree[split.firsts["report"]].sum()), len(split.firsts["report"])
    assert told.interval["label"] == interval_of(right, rows, 1)
    assert (told.n_held_out, told.n_held_out_rows) == (rows, len(split.report))
    assert told.n_learnt == len(split.learn) + 1
    usual = round(rule(codes[split.learn]).mean())
    assert told.baseline["label"] == (rule(codes[split.firsts["report"]]) == usual).mean()
    assert pickle.loads(pickle.dumps(told)) == told


def test_several_labels_share_the_risk():
    def rules(rows):
        return np.column_stack([rows[:, 0] > 0, rows[:, 1] > 0, rows[:, 2] > 0])

    why = SurrogateExplainer(rules, EVERY, EVERY[1], kind="tree", radius=4)
    told = why.fidelity
    assert told.interval["y1"] == interval_of(round(told.accuracy["y1"] * told.n_held_out), told.n_held_out, 3)
    assert told.lower == min(low for low, _ in told.interval.values())
    needed = rows_needed(0.9, 3)
    with pytest.raises(FidelityError, match=f"{needed} held-out rows, all of them agreed on of each of 3 labels"):
        SurrogateExplainer(rules, EVERY[:50], EVERY[1], kind="tree", radius=10, minimum_fidelity=0.9)
    method = why.sufficient_reason(labels=["y2"]).proof.method
    assert "y2 100.0%" in method
    assert "y3" not in method


def test_few_rows_show_little():
    for rows in (5, 12, 59):
        with pytest.raises(BadInputError, match="minimum_held_out=30"):
            SurrogateExplainer(first, EVERY[: rows + 1], EVERY[0], kind="tree", radius=10)
        with pytest.raises(FidelityError, match="36 held-out rows"):
            SurrogateExplainer(first, EVERY[-rows:], EVERY[0], kind="tree", radius=10, minimum_fidelity=0.9)
    few = SurrogateExplainer(first, EVERY[500:530], EVERY[0], kind="tree", radius=10, minimum_held_out=3).fidelity
    assert few.n_held_out == 8
    assert few.worst == 1.0
    assert few.lower < 0.7
    exact = SurrogateExplainer(first, EVERY[476:548], EVERY[0], kind="tree", radius=10, minimum_fidelity=0.9).fidelity
    assert exact.n_held_out == 36
    assert exact.lower >= 0.9
    with pytest.raises(FidelityError, match="36 held-out rows"):
        SurrogateExplainer(first, EVERY[477:548], EVERY[0], kind="tree", radius=10, minimum_fidelity=0.9)


def test_a_wider_radius_by_choice():
    def far(rows):  # near the instance there are too few rows to learn the rule from
        return (rows[:, :3].sum(axis=1) > 1).astype(int)

    x = np.zeros(10)
    narrow = {"radius": 2, "kind": "tree", "minimum_fidelity": 0.9, "min_samples_leaf": 8}
    with pytest.raises(FidelityError, match="radius=2"):
        SurrogateExplainer(far, EVERY, x, **narrow)
    wide = SurrogateExplainer(far, EVERY, x, widen=True, **narrow)
    assert wide.fidelity.lower >= 0.9
    assert wide.fidelity.radius > 2
    assert wide.fidelity.n_chosen >= 36
    told = wide.fidelity
    assert told.n_learnt + told.n_chosen + told.n_held_out == len(wide._fitted.vicinity.rows) + 1
    with pytest.raises(FidelityError, match=r"no radius up to 10 shows minimum_fidelity=0\.9"):
        SurrogateExplainer(chance, EVERY, x, widen=True, **narrow)


def test_widening_for_enough_rows():
    wide = SurrogateExplainer(first, EVERY, EVERY[0], kind="tree", radius=1, widen=True).fidelity
    assert wide.radius > 1
    assert wide.n_held_out >= 30
    assert wide.n_chosen == 0


def test_the_nearest_rows_are_different_ones():
    data = np.repeat(RNG.normal(size=(300, 2)), 10, axis=0)
    told = SurrogateExplainer(first, data, data[0], kind="tree", n_neighbors=100).fidelity
    assert told.n_held_out_rows == 10 * told.n_held_out
    assert told.n_held_out == 30  # a quarter of 100 would be too few
    assert told.n_learnt == 701


def test_rows_and_perturbed_rows_together():
    few = EVERY[RNG.choice(1024, 90, replace=False)]

    def vote(rows):
        return (rows.sum(axis=1) > 5).astype(int)

    both = SurrogateExplainer(vote, few, few[0], source="both", n_samples=300, kind="linear", radius=10)
    rows = SurrogateExplainer(vote, few, few[0], kind="linear", radius=10).fidelity
    told = both.fidelity
    assert told.n_held_out == rows.n_held_out == 30  # only rows of the data are held out
    assert rows.n_learnt < told.n_learnt <= rows.n_learnt + 300
    assert "rows of the data within radius 10" in str(told)
    assert told.worst >= rows.worst


def test_texts_and_copies():
    frame = pd.DataFrame({"colour": list("rgby") * 300, "size": np.repeat(np.arange(100), 12)})
    told = SurrogateExplainer(lambda t: (t["colour"] == "r").to_numpy(), frame, frame.iloc[0], kind="tree").fidelity
    assert told.n_held_out_rows == 3 * told.n_held_out
    assert told.n_learnt + told.n_held_out_rows == 1200 - 3 + 1
    assert told.worst == 1.0


def test_words():
    def rules(rows):
        return np.column_stack([rows[:, i] > 0 for i in range(7)])

    many = SurrogateExplainer(rules, np.repeat(EVERY, 2, axis=0), EVERY[1], kind="tree", radius=4).fidelity
    assert "different held-out rows of the data (" in repr(many)
    assert "and 3 other labels" in repr(many)
    assert len(repr(many).splitlines()) == 6
    assert "<table>" in many._repr_html_()
    one = SurrogateExplainer(first, EVERY, EVERY[1], kind="tree", radius=4)
    low = np.floor(1000 * one.fidelity.lower) / 10
    assert f"label 100.0% ({low:.1f} to 100.0%; the more frequent answer alone" in str(one.fidelity)
    assert "the more frequent answer alone" in repr(one.fidelity)
    assert repr(one).startswith("SurrogateExplainer")
    assert "tree" in repr(one)
    assert "<table>" in one._repr_html_()
