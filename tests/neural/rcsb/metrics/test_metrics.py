"""Every metric against a direct reading of its definition in numpy."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from suffice.engine.errors import BadInputError
from suffice.neural.rcsb.metrics.evaluation import compare, evaluate
from suffice.neural.rcsb.metrics.frechet import fid, frechet_distance, region_crops, split_fid
from suffice.neural.rcsb.metrics.metrics import (
    agreement,
    attributes_changed,
    correlation_difference,
    cout,
    face_verification,
    l1,
    l2,
    lpips,
    similarity,
)
from torch import nn

from tests.neural.rcsb.small import Linear, images, made_result

BEFORE, AFTER = images(9, seed=1), images(9, seed=2)


def features(x):
    """Five numbers an image."""
    return torch.stack([x.mean((1, 2, 3)), x[:, 0].amax((1, 2)), x[:, 1, 2, 3], x[:, 2, 0, 0], x.std((1, 2, 3))], 1)


def layers(x):
    return [x * 2 - 0.5, nn.functional.avg_pool2d(x, 2)[:, :2]]


def scipy_fid(first, second):
    """The published formula, with a root of the product of the covariances."""
    from scipy.linalg import sqrtm

    first, second = (np.asarray(part, dtype=np.float64) for part in (first, second))
    means = first.mean(0) - second.mean(0)
    one, other = (np.atleast_2d(np.cov(part, rowvar=False)) for part in (first, second))
    return float(means @ means + np.trace(one + other - 2 * np.real(sqrtm(one @ other))))


@pytest.mark.parametrize(("n", "m", "d"), [(50, 40, 5), (40, 60, 1), (30, 7, 6)])
def test_frechet_distance_by_scipy(n, m, d):
    numbers = np.random.default_rng(n)
    first, second = numbers.normal(size=(n, d)) @ numbers.normal(size=(d, d)), numbers.normal(0.5, 2, size=(m, d))
    ours = frechet_distance(torch.from_numpy(first), torch.from_numpy(second))
    assert ours == pytest.approx(scipy_fid(first, second), rel=1e-8)


def test_frechet_distance_of_fewer_images_than_features():
    """Singular covariances: the trace of the root from the eigenvalues of the product, as torchmetrics has it."""
    numbers = np.random.default_rng(3)
    first, second = numbers.normal(size=(6, 20)), numbers.normal(0.3, 1, size=(9, 20))
    one, other = np.cov(first, rowvar=False), np.cov(second, rowvar=False)
    root = np.sqrt(np.linalg.eigvals(one @ other).astype(complex)).real.sum()
    means = first.mean(0) - second.mean(0)
    expected = means @ means + np.trace(one) + np.trace(other) - 2 * root
    assert frechet_distance(torch.from_numpy(first), torch.from_numpy(second)) == pytest.approx(expected, rel=1e-6)
    assert frechet_distance(torch.from_numpy(first), torch.from_numpy(first)) == pytest.approx(0, abs=1e-10)


def test_frechet_distance_by_torchmetrics():
    module = pytest.importorskip("torchmetrics.image.fid")
    numbers = np.random.default_rng(4)
    first, second = (torch.from_numpy(numbers.normal(size=(80, 4))) for _ in range(2))
    theirs = module._compute_fid(first.mean(0), first.T.cov(), second.mean(0), second.T.cov())
    assert frechet_distance(first, second) == pytest.approx(float(theirs), rel=1e-8)


def test_fid_and_split_fid():
    before, after = features(BEFORE), features(AFTER)
    assert fid(BEFORE, AFTER, features) == pytest.approx(scipy_fid(before, after), rel=1e-4)
    valid = torch.tensor([True] * 7 + [False] * 2)
    order = torch.randperm(9, generator=torch.Generator().manual_seed(5))
    expected = []
    for here, there in ((order[:4], order[4:]), (order[4:], order[:4])):
        expected.append(scipy_fid(before[there], after[[i for i in here.tolist() if i < 7]]))
    found = split_fid(BEFORE, AFTER, features, valid=valid, repeats=1, seed=5)
    assert found == pytest.approx(np.mean(expected), rel=1e-3, abs=1e-4)


def test_crops_of_regions():
    masks = torch.zeros(3, 1, 8, 8, dtype=torch.bool)
    masks[0, 0, 2:4, 3:7] = True
    masks[2, 0, 5, 5] = masks[2, 0, 6, 6] = True
    crops = region_crops(BEFORE[:3], masks, size=(2, 4))
    assert crops.shape == (2, 3, 2, 4)  # the second region is empty
    assert torch.allclose(crops[0], BEFORE[0, :, 2:4, 3:7], atol=1e-6)
    assert region_crops(BEFORE[:3], masks).shape == (2, 3, 8, 8)


def test_lengths():
    delta = (AFTER - BEFORE).double().numpy().reshape(9, -1)
    assert np.allclose(l1(BEFORE, AFTER), np.abs(delta).sum(1))
    assert np.allclose(l2(BEFORE, AFTER), np.sqrt((delta**2).sum(1)))
    assert float(l1((BEFORE * 255).to(torch.uint8), (BEFORE * 255).to(torch.uint8)).sum()) == 0


def test_similarity_and_faces():
    before, after = features(BEFORE).double().numpy(), features(AFTER).double().numpy()
    cosine = (before * after).sum(1) / np.linalg.norm(before, axis=1) / np.linalg.norm(after, axis=1)
    assert np.allclose(similarity(BEFORE, AFTER, features), cosine, atol=1e-6)
    middle = float(np.sort(cosine)[4:6].mean())
    assert face_verification(BEFORE, AFTER, features, threshold=middle).tolist() == (cosine > middle).tolist()


def test_lpips():
    weights = [np.array([0.5, 1.0, 2.0]), np.array([1.0, 3.0])]
    expected = np.zeros(9)
    for place, (one, other) in enumerate(zip(layers(BEFORE), layers(AFTER), strict=True)):
        ways = []
        for maps in (one.double().numpy(), other.double().numpy()):
            ways.append(maps / np.sqrt((maps**2).sum(1, keepdims=True)))
        expected += ((ways[0] - ways[1]) ** 2 * weights[place][:, None, None]).sum(1).mean((1, 2))
    assert np.allclose(lpips(BEFORE, AFTER, layers, weights=weights), expected, atol=1e-6)
    assert lpips(BEFORE, AFTER, layers).shape == (9,) and float(lpips(BEFORE, BEFORE, layers).sum()) == 0


def test_cout():
    net, source, target = Linear(), torch.tensor([0, 1, 2] * 3), torch.tensor([1, 2, 0] * 3)
    steps = 7
    found = cout(BEFORE, AFTER, net, source, target, steps=steps)
    for place in range(9):
        before, after = BEFORE[place].numpy(), AFTER[place].numpy()
        order = np.argsort(-np.abs(after.astype(np.float64) - before).sum(0).ravel(), kind="stable")
        curve = []
        for step in range(steps + 1):
            mixed = before.reshape(3, -1).copy()
            chosen = order[: 64 * step // steps]
            mixed[:, chosen] = after.reshape(3, -1)[:, chosen]
            scores = net(torch.from_numpy(mixed.reshape(1, 3, 8, 8)))[0].double().detach().numpy()
            share = np.exp(scores - scores.max()) / np.exp(scores - scores.max()).sum()
            curve.append(share[target[place]] - share[source[place]])
        expected = sum((curve[i] + curve[i + 1]) / 2 for i in range(steps)) / steps
        assert float(found[place]) == pytest.approx(expected, abs=1e-6)


def test_cout_reaches_its_bounds():
    def sure(x):  # of the second class as soon as anything is bright
        bright = (x.amax((1, 2, 3)) > 0.5).float()
        return 100 * torch.stack([1 - bright, bright], dim=1) - 50

    before, after = torch.zeros(1, 1, 20, 20), torch.ones(1, 1, 20, 20)
    up = float(cout(before, after, sure, torch.tensor([0]), torch.tensor([1]), steps=400))
    assert up == pytest.approx(1, abs=0.01)
    assert float(cout(before, after, sure, torch.tensor([1]), torch.tensor([0]), steps=400)) == pytest.approx(-up)


def test_cout_of_several_labels_and_of_sets():
    net = Linear()
    target = torch.tensor([[1, -1, 0]] * 9, dtype=torch.int8)
    found = cout(BEFORE, AFTER, net, torch.zeros(9, 3, dtype=torch.bool), target, steps=1, multi_label=True)
    ends = []
    for part in (BEFORE, AFTER):
        share = net(part).sigmoid().double().detach().numpy()
        hit = (share[:, 0] + 1 - share[:, 2]) / 2
        ends.append(2 * hit - 1)
    assert np.allclose(found, (ends[0] + ends[1]) / 2, atol=1e-6)
    anything = torch.tensor([[False, True, True]] * 9)
    of_set = cout(BEFORE, AFTER, net, torch.zeros(9, dtype=torch.long), anything, steps=1)
    shares = [net(part).softmax(1).double().detach().numpy() for part in (BEFORE, AFTER)]
    expected = sum(share[:, 1] + share[:, 2] - share[:, 0] for share in shares) / 2
    assert np.allclose(of_set, expected, atol=1e-6)


def test_attributes():
    net = Linear(classes=6, seed=3)
    before, after = (net(part).detach().double().numpy() for part in (BEFORE, AFTER))
    changed = attributes_changed(BEFORE, AFTER, net)
    assert changed.tolist() == ((before > 0) != (after > 0)).sum(1).tolist() and int(changed.sum())
    before, after = (1 / (1 + np.exp(-part)) for part in (before, after))
    expected = np.abs(np.corrcoef(before.T)[2] - np.corrcoef((after - before).T)[2]).sum()
    assert correlation_difference(BEFORE, AFTER, net, 2) == pytest.approx(expected, rel=1e-6)
    data = np.random.default_rng(0).integers(0, 2, (30, 6))
    expected = np.abs(np.corrcoef(data.T)[2] - np.corrcoef((after - before).T)[2]).sum()
    assert correlation_difference(BEFORE, AFTER, net, 2, reference=data) == pytest.approx(expected, rel=1e-6)
    data[:, 4] = 1  # never varies
    assert np.isfinite(correlation_difference(BEFORE, AFTER, net, 2, reference=data))


def test_agreement():
    net = Linear(seed=5)
    answers = net(AFTER).argmax(1)
    assert agreement(AFTER, net, answers).all() and not agreement(AFTER, net, (answers + 1) % 3).any()
    anything = torch.ones(9, 3, dtype=torch.bool)
    assert agreement(AFTER, net, anything).all()


def test_the_table():
    result = made_result()
    net = Linear()
    table = evaluate(
        result, classifier=net, judge=Linear(seed=2), encoder=features, similarity_encoder=features,
        face_encoder=features,
        lpips_encoder=layers, attributes=Linear(classes=6, seed=3), query=1,
    )  # fmt: skip
    flips = result.flipped
    assert table["flip rate"] == pytest.approx(5 / 6)
    assert table["COUT"] == pytest.approx(
        float(cout(result.originals, result.images, net, result.source, result.targets).mean())
    )
    assert table["L1"] == pytest.approx(float(l1(result.originals[flips], result.images[flips]).mean()))
    assert table["FID"] == pytest.approx(fid(result.originals, result.images[flips], features))
    names = "flip rate, agreement, COUT, L1, L2, LPIPS, FID, sFID, FID (region), S3, FVA, FS, MNAC, CD"
    assert list(table.to_dict()) == names.split(", ") and not any(
        value is None for key, value in table.to_dict().items() if key != "sFID"
    )
    assert [row.count for row in table.rows][:4] == [6, 5, 6, 5]
    text = compare({"one": table, "two": evaluate(result)})
    assert "COUT" in text and "0.8333" in text and text.splitlines()[0].split() == ["metric", "one", "two"]
    assert "<table>" in table._repr_html_() and str(table).startswith("metric")
    with pytest.raises(KeyError, match="there are flip rate"):
        table["accuracy"]


def test_the_table_of_too_few_flips_says_so():
    table = evaluate(made_result(3, (False, False, False)), encoder=features, lpips_encoder=layers)
    assert table.to_dict() == {
        "flip rate": 0.0, "L1": None, "L2": None, "LPIPS": None, "FID": None, "sFID": None, "FID (region)": None,
    }  # fmt: skip
    assert "FID (value): needs 2 flipped images, there are 0" in str(table)


class Dropping(nn.Module):
    def __init__(self):
        super().__init__()
        self.drop = nn.Dropout(0.9)

    def forward(self, x):
        return self.drop(features(x))


def test_encoders_are_left_as_they_were():
    encoder = Dropping().train()
    assert torch.allclose(similarity(BEFORE, AFTER, encoder), similarity(BEFORE, AFTER, features))
    assert encoder.training and encoder.drop.training


@pytest.mark.parametrize(
    ("message", "call"),
    [
        ("needs at least two rows", lambda: fid(BEFORE[:1], AFTER, features)),
        ("5 and of 4 columns", lambda: frechet_distance(torch.rand(3, 5), torch.rand(3, 4))),
        ("encoder=3: expected a module", lambda: fid(BEFORE, AFTER, 3)),
        ("encoder returns list", lambda: fid(BEFORE, AFTER, lambda x: [x])),
        ("encoder returns shape .2,. for 9 images", lambda: fid(BEFORE, AFTER, lambda x: torch.ones(2))),
        ("features that are not finite", lambda: fid(BEFORE, AFTER, lambda x: features(x) * float("nan"))),
        ("9 originals and 8 counterfactuals", lambda: similarity(BEFORE, AFTER[:8], features)),
        ("features of image 0 are all zero", lambda: similarity(BEFORE, AFTER, lambda x: features(x) * 0)),
        ("expected one shape", lambda: l1(BEFORE, AFTER[:, :1])),
        ("expected feature maps .9, channels", lambda: lpips(BEFORE, AFTER, features)),
        ("1 weights for 2 layers", lambda: lpips(BEFORE, AFTER, layers, weights=[1.0])),
        ("has 2 numbers: the layer has 3", lambda: lpips(BEFORE, AFTER, layers, weights=[[1, 1], [1, 1]])),
        (
            "target=.7, 7, .*the classes 0 to 2",
            lambda: cout(BEFORE, AFTER, Linear(), torch.zeros(9).long(), torch.full((9,), 7)),
        ),
        ("source has shape .2,.", lambda: cout(BEFORE, AFTER, Linear(), torch.zeros(2).long(), torch.zeros(9).long())),
        ("2 targets for 9 images", lambda: agreement(AFTER, Linear(), torch.zeros(2).long())),
        (
            "give the RCSB that explains it",
            lambda: agreement(AFTER, lambda x: x.mean((1, 2, 3)), torch.zeros(9).long()),
        ),
        ("steps=0", lambda: cout(BEFORE, AFTER, Linear(), torch.zeros(9).long(), torch.zeros(9).long(), steps=0)),
        (
            "query=6: expected the number of one of 6",
            lambda: correlation_difference(BEFORE, AFTER, Linear(classes=6), 6),
        ),
        ("correlations need", lambda: correlation_difference(BEFORE, AFTER, Linear(), 0, reference=np.ones((4, 2)))),
        ("values from 0 to 2", lambda: l1(torch.tensor([[[[0.0, 2.0]]]]), torch.zeros(1, 1, 1, 2))),
        ("query=0: the correlation difference needs attributes", lambda: evaluate(made_result(), query=0)),
        ("masks has shape", lambda: region_crops(BEFORE, torch.ones(9, 8, 8, dtype=torch.bool))),
        ("9 originals, 9 counterfactuals, 2 valid", lambda: split_fid(BEFORE, AFTER, features, valid=[True, False])),
    ],
)
def test_refused(message, call):
    with pytest.raises(BadInputError, match=message):
        call()
