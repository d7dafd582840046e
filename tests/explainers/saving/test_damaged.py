"""Files that are damaged, tampered with, too large or too new are refused in words; none crashes or hangs."""

from __future__ import annotations

import copy
import hashlib
import io
import random
import zipfile

import numpy as np
import pytest
import suffice
from suffice import BadInputError, FormatError
from suffice.explainers.saving import container
from suffice.explainers.saving.container import packed, unpacked
from suffice.explainers.saving.loading import loaded

from tests.explainers.batch.cases import data
from tests.explainers.saving.cases import FOLDER, NAMES

FILES = {name: (FOLDER / "schema1" / f"{name}.suffice").read_bytes() for name in NAMES}


def sealed(data):
    """A file with the checksum of its bytes."""
    return data[:-64] + hashlib.sha256(data[:-64]).hexdigest().encode()


def contents(name):
    _, main, arrays = unpacked(FILES[name])
    return copy.deepcopy(main), {key: array.copy() for key, array in arrays.items()}


def tampered(name, **changed):
    """A file with other arrays, and the checksums that these have."""
    main, arrays = contents(name)
    for key, change in changed.items():
        arrays[key] = change(arrays[key])
    return packed(main, arrays)


def zipped(entries, level=9):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
        archive.comment = container._SEAL + b"0" * 64
    return sealed(stream.getvalue())


@pytest.mark.parametrize("name", NAMES)
def test_each_changed_byte_is_noticed(name):
    whole, pick = FILES[name], random.Random(0)
    for _ in range(60):
        place = pick.randrange(len(whole))
        with pytest.raises(FormatError):
            loaded(whole[:place] + bytes([whole[place] ^ 1 << pick.randrange(8)]) + whole[place + 1 :])
        with pytest.raises(FormatError):
            loaded(whole[:place])
    with pytest.raises(FormatError, match="something follows"):
        loaded(whole + b"more")


def test_what_is_no_such_file_is_told(tmp_path):
    for content in (b"", b"PK\x03\x04", b"{}", zipped({"other.json": b"{}"})):
        (tmp_path / "odd").write_bytes(content)
        with pytest.raises(FormatError, match="no saved explainer"):
            suffice.load(tmp_path / "odd")
    with pytest.raises(BadInputError, match="cannot be read: No such file"):
        suffice.load(tmp_path / "none")
    with pytest.raises(BadInputError, match="expected the path"):
        suffice.load(3)


def test_a_later_schema_is_refused(monkeypatch):
    monkeypatch.setattr(container, "SCHEMA", 2)
    later = packed(*contents("tree"))
    monkeypatch.undo()
    with pytest.raises(FormatError, match="schema 2, and this version reads up to 1: install a later version"):
        loaded(later)


def test_large_files_are_refused_before_they_are_unpacked(tmp_path):
    with pytest.raises(FormatError, match="expected at most 1000"):
        loaded(FILES["tree"], largest=1000)
    (tmp_path / "one").write_bytes(FILES["tree"])
    with pytest.raises(FormatError, match="expected at most 1000; pass largest"):
        suffice.load(tmp_path / "one", largest=1000)
    bomb = zipped({"manifest.json": b"{}", "explainer.json": b"0" * 40_000_000})
    assert len(bomb) < 100_000
    with pytest.raises(FormatError, match="when it is unpacked"):
        loaded(bomb, largest=10_000_000)


def test_entries_are_as_their_list_says():
    with zipfile.ZipFile(io.BytesIO(FILES["forest"])) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    left, right = "arrays/trees.left.npy", "arrays/trees.right.npy"
    swapped = entries | {left: entries[right], right: entries[left]}
    with pytest.raises(FormatError, match=r"another size|its checksum is another one"):
        loaded(zipped(swapped))
    with pytest.raises(FormatError, match="lacks entries"):
        loaded(zipped({name: content for name, content in entries.items() if name != left}))
    with pytest.raises(FormatError, match="lacks entries"):
        loaded(zipped(entries | {"arrays/more.npy": entries[left]}))


def test_arrays_hold_plain_numbers_only():
    stream = io.BytesIO()
    np.save(stream, np.array([{"a": 1}], object), allow_pickle=True)
    for content in (stream.getvalue(), b"\x93NUMPY\x01\x00", b"\x93NUMPY\x02\x00v\x00", b""):
        with pytest.raises((FormatError, ValueError)):
            container._array("arrays/x.npy", content)


