"""Text regions: with stand-ins for both networks, and with tiny random ones of transformers; nothing is downloaded."""

from __future__ import annotations

import pytest
import torch
from suffice.engine.errors import BadInputError
from suffice.neural.rcsb.regions.text import TextRegion

from tests.neural.rcsb.small import images

BOXES = torch.tensor([[1.0, 1.0, 4.0, 5.0], [4.0, 4.0, 8.0, 8.0]])


def detector(boxes=BOXES):
    asked = []

    def found(image, prompt):
        asked.append((image, prompt))
        return boxes, torch.linspace(0.9, 0.5, len(boxes))

    found.asked = asked
    return found


def segmenter(image, boxes):
    """Logits that are highest in the middle of each box, and negative outside it."""
    down, across = torch.meshgrid(torch.arange(image.shape[1]) + 0.5, torch.arange(image.shape[2]) + 0.5, indexing="ij")
    rows = []
    for left, top, right, bottom in boxes.tolist():
        rows.append(
            torch.minimum(torch.minimum(across - left, right - across), torch.minimum(down - top, bottom - down))
        )
    return torch.stack(rows)


def test_the_union_of_the_outlines():
    found = detector()
    masks = TextRegion("mouth", found, segmenter).masks(images(2))
    expected = torch.zeros(8, 8, dtype=torch.bool)
    expected[1:5, 1:4] = True
    expected[4:8, 4:8] = True
    assert torch.equal(masks[:, 0], expected.expand(2, 8, 8))
    image, prompt = found.asked[0]
    assert image.dtype == torch.uint8 and image.shape == (3, 8, 8) and prompt == "mouth"


def test_grey_images_are_shown_in_three_channels():
    found = detector()
    TextRegion("mouth", found, segmenter).masks(images(1, channels=1))
    assert found.asked[0][0].shape == (3, 8, 8)


def test_the_area_keeps_the_best_pixels():
    logits = torch.arange(64.0).reshape(8, 8) - 30
    region = TextRegion("mouth", detector(), lambda image, boxes: logits.expand(2, 8, 8), binary=False, area=0.25)
    mask = region.masks(images(1))[0, 0]
    assert int(mask.sum()) == 16 and bool(mask[6:].all())
    large = TextRegion("mouth", detector(), lambda image, boxes: logits.expand(2, 8, 8), binary=False, area=0.9)
    assert int(large.masks(images(1)).sum()) == 33  # the outline is smaller than that


@pytest.mark.parametrize(
    ("message", "options"),
    [
        ("image 0: nothing that is 'cat' was found", {"detector": detector(torch.zeros(0, 4))}),
        ("image 0: the outline of 'cat' is empty", {"segmenter": lambda image, boxes: -torch.ones(2, 8, 8)}),
        ("the detector returns boxes .2, 3.", {"detector": detector(torch.zeros(2, 3))}),
        ("the segmenter returns shape .8, 8.", {"segmenter": lambda image, boxes: torch.ones(8, 8)}),
        ("logits are not finite", {"segmenter": lambda image, boxes: torch.full((2, 8, 8), float("nan"))}),
        ("prompt=' . '", {"prompt": " . "}),
        ("prompt=None", {"prompt": None}),
        ("binary=1", {"binary": 1}),
        ("give the share of the image", {"binary": False}),
        ("the outlines are taken as they are", {"area": 0.3}),
        ("area=0: expected", {"binary": False, "area": 0}),
        ("box_threshold=2", {"box_threshold": 2}),
        ("text_threshold='a'", {"text_threshold": "a"}),
        ("detector='.*nowhere': there is no such folder", {"detector": "nowhere"}),
        ("segmenter=3: expected a folder", {"segmenter": 3}),
    ],
)
def test_refused(message, options):
    told = {"prompt": "cat", "detector": detector(), "segmenter": segmenter} | options
    with pytest.raises(BadInputError, match=message):
        TextRegion(**told).masks(images(1))


WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "cat", ".", "mouth"]
SMALL = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}


