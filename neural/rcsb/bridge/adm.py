"""State dicts of ADM's U-Net (Dhariwal and Nichol, NeurIPS 2021) as ``UNet2DModel`` of diffusers, exactly.

Both libraries build the same network with other names. The shape of the network is read from the names and shapes of
the weights; only the width of an attention head leaves no trace and has to be told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ....engine.errors import BadInputError

_PREFIXES = ("module.", "diffusion_model.", "model.")
_SHOWN = 4  # keys in a message
_TIME = (("time_embed.0", "time_embedding.linear_1"), ("time_embed.2", "time_embedding.linear_2"))
_ENDS = (("input_blocks.0.0", "conv_in"), ("out.0", "conv_norm_out"), ("out.2", "conv_out"))
_RESNET = (
    ("in_layers.0", "norm1"),
    ("in_layers.2", "conv1"),
    ("emb_layers.1", "time_emb_proj"),
    ("out_layers.0", "norm2"),
    ("out_layers.3", "conv2"),
)


@dataclass(frozen=True)
class Shape:
    """What the weights say about the network.

    Attributes
    ----------
    inputs, outputs : int
        Channels of the images.
    channels : tuple of int
        Width of each level, the finest first.
    blocks : int
        Residual blocks a level, on the way down.
    attention : tuple of bool
        Whether each level attends.
    resnet_resampling : bool
        Whether resolutions change in residual blocks, not in plain convolutions.
    scale_shift : bool
        Whether the time scales and shifts, or is added.
    """

    inputs: int
    outputs: int
    channels: tuple[int, ...]
    blocks: int
    attention: tuple[bool, ...]
    resnet_resampling: bool
    scale_shift: bool


def plain_keys(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the weights without prefixes that all of them share."""
    found = dict(weights)
    changed = True
    while changed and found:
        changed = False
        for prefix in _PREFIXES:
            if all(name.startswith(prefix) for name in found):
                found = {name[len(prefix) :]: weight for name, weight in found.items()}
                changed = True
    return found


def read_shape(weights: Mapping[str, Tensor]) -> Shape:
    """Return the shape of an ADM U-Net from its weights.

    Raises
    ------
    BadInputError
        If the weights are of another architecture.
    """
    needed = ("input_blocks.0.0.weight", "out.2.weight", "time_embed.0.weight", "middle_block.1.qkv.weight")
    absent = [name for name in needed if name not in weights]
    if absent:
        raise _other(f"it lacks {_list(absent)}; it has {_list(list(weights))}")
    if "label_emb.weight" in weights:
        raise _other("label_emb.weight makes it class-conditional, and a bridge knows no classes")
    total = len({name.split(".")[1] for name in weights if name.startswith("input_blocks.")})
    ups = {
        name.split(".")[1]
        for name in weights
        if name.startswith("output_blocks.")
        and name.split(".")[2] in "12"
        and name.split(".")[3] in ("conv", "in_layers")
    }
    levels = len(ups) + 1
    blocks = total // levels - 1
    if blocks < 1 or levels * (blocks + 1) != total:
        raise _other(f"{total} input blocks make no {levels} levels")
    starts = [1 + level * (blocks + 1) for level in range(levels)]
    firsts = [f"input_blocks.{start}.0.out_layers.3.weight" for start in starts]
    absent = [name for name in firsts if name not in weights]
    if absent:
        raise _other(f"it lacks {_list(absent)}")
    inner = weights[f"input_blocks.{starts[0]}.0.emb_layers.1.weight"].shape[0]
    channels = tuple(int(weights[name].shape[0]) for name in firsts)
    return Shape(
        inputs=int(weights["input_blocks.0.0.weight"].shape[1]),
        outputs=int(weights["out.2.weight"].shape[0]),
        channels=channels,
        blocks=blocks,
        attention=tuple(f"input_blocks.{start}.1.qkv.weight" in weights for start in starts),
        resnet_resampling=not any(name.startswith("input_blocks.") and ".0.op." in name for name in weights),
        scale_shift=inner == 2 * channels[0],
    )


def config_of(shape: Shape, head_channels: int) -> dict[str, Any]:
    """Return the configuration of the same network for ``UNet2DModel``.

    Raises
    ------
    BadInputError
        If the attending levels cannot be cut into heads of this width.
    """
    attending = {
        shape.channels[-1],
        *(c for c, attends in zip(shape.channels, shape.attention, strict=True) if attends),
    }
    if head_channels < 1 or any(width % head_channels for width in attending):
        raise BadInputError(
            f"head_channels={head_channels}: expected a divisor of the attending widths {sorted(attending)}; "
            "ADM calls it num_head_channels, and it cannot be read from the weights"
        )
    if any(width % 32 for width in shape.channels):
        raise _other(f"its widths {shape.channels} are no multiples of 32, the groups of its norms")
    kind = "resnet" if shape.resnet_resampling else "conv"
    down, up = (
        ("ResnetDownsampleBlock2D", "ResnetUpsampleBlock2D") if kind == "resnet" else ("DownBlock2D", "UpBlock2D")
    )
    return {
        "in_channels": shape.inputs,
        "out_channels": shape.outputs,
        "block_out_channels": shape.channels,
        "layers_per_block": shape.blocks,
        "down_block_types": tuple("AttnDownBlock2D" if attends else down for attends in shape.attention),
        "up_block_types": tuple("AttnUpBlock2D" if attends else up for attends in reversed(shape.attention)),
        "downsample_type": kind,
        "upsample_type": kind,
        "attention_head_dim": head_channels,
        "resnet_time_scale_shift": "scale_shift" if shape.scale_shift else "default",
        "attn_norm_num_groups": 32,
        "norm_num_groups": 32,
        "norm_eps": 1e-5,
        "flip_sin_to_cos": True,
        "freq_shift": 0,
    }


