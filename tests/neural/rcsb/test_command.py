"""The command line: a folder of images with a saved classifier and a saved bridge."""

from __future__ import annotations

import csv
import json
import subprocess
import sys

import numpy as np
import pytest
import torch
from suffice.engine.errors import BadInputError
from suffice.neural.__main__ import main
from suffice.neural.rcsb import BridgeDenoiser
from suffice.neural.rcsb.bridge.loading import load_bridge, load_classifier
from suffice.neural.rcsb.bridge.networks import make_unet
from suffice.neural.rcsb.folder.folder import load_folder
from suffice.neural.rcsb.metrics.evaluation import evaluate
from suffice.neural.rcsb.regions.masks import save_mask
from torch import nn

from tests.neural.rcsb.small import Linear, images, write_images

CODE = "tests.neural.rcsb.small:Linear"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Images, a classifier in several forms, and a small bridge with random weights."""
    root = tmp_path_factory.mktemp("command")
    write_images(root / "images", count=5)
    net = Linear().eval()
    torch.save(net.state_dict(), root / "weights.pt")
    torch.save({"state_dict": net.state_dict()}, root / "nested.pt")
    BridgeDenoiser(make_unet(3, 8, 8, features=32)).save(root / "bridge")
    (root / "classes.txt").write_text("left\nright\nnone\n")
    save_mask(np.eye(8), root / "mask.png")
    return root


def told(place, out, *more, without=()):
    options = {
        "--images": place / "images", "--out": out, "--classifier": place / "weights.pt", "--code": CODE,
        "--bridge": place / "bridge", "--target": "1", "--cell": "2", "--nfe": "2", "--samples": "1",
        "--accelerator": "cpu",
    }  # fmt: skip
    given = [str(part) for name, value in options.items() if name not in without for part in (name, value)]
    return ["rcsb", *given, "--quiet", *more]


def test_a_run_from_the_shell(place, tmp_path):
    command = [sys.executable, "-m", "suffice.neural", *told(place, tmp_path / "out", "--source", "0")]
    found = subprocess.run(command, capture_output=True, text=True, check=False, cwd=".")
    assert found.returncode == 0, found.stderr
    assert "FolderRun(5 images:" in found.stdout and "2 skipped" in found.stdout and "flip rate:" in found.stdout
    with (tmp_path / "out" / "table.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["source"] for row in rows] == list("01010") and (tmp_path / "out" / "counterfactuals/00.png").is_file()


@pytest.mark.parametrize(
    "more",
    [
        ["--region", "random", "--area", "0.5", "--inverse"],
        ["--region", "mask", "--masks", "mask.png"],
        ["--region", "full", "--preset", "fast", "--scale", "0.4", "--start", "0.5"],
        ["--classes", "classes.txt", "--source", "left", "--mean", "0.5,0.5,0.5", "--std", "0.2,0.2,0.2"],
        ["--targets", "targets.csv"],
    ],
)
def test_other_questions(place, tmp_path, more, capsys):
    (tmp_path / "targets.csv").write_text("file,target\n01.png,2\n")
    more = [path(place, tmp_path, part) for part in more]
    without = ("--cell",) if {"full", "mask"} & set(more) else ()
    assert main(told(place, tmp_path / "out", *more, without=without)) == 0
    assert "FolderRun" in capsys.readouterr().out
    assert load_folder(tmp_path / "out").pending == 0


def path(place, tmp_path, part):
    """Files by their name alone."""
    for where in (tmp_path, place):
        if (where / part).is_file():
            return str(where / part)
    return part


def test_published_names(place, tmp_path):
    names = ["exp.target_id=0", "exp.guide_id=1", "guidance.scale.value=2", "explainer.cell_size=4", "AREA=0.5"]
    arguments = told(place, tmp_path / "out", "--published", *names, without=("--target", "--cell", "--samples"))
    assert main(arguments) == 0
    found = load_folder(tmp_path / "out")
    assert found.count("skipped") == 2 and found.result().seeds.shape[1] == 2
    assert found.result().settings["scale"] == 2 and found.result().settings["preset"] == "published"
    assert {row["region"] for row in found.rows} == {0.5, None}


def test_several_labels(place, tmp_path):
    assert main(told(place, tmp_path / "out", "--target", "0=off,2=on", "--multi-label")) == 0
    result = load_folder(tmp_path / "out").result()
    assert result.targets.tolist() == [[0, -1, 1]] * len(result)


def test_a_time_limit_and_going_on(place, tmp_path, capsys):
    arguments = told(place, tmp_path / "out")
    assert main([*arguments, "--time-limit", "0.000001"]) == 3
    assert "not finished: the same command goes on" in capsys.readouterr().err
    assert main(arguments) == 0 and main(arguments) == 0


@pytest.mark.parametrize(
    ("message", "more", "without"),
    [
        ("no target: give --target", [], ["--target"]),
        ("no classifier: give its path", [], ["--classifier", "--code"]),
        ("there is no such file or folder", ["--bridge", "nowhere"], ["--bridge"]),
        ("nowhere: there is no such folder", ["--images", "nowhere"], ["--images"]),
        ("is no network that can be loaded by itself", [], ["--code"]),
        ("code='nothing': expected module:function", ["--code", "nothing"], ["--code"]),
        ("code='no.such:thing' fails: ModuleNotFoundError", ["--code", "no.such:thing"], ["--code"]),
        ("code='os:getcwd' returns", ["--code", "os:getcwd"], ["--code"]),
        ("these weights are of another network", ["--code", "tests.neural.rcsb.small:Shrink"], ["--code"]),
        ("preset='slow'", ["--preset", "slow"], []),
        ("unknown class", ["--target", "7"], ["--target"]),
        ("--prompt has no effect with --region attribution", ["--prompt", "mouth"], []),
        ("--region mask needs --masks", ["--region", "mask"], ["--cell"]),
        ("--region text needs --prompt", ["--region", "text"], ["--cell"]),
        ("method='magic'", ["--method", "magic"], []),
        ("area=0.01 of 16 cells is less than one", ["--area", "0.01"], []),
        ("--target and --published: say it in one way", ["--published", "target_id=0", "guide_id=1"], ["--cell"]),
        ("expected --mean and --std together", ["--mean", "0.5"], []),
        ("--targets nowhere.csv: cannot be read", ["--targets", "nowhere.csv"], []),
        ("expected label=on or label=off", ["--target", "0=up", "--multi-label"], ["--target"]),
        ("--classes nowhere.txt: cannot be read", ["--classes", "nowhere.txt"], []),
        ("nfe=0", ["--nfe", "0"], ["--nfe"]),
    ],
)
def test_refused(place, tmp_path, capsys, message, more, without):
    status = main(told(place, tmp_path / "out", *more, without=without))
    error = capsys.readouterr().err
    assert status == 1 and error.startswith("error: ") and message in error and error.count("\n") == 1


def test_images_without_a_target_of_their_own(place, tmp_path, capsys):
    (tmp_path / "targets.csv").write_text("file,target\n00.png,1\n")
    arguments = told(place, tmp_path / "out", "--targets", str(tmp_path / "targets.csv"), without=("--target",))
    assert main(arguments) == 1
    assert "--targets lists no target for 01.png" in capsys.readouterr().err


def test_help_and_unknown_options(capsys):
    for arguments, status, text in (
        (["rcsb", "--help"], 0, "exp.target_id"), (["--help"], 0, "paint"), (["rcsb"], 2, "required"),
        ([], 2, "COMMAND"),
    ):  # fmt: skip
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        heard = capsys.readouterr()
        assert ended.value.code == status and text in heard.out + heard.err


def test_painting_needs_an_image(tmp_path, capsys):
    assert main(["paint", str(tmp_path / "none.png"), str(tmp_path / "mask.png")]) == 1
    assert "there is no such file" in capsys.readouterr().err


class Convolution(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 2, 3)
        self.drop = nn.Dropout(0.5)

    def forward(self, x):
        return self.drop(self.conv(x)).mean((2, 3))


@pytest.mark.filterwarnings("ignore")  # torch's, of formats that it would like to be rid of
def test_saved_classifiers_of_all_forms(place, tmp_path):
    net = Convolution().eval()
    expected = net(images(3)).detach()
    torch.jit.script(net).save(str(tmp_path / "script.pt"))
    exported = torch.export.export(net, (images(2),), dynamic_shapes={"x": {0: torch.export.Dim("n", min=1)}})
    torch.export.save(exported, tmp_path / "program.pt2")
    for name in ("script.pt", "program.pt2"):
        loaded = load_classifier(tmp_path / name)
        given = images(3).requires_grad_()
        scores = loaded(given)
        assert torch.allclose(scores, expected, atol=1e-6)
        assert torch.autograd.grad(scores.sum(), given)[0].abs().sum() > 0
    for name in ("weights.pt", "nested.pt"):
        assert torch.equal(load_classifier(place / name, CODE).weight, Linear().weight)
    with pytest.raises(BadInputError, match="expected a folder of transformers"):
        load_classifier(place / "weights.pt")
    with pytest.raises(BadInputError, match="no image classifier in this folder"):
        load_classifier(place / "images")
    with pytest.raises(BadInputError, match="holds no bridge"):
        load_bridge(place / "images")
    with pytest.raises(BadInputError, match="no checkpoint of I2SB"):
        load_bridge(place / "weights.pt")


def test_a_classifier_of_transformers(tmp_path):
    transformers = pytest.importorskip("transformers")
    config = transformers.ViTConfig(
        hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8, image_size=8, patch_size=4,
        num_labels=3,
    )  # fmt: skip
    net = transformers.ViTForImageClassification(config).eval()
    net.save_pretrained(tmp_path / "vit")
    loaded = load_classifier(tmp_path / "vit")
    assert torch.equal(loaded(images(2)).logits, net(images(2)).logits)
    transformers.ViTModel(config).save_pretrained(tmp_path / "body")
    with pytest.raises(BadInputError, match=r"no image classifier|lacks"):
        load_classifier(tmp_path / "body")


def test_the_published_command_line(place, tmp_path):
    names = ["--config-name", "imagenet_cava_target_to_guide", "exp.target_id=0", "exp.guide_id=1", "AREA=0.5"]
    arguments = told(place, tmp_path / "a", *names, without=("--target", "--cell", "--samples"))
    behind = told(place, tmp_path / "b", "--published", *names[2:], without=("--target", "--cell", "--samples"))
    assert main([*arguments, "explainer.cell_size=4"]) == 0 and main([*behind, "explainer.cell_size=4"]) == 0
    assert load_folder(tmp_path / "a").rows == load_folder(tmp_path / "b").rows


def test_other_configurations_are_refused(place, tmp_path, capsys):
    arguments = told(
        place, tmp_path / "a", "--config-name", "celeba", "exp.target_id=0", without=("--target", "--cell")
    )
    assert main(arguments) == 1
    assert "--config-name 'celeba': expected imagenet_cava_target_to_guide" in capsys.readouterr().err


def test_metrics_from_the_shell(place, tmp_path, capsys):
    assert main(told(place, tmp_path / "out", "--source", "0")) == 0
    capsys.readouterr()
    result = load_folder(tmp_path / "out").result()
    told_by = evaluate(result, classifier=Linear().eval(), judge=Linear().eval(), encoder=Linear().eval(), steps=5)
    networks = [part for name in ("classifier", "judge", "encoder") for part in (f"--{name}", CODE)]
    values = tmp_path / "values.json"
    assert main(["metrics", str(tmp_path / "out"), *networks, "--steps", "5", "--json", str(values)]) == 0
    assert capsys.readouterr().out == f"{told_by}\n"
    assert json.loads(values.read_text()) == told_by.to_dict()
    result.save(tmp_path / "saved")
    assert main(["metrics", str(tmp_path / "saved")]) == 0
    assert "flip rate" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("message", "more"),
    [
        ("nowhere: there is no such folder", ["nowhere"]),
        ("no such file or folder", ["out", "--judge", "nowhere"]),
        ("--steps 0", ["out", "--steps", "0"]),
        ("needs attributes", ["out", "--query", "1"]),
    ],
)
def test_metrics_refused(place, tmp_path, capsys, message, more):
    assert main(told(place, tmp_path / "out")) == 0
    capsys.readouterr()
    assert main(["metrics", str(tmp_path / more[0]), *more[1:]]) == 1
    assert message in capsys.readouterr().err
