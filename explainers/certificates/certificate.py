"""A certificate: what was proved of a model's own numbers, as a file that one small program checks."""

from __future__ import annotations

import io
import json
import os
import time
import zipfile
from collections.abc import Callable
from typing import Any, Self, TypeVar

import numpy as np

from ...engine.errors import BadInputError, FormatError, SelfCheckError
from . import suffice_check
from .boxes import Boxes
from .subject import Subject, whole
from .suffice_check_all import Every
from .suffice_check_pb import Bounds
from .suffice_check_share import OWN
from .suffice_check_text import fit_certificate

T = TypeVar("T")
MOMENT = (1980, 1, 1, 0, 0, 0)  # files with the same content are the same


class Certificate:
    """A proof of an answer, with the model's own numbers.

    ``suffice_check.py``, one file beside this one that needs numpy alone, checks it (of more than a row or a region
    those that lie beside it); so does ``suffice check FILE``.

    Attributes
    ----------
    head : dict
        The text part: the model, the domain, the claim.
    arrays : dict
        Numbers: conditions, trees, values, rows, boxes.
    seconds : float or None
        How long the proof took to find; None of one that was read from a file.
    check_seconds : float or None
        How long it took to check after that.
    """

    def __init__(self, head: dict[str, Any], arrays: dict[str, Any]) -> None:
        self.head, self.arrays = head, arrays
        self.seconds: float | None = None
        self.check_seconds: float | None = None

    @classmethod
    def of(
        cls,
        subject: Subject,
        claim: dict[str, Any],
        proofs: list[list[Boxes]],
        points: list[Any],
        more: dict[str, Any],
        told: str,
    ) -> Self:
        """Return the certificate of a claim; it is checked first.

        Raises
        ------
        SelfCheckError
            If the checker does not accept it.
        """
        head, own = subject.written
        arrays = {
            **own, **proof_arrays([tree for proof in proofs for tree in proof]),
            "witness": subject.rows(points), **more,
        }  # fmt: skip
        arrays = {name: whole(array) for name, array in arrays.items()}
        made = cls({**head, "claim": claim, "told": told}, arrays)
        found = time.perf_counter()
        verdict, why = made.check()
        made.seconds, made.check_seconds = found - subject.began, time.perf_counter() - found
        if verdict == suffice_check.REJECTED:
            raise SelfCheckError(f"the certificate was not accepted ({why}): please report this with the model")
        return made

    def check(self) -> tuple[str, str]:
        """Return the verdict of the checker, and what it checked (or why it does not accept it)."""
        return suffice_check.check(io.BytesIO(self.to_bytes()), Every)

    @property
    def claims(self) -> tuple[str, ...]:
        """What is claimed, in the words of the format."""
        return tuple(self.head["claim"]["says"])

    @property
    def boxes(self) -> int:
        """How many leaves all trees of boxes have."""
        return int((self.arrays["proof_split"] == 0).sum())

    @property
    def sizes(self) -> tuple[int, int]:
        """The size of the file in bytes, and how many of these are the model's own numbers (its trees and tests)."""
        content = self.to_bytes()
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            own = sum(file.getinfo(f"{name}.npy").compress_size for name in OWN)
        return len(content), own

    def to_bytes(self) -> bytes:
        """Return the file's content."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr(
                zipfile.ZipInfo("certificate.json", MOMENT), json.dumps(self.head, indent=1), zipfile.ZIP_DEFLATED
            )
            for name, array in self.arrays.items():
                part = io.BytesIO()
                np.lib.format.write_array(part, np.ascontiguousarray(array), allow_pickle=False)
                file.writestr(zipfile.ZipInfo(f"{name}.npy", MOMENT), part.getvalue(), zipfile.ZIP_DEFLATED)
        return out.getvalue()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it into a file."""
        with open(path, "wb") as file:
            file.write(self.to_bytes())

    def save_drat(self, formula: str | os.PathLike[str], proof: str | os.PathLike[str]) -> None:
        """Write the formula of a certificate that has one (DIMACS), and its proof (DRAT), for checkers of others.

        Parameters
        ----------
        formula, proof : path
            Where.

        Raises
        ------
        BadInputError
            If the certificate is none of a formula.
        """
        if "forced" not in self.claims:
            raise BadInputError("this certificate has no formula: ask for it with solver='cadical153'")
        clauses = Bounds(self.head, self.arrays).formula()
        top = max((abs(literal) for clause in clauses for literal in clause), default=0)
        lines = [f"p cnf {top} {len(clauses)}", *(" ".join(map(str, [*clause, 0])) for clause in clauses)]
        words = self.arrays["lemmas"]
        lemmas = [" ".join(map(str, part.tolist())) for part in np.split(words, np.nonzero(words == 0)[0] + 1)[:-1]]
        for path, text in ((formula, lines), (proof, [*lemmas, "0"])):
            with open(path, "w", encoding="ascii") as file:
                file.write("\n".join([*text, ""]))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a certificate; it is not checked.

        Raises
        ------
        FormatError
            If the file is none.
        """
        return cls(*read(path, loaded, "is no certificate"))

    def __repr__(self) -> str:
        whole, own = self.sizes
        told = f"{self.boxes} boxes, {len(self.arrays['witness'])} witnesses; {whole / 1000:.1f} kB"
        return f"<Certificate: {', '.join(self.claims)}; {told}, {own / 1000:.1f} of them the model>"


def loaded(path: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the text and the arrays of a certificate, whose parts are all there, and what they have to be."""
    head, arrays = suffice_check.load(path)
    fit_certificate(head, arrays, Every.claims)
    return head, arrays


def read(path: str | os.PathLike[str], load: Callable[[Any], T], why: str) -> T:
    """Return what a file holds.

    Raises
    ------
    FormatError
        If it is damaged, or another one.
    """
    try:
        return load(path)
    except OSError:
        raise
    except Exception as error:  # whatever a damaged file leads to
        raise FormatError(f"{os.fspath(path)!r} {why} ({error})") from None


def proof_arrays(trees: list[Boxes]) -> dict[str, Any]:
    """Return trees of boxes as files have them."""
    parts = {f"proof_{name}": _joined([getattr(tree, name) for tree in trees]) for name in Boxes._fields}
    return {**parts, "proof_at": np.cumsum([0, *(len(tree.split) for tree in trees)]).astype(np.int64)}


def _joined(parts: list[Any]) -> Any:
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)