def convert(weights: Mapping[str, Tensor], shape: Shape, head_channels: int) -> dict[str, Tensor]:
    """Return the weights under the names of ``UNet2DModel``.

    Raises
    ------
    BadInputError
        If weights are missing or left over.
    """
    left = dict(weights)
    found: dict[str, Tensor] = {}
    absent: list[str] = []

    def move(source: str, name: str) -> None:
        for part in ("weight", "bias"):
            weight = left.pop(f"{source}.{part}", None)
            if weight is None:
                absent.append(f"{source}.{part}")
            else:
                found[f"{name}.{part}"] = weight

    def move_resnet(source: str, name: str) -> None:
        for theirs, ours in _RESNET:
            move(f"{source}.{theirs}", f"{name}.{ours}")
        if f"{source}.skip_connection.weight" in left:
            move(f"{source}.skip_connection", f"{name}.conv_shortcut")

    def move_attention(source: str, name: str) -> None:
        move(f"{source}.norm", f"{name}.group_norm")
        move(f"{source}.qkv", f"{name}.qkv")
        move(f"{source}.proj_out", f"{name}.to_out.0")
        _split(found, name, head_channels)

    for source, name in (*_TIME, *_ENDS):
        move(source, name)
    for kind, source, name in _layers(shape):
        {"resnet": move_resnet, "attention": move_attention, "conv": move}[kind](source, name)
    if absent or left:
        parts = [f"missing: {_list(absent)}"] * bool(absent) + [f"unexpected: {_list(list(left))}"] * bool(left)
        raise _other("; ".join(parts))
    return found


def _layers(shape: Shape) -> Iterator[tuple[str, str, str]]:
    """Yield the kind of each layer, its name in ADM and its name in diffusers."""
    levels, blocks = len(shape.channels), shape.blocks
    kind = "resnet" if shape.resnet_resampling else "conv"
    place = 0
    for level in range(levels):
        for block in range(blocks):
            place += 1
            yield "resnet", f"input_blocks.{place}.0", f"down_blocks.{level}.resnets.{block}"
            if shape.attention[level]:
                yield "attention", f"input_blocks.{place}.1", f"down_blocks.{level}.attentions.{block}"
        if level < levels - 1:
            place += 1
            source = f"input_blocks.{place}.0" if kind == "resnet" else f"input_blocks.{place}.0.op"
            yield kind, source, f"down_blocks.{level}.downsamplers.0{'' if kind == 'resnet' else '.conv'}"
    yield "resnet", "middle_block.0", "mid_block.resnets.0"
    yield "attention", "middle_block.1", "mid_block.attentions.0"
    yield "resnet", "middle_block.2", "mid_block.resnets.1"
    for up in range(levels):
        attends = shape.attention[levels - 1 - up]
        for block in range(blocks + 1):
            place = up * (blocks + 1) + block
            yield "resnet", f"output_blocks.{place}.0", f"up_blocks.{up}.resnets.{block}"
            if attends:
                yield "attention", f"output_blocks.{place}.1", f"up_blocks.{up}.attentions.{block}"
        if up < levels - 1:
            source = f"output_blocks.{place}.{1 + attends}{'' if kind == 'resnet' else '.conv'}"
            yield kind, source, f"up_blocks.{up}.upsamplers.0{'' if kind == 'resnet' else '.conv'}"


def _split(found: dict[str, Tensor], name: str, head_channels: int) -> None:
    """Cut queries, keys and values, which ADM keeps together head by head, into three layers."""
    for part in ("weight", "bias"):
        whole = found.pop(f"{name}.qkv.{part}", None)
        if whole is not None and whole.shape[0] % (3 * head_channels) == 0:
            width = whole.shape[0] // 3
            three = whole.reshape(width // head_channels, 3, head_channels, -1).unbind(1)
            for letter, rows in zip("qkv", three, strict=True):
                found[f"{name}.to_{letter}.{part}"] = rows.reshape(width, -1) if part == "weight" else rows.reshape(-1)
    out = found.get(f"{name}.to_out.0.weight")
    if out is not None:
        found[f"{name}.to_out.0.weight"] = out.flatten(1)


def unet_from_adm(weights: Mapping[str, Tensor], head_channels: int = 64) -> Any:
    """Return a ``UNet2DModel`` that computes what an ADM U-Net with these weights computes.

    Parameters
    ----------
    weights : mapping of str to Tensor
        The state dict; prefixes that all keys share do not matter.
    head_channels : int
        Width of an attention head: ADM's ``num_head_channels``, 64 in the released networks.

    Raises
    ------
    BadInputError
        If the weights are of another architecture; names missing and unexpected keys.
    """
    import diffusers

    build: Any = diffusers.UNet2DModel  # it has no types

    plain = plain_keys({name: torch.as_tensor(weight).float() for name, weight in weights.items()})
    shape = read_shape(plain)
    config = config_of(shape, head_channels)
    converted = convert(plain, shape, head_channels)
    with torch.random.fork_rng(devices=[]):
        network = build(**config)
    own = network.state_dict()
    absent, extra = sorted(set(own) - set(converted)), sorted(set(converted) - set(own))
    if absent or extra:
        raise _other(f"missing after conversion: {_list(absent)}; unexpected: {_list(extra)}")
    wrong = [name for name in own if own[name].shape != converted[name].shape]
    if wrong:
        name = wrong[0]
        raise _other(f"{name} has shape {tuple(converted[name].shape)}, expected {tuple(own[name].shape)}")
    network.load_state_dict(converted)
    return network.eval()


def _other(why: str) -> BadInputError:
    return BadInputError(f"these are not the weights of an ADM U-Net: {why}")


def _list(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return (", ".join(names[:_SHOWN]) or "nothing") + more
