"""Runs over folders: the same bits whatever interrupts them and however they are shared out."""

from __future__ import annotations

import csv
import json
import os
import signal
import threading
import time
from functools import partial

import numpy as np
import pytest
import torch
from PIL import Image
from suffice.engine.errors import BadInputError, FormatError
from suffice.engine.status import Status, Stop
from suffice.neural.rcsb import RCSB, BridgeDenoiser
from suffice.neural.rcsb.folder.folder import load_folder, run_folder
from suffice.neural.rcsb.metrics.evaluation import evaluate
from suffice.neural.rcsb.regions.attribution import AttributionRegion
from suffice.neural.rcsb.regions.masks import MaskRegion, save_mask
from suffice.neural.rcsb.regions.regions import FullRegion, RandomRegion

from tests.neural.rcsb.small import Linear, Shrink, explainer, write_images

REGION = RandomRegion(cell=2, area=0.5)
OPTIONS = {"nfe": 3, "scale": 1.0, "scale_mode": "pixel", "samples": 2, "mask_gradient": True}


@pytest.fixture
def images(tmp_path):
    return write_images(tmp_path / "images")


def tree(folder):
    """All files of a run and their bytes, but for the log of seconds."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "log.jsonl"
    }


def go(images, out, make=None, region=REGION, **options):
    return run_folder(explainer() if make is None else make, images, out, 1, region, **{"batch": 2} | options)


def test_a_run(images, tmp_path):
    found = go(images, tmp_path / "out", source=0, pictures=True)
    assert found.status is Status.COMPLETE and found.stop is Stop.NONE and found.pending == 0
    assert [row["outcome"] for row in found.rows][1::2] == ["skipped"] * 3  # those of class 1
    assert found.rows[1]["reason"] == "the classifier answers 1, not 0"
    assert found.count("flipped") >= 2 and 0 < found.flip_rate <= 1
    with (tmp_path / "out" / "table.csv").open() as file:
        table = list(csv.DictReader(file))
    assert [row["file"] for row in table] == [f"{place:02d}.png" for place in range(7)]
    result = found.result()
    assert len(result) == 4 and result.originals.dtype == torch.uint8 and result.seeds.shape == (4, 2)
    for row, which in zip([row for row in found.rows if row["source"] == 0], range(4), strict=True):
        assert row["before"] == pytest.approx(float(result.probabilities_before[which, 1]))
        assert row["after"] == pytest.approx(float(result.probabilities_after[which, 1]))
        assert row["region"] == 0.5 and (row["outcome"] == "flipped") == bool(result.flipped[which])
        image = np.asarray(Image.open(tmp_path / "out" / "counterfactuals" / row["file"]))
        assert np.array_equal(np.moveaxis(image, 2, 0), result.images[which].numpy())
        original = np.asarray(Image.open(images / row["file"]))
        assert np.array_equal(np.moveaxis(original, 2, 0), result.originals[which].numpy())
    assert np.array_equal(*(np.where(result.masks, 0, part.numpy()) for part in (result.originals, result.images)))
    assert {"counterfactuals", "differences", "masks", "originals", "regions", "results", "samples"} <= {
        path.name for path in (tmp_path / "out").iterdir()
    }
    assert evaluate(result, classifier=explainer())["flip rate"] == found.flip_rate
    assert repr(load_folder(tmp_path / "out")) == repr(found) and "4 images" not in repr(found)


def test_each_image_alone_gives_the_same(images, tmp_path):
    together = go(images, tmp_path / "a", source=0, batch=7).result()
    other = write_images(tmp_path / "some", count=3)  # the same first images, without the rest
    alone = go(other, tmp_path / "b", source=0, batch=1).result()
    assert torch.equal(together.seeds[:2], alone.seeds) and torch.equal(together.masks[:2], alone.masks)
    assert float((together.samples[:2].float() - alone.samples.float()).abs().max()) <= 1


def test_interrupted_and_resumed_is_uninterrupted(images, tmp_path):
    whole = go(images, tmp_path / "whole", source=0)
    assert whole.status is Status.COMPLETE
    calls = []

    class Interrupting(Shrink):
        def forward(self, x, t):
            calls.append(len(x))
            if len(calls) == 5:
                os.kill(os.getpid(), signal.SIGINT)
            return super().forward(x, t)

    Interrupting.__qualname__ = "Shrink"  # the weights are the same: the same run
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        make = RCSB(BridgeDenoiser(Shrink(), "x0"), Linear().eval(), **OPTIONS)
        make.denoiser.network.__class__ = Interrupting
        first = go(images, tmp_path / "parts", make, source=0)
    finally:
        signal.signal(signal.SIGINT, before)
    assert first.status is Status.BEST_SO_FAR and first.stop is Stop.INTERRUPT and 0 < first.pending < 7
    assert "pending (best_so_far, interrupt)" in repr(first)
    assert len(load_folder(tmp_path / "parts").rows) == len(first.rows)
    kept = {name: data for name, data in tree(tmp_path / "parts").items() if name.startswith("results/")}
    (tmp_path / "parts" / "results" / ".abc.part").write_bytes(b"of a process that was killed")
    second = go(images, tmp_path / "parts", source=0)
    assert second.status is Status.COMPLETE
    assert tree(tmp_path / "parts") == tree(tmp_path / "whole")
    assert kept.items() <= tree(tmp_path / "whole").items()
    again = go(images, tmp_path / "parts", source=0)
    assert again.rows == second.rows and tree(tmp_path / "parts") == tree(tmp_path / "whole")


def test_a_time_limit_leaves_the_rest_for_later(images, tmp_path):
    first = go(images, tmp_path / "out", time_limit=1e-9)
    assert first.pending == 7 and first.stop is Stop.TIME_LIMIT
    assert go(images, tmp_path / "out").status is Status.COMPLETE
    go(images, tmp_path / "whole")
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")


class OfFabric:
    """What a launched Fabric tells one of its processes."""

    def __init__(self, rank, world):
        self.global_rank, self.world_size, self.device = rank, world, torch.device("cpu")


def test_shares_of_a_fabric_make_the_same_run(images, tmp_path):
    go(images, tmp_path / "whole")
    parts = [go(images, tmp_path / "parts", fabric=OfFabric(rank, 3)) for rank in (2, 0, 1)]
    assert [part.pending for part in parts] == [5, 2, 0] or parts[-1].pending == 0
    assert tree(tmp_path / "parts") == tree(tmp_path / "whole")


def test_a_real_fabric(images, tmp_path):
    fabric_module = pytest.importorskip("lightning_fabric")
    fabric = fabric_module.Fabric(accelerator="cpu", devices=1)
    fabric.launch()
    assert go(images, tmp_path / "a", fabric=fabric).status is Status.COMPLETE
    assert go(images, tmp_path / "b", accelerator="cpu").status is Status.COMPLETE
    assert tree(tmp_path / "a") == tree(tmp_path / "b")


class Dying(Shrink):
    """Ends its process at the first call, unless a file says that this has happened."""

    def __init__(self, path, always=False):
        super().__init__()
        self.path, self.always = path, always

    def forward(self, x, t):
        if (self.always and len(x) == 2) or not self.path.exists():
            self.path.touch()
            os._exit(9)
        return super().forward(x, t)


def dying(path, always=False):
    denoiser = BridgeDenoiser(Dying(path, always), "x0")
    return RCSB(denoiser, Linear().eval(), **OPTIONS)


def test_several_processes_of_which_one_dies(images, tmp_path):
    """Two processes; one is killed in its first batch: it is replaced, and nothing is lost."""
    (tmp_path / "once").touch()
    whole = go(images, tmp_path / "whole", dying(tmp_path / "once"))
    found = go(images, tmp_path / "died", partial(dying, tmp_path / "never"), devices=2, accelerator="cpu")
    assert (tmp_path / "never").exists() and found.rows == whole.rows and not found.problems
    assert tree(tmp_path / "died") == tree(tmp_path / "whole")


@pytest.mark.slow  # starts four processes
def test_a_batch_that_always_kills_is_given_up(tmp_path):
    images = write_images(tmp_path / "images", count=3)
    (tmp_path / "once").touch()
    make = dying(tmp_path / "once", always=True)  # two samples of one image: the last batch
    found = go(images, tmp_path / "out", make, devices=2, accelerator="cpu", source=0)
    assert found.pending in (1, 3)
    assert found.status is Status.BEST_SO_FAR and "died 2 times (exit code 9)" in found.problems[0]


def broken():
    return RCSB(BridgeDenoiser(Shrink(), "x0"), refusing, nfe=3)


def refusing(x):
    raise RuntimeError("the classifier is broken")


@pytest.mark.slow  # starts processes
def test_errors_in_processes_are_told(tmp_path):
    images = write_images(tmp_path / "images", count=2)
    with pytest.raises(BadInputError, match="the classifier is broken"):
        go(images, tmp_path / "a", broken, devices=2, accelerator="cpu")


class Sleeping(Shrink):
    """Takes its time, and tells by a file that it has begun."""

    def __init__(self, path):
        super().__init__()
        self.path = path

    def forward(self, x, t):
        self.path.touch()
        time.sleep(0.2)
        return super().forward(x, t)


def interrupt_after(path):
    while not path.exists():
        time.sleep(0.05)
    os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.slow  # starts processes
def test_ctrl_c_with_several_processes(images, tmp_path):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    begun = tmp_path / "begun"
    waiting = threading.Thread(target=interrupt_after, args=(begun,), daemon=True)
    try:
        waiting.start()
        make = RCSB(BridgeDenoiser(Sleeping(begun), "x0"), Linear(), nfe=500)
        found = go(images, tmp_path / "out", make, devices=2, accelerator="cpu")
    finally:
        waiting.join()
        signal.signal(signal.SIGINT, before)
    assert found.stop is Stop.INTERRUPT and found.pending == 7
    assert not list((tmp_path / "out").rglob("*.part"))


def test_images_that_cannot_be_explained_are_rows(images, tmp_path):
    (images / "bad.png").write_bytes(b"no image")
    (images / "sub").mkdir()
    Image.fromarray(np.full((6, 10, 3), 40, dtype=np.uint8)).save(images / "sub" / "wide.png")
    save_mask(np.ones((8, 8)), tmp_path / "one.png")
    masks = {f"{place:02d}": np.ones((8, 8)) for place in range(6)}  # none for 06 and the others
    found = go(images, tmp_path / "out", region=MaskRegion(masks), make=flat(), pictures=False)
    rows = {row["file"]: row for row in found.rows}
    assert "cannot be read as an image" in rows["bad.png"]["reason"]
    assert rows["06.png"]["outcome"] == "failed" and "no mask for '06'" in rows["06.png"]["reason"]
    assert "no mask for 'sub/wide'" in rows["sub/wide.png"]["reason"]
    assert rows["01.png"]["reason"] == "the classifier answers as wanted already"
    everywhere = go(images, tmp_path / "sizes", region=FullRegion(), make=flat(), batch=20)
    assert everywhere.count("failed") == 1 and everywhere.status is Status.COMPLETE
    assert sum(len(result) for _, result in everywhere.results()) == 5  # 0, 2, 4, 6 and the wide one
    with pytest.raises(BadInputError, match="cannot be joined"):
        everywhere.result()


def by_halves(x):
    half = x.shape[3] // 2
    return 3 * torch.stack([x[..., :half].mean((1, 2, 3)), x[..., half:].mean((1, 2, 3)) - 1e-4], dim=1)


def flat():
    return RCSB(BridgeDenoiser(Shrink(), "x0"), by_halves, nfe=2, samples=1)


def test_sizes_and_greys(tmp_path):
    images = write_images(tmp_path / "images", count=2, side=16)
    found = go(images, tmp_path / "out", source=0, size=8)
    assert found.result().originals.shape == (1, 3, 8, 8)
    make = RCSB(BridgeDenoiser(Shrink(), "x0"), Linear(channels=1), nfe=2, samples=1)
    found = go(images, tmp_path / "grey", make, size=8, grey=True)
    assert found.result().originals.shape[1:] == (1, 8, 8)


def test_targets_of_single_files_and_attribution(images, tmp_path):
    region = AttributionRegion(cell=2, area=0.5, steps=4)
    found = go(images, tmp_path / "out", region=region, targets={"01.png": 2}, source=None)
    rows = {row["file"]: row for row in found.rows}
    assert rows["01.png"]["target"] == 2 and rows["00.png"]["target"] == 1 and rows["03.png"]["outcome"] == "skipped"
    assert torch.equal(found.result().masks[0], region.masks(found.result().originals[:1], classifier=Linear(),
                       seeds=[int(found.result().seeds[0, 0])])[0])  # fmt: skip


def test_several_labels(images, tmp_path):
    make = RCSB(BridgeDenoiser(Shrink(), "x0"), Linear(), nfe=2, samples=1, multi_label=True)
    found = run_folder(make, images, tmp_path / "out", {1: False}, AttributionRegion(cell=2, area=0.5, steps=4))
    assert found.status is Status.COMPLETE and found.result().multi_label
    assert {row["outcome"] for row in found.rows} <= {"flipped", "not flipped", "skipped"}
    with pytest.raises(BadInputError, match="source=0: is for classifiers of one class"):
        run_folder(make, images, tmp_path / "b", {1: False}, FullRegion(), source=0)


@pytest.mark.parametrize(
    ("message", "options"),
    [
        ("there is no such folder", {"images": "nowhere"}),
        ("no image files in this folder", {"images": "empty"}),
        ("is a file: expected the name of a folder", {"out": "file"}),
        ("is not empty, and holds no run", {"out": "used"}),
        ("lies within the folder of images", {"out": "images/out"}),
        ("batch=0", {"batch": 0}),
        ("n=0", {"n": 0}),
        ("seed=-1", {"seed": -1}),
        ("size=0", {"size": 0}),
        ("devices=0", {"devices": 0}),
        ("time_limit=-1", {"time_limit": -1}),
        ("pictures=.'x'.", {"pictures": ["x"]}),
        ("there is no image 'x.png'", {"targets": {"x.png": 1}}),
        ("target=7: unknown class", {"target": 7}),
        ("source='cat': expected the number", {"source": "cat"}),
        ("explainer=3: expected an RCSB", {"explainer": 3}),
        ("fabric knows its devices", {"fabric": OfFabric(0, 1), "devices": 2}),
        ("accelerator='abacus'", {"accelerator": "abacus"}),
        ("cannot be sent to other processes.*top level", {"local": True, "devices": 2, "accelerator": "cpu"}),
    ],
)
def test_refused(message, options, tmp_path):
    write_images(tmp_path / "images", count=2)
    (tmp_path / "empty").mkdir()
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "thesis.txt").touch()
    (tmp_path / "file").touch()
    make = RCSB(BridgeDenoiser(Shrink(), "x0"), lambda x: x.mean((2, 3))) if options.pop("local", None) else explainer()
    told = {"explainer": make, "images": "images", "out": "out", "target": 1, "region": FullRegion()} | options
    told |= {name: tmp_path / told[name] for name in ("images", "out")}
    with pytest.raises(BadInputError, match=message):
        run_folder(**told)


def test_another_run_in_the_folder_is_left_alone(images, tmp_path):
    go(images, tmp_path / "out")
    before = tree(tmp_path / "out")
    with pytest.raises(BadInputError, match=r"another run: seed is 0 there and 1 here.*Choose another folder"):
        go(images, tmp_path / "out", seed=1)
    with pytest.raises(BadInputError, match="region is"):
        go(images, tmp_path / "out", region=FullRegion())
    with pytest.raises(BadInputError, match="classifier is 'Linear"):
        other = RCSB(BridgeDenoiser(Shrink(), "x0"), Linear(seed=1), **OPTIONS)
        go(images, tmp_path / "out", other)
    Image.fromarray(np.zeros((8, 8, 3), dtype=np.uint8)).save(images / "new.png")
    with pytest.raises(BadInputError, match="the images are not the same"):
        go(images, tmp_path / "out")
    assert tree(tmp_path / "out") == before


def test_damaged_files_are_told(images, tmp_path):
    go(images, tmp_path / "out")
    record = tmp_path / "out" / "results" / "000001.json"
    record.write_text(record.read_text()[:50])
    with pytest.raises(FormatError, match=r"000001\.json is damaged"):
        load_folder(tmp_path / "out")
    with pytest.raises(BadInputError, match=r"there is no run.json"):
        load_folder(images)


def test_two_endings_of_one_name(images, tmp_path):
    Image.fromarray(np.zeros((8, 8, 3), dtype=np.uint8)).save(images / "00.bmp")
    with pytest.raises(BadInputError, match=r"00.bmp and 00.png differ in their ending alone"):
        go(images, tmp_path / "out")


def test_the_log_and_the_progress(images, tmp_path, capfd):
    go(images, tmp_path / "out", progress=True)
    lines = (tmp_path / "out" / "log.jsonl").read_text().splitlines()
    assert [json.loads(line)["batch"] for line in lines] == [0, 1, 2, 3]
    assert "7/7" in capfd.readouterr().err


def test_a_setting_that_fits_no_image_ends_the_run(images, tmp_path):
    with pytest.raises(BadInputError, match=r"00\.png: area=0.01 of 16 cells is less than one"):
        go(images, tmp_path / "out", region=RandomRegion(cell=2, area=0.01))
    with pytest.raises(BadInputError, match=r"00\.png: the mask has 7 x 8 pixels"):
        go(images, tmp_path / "masks", region=np.ones((7, 8)))
    masks = {f"{place:02d}": np.ones((8, 8 - place // 6)) for place in range(7)}  # the last one is too narrow
    found = go(images, tmp_path / "named", region=MaskRegion(masks))
    assert found.rows[6]["outcome"] == "failed" and "8 x 7 pixels" in found.rows[6]["reason"]


@pytest.mark.slow  # starts processes
def test_a_time_limit_with_several_processes(images, tmp_path):
    make = RCSB(BridgeDenoiser(Sleeping(tmp_path / "begun"), "x0"), Linear(), nfe=500)
    begun = time.monotonic()
    found = go(images, tmp_path / "out", make, devices=2, accelerator="cpu", time_limit=10.0)
    assert found.stop is Stop.TIME_LIMIT and found.pending == 7 and time.monotonic() - begun < 60
