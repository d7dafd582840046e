"""Networks in a run: given back as they were, counted, in place, compiled, in half precision; and memory."""

from __future__ import annotations

import copy

import pytest
import torch
from suffice.neural.rcsb import RCSB, Calls
from suffice.neural.rcsb.bridge.networks import make_unet
from torch import nn

from benchmarks.rcsb_memory import Peak
from tests.neural.rcsb.fixtures import explainer, left_half, others, pictures, seeded, tiny_classifier, tiny_net


@pytest.mark.parametrize("preset", ["default", "fast"])
@pytest.mark.parametrize("fails", [False, True])
def test_networks_are_given_back_as_they_were(preset, fails):
    def build():
        return nn.Sequential(
            nn.Conv2d(1, 6, 3, padding=1), nn.BatchNorm2d(6), nn.Dropout(0.5), nn.Flatten(), nn.Linear(384, 5)
        )

    classifier, network = seeded(build), make_unet(1, 8, 8, features=32, widen=1)
    classifier.train()
    classifier[1].eval()
    classifier[4].bias.requires_grad_(False)
    network.train()
    network.conv_in.weight.requires_grad_(False)
    classifier[0].weight.grad = torch.ones_like(classifier[0].weight)
    state = copy.deepcopy((classifier.state_dict(), network.state_dict()))

    def told():
        parts = [*classifier.modules(), *network.modules()]
        own = [*classifier.parameters(), *network.parameters()]
        return (
            [part.training for part in parts],
            [sorted(part.__dict__) for part in parts],
            [(one.requires_grad, one.device, one.dtype, one.grad is None) for one in own],
            [len(part._forward_hooks) for part in parts],
        )

    before = told()
    images = pictures(3)
    with torch.no_grad():
        target = others(copy.deepcopy(classifier).eval(), images)
    asked = RCSB(network, classifier, preset=preset, nfe=3, checkpointing=True)
    if fails:
        broken = pictures(3)
        handle = network.conv_out.register_forward_hook(lambda *_: torch.full((len(_[2]), 1, 8, 8), float("nan")))
        with pytest.raises(Exception, match="not finite"):
            asked.explain(broken, target, left_half(3))
        handle.remove()
    else:
        first = asked.explain(images, target, left_half(3))
        assert torch.equal(first.samples, asked.explain(images, target, left_half(3)).samples)  # no dropout
    assert told() == before
    after = (classifier.state_dict(), network.state_dict())
    for one, other in zip(state, after, strict=True):
        assert all(torch.equal(one[name], other[name]) for name in one)


def test_checkpointing_needs_at_most_half_the_memory_and_gives_the_same_bits():
    network = make_unet(3, 32, 32, features=32, blocks=2).eval()
    classifier = seeded(
        lambda: nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(4), nn.Flatten(), nn.Linear(128, 5))
    )
    images, mask = pictures(1, 3, 32, 32), torch.zeros(32, 32, dtype=torch.bool)
    mask[10:25, 10:20] = True
    peaks, samples = {}, {}
    for checkpointing in (False, True):
        asked = RCSB(network, classifier, nfe=1, samples=1, checkpointing=checkpointing)
        with Peak() as memory:
            samples[checkpointing] = asked.explain(images, None, mask).samples
        peaks[checkpointing] = memory.peak
    assert peaks[True] <= 0.5 * peaks[False]
    assert torch.equal(samples[True], samples[False])


def test_memory_is_counted_right():
    with Peak() as memory:
        one = torch.zeros(1000)
        two = one + 1
        del one
        view = two[10:].view(-1)
        three = view * 2
    assert memory.peak == 4 * (2 * 1000 + 990) - 4 * 1000 or memory.peak == 4 * 2000
    assert memory.alive == 4 * (1000 + 990)
    del three


def test_calls_are_counted_as_they_happen():
    rows = {"denoiser": [], "classifier": []}
    images, classifier, net = pictures(5), tiny_classifier(), tiny_net()

    def network(x, t):
        rows["denoiser"].append(len(x))
        return net(x, t)

    def model(x):
        rows["classifier"].append(len(x))
        return classifier(x)

    result = explainer(model, network, samples=2, batch_size=4, output="logits").explain(images, None, left_half(5))
    assert result.calls == Calls(
        len(rows["denoiser"]), len(rows["classifier"]), sum(rows["denoiser"]), sum(rows["classifier"]), 80, 80
    )
    assert result.calls.denoiser_rows == 80


def test_runs_inside_other_modes_of_pytorch():
    images, asked = pictures(), explainer()
    target = others(asked.classifier, images)
    plain = asked.explain(images, target, left_half())
    with torch.inference_mode():
        inside = asked.explain(images.clone(), target.clone(), left_half())
    with torch.no_grad():
        without = asked.explain(images, target, left_half())
    assert torch.equal(plain.samples, inside.samples)
    assert torch.equal(plain.samples, without.samples)
    assert torch.is_grad_enabled()
    state = torch.random.get_rng_state()
    asked.explain(images, target, left_half(), seeds=9)
    assert torch.equal(state, torch.random.get_rng_state())


def test_networks_that_work_in_place_change_nothing():
    images, classifier, net = pictures(), tiny_classifier(), tiny_net()
    target = others(classifier, images)

    def model(x):
        return classifier(x.sub_(0.5) + 0.5)

    def network(x, t):
        told = net(x, t)
        return told if x.requires_grad or torch.is_grad_enabled() else (x.zero_(), told)[1]

    for options in ({}, {"through_denoiser": False}):
        plain = explainer(classifier, net, **options).explain(images, target, left_half())
        other = explainer(model, network, **options).explain(images, target, left_half())
        assert torch.equal(other.originals, images)
        assert (plain.samples - other.samples).abs().max() < 1e-5


@pytest.mark.slow
def test_a_compiled_denoiser_gives_the_same_images():
    images, classifier = pictures(), tiny_classifier()
    target = others(classifier, images)
    plain = explainer(classifier).explain(images, target, left_half())
    compiled = explainer(classifier, compile=True).explain(images, target, left_half())
    assert (plain.samples - compiled.samples).abs().max() < 1e-4


def test_half_precision_agrees_with_float32():
    images, classifier = pictures(64), tiny_classifier()
    target = others(classifier, images)
    results = {
        precision: explainer(classifier, nfe=20, precision=precision).explain(images, target, left_half(64))
        for precision in ("float32", "float64", "bf16")
    }
    answers = {name: result.probabilities_after.argmax(1) for name, result in results.items()}
    assert (answers["bf16"] == answers["float32"]).double().mean() >= 0.95
    assert (answers["float64"] == answers["float32"]).double().mean() >= 0.95
    assert not torch.equal(results["bf16"].samples, results["float32"].samples)
