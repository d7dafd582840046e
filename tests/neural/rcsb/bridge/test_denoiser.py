"""Denoisers: weights of ADM and I2SB, other kinds of prediction, files."""

from __future__ import annotations

import copy
import os
import pickle

import pytest
import torch
from suffice.engine.errors import BadInputError, UnsupportedModelError
from suffice.neural.rcsb import BridgeDenoiser
from suffice.neural.rcsb.bridge.adm import unet_from_adm
from suffice.neural.rcsb.bridge.denoiser import as_denoiser
from suffice.neural.rcsb.bridge.networks import make_unet
from suffice.neural.rcsb.bridge.predictions import KINDS, target_of
from suffice.neural.rcsb.bridge.schedule import make_schedule

from tests.neural.rcsb.fixtures import needs_numbers, part, stored, tiny_net


@pytest.fixture(scope="module")
def adm():
    arrays = stored("adm_tiny")
    return part(arrays, "sd."), arrays["x"], arrays["t"], arrays["out"]


@needs_numbers
def test_weights_of_adm_compute_what_adm_computed(adm):
    weights, x, t, out = adm
    denoiser = BridgeDenoiser.from_adm(weights, head_channels=16)
    with torch.no_grad():
        assert (denoiser(x, t) - out).abs().max() <= 1e-5
    assert len(denoiser.network.state_dict()) > 100
    assert not any(module.training for module in denoiser.network.modules())


@needs_numbers
@pytest.mark.parametrize("prefix", ["diffusion_model.", "module.diffusion_model."])
def test_checkpoints_of_i2sb_raw_and_averaged(adm, tmp_path, prefix):
    weights, x, t, out = adm
    weights = {name: weight.float() for name, weight in weights.items()}
    shadow = [weight + 0.01 for weight in weights.values()]
    told = {
        "net": {prefix + name: weight for name, weight in weights.items()},
        "ema": {"decay": 0.99, "num_updates": 7, "shadow_params": shadow, "collected_params": None},
        "optimizer": {"state": {}},
        "sched": None,
    }
    torch.save(told, tmp_path / "latest.pt")
    raw = BridgeDenoiser.from_i2sb(tmp_path / "latest.pt", ema=False, head_channels=16)
    with torch.no_grad():
        assert (raw(x, t) - out).abs().max() <= 1e-5
    averaged = BridgeDenoiser.from_i2sb(told, head_channels=16)
    expected = unet_from_adm(dict(zip(weights, shadow, strict=True)), 16).state_dict()
    assert all(torch.equal(weight, expected[name]) for name, weight in averaged.network.state_dict().items())
    assert not torch.equal(averaged.network.conv_in.weight, raw.network.conv_in.weight)


@needs_numbers
def test_weights_of_another_architecture_are_refused(adm):
    weights = adm[0]
    other = {name: weight for name, weight in weights.items() if "middle_block.2" not in name}
    with pytest.raises(BadInputError, match=r"missing: middle_block\.2\.in_layers\.0\.weight.* and 6 more"):
        BridgeDenoiser.from_adm(other, head_channels=16)
    with pytest.raises(BadInputError, match=r"unexpected: extra\.weight"):
        BridgeDenoiser.from_adm({**weights, "extra.weight": torch.zeros(1)}, head_channels=16)
    with pytest.raises(BadInputError, match=r"head_channels=48: expected a divisor of the attending widths \[64\]"):
        BridgeDenoiser.from_adm(weights, head_channels=48)
    with pytest.raises(BadInputError, match="class-conditional"):
        BridgeDenoiser.from_adm({**weights, "label_emb.weight": torch.zeros(1)}, head_channels=16)
    with pytest.raises(BadInputError, match="not the weights of an ADM U-Net: it lacks input_blocks"):
        BridgeDenoiser.from_adm(make_unet(1, 8, 8, features=32).state_dict())
    bent = {**weights, "middle_block.0.out_layers.3.weight": torch.zeros(64, 64, 5, 5)}
    with pytest.raises(BadInputError, match=r"mid_block.*has shape \(64, 64, 5, 5\), expected \(64, 64, 3, 3\)"):
        BridgeDenoiser.from_adm(bent, head_channels=16)


