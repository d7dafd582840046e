"""Runs: targets of all kinds, early stops, schedules, interruption."""

from __future__ import annotations

import signal
import threading
import time
from _thread import interrupt_main

import pytest
import torch
from suffice.engine.budget import Deadline
from suffice.engine.status import Status, Stop
from suffice.neural.rcsb import RCSB, BridgeDenoiser
from torch import nn

from tests.neural.rcsb.fixtures import explainer, left_half, others, pictures, tiny_classifier, tiny_net


def test_sets_names_and_any_other_class_as_targets():
    images, classifier = pictures(6), tiny_classifier()
    names = ["ant", "bee", "cat", "dog", "elk"]
    asked = explainer(classifier, classes=names, nfe=20)
    source = classifier(images).argmax(1)
    free = asked.explain(images, None, left_half(6))
    assert torch.equal(free.flipped, classifier(free.images).argmax(1) != source)
    assert torch.equal(free.targets, ~nn.functional.one_hot(source, 5).bool())
    sets = [{names[(int(s) + 1) % 5], (int(s) + 2) % 5} for s in source]
    some = asked.explain(images, sets, left_half(6))
    answers = classifier(some.images).argmax(1)
    assert torch.equal(some.flipped, ((answers - source) % 5 == 1) | ((answers - source) % 5 == 2))
    one = asked.explain(images, [names[(int(s) + 1) % 5] for s in source], left_half(6))
    assert torch.equal(one.targets, (source + 1) % 5)
    assert one.class_name(2) == "cat"
    assert free.flipped.any() and some.flipped.any() and one.flipped.any()


def test_several_labels_at_once():
    images, classifier = pictures(8), tiny_classifier(gain=1.0)
    before = classifier(images) > 0
    targets = [{1: not bool(row[1]), 3: bool(row[3])} for row in before]
    asked = explainer(classifier, multi_label=True, nfe=30)
    result = asked.explain(images, targets, left_half(8))
    after = classifier(result.images) > 0
    assert torch.equal(result.source, before)
    assert torch.equal(result.flipped, (after[:, 1] != before[:, 1]) & (after[:, 3] == before[:, 3]))
    assert result.flipped.sum() >= 4
    assert torch.equal(result.targets[:, 1] == 1, ~before[:, 1])
    assert (result.targets[:, [0, 2, 4]] == -1).all()
    assert torch.allclose(result.probabilities_after, classifier(result.images).sigmoid(), atol=1e-6)


def test_one_score_stands_for_two_classes_and_probabilities_are_known():
    images = pictures(6)
    base = tiny_classifier(classes=2)
    single = lambda x: (base(x)[:, 1] - base(x)[:, 0])[:, None]  # noqa: E731
    kinds = {
        "logits": explainer(base),
        "single": explainer(single),
        "proba": explainer(lambda x: base(x).softmax(1)),
        "single proba": explainer(lambda x: single(x).sigmoid(), output="proba"),
    }
    target = others(base, images, 2)
    results = {name: asked.explain(images, target, left_half(6)) for name, asked in kinds.items()}
    for name, result in results.items():
        assert torch.allclose(result.probabilities_before, results["logits"].probabilities_before, atol=1e-5), name
        assert torch.equal(result.flipped, base(result.images).argmax(1) == target), name


def test_normalisations_are_the_classifiers_own():
    images, seen = pictures(3), []

    def keeping(x):
        seen.append(x.detach().clone())
        return tiny_classifier()(x)

    class Processor:
        image_mean, image_std = [0.5], [0.25]

    keeping.pretrained_cfg = {"mean": (0.5,), "std": (0.25,)}
    wants = {
        "unit": images, "signed": images * 2 - 1, (0.5, 0.25): (images - 0.5) / 0.25, Processor(): images * 4 - 2,
        None: images * 4 - 2,
    }  # fmt: skip
    for preprocess, expected in wants.items():
        seen.clear()
        asked = explainer(keeping, preprocess=preprocess, nfe=1)
        asked.explain(images, None, left_half(3))
        assert torch.allclose(seen[0], expected, atol=1e-6)
        assert torch.allclose(seen[-1][:, :, :, 4:], expected[:, :, :, 4:], atol=1e-6)


