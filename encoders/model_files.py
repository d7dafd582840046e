"""Model files: which library wrote one is told by its content, whatever its name; what is none of them is named."""

from __future__ import annotations

import functools
import os
import re
import stat
from collections.abc import Callable
from typing import Any

from ..engine.errors import BadInputError, FormatError, SufficeError, UnsupportedModelError, shown

CATBOOST, LIGHTGBM, XGBOOST, ONNX = "catboost", "lightgbm", "xgboost", "onnx"
_HEAD = 4096
_TAKEN = (
    "expected a file that XGBoost (.json, .ubj), LightGBM (.txt) or CatBoost (.cbm, .json) saved with save_model, or "
    "an ONNX model"
)
_FIELDS = frozenset(b"\x12\x1a\x22\x28\x32\x3a\x42")  # what may follow the version of an ONNX model
_PACKED = {
    b"\x1f\x8b": "a gzip file", b"PK": "a zip file", b"BZh": "a bzip2 file", b"\xfd7zXZ": "an xz file",
    b"\x28\xb5\x2f\xfd": "a zstd file", b"7z\xbc\xaf": "a 7z file",
}  # fmt: skip
_PICKLES = (
    *(b"\x80" + bytes([protocol]) for protocol in range(2, 6)), b"x\x9c", b"x\x01", b"x^", b"x\xda", b"ccopy_reg"
)  # fmt: skip
_CATBOOST_JSON = re.compile(rb'\{\s*"(ctr_data|features_info|model_info|oblivious_trees|trees|scale_and_bias)"\s*:')
_DUMPS = (b"booster[", b"[", b"0:[")


def is_path(model: Any) -> bool:
    """Tell whether what stands in the place of a model is a path."""
    return isinstance(model, (str, bytes, os.PathLike))


def file_name(path: Any) -> str:
    """Return what error messages call a file."""
    return f"model file {shown(os.fsdecode(path), 200)}"


def library_of(path: Any) -> str:
    """Return the library whose file this looks like; empty if it is no path, or the file of none or not there."""
    if not is_path(path):
        return ""
    try:
        return begins_like(_head_at(*_state(path)))
    except (OSError, ValueError):
        return ""


def content_at(path: Any, parse: Callable[[str, int, int], Any]) -> Any:
    """Return what `parse` makes of the file of a path, given its name, time and size (by which it may be kept).

    Raises
    ------
    BadInputError
        If the file cannot be read.
    """
    try:
        return parse(*_state(path))
    except OSError as error:
        raise BadInputError(f"{file_name(path)} cannot be read: {error.strerror or error}") from None
    except MemoryError:
        raise FormatError(f"{file_name(path)} does not fit into memory: it is damaged, or too large") from None


def file_refusal(path: Any) -> SufficeError:
    """Return the error for a path whose file no encoder takes."""
    told = os.fsdecode(path)
    if "\n" in told or told.startswith("{") or (isinstance(path, bytes) and begins_like(path)):
        return BadInputError(
            f"the model {shown(path, 30)} is the content of a file: expected its path; write it to a file first"
        )
    try:
        head = _head_at(*_state(path))
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        return BadInputError(
            f"{file_name(path)} cannot be read ({why}): expected a fitted model, or the path of a file that "
            "XGBoost, LightGBM or CatBoost saved, or of an ONNX model"
        )
    return _refusal(head, file_name(path))


def _state(path: Any) -> tuple[str, int, int]:
    """Return the name, time and size of a file."""
    found = os.stat(path)
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(None, "it is a folder")
    if not stat.S_ISREG(found.st_mode):
        raise OSError(None, "it is no plain file")
    return os.fsdecode(path), found.st_mtime_ns, found.st_size


@functools.lru_cache(maxsize=8)
def _head_at(path: str, _time: int, _size: int) -> bytes:
    with open(path, "rb") as stream:
        return stream.read(_HEAD)


def is_binary(head: bytes) -> bool:
    """Tell whether a file is of CatBoost's binary format."""
    return head.startswith(b"CBM1")


def begins_like(head: bytes) -> str:
    """Return the library whose files begin so; empty if none do."""
    start = head.lstrip()
    if len(head) > 2 and head[0] == 8 and 0 < head[1] < 128 and head[2] in _FIELDS:
        return ONNX
    if is_binary(head) or _CATBOOST_JSON.match(start):
        return CATBOOST
    if start.startswith(b"{"):
        return XGBOOST
    if start.split(b"\n", 1)[0].strip() == b"tree" or (b"\nversion=v" in head and b"\nnum_class=" in head):
        return LIGHTGBM
    return ""


def _refusal(head: bytes, where: str) -> SufficeError:
    """Return the error for a file that begins with `head`."""
    packed = next((what for start, what in _PACKED.items() if head.startswith(start)), "")
    foreign = {
        "looks like a pickle, which is never executed here: load it yourself (pickle.load or joblib.load) and hand "
        "over the model": head.startswith(_PICKLES),
    }
    unsupported = next((told for told, found in foreign.items() if found), "")
    if unsupported:
        return UnsupportedModelError(f"{where} {unsupported}")
    if not head:
        told = "is empty"
    elif packed:
        told = f"is {packed}: unpack it, or load the model and hand it over"
    elif head.startswith(b"binf") or b"gbtree" in head or b"gblinear" in head:
        told = (
            "is of XGBoost's old binary format: load it with the XGBoost that wrote it (before 3.1), and save it as "
            ".json or .ubj"
        )
    elif head.lstrip().startswith(_DUMPS):
        told = "looks like a dump of trees (dump_model), which leaves things out"
    else:
        told = f"begins with {shown(head[:12])}"
    return FormatError(f"{where} {told}: {_TAKEN}; save the model again")