def small_detector(words):
    """A tiny random Grounding DINO and its processor."""
    from transformers import (
        BertConfig,
        BertTokenizer,
        GroundingDinoConfig,
        GroundingDinoForObjectDetection,
        GroundingDinoImageProcessorPil,
        GroundingDinoProcessor,
        SwinConfig,
    )

    parts = {"ffn_dim": 16, "attention_heads": 2}
    dino = GroundingDinoForObjectDetection(
        GroundingDinoConfig(
            backbone_config=SwinConfig(
                embed_dim=8, depths=[1] * 4, num_heads=[1, 1, 2, 2], window_size=4, image_size=32,
                out_features=["stage2", "stage3", "stage4"],
            ),
            text_config=BertConfig(vocab_size=len(WORDS), intermediate_size=16, **SMALL),
            num_queries=5, encoder_layers=1, decoder_layers=2, d_model=32, max_text_len=16,
            **{f"{side}_{name}": value for side in ("encoder", "decoder") for name, value in parts.items()},
        )
    )  # fmt: skip
    sight = GroundingDinoImageProcessorPil(size={"shortest_edge": 64, "longest_edge": 96})
    return dino, GroundingDinoProcessor(sight, BertTokenizer(str(words)))


def small_segmenter():
    """A tiny random SAM and its processor."""
    from transformers import (
        SamConfig,
        SamImageProcessorPil,
        SamMaskDecoderConfig,
        SamModel,
        SamProcessor,
        SamPromptEncoderConfig,
        SamVisionConfig,
    )

    sam = SamModel(
        SamConfig(
            vision_config=SamVisionConfig(
                image_size=64, patch_size=8, mlp_dim=16, output_channels=8, num_pos_feats=4, global_attn_indexes=[0],
                window_size=2, **SMALL,
            ),
            prompt_encoder_config=SamPromptEncoderConfig(
                hidden_size=8, image_size=64, patch_size=8, mask_input_channels=4
            ),
            mask_decoder_config=SamMaskDecoderConfig(
                hidden_size=8, mlp_dim=16, num_hidden_layers=1, num_attention_heads=2, iou_head_hidden_dim=8,
                iou_head_depth=2,
            ),
        )
    )  # fmt: skip
    cutter = SamProcessor(
        SamImageProcessorPil(
            size={"longest_edge": 64}, pad_size={"height": 64, "width": 64}, mask_size={"longest_edge": 16},
            mask_pad_size={"height": 16, "width": 16},
        )
    )  # fmt: skip
    return sam, cutter


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Tiny random networks in folders, as `save_pretrained` leaves them."""
    pytest.importorskip("transformers")
    place = tmp_path_factory.mktemp("networks")
    (place / "vocab.txt").write_text("\n".join(WORDS))
    torch.manual_seed(0)
    dino, reader = small_detector(place / "vocab.txt")
    sam, cutter = small_segmenter()
    for name, part in (("dino", dino), ("dino", reader), ("sam", sam), ("sam", cutter)):
        part.save_pretrained(place / name)
    return place, dino, reader, sam, cutter


def test_networks_of_transformers(saved):
    place, dino, reader, sam, cutter = saved
    batch = images(2, side=20, width=28)
    region = TextRegion("Cat", place / "dino", str(place / "sam"), box_threshold=0.0)
    boxes, scores = region.detector((batch[0] * 255).to(torch.uint8), "cat")
    assert boxes.shape == (5, 4) and len(scores) == 5  # as many as it has queries
    logits = region.segmenter((batch[0] * 255).to(torch.uint8), boxes)
    assert logits.shape == (5, 20, 28)
    masks = region.masks(batch)
    assert torch.equal(masks[0, 0], (logits > 0).any(0))
    own = TextRegion(
        "cat",
        dino,
        sam,
        box_threshold=0.0,
        detector_processor=reader,
        segmenter_processor=cutter,
        binary=False,
        area=0.1,
    )
    assert own.masks(batch).flatten(1).sum(1).tolist() == [56, 56]
    with pytest.raises(BadInputError, match=r"image 0: nothing that is 'mouth' was found.*box_threshold"):
        TextRegion("mouth", dino, sam, box_threshold=1.0, detector_processor=reader, segmenter_processor=cutter).masks(
            batch
        )


def test_networks_in_the_wrong_place(saved, tmp_path):
    place, dino, _, sam, _ = saved
    with pytest.raises(BadInputError, match="give its processor too, detector_processor"):
        TextRegion("cat", dino, segmenter)
    with pytest.raises(BadInputError, match=r"detector='.*sam'.*GroundingDinoForObjectDetection"):
        TextRegion("cat", place / "sam", place / "sam")
    with pytest.raises(BadInputError, match=r"segmenter='.*': no SamModel with its processor"):
        TextRegion("cat", place / "dino", tmp_path)
    sam.save_pretrained(tmp_path / "bare")
    with pytest.raises(BadInputError, match="no SamModel with its processor in this folder"):
        TextRegion("cat", place / "dino", tmp_path / "bare")