def test_samples_leave_early_and_cost_less():
    images, classifier = pictures(12), tiny_classifier()
    target = others(classifier, images)
    denoiser = BridgeDenoiser(lambda x, t: torch.tanh(1.5 * x), "x0")
    options = {"nfe": 40, "scale": 0.1, "estimate": "composite"}
    results = {
        name: explainer(classifier, denoiser, **options, **more).explain(images, target, left_half(12))
        for name, more in {
            "slow": {},
            "quick": {"early_stop": 0.25, "finish": 0},
            "finished": {"early_stop": 0.25, "finish": 3},
            "kept": {"early_stop": True},
        }.items()
    }
    slow, quick = results["slow"], results["quick"]
    assert all(result.flipped.sum() >= slow.flipped.sum() > 6 for result in results.values())
    for name in ("quick", "finished"):
        assert results[name].calls.denoiser_rows < 0.8 * slow.calls.denoiser_rows
    assert slow.calls.denoiser_rows == results["kept"].calls.denoiser_rows == 12 * 40
    assert (results["kept"].images - images).norm() < (slow.images - images).norm()
    chances = quick.probabilities_after[torch.arange(12), target]
    assert ((chances >= 0.25 - 1e-5) | ~quick.flipped).sum() >= 11
    assert [step.active for step in quick.trace] == sorted((step.active for step in quick.trace), reverse=True)
    assert sum(step.active for step in quick.trace) == quick.calls.denoiser_rows


def test_a_sample_that_goes_all_steps_keeps_an_answer_that_it_had():
    """With a network whose estimates jump, the last steps alone would lose most answers."""
    images, classifier = pictures(12), tiny_classifier()
    target = others(classifier, images)
    options = {"nfe": 40, "estimate": "composite"}
    slow = explainer(classifier, **options).explain(images, target, left_half(12))
    kept = explainer(classifier, **options, early_stop=True).explain(images, target, left_half(12))
    assert kept.flipped.sum() >= slow.flipped.sum() - 1 > 4


def test_schedules_of_the_scale():
    images, classifier = pictures(4), tiny_classifier()
    target = others(classifier, images)
    results = {
        str(schedule): explainer(classifier, scale_schedule=schedule, nfe=10).explain(images, target, left_half())
        for schedule in (
            "constant", ("linear", 1.0), ("exponential", 1.0), ("interval", 0.0, 1.0), ("interval", 0.25, 0.5),
            ("linear", 0.0), lambda point: 0.0,
        )
    }  # fmt: skip
    first, *same = list(results.values())[:4]
    assert all(torch.equal(first.samples, other.samples) for other in same)
    part = results["('interval', 0.25, 0.5)"]
    assert part.calls.denoiser_backward_rows == 4 * 2  # points 3/9 and 4/9 of ten
    assert [step.flipped == step.flipped for step in part.trace] == [3 <= k <= 4 for k in range(10)]
    nothing = list(results.values())[-1]
    assert nothing.calls.classifier_backward_rows == 0
    unguided = explainer(classifier, scale=0.0, nfe=10).explain(images, target, left_half())
    assert torch.equal(nothing.samples, unguided.samples)
    assert not torch.equal(results["('linear', 0.0)"].samples, first.samples)


def test_scales_mean_what_they_say():
    """One guided step from a flat start: what it adds has the length that was asked for."""
    images, mask = torch.full((2, 1, 8, 8), 0.5), left_half(2)
    moves = {}
    for mode in ("image", "region", "pixel"):
        for masked in (False, True):
            states = []

            def network(x, t, states=states):
                states.append(x.detach().clone())
                return torch.zeros_like(x) + 0 * x

            asked = explainer(
                denoiser=network, scale=0.3, scale_mode=mode, mask_gradient=masked, nfe=2, estimate="composite"
            )
            quiet = RCSB(network, asked.classifier, 0.0, nfe=2, samples=1)
            target = others(asked.classifier, images)
            asked.explain(images, target, mask)
            quiet.explain(images, target, mask)
            weight = BridgeDenoiser(network).schedule.posterior(599, 300)[1]
            moves[mode, masked] = float((states[1] - states[3])[0].norm()) / weight
    assert moves["region", False] == moves["region", True] == pytest.approx(0.3, rel=1e-4)
    assert moves["image", True] == pytest.approx(0.3, rel=1e-4)
    assert moves["pixel", True] == pytest.approx(0.3 * 32**0.5, rel=1e-4)
    assert moves["pixel", False] == pytest.approx(0.3 * 64**0.5, rel=1e-4)  # the mean over the image, all in the region


