"""Attribution regions: captum's own numbers, the published recipe by hand, one image at a time."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from suffice.engine.errors import BadInputError
from suffice.neural.rcsb.regions.attribution import METHODS, AttributionRegion
from suffice.neural.rcsb.regions.regions import generator
from torch import nn

from tests.neural.rcsb.small import Linear, images

captum = pytest.importorskip("captum.attr")


class Curved(nn.Module):
    """A small network with a bend, so that methods differ."""

    def __init__(self, channels=3):
        super().__init__()
        self.conv = nn.Conv2d(channels, 4, 3, padding=1)
        self.act = nn.ReLU()
        self.drop = nn.Dropout(0.5)
        self.out = nn.Linear(4, 3)
        numbers = torch.Generator().manual_seed(1)
        for part in self.parameters():
            part.data = torch.randn(part.shape, generator=numbers) * 0.7

    def forward(self, x):
        return self.out(self.drop(self.act(self.conv(x))).mean((2, 3)))


def curved(**options):
    return Curved(**options).eval()


def drawn_from_numpy():
    return np.random.get_state()[1]  # noqa: NPY002  # captum draws from this one


def constant(x):
    return x.sum((1, 2, 3))[:, None] * 0


def by_hand(attribution, cell, number):
    """The published recipe in numpy, step by step, from an attribution (C, H, W)."""
    flat = np.abs(attribution).sum(axis=0)
    ordered = np.sort(flat.ravel())
    sums = np.cumsum(ordered)
    scale = ordered[np.flatnonzero(sums >= 0.98 * sums[-1])[0]]
    values = np.minimum(flat / scale, 1.0)
    height, width = values.shape
    scored = []
    for top in range(0, height, cell):
        for left in range(0, width, cell):
            scored.append((-values[top : top + cell, left : left + cell].sum(), len(scored), top, left))
    mask = np.zeros((height, width), dtype=bool)
    for _, _, top, left in sorted(scored)[:number]:
        mask[top : top + cell, left : left + cell] = True
    return mask


@pytest.mark.parametrize(("side", "cell"), [((8, 8), 2), ((9, 14), 4)])
def test_smooth_integrated_gradients_by_the_published_recipe(side, cell):
    net, batch = curved(), images(3, side=side[0], width=side[1])
    masks = AttributionRegion(cell=cell, area=0.3).masks(batch, classifier=net, labels=[0, 1, 2], seeds=[7, 8, 9])
    rows, columns = -(-side[0] // cell), -(-side[1] // cell)
    for place, seed in enumerate([7, 8, 9]):
        drawn = torch.randn((5, 3, *side), generator=generator(seed, "noise"), dtype=torch.float64)
        noisy = batch[place] + (0.05 * drawn).float()
        gradients = captum.IntegratedGradients(net).attribute(noisy, torch.zeros(1, 3, *side), target=place, n_steps=50)
        expected = by_hand(gradients.mean(0).detach().double().numpy(), cell, int(0.3 * rows * columns))
        assert np.array_equal(masks[place, 0].numpy(), expected)


def test_the_noise_is_that_of_a_noise_tunnel():
    net, batch = curved(), images(1)
    region = AttributionRegion("Saliency", cell=1, area=0.5, noise=0.3, noise_samples=4000)
    ours = region.maps(batch, classifier=net, labels=[0], seeds=[1])[0]
    torch.manual_seed(0)
    tunnel = captum.NoiseTunnel(captum.Saliency(net))
    theirs = tunnel.attribute(batch, nt_samples=4000, nt_samples_batch_size=500, stdevs=0.3, target=0)[0].abs().sum(0)
    assert float(np.corrcoef(ours.flatten(), theirs.flatten())[0, 1]) > 0.95


def test_without_noise_it_is_captum_to_the_digit():
    net, batch = curved(), images(2)
    maps = AttributionRegion(cell=2, noise=0, outliers=0).maps(batch, classifier=net, labels=[2, 0])
    theirs = captum.IntegratedGradients(net).attribute(batch, torch.zeros(1, 3, 8, 8), target=torch.tensor([2, 0]))
    theirs = theirs.abs().sum(1).double().detach()
    theirs = theirs / theirs.flatten(1).amax(1)[:, None, None]
    assert torch.allclose(maps, theirs, atol=1e-5)


def test_signed_channels_and_kinds_of_smoothing():
    net, batch = curved(), images(1)
    theirs = captum.IntegratedGradients(net).attribute(batch, torch.zeros(1, 3, 8, 8), target=0)[0].double().detach()
    signed = AttributionRegion(cell=2, noise=0, outliers=0, channels="signed").maps(batch, classifier=net, labels=[0])
    assert torch.allclose(signed[0], theirs.sum(0).abs() / theirs.sum(0).abs().max(), atol=1e-5)
    drawn = torch.randn((5, 3, 8, 8), generator=generator(0, "noise"), dtype=torch.float64)
    noisy = batch + (0.05 * drawn).float()
    each = captum.Saliency(net).attribute(noisy, target=0).double()
    for kind, expected in (("smoothgrad_sq", each.square().mean(0)), ("vargrad", each.var(0, correction=0))):
        region = AttributionRegion("saliency", cell=2, noise_type=kind, outliers=0)
        found = region.maps(batch, classifier=net, labels=[0])[0]
        flat = expected.abs().sum(0)
        assert torch.allclose(found, flat / flat.max(), atol=1e-4)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_runs_alone_as_in_a_batch(method):
    options = {}
    if method in ("LayerGradCam", "GuidedGradCam"):
        options["layer"] = "conv"
    if method == "DeepLiftShap":
        options["options"] = {"baselines": torch.stack([torch.zeros(3, 8, 8), torch.ones(3, 8, 8)])}
    if method in ("KernelShap", "Lime", "ShapleyValueSampling"):
        options |= {"options": {"n_samples": 8}, "noise": 0}
    net, batch = curved(), images(2)
    region = AttributionRegion(method, cell=4, area=0.5, noise_samples=2, steps=8, **options)
    torch_state, numpy_state = torch.get_rng_state(), drawn_from_numpy().copy()
    masks = region.masks(batch, classifier=net, seeds=[3, 4])
    assert torch.equal(torch.get_rng_state(), torch_state) and np.array_equal(drawn_from_numpy(), numpy_state)
    assert masks.flatten(1).sum(1).tolist() == [32, 32]  # two of four cells
    for place in range(2):
        alone = region.masks(batch[place : place + 1], classifier=net, seeds=[3 + place])
        assert torch.equal(alone[0], masks[place])


def test_it_finds_what_the_class_rests_on():
    net, batch = Linear().eval(), images(4)
    masks = AttributionRegion(cell=4, area=0.5).masks(batch, classifier=net, labels=[0, 1, 0, 1])
    for mask, label in zip(masks[:, 0], (0, 1, 0, 1), strict=True):
        half = mask[:, :4] if label == 0 else mask[:, 4:]
        assert bool(half.all()) and int(mask.sum()) == 32


def test_labels_default_to_the_answer_and_may_be_several():
    net, batch = curved(), images(3)
    region = AttributionRegion(cell=2)
    answers = net(batch).argmax(1)
    assert torch.equal(region.masks(batch, classifier=net), region.masks(batch, classifier=net, labels=answers))
    marked = torch.zeros(3, 3, dtype=torch.bool).scatter(1, answers[:, None], True)
    assert torch.equal(region.masks(batch, classifier=net, labels=marked), region.masks(batch, classifier=net))
    both = torch.tensor([[True, True, False]] * 3)
    summed = region.maps(batch, classifier=lambda x: net(x)[:, :2].sum(1, keepdim=True), labels=[0] * 3)
    assert torch.allclose(region.maps(batch, classifier=net, labels=both), summed, atol=1e-6)


def test_one_score_of_two_classes():
    net, batch = curved(), images(2)

    def one(x):
        return net(x)[:, 0]

    def padded(x):  # the same classifier, with a constant score of the first class
        return torch.stack([torch.zeros(len(x)), one(x)], dim=1)

    region = AttributionRegion(cell=2, area=0.25)
    masks = region.masks(batch, classifier=one, labels=[0, 1])
    assert torch.equal(masks, region.masks(batch, classifier=padded, labels=[0, 1]))
    assert torch.equal(masks, region.masks(batch, classifier=net, labels=[0, 0]))


def test_the_classifier_is_left_as_it_was():
    net = Curved().train()
    net.conv.weight.requires_grad_(False)
    before = {name: value.clone() for name, value in net.state_dict().items()}
    masks = AttributionRegion(cell=2).masks(images(1), classifier=net)
    assert torch.equal(masks, AttributionRegion(cell=2).masks(images(1), classifier=curved()))  # dropout was off
    assert net.training and net.drop.training
    assert [part.requires_grad for part in net.parameters()] == [False, True, True, True]
    assert all(part.grad is None for part in net.parameters())
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
    assert not any(part._forward_hooks or part._backward_hooks for part in net.modules())


def test_it_works_where_gradients_are_off():
    net = curved()
    expected = AttributionRegion(cell=2).masks(images(2), classifier=net)
    for mode in (torch.no_grad, torch.inference_mode):
        with mode():
            assert torch.equal(AttributionRegion(cell=2).masks(images(2), classifier=net), expected)


def test_half_precision_networks():
    net = curved().to(torch.bfloat16)
    assert int(AttributionRegion(cell=4, area=0.5).masks(images(1), classifier=net).sum()) == 32


def test_its_picture(tmp_path):
    region = AttributionRegion(cell=4, area=0.5)
    figure = region.plot(images(2), classifier=curved(), path=tmp_path / "a.png")
    assert (tmp_path / "a.png").stat().st_size > 1000 and len(figure.axes) == 4
    over = region.overlay(images(2), classifier=curved())
    assert over.shape == (2, 3, 8, 8) and over.dtype == torch.uint8


@pytest.mark.parametrize(
    ("message", "options"),
    [
        ("method='SmoothestGrad': expected a method of captum, one of Deconvolution", {"method": "SmoothestGrad"}),
        ("method=None", {"method": None}),
        ("cell=0", {"cell": 0}),
        ("area=0", {"area": 0.0}),
        ("noise=-1", {"noise": -1}),
        ("baseline='black'", {"baseline": "black"}),
        ("baseline=nan", {"baseline": float("nan")}),
        ("noise_samples=0", {"noise_samples": 0}),
        ("steps=0", {"steps": 0}),
        ("outliers=100", {"outliers": 100}),
        ("noise_type='x'", {"noise_type": "x"}),
        ("vargrad.*needs noise", {"noise_type": "vargrad", "noise": 0}),
        ("channels='x'", {"channels": "x"}),
        ("give the layer that it looks at", {"method": "LayerGradCam"}),
        ("only Grad-CAM looks at a layer", {"layer": "conv"}),
    ],
)
def test_refused(message, options):
    with pytest.raises(BadInputError, match=message):
        AttributionRegion(**options)


@pytest.mark.parametrize(
    ("message", "options", "told"),
    [
        ("area=0.05 of 16 cells is less than one", {"area": 0.05}, {}),
        ("give classifier", {}, {"classifier": None}),
        (r"labels\[1\]=3: the classifier has the classes 0 to 2", {}, {"labels": [0, 3]}),
        ("labels has 2 columns", {}, {"labels": torch.ones(2, 2, dtype=torch.bool)}),
        ("image 0: labels marks no class", {}, {"labels": torch.zeros(2, 3, dtype=torch.bool)}),
        ("image 0: the attribution by IntegratedGradients is zero", {}, {"classifier": constant}),
        ("not finite", {}, {"classifier": lambda x: x.sum((2, 3)) * float("inf")}),
        ("the classifier returns tuple", {}, {"classifier": lambda x: (x, x)}),
        ("needs a PyTorch module", {"method": "DeepLift"}, {"classifier": lambda x: x.mean((2, 3))}),
        ("layer='nothing': the classifier has no such part", {"method": "LayerGradCam", "layer": "nothing"}, {}),
        ("captum's IntegratedGradients does not take them", {"options": {"foo": 1}}, {}),
        ("they have none: let the classifier", {}, {"classifier": lambda x: x.detach().mean((2, 3))}),
        ("does not broadcast", {"baseline": np.zeros((3, 4, 4))}, {}),
    ],
)  # fmt: skip
def test_refused_questions(message, options, told):
    with pytest.raises(BadInputError, match=message):
        AttributionRegion(**{"cell": 2} | options).masks(images(2), **{"classifier": curved()} | told)


def test_of_several_labels_the_region_is_about_those_that_are_asked():
    from suffice.neural.rcsb import RCSB, BridgeDenoiser

    from tests.neural.rcsb.small import Shrink

    net, batch = Linear().eval(), images(2)
    wish = {0: not bool(net(batch)[0, 0] > 0)}
    asked = RCSB(BridgeDenoiser(Shrink(), "x0"), net, nfe=2, samples=1, multi_label=True)
    region = AttributionRegion(cell=4, area=0.5)
    found = asked.explain(batch[:1], wish, region)
    assert torch.equal(found.masks, region.masks(batch[:1], classifier=net, labels=[0]))
    assert bool(found.masks[0, 0, :, :4].all())  # the first label likes the left