class Planted:
    """Code that a careless reader of the file would run."""

    def __init__(self, place):
        self.place = str(place)

    def __reduce__(self):
        return os.mkdir, (self.place,)


def test_checkpoints_cannot_run_code_and_bad_ones_are_told(tmp_path):
    with open(tmp_path / "bad.pt", "wb") as file:
        pickle.dump({"net": Planted(tmp_path / "ran")}, file, protocol=2)
    torch.save({"net": Planted(tmp_path / "ran")}, tmp_path / "worse.pt")
    for name in ("bad.pt", "worse.pt"):
        with pytest.raises(BadInputError, match="cannot be read as tensors and plain values"):
            BridgeDenoiser.from_i2sb(tmp_path / name)
    assert not (tmp_path / "ran").exists()
    with pytest.raises(BadInputError, match="there is no such file"):
        BridgeDenoiser.from_i2sb(tmp_path / "none.pt")
    with pytest.raises(BadInputError, match="expected the entry 'net'"):
        BridgeDenoiser.from_i2sb({"model": {}})
    with pytest.raises(BadInputError, match="pass ema=False"):
        BridgeDenoiser.from_i2sb({"net": {"a": torch.zeros(1)}})
    with pytest.raises(BadInputError, match="2 averaged parameters for 1 weights"):
        BridgeDenoiser.from_i2sb({"net": {"a": torch.zeros(1)}, "ema": {"shadow_params": [torch.zeros(1)] * 2}})
    with pytest.raises(BadInputError, match=r"averaged a is \(2,\), expected shape \(1,\)"):
        BridgeDenoiser.from_i2sb({"net": {"a": torch.zeros(1)}, "ema": {"shadow_params": [torch.zeros(2)]}})
    with pytest.raises(BadInputError, match="'a' in 'net' is no tensor"):
        BridgeDenoiser.from_i2sb({"net": {"a": 3}}, ema=False)


@pytest.mark.parametrize("resampling", ["conv", "resnet"])
@pytest.mark.parametrize("levels", [1, 2, 3])
def test_shapes_of_adm_are_read_from_weights(resampling, levels):
    """There and back: a U-Net of diffusers under ADM's names is found again, whatever its depth and resampling."""
    from diffusers import UNet2DModel
    from suffice.neural.rcsb.bridge.adm import Shape, _layers, config_of, convert, read_shape

    channels = (32, 64, 96)[:levels]
    shape = Shape(3, 3, channels, 2, (False, True, True)[:levels], resampling == "resnet", levels != 2)
    network = UNet2DModel(**config_of(shape, 32)).eval()
    own, weights = network.state_dict(), {}
    from suffice.neural.rcsb.bridge import adm

    for source, name in (*adm._TIME, *adm._ENDS):
        for piece in ("weight", "bias"):
            weights[f"{source}.{piece}"] = own[f"{name}.{piece}"]
    for kind, source, name in _layers(shape):
        names = {"resnet": (*adm._RESNET, ("skip_connection", "conv_shortcut")), "conv": (("", ""),)}.get(kind)
        for piece in ("weight", "bias"):
            if kind == "attention":
                weights[f"{source}.norm.{piece}"] = own[f"{name}.group_norm.{piece}"]
                rows = [own[f"{name}.to_{letter}.{piece}"].unflatten(0, (-1, 32)) for letter in "qkv"]
                whole = torch.stack(rows, 1).flatten(0, 2)
                weights[f"{source}.qkv.{piece}"] = whole[..., None] if piece == "weight" else whole
                out = own[f"{name}.to_out.0.{piece}"]
                weights[f"{source}.proj_out.{piece}"] = out[..., None] if piece == "weight" else out
                continue
            for theirs, ours in names:
                key = ".".join(word for word in (name, ours, piece) if word)
                if key in own:
                    weights[".".join(word for word in (source, theirs, piece) if word)] = own[key]
    if levels > 1:
        assert read_shape(weights) == shape
    again = unet_from_adm(weights, 32)
    assert convert(weights, read_shape(weights), 32).keys() == own.keys()
    x, t = torch.randn(2, 3, 16, 16), torch.tensor([3.0, 800.5])
    with torch.no_grad():
        assert torch.equal(again(x, t).sample, network(x, t).sample)


