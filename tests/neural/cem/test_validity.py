"""Every returned point is what it claims to be: checked anew in float64, by code that the search does not share."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from suffice.neural import CEM
from torch import nn

from tests.brute.amounts import sized, some
from tests.neural.nets import rows, small_cnn, tabular
from tests.neural.peers import digits, digits_cnn, iris, iris_model, needs_peers

QUICK = {"max_iterations": 20, "c_steps": 4}


def scores_of(net, points, loss):
    import copy

    with torch.no_grad():
        told = copy.deepcopy(net).double()(torch.from_numpy(np.float64(points)))
    return (torch.softmax(told, dim=1) if loss == "proba" else told).numpy()


def recheck(result, net, *, b, low, high, kappa=0.0, loss="logit", space="data", fixed=(), groups=(), wanted=None):
    """Assert what the documentation promises, row by row."""
    for i, row in enumerate(result):
        if not row.found:
            assert row.reason
            assert row.point is None and np.isnan(result.point[i]).all()
            continue
        x, p = np.float64(row.instance).ravel(), np.float64(row.point).ravel()
        told = scores_of(net, row.point[None], loss)[0]
        goal = {row.original} if row.mode == "PP" else wanted or set(range(len(told))) - {row.original}
        inside, outside = max(told[list(goal)]), max(told[[k for k in range(len(told)) if k not in goal]])
        assert inside - outside >= kappa and inside > outside
        assert row.margin == pytest.approx(inside - outside, abs=1e-9)
        assert row.prediction == told.argmax() and row.prediction in goal
        hidden = np.zeros(len(x), dtype=bool)
        for group in groups:
            hidden[group] = True
            assert (sorted(p[group])[-1] == 1 and p[group].sum() == 1) or row.mode == "PP"
        base = np.clip(np.broadcast_to(b, len(x)), low, high)
        base = np.where(np.isin(np.arange(len(x)), fixed), x, base)
        if row.mode == "PN":
            farther = (np.abs(p - b) > np.abs(x - b)) & (p >= low) & (p <= high)
            assert ((p == x) | farther | hidden).all()
            assert (p[list(fixed)] == x[list(fixed)]).all()
            start = x
        elif space == "data":
            assert ((p >= np.minimum(base, x)) & (p <= np.maximum(base, x)) | hidden).all()
            start = np.float64(base.astype(row.point.dtype))
        else:
            a = x - p
            assert ((a >= np.minimum(base, x) - 1e-6) & (a <= np.maximum(base, x) + 1e-6)).all()
            start = np.zeros_like(x)
        delta = p - start
        assert np.float64(row.delta).ravel() == pytest.approx(delta, abs=1e-6)
        assert row.l1 == pytest.approx(np.abs(delta).sum(), abs=1e-5)
        assert row.l2 == pytest.approx(np.sqrt((delta**2).sum()), abs=1e-5)
        assert row.objective == pytest.approx(0.1 * row.l1 + row.l2**2, abs=1e-5)


@pytest.mark.parametrize("prox", ["exact", "paper"])
@pytest.mark.parametrize("loss", ["logit", "proba"])
@pytest.mark.parametrize("kappa", [pytest.param(0.0, marks=pytest.mark.slow), 0.3])
def test_tabular_rows(prox, loss, kappa):
    net = tabular(features=5, classes=3, seed=2)
    X = rows(some(24), (5,), seed=4)
    b = np.array([0.0, 0.3, -0.2, 0.1, -2.0])
    low, high = np.array([-1.0, -1.0, -1.0, -3.0, -1.0]), np.array([1.0, 2.0, 1.0, 1.0, 1.0])
    for space in ("data", "delta"):
        cem = CEM(
            net, "both", no_info=b, feature_range=(low, high), kappa=kappa, loss=loss, prox=prox, pp_space=space,
            immutable=[2], **QUICK,
        )  # fmt: skip
        found = cem.explain(X)
        for part in (found.pn, found.pp):
            recheck(part, net, b=b, low=low, high=high, kappa=kappa, loss=loss, space=space, fixed=[2])
        assert found.pp.found.all() or space == "delta" or kappa > 0  # the instance itself is a positive on data


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("double", [False, True])
def test_types_of_rows_and_models_mix(kind, double):
    net = tabular(seed=5)
    net = net.double() if double else net
    X = rows(6, (6,), seed=6, kind=kind)
    bounds = (-1.1, 0.1 + 0.9000001)  # no float32
    found = CEM(net, "both", no_info=0.1, feature_range=bounds, **QUICK).explain(X)
    assert found.PN.dtype == kind and found.PP.dtype == kind
    for part in (found.pn, found.pp):
        assert part.found.all()
        recheck(part, net, b=0.1, low=bounds[0], high=bounds[1])


def test_images_with_channels():
    net = small_cnn(channels=3)
    X = rows(4, (3, 6, 6), seed=1)
    found = CEM(net, "both", no_info=-1.0, feature_range=(-1, 1), **QUICK).explain(X)
    for part in (found.pn, found.pp):
        recheck(part, net, b=-1.0, low=-1, high=1)
    assert found.pp.found.all()


@needs_peers
def test_digits_and_irises():
    net, setting = digits_cnn(), digits()
    options = setting.options
    low, high = options["feature_range"]
    found = CEM(net, "both", **QUICK, **options).explain(setting.test[: sized(40, 12)])
    for part in (found.pn, found.pp):
        assert part.found.all()
        recheck(part, net, b=-1.0, low=low, high=high)
    net, setting = iris_model(), iris()
    options = setting.options
    low, high = options["feature_range"]
    inside = ((setting.test >= low) & (setting.test <= high)).all(axis=1)
    found = CEM(net, "both", max_iterations=30, **options).explain(setting.test[inside])
    for part in (found.pn, found.pp):
        top = np.sort(scores_of(net, part.X, "proba"), axis=1)
        assert part.found[top[:, -1] - top[:, -2] > 0.2].all()  # another instance may be no positive of itself
        recheck(part, net, b=options["no_info"], low=low, high=high, kappa=0.2, loss="proba")


def test_targets():
    net = tabular(classes=4, seed=8)
    X = rows(12, (6,), seed=9)
    cem = CEM(net, no_info=0.0, feature_range=(-2, 2), **QUICK)
    for target, wanted in ((1, {1}), ({0, 2}, {0, 2}), ([3], {3})):
        found = cem.explain(X, target=target)
        already = np.isin(found.X_pred, list(wanted))
        assert not found.found[already].any()
        assert all("already" in found.reason[i] for i in np.flatnonzero(already))
        assert found.found[~already].any()
        recheck(found, net, b=0.0, low=-2, high=2, wanted=wanted)
    each = (cem.explain(X).X_pred + 1) % 4
    found = cem.explain(X, target=each)
    assert (found.prediction[found.found] == each[found.found]).all()
    mask = np.zeros((12, 4), dtype=bool)
    mask[np.arange(12), each] = True
    assert np.array_equal(cem.explain(X, target=mask).point, found.point, equal_nan=True)


def one_hot_rows(n, seed=0):
    generator = np.random.default_rng(seed)
    X = np.zeros((n, 9), dtype=np.float32)
    X[:, :2] = generator.uniform(-1, 1, (n, 2))
    X[np.arange(n), 2 + generator.integers(0, 4, n)] = 1
    X[np.arange(n), 6 + generator.integers(0, 3, n)] = 1
    return X


@pytest.mark.parametrize("weight", [1.0, 6.0])
def test_one_hot_groups_change_as_a_whole(weight):
    net = tabular(features=9, classes=3, seed=11)
    with torch.no_grad():
        net[0].weight[:, 2:] *= weight  # with a large weight only categories matter
    X = one_hot_rows(20)
    groups = [[2, 3, 4, 5], [6, 7, 8]]
    b = np.array([0, 0, 1, 0, 0, 0, 0, 0, 1.0])
    cem = CEM(net, "both", no_info=b, feature_range=(-1, 1), groups=groups, **QUICK)
    found = cem.explain(X)
    assert found.pn.found.mean() > 0.7
    assert found.pp.found.all()
    low, high = np.full(9, -1.0), np.ones(9)
    for part in (found.pn, found.pp):
        recheck(part, net, b=b, low=low, high=high, groups=groups)
    changed = 0
    for row in found.pn:
        if row.found:
            for group in groups:
                if (row.delta[group] != 0).any():
                    changed += 1
                    assert row.point[group].argmax() != b[group].argmax()  # no information is nothing that is added
    assert changed or weight == 1.0
    for row in found.pp:
        for group in groups:
            assert (row.point[group] == row.instance[group]).all() or (row.point[group] == b[group]).all()


def test_a_group_with_an_immutable_column_stays():
    net = tabular(features=9, classes=3, seed=11)
    X = one_hot_rows(12)
    cem = CEM(
        net, "both", no_info=0.0, feature_range=(-1, 1), groups=[[2, 3, 4, 5], [6, 7, 8]], immutable=["c", 6],
        feature_names=list("abcdefghi"),
    )  # fmt: skip
    found = cem.explain(X)
    for part in (found.pn, found.pp):
        keep = part.found
        assert (part.point[keep][:, 2:] == X[keep][:, 2:]).all()


def test_what_cannot_be_is_said_never_zeros():
    class Constant(nn.Module):
        def forward(self, x):
            return torch.stack([x[:, 0] * 0 + 2, x[:, 0] * 0 + 1], dim=1)

    X = rows(3, (4,))
    found = CEM(Constant().eval(), "PN", no_info=0.0, feature_range=(-1, 1)).explain(X)
    assert not found.found.any()
    assert np.isnan(found.point).all() and np.isnan(found.objective).all()
    assert all("margin" in reason for reason in found.reason)
    assert found.PN is None and found.PN_pred is None
    fixed = CEM(tabular(features=4), "PN", no_info=0.0, feature_range=(-1, 1), immutable=[0, 1, 2, 3]).explain(X)
    assert [str(outcome) for outcome in fixed.outcome] == ["impossible"] * 3


def test_an_empty_positive_is_flagged():
    net = tabular(features=4, seed=1)
    X = rows(10, (4,), seed=2)
    found = CEM(net, "PP", no_info=0.0, feature_range=(-1, 1)).explain(X)
    with torch.no_grad():
        nothing = int(net(torch.zeros(1, 4)).argmax())
    same = found.X_pred == nothing
    assert same.any()
    assert [str(found.outcome[i]) for i in np.flatnonzero(same)] == ["empty"] * int(same.sum())
    assert (found.n_changed[same] == 0).all() and found.found[same].all()
    assert all("no information" in found.reason[i] for i in np.flatnonzero(same))


def test_mixed_precision_is_verified_in_full():
    net = small_cnn()
    X = rows(4, (1, 6, 6), seed=3)
    full = CEM(net, no_info=-1.0, feature_range=(-1, 1), **QUICK).explain(X)
    mixed = CEM(net, no_info=-1.0, feature_range=(-1, 1), dtype="bfloat16", **QUICK).explain(X)
    assert mixed.found.sum() == full.found.sum()
    recheck(mixed, net, b=-1.0, low=-1, high=1)
    assert mixed.objective[mixed.found].mean() <= 1.3 * full.objective[full.found].mean()


def test_the_rules_see_what_is_wrong():
    from suffice.neural.cem.search.verify import Rules

    x = np.array([[0.5, -0.5, 0.0]])
    b, low, high = np.zeros(3), np.full(3, -1.0), np.ones(3)
    fixed = np.array([False, False, True])
    negative = Rules("PN", x, b, low, high, fixed, ())
    good = [[0.5, -0.5, 0.0], [0.7, -0.5, 0.0], [-0.6, -0.5, 0.0], [0.5, 0.51, 0.0]]
    bad = [[0.4, -0.5, 0.0], [-0.5, -0.5, 0.0], [1.1, -0.5, 0.0], [0.5, -0.5, 0.1], [np.nan, -0.5, 0.0]]
    assert all(negative.hold(np.array([p])).all() for p in good)
    assert not any(negative.hold(np.array([p])).any() for p in bad)
    positive = Rules("PP", x, b, low, high, fixed, ())
    assert positive.hold(np.array([[0.2, 0.0, 0.0]])).all()
    assert not any(positive.hold(np.array([p])).any() for p in ([0.6, 0, 0], [0.1, 0.1, 0], [0.1, 0.0, 0.1]))
