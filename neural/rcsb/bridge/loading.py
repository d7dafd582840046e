"""Classifiers and bridges that were saved: found out from what lies at their path, without running foreign code."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from torch import nn

from ....engine.errors import BadInputError, MissingBackendError, shown
from .checkpoints import read_checkpoint
from .denoiser import BridgeDenoiser


def load_classifier(path: str | Path | None, code: str | None = None) -> nn.Module:
    """Return a saved classifier.

    Parameters
    ----------
    path : path
        A folder that ``save_pretrained`` of transformers wrote; a program of ``torch.export.save`` (``.pt2``); a
        TorchScript file; or, with `code`, the weights: a state dict of ``torch.save`` or a ``.safetensors`` file.
    code : str, optional
        ``"module:function"``: the function that makes the network, without arguments; the module is looked for in the
        working directory too. It is imported, and runs.

    Raises
    ------
    BadInputError
        If there is nothing that can be read, or weights and network do not go together.
    """
    if code is not None:
        network = _called(code)
        if path is not None:
            _fill(network, _weights(Path(path)), path)
        return network.eval()
    if path is None:
        raise BadInputError("no classifier: give its path, or the code that makes it")
    place = Path(path)
    if place.is_dir():
        return _of_transformers(place)
    if not place.is_file():
        raise BadInputError(f"classifier={shown(str(path))}: there is no such file or folder")
    try:
        if place.suffix == ".pt2":
            exported: nn.Module = torch.export.load(place).module()
            return exported
        script: nn.Module = torch.jit.load(str(place), map_location="cpu")  # type: ignore[no-untyped-call]  # torch's
        return script.eval()
    except Exception as error:  # whatever torch raises for what it cannot read
        raise BadInputError(
            f"classifier={shown(str(path))} is no network that can be loaded by itself ({_first(error)}): expected a "
            "folder of transformers, an exported program (.pt2) or TorchScript; for weights alone name the code that "
            "makes the network, module:function"
        ) from None


def load_bridge(path: str | Path, *, ema: bool = True, head_channels: int = 64) -> BridgeDenoiser:
    """Return a saved bridge.

    Parameters
    ----------
    path : path
        A folder that ``BridgeDenoiser.save`` or ``TrainedBridge.save`` wrote, or a checkpoint of I2SB.
    ema : bool
        Of a checkpoint, take the averaged weights.
    head_channels : int
        Of a checkpoint: width of an attention head.

    Raises
    ------
    BadInputError
        If there is no bridge.
    """
    place = Path(path)
    if place.is_dir():
        return BridgeDenoiser.load(place)
    if not place.is_file():
        raise BadInputError(f"bridge={shown(str(path))}: there is no such file or folder")
    return BridgeDenoiser.from_i2sb(place, ema=ema, head_channels=head_channels)


def processor_of(path: str | Path | None) -> Any:
    """Return the image processor that lies beside a classifier of transformers; None if there is none."""
    if path is None or not (Path(path) / "preprocessor_config.json").is_file():
        return None
    try:
        from transformers import AutoImageProcessor
    except ImportError:
        return None
    kind: Any = AutoImageProcessor
    return kind.from_pretrained(str(path), local_files_only=True)


def _of_transformers(place: Path) -> nn.Module:
    try:
        from transformers import AutoModelForImageClassification
    except ImportError:
        raise MissingBackendError('folders of models need transformers: pip install "suffice[rcsb]"') from None
    try:
        found, told = AutoModelForImageClassification.from_pretrained(
            str(place), local_files_only=True, output_loading_info=True
        )
    except Exception as error:  # whatever transformers raises
        raise BadInputError(
            f"classifier={shown(str(place))}: no image classifier in this folder ({_first(error)})"
        ) from None
    if told["missing_keys"]:  # transformers would go on with random weights
        raise BadInputError(f"classifier={shown(str(place))} lacks {shown(sorted(map(str, told['missing_keys'])))}")
    network: nn.Module = found
    return network.eval()


def _called(code: str) -> nn.Module:
    """Return what a function of a module makes."""
    name, colon, function = code.partition(":")
    if not colon or not name or not function:
        raise BadInputError(f"code={shown(code)}: expected module:function")
    if "" not in sys.path:
        sys.path.insert(0, "")  # as for `python -m`
    try:
        made = getattr(import_module(name), function)()
    except Exception as error:  # whatever the user's code raises
        raise BadInputError(f"code={shown(code)} fails: {type(error).__name__}: {_first(error)}") from error
    if not isinstance(made, nn.Module):
        raise BadInputError(f"code={shown(code)} returns {shown(made)}: expected a PyTorch module")
    return made


def _weights(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise BadInputError(f"classifier={shown(str(path))}: there is no such file")
    if path.suffix == ".safetensors":
        from ..results.tensors import read_tensors

        return read_tensors(path)
    found = read_checkpoint(path)
    for name in ("state_dict", "model_state_dict", "model"):
        if isinstance(found, dict) and isinstance(found.get(name), dict):
            found = found[name]
    if not isinstance(found, dict):
        raise BadInputError(f"classifier={shown(str(path))} holds {shown(found)}: expected a state dict")
    return found


def _fill(network: nn.Module, weights: dict[str, Any], path: Any) -> None:
    try:
        network.load_state_dict(weights)
    except (RuntimeError, AttributeError, TypeError) as error:
        raise BadInputError(
            f"classifier={shown(str(path))}: these weights are of another network: {_first(error, 300)}"
        ) from None


def _first(error: BaseException, most: int = 160) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= most else f"{text[: most - 1]}…"