@pytest.mark.parametrize("kind", KINDS)
def test_any_function_and_any_kind_of_prediction(kind):
    schedule = make_schedule()
    image, end = torch.randn(2, 3, 1, 4, 4, generator=torch.Generator().manual_seed(1))
    step = 400
    x = (schedule.mu_x0[step] * image + schedule.mu_x1[step] * end).float()
    seen = []

    def told(state, t):
        seen.append((state.shape, t.tolist()))
        return target_of(kind, image, state, end, torch.full((3, 1, 1, 1), float(schedule.std_fwd[step])))

    denoiser = BridgeDenoiser(told, predicts=kind)
    assert (denoiser.estimate(x, step) - image).abs().max() < 1e-5
    assert seen == [(x.shape, [pytest.approx(float(schedule.times[step]))] * 3)]
    assert as_denoiser(denoiser) is denoiser
    assert as_denoiser(told).predicts == "bridge"


def test_a_noise_network_cannot_start_where_nothing_of_the_image_is_left():
    denoiser = BridgeDenoiser(lambda x, t: x, "noise", make_schedule(marginals="exact"))
    with pytest.raises(BadInputError, match="choose a smaller start"):
        denoiser.estimate(torch.zeros(1, 1, 2, 2), 999)


def test_bad_networks_are_told():
    with pytest.raises(UnsupportedModelError, match="expected a module or a function"):
        BridgeDenoiser("model.pt")
    with pytest.raises(BadInputError, match=r"returns shape \(2, 1\) for states of shape \(2, 1, 4, 4\)"):
        BridgeDenoiser(lambda x, t: x[:, :, 0, 0]).estimate(torch.zeros(2, 1, 4, 4), 3)
    with pytest.raises(BadInputError, match="9 x 8 pixels"):
        BridgeDenoiser(make_unet(1, 8, 8, features=32)).estimate(torch.zeros(2, 1, 9, 8), 3)
    with pytest.raises(BadInputError, match="takes 1 channels, the images have 3"):
        BridgeDenoiser(make_unet(1, 8, 8, features=32)).estimate(torch.zeros(2, 3, 8, 8), 3)


def test_a_bridge_in_a_folder(tmp_path):
    network = make_unet(1, 8, 8, features=32, widen=1).eval()
    denoiser = BridgeDenoiser(network, "velocity", make_schedule(beta_max=0.3, marginals="exact"))
    again = BridgeDenoiser.load(denoiser.save(tmp_path / "bridge"))
    x = torch.randn(2, 1, 8, 8)
    with torch.no_grad():
        assert torch.equal(again.estimate(x, 70), denoiser.estimate(x, 70))
    assert again.schedule.settings() == denoiser.schedule.settings()
    assert not again.network.training
    with pytest.raises(BadInputError, match="holds no bridge"):
        BridgeDenoiser.load(tmp_path)
    with pytest.raises(UnsupportedModelError, match="no model of diffusers"):
        BridgeDenoiser(tiny_net()).save(tmp_path / "other")


def test_networks_in_half_precision_are_asked_in_their_own_type():
    network = copy.deepcopy(tiny_net()).to(torch.bfloat16)
    x = torch.randn(2, 1, 8, 8)
    told = BridgeDenoiser(network).estimate(x, 500)
    assert told.dtype == torch.float32
    assert (told - BridgeDenoiser(tiny_net()).estimate(x, 500)).abs().max() < 0.05
