"""Networks for bridges of one's own: U-Nets in the manner of ADM, of a size that fits the images."""

from __future__ import annotations

from typing import Any

import torch

from ....engine.errors import BadInputError, shown


def make_unet(
    channels: int,
    height: int,
    width: int,
    *,
    features: int = 64,
    widen: int = 2,
    blocks: int = 1,
    heads: int = 32,
    seed: int = 0,
) -> Any:
    """Return a ``UNet2DModel`` for images of one size, with seeded weights.

    Resolutions are halved down to 4 pixels or to an odd number; the coarser levels have `widen` times the features,
    the coarsest one attends.

    Parameters
    ----------
    channels, height, width : int
    features : int
        Width of the finest level; a multiple of 32.
    widen : int
        Width of the other levels, as a multiple of it.
    blocks : int
        Residual blocks a level.
    heads : int
        Width of an attention head.
    seed : int

    Raises
    ------
    BadInputError
        If `features` is no multiple of 32, or of `heads`.
    """
    import diffusers

    build: Any = diffusers.UNet2DModel  # it has no types

    if features < 32 or features % 32 or widen < 1 or (widen * features) % heads:
        raise BadInputError(f"features={shown(features)}: expected a multiple of 32; heads={heads}, widen={widen}")
    levels = 1
    while height % 2**levels == 0 and width % 2**levels == 0 and min(height, width) // 2**levels >= 4 and levels < 6:
        levels += 1
    inner = levels - 1
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return build(
            sample_size=(height, width),
            in_channels=channels,
            out_channels=channels,
            block_out_channels=(features,) + (widen * features,) * inner,
            layers_per_block=blocks,
            down_block_types=("ResnetDownsampleBlock2D",) * inner + ("AttnDownBlock2D",),
            up_block_types=("AttnUpBlock2D",) + ("ResnetUpsampleBlock2D",) * inner,
            downsample_type="resnet",
            upsample_type="resnet",
            attention_head_dim=heads,
            resnet_time_scale_shift="scale_shift",
            attn_norm_num_groups=32,
        )