def test_a_time_limit_keeps_what_was_found_and_a_resumed_run_equals_a_whole_one():
    images, classifier, inner = pictures(6), tiny_classifier(), tiny_net()
    target, deadline, calls = others(classifier, images), Deadline(1e6), []

    def late(x, t):
        calls.append(len(x))
        if len(calls) == 25:
            deadline.halt(Stop.TIME_LIMIT)  # as if the time had come now
        return inner(x, t)

    options = {"batch_size": 2, "nfe": 10}
    whole = explainer(classifier, **options).explain(images, target, left_half(6))
    part = explainer(classifier, late, **options).explain(images, target, left_half(6), time_limit=deadline)
    assert (part.status, part.stop) == (Status.BEST_SO_FAR, Stop.TIME_LIMIT)
    done = part.finished[:, 0]
    assert done.tolist() == [True] * 4 + [False] * 2
    assert torch.equal(part.images[done], whole.images[done])
    assert torch.equal(part.flipped, classifier(part.images).argmax(1) == target)
    assert torch.equal(part.images[..., 4:], images[..., 4:])
    assert (part.images != images).flatten(1).any(1).all()  # the last two: estimates of half the way
    again = explainer(classifier, **options).explain(images, target, left_half(6), resume=part)
    assert again.status is Status.COMPLETE
    for name in ("samples", "images", "flipped", "best", "finished", "probabilities_after"):
        assert torch.equal(getattr(again, name), getattr(whole, name))
    assert again.calls.denoiser_rows == 20


def test_time_that_is_up_at_once_returns_the_originals():
    images, classifier = pictures(3), tiny_classifier()
    result = explainer(classifier).explain(images, others(classifier, images), left_half(3), time_limit=1e-9)
    assert result.stop is Stop.TIME_LIMIT
    assert torch.equal(result.images, images)
    assert not result.flipped.any() and not result.finished.any()


@pytest.mark.parametrize("at", [1, 7, 14])
def test_ctrl_c_keeps_what_was_found(at):
    images, classifier = pictures(6), tiny_classifier()
    calls, inner = [], tiny_net()

    def network(x, t):
        calls.append(len(x))
        if len(calls) == at:
            raise KeyboardInterrupt
        return inner(x, t)

    target = others(classifier, images)
    result = explainer(classifier, network, batch_size=2, nfe=6).explain(images, target, left_half(6))
    assert (result.status, result.stop) == (Status.BEST_SO_FAR, Stop.INTERRUPT)
    assert int(result.finished.sum()) == 2 * ((at - 1) // 6)
    assert torch.equal(result.images[..., 4:], images[..., 4:])
    assert torch.equal(result.flipped, classifier(result.images).argmax(1) == target)
    inside = (result.images != images).flatten(1).any(1)
    assert inside.sum() == 2 * ((at - 1) // 6) + 2 * ((at - 1) % 6 > 0)  # the last estimates of the batch under way


def test_a_real_signal_stops_a_run():
    images, classifier, inner = pictures(2), tiny_classifier(), tiny_net()

    def network(x, t):
        time.sleep(0.01)
        return inner(x, t)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have started us to ignore it
    timer = threading.Timer(0.3, interrupt_main)
    timer.start()
    try:
        result = explainer(classifier, network, nfe=500).explain(images, others(classifier, images), left_half(2))
    finally:
        timer.join()
        signal.signal(signal.SIGINT, before)
    assert result.stop is Stop.INTERRUPT
    assert 0 < len(result.trace) < 500