def first(value):
    return lambda array: np.concatenate([np.array([value], array.dtype), array[1:]])


TAMPERED = {
    "a circle": ("forest", {"trees.left": lambda links: np.where(links > 0, -links, links)}),
    "a node of its own": ("forest", {"trees.left": np.zeros_like}),
    "a child beyond": ("forest", {"trees.right": first(100)}),
    "two parents": ("forest", {"trees.right": lambda links: np.where(links > 0, 1, links).astype(links.dtype)}),
    "no condition": ("forest", {"trees.literal": first(99)}),
    "roots that fall": ("forest", {"trees.root": lambda root: root[::-1].copy()}),
    "roots beyond": ("forest", {"trees.root": lambda root: np.append(root[:-1], 9999).astype(np.int32)}),
    "no tree": ("forest", {"trees.root": lambda root: root[:0]}),
    "no leaf": ("forest", {"trees.leaf": lambda leaf: np.where(leaf >= 0, 120, leaf).astype(np.int16)}),
    "leaves inside": ("forest", {"trees.leaf": first(120)}),
    "a value that is none": ("forest", {"trees.values": lambda v: np.full_like(v, np.nan)}),
    "other scores": ("forest", {"trees.values": lambda v: np.ascontiguousarray(v[:, :1])}),
    "a border that is none": ("forest", {"condition.threshold": first(np.nan)}),
    "a column that is none": ("forest", {"condition.feature": first(77)}),
    "an operator that is none": ("forest", {"condition.operator": first(8)}),
    "fewer borders": ("forest", {"condition.threshold": lambda t: t[1:]}),
    "equal conditions": ("forest", {"condition.threshold": np.zeros_like, "condition.feature": np.zeros_like}),
    "floats for nodes": ("forest", {"trees.literal": lambda v: v.astype(np.float32)}),
    "a class that is none": ("tree", {"tree.outcome": lambda o: np.where(o >= 0, 9, o).astype(np.int8)}),
    "a tree in a circle": ("tree", {"tree.left": first(0)}),
    "a gate that is none": ("composed", {"trees.circuit.op": first(100)}),
    "an argument that comes later": ("composed", {"trees.circuit.argument": first(100)}),
    "an end that is none": ("composed", {"trees.circuit.ends": first(-1)}),
    "endless weights": ("linear", {"weighted.weights": lambda w: np.full_like(w, np.inf)}),
    "fewer weights": ("linear", {"weighted.start": lambda w: w[:0]}),
}  # fmt: skip


@pytest.mark.parametrize("case", TAMPERED)
def test_a_form_that_fits_nothing_is_refused(case):
    name, changed = TAMPERED[case]
    with pytest.raises(FormatError, match=r"damaged|array"):
        loaded(tampered(name, **changed))


ODD = [-1, 0, 2**31, 2.0**70, None, "", [], {}, True, {"float": "nan"}, {"float": "inf"}, [[1]], {"tuple": []}]


def places(value, at=()):
    """The places of all values in a JSON value."""
    if at:
        yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from places(one, (*at, key))


@pytest.mark.parametrize("name", NAMES)
def test_odd_values_are_refused_or_answered(name):
    """Whatever a file says, with the right checksums: it is refused in words, or answered; nothing else."""
    pick, row = random.Random(0), data()[0][0]
    for _ in range(40):
        main, arrays = contents(name)
        at = pick.choice(list(places(main)))
        owner = main
        for key in at[:-1]:
            owner = owner[key]
        owner[at[-1]] = copy.deepcopy(pick.choice(ODD))
        try:
            explainer = loaded(packed(main, arrays))
        except (FormatError, suffice.CapabilityError):
            continue
        try:
            explainer.set_instance(row)
            explainer.sufficient_reason(time_limit=5)
        except suffice.SufficeError:
            continue


def test_nothing_that_is_not_listed_is_called():
    main, arrays = contents("tree")
    for odd in ("os:system", "columns.rows:copy_row", "__import__"):
        main["model"]["form"]["to_user_row"] = {"function": odd}
        with pytest.raises(FormatError, match="not listed"):
            loaded(packed(main, arrays))
