"""Certificates of shares of rows: one of each row, in a file that a checker adds up."""

from __future__ import annotations

import contextlib
import io
import json
import os
import time
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from ...encoders.columns.told import Row
from ...engine.arrays import F64
from ...engine.budget import Deadline
from ...engine.errors import BadInputError, SelfCheckError, UndecidedError
from . import suffice_check, suffice_check_share
from .certificate import MOMENT, Certificate, loaded, read
from .claims import Claims
from .near import ProvenBall
from .outcomes import classes_claimed
from .prover import Prover
from .subject import Subject

OTHER_FORM = "rows of other types, or with other columns left out, are read by another form of the model"


class CertifiedShare:
    """How many rows are decided as they are labelled, and stay so, or how far they do: with a certificate of each row.

    Attributes
    ----------
    head : dict
        The text part: how distances are told; of a share the distance, and what each row is labelled.
    rows : ndarray of float64, shape (n_rows, n_columns)
        The rows as the model reads them.
    certificates : dict
        The certificate of each row of which something is known, by its place.
    seconds, check_seconds : float or None
        How long the proofs took to find, and to check after that; None of those that were read from a file.
    """

    def __init__(self, head: dict[str, Any], rows: F64, certificates: dict[int, Certificate]) -> None:
        self.head, self.rows, self.certificates = head, rows, certificates
        self.seconds: float | None = None
        self.check_seconds: float | None = None

    @property
    def claims(self) -> tuple[str, ...]:
        """What is claimed, in the words of the format."""
        return ("radii",) if self.head["format"] == suffice_check_share.RADII else ("share",)

    def check(self) -> tuple[str, str]:
        """Return the verdict of the checker, and what it checked (or why it does not accept it)."""
        return suffice_check_share.check(io.BytesIO(self.to_bytes()))

    @property
    def sizes(self) -> tuple[int, int]:
        """The size of the file in bytes, and how many of these are the model's own numbers, which each row repeats."""
        return len(self.to_bytes()), sum(one.sizes[1] for one in self.certificates.values())

    def to_bytes(self) -> bytes:
        """Return the file's content."""
        out, rows = io.BytesIO(), io.BytesIO()
        np.lib.format.write_array(rows, np.ascontiguousarray(self.rows), allow_pickle=False)
        text = json.dumps(self.head, indent=1).encode()
        parts = {suffice_check_share.HEAD: text, suffice_check_share.ROWS: rows.getvalue()}
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
            for name, part in parts.items():
                file.writestr(zipfile.ZipInfo(name, MOMENT), part, zipfile.ZIP_DEFLATED)
            for i, one in sorted(self.certificates.items()):
                file.writestr(zipfile.ZipInfo(f"{i}.cert", MOMENT), one.to_bytes(), zipfile.ZIP_STORED)
        return out.getvalue()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it into a file."""
        with open(path, "wb") as file:
            file.write(self.to_bytes())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a file of rows and their certificates; it is not checked.

        Raises
        ------
        FormatError
            If the file is none.
        """
        head, rows, parts = read(path, _loaded, "holds no certificates of rows")
        return cls(head, rows, parts)

    def __repr__(self) -> str:
        return f"<CertifiedShare: {len(self.certificates)} of {len(self.rows)} rows; {self.sizes[0] / 1000:.1f} kB>"


@dataclass(frozen=True, slots=True, eq=False)
class LabelledRow:
    """What is known of a row, and what it is labelled.

    Attributes
    ----------
    proven : ProvenBall or None
        What a certificate has to know of it.
    label : int
        The class that it is labelled with; -1 for another label.
    stays : bool or None
        Whether it is proved to be decided so within the distance, or not to be.
    radius : float
        All rows that are nearer than this are decided like it.
    witness : (Row, numbers) or None
        A row within the distance that is decided otherwise, with its numbers as they are written.
    """

    proven: ProvenBall | None
    label: int
    stays: bool | None
    radius: float
    witness: tuple[Row, Sequence[float]] | None


@dataclass(frozen=True, slots=True, eq=False)
class ProvenRows:
    """What is known of many rows, so that it can be certified in one file."""

    @property
    def proven(self) -> Sequence[ProvenBall | None]:
        """What a certificate has to know of each row; None of those of which nothing is known."""
        raise NotImplementedError

    def head(self) -> dict[str, Any]:
        """Return what the text says of all rows."""
        raise NotImplementedError

    def of_row(self, i: int, told: str, deadline: Deadline) -> Certificate | None:
        """Return the certificate of a row; None if there is none.

        Raises
        ------
        UndecidedError
            If time was up, or rounding decides.
        """
        raise NotImplementedError

    def certificate(self, told: str, time_limit: float | None) -> CertifiedShare:
        """Return the certificate of all rows; of what is not proved in time it says nothing.

        Raises
        ------
        BadInputError
            If rows are of other types than each other, or too many for one file.
        UndecidedError
            If nothing is proved.
        SelfCheckError
            If it is not so.
        """
        deadline, began = Deadline.of(time_limit), time.perf_counter()
        found: dict[int, Certificate] = {}
        for i in range(len(self.proven)):
            one = None
            with contextlib.suppress(UndecidedError):
                one = None if deadline.expired() else self.of_row(i, f"row {i} of {told}", deadline)
            if one is not None:
                found[i] = one
        if not found:
            raise UndecidedError("of no row something could be certified: ask with more time")
        if (
            sum(array.nbytes for one in found.values() for array in one.arrays.values())
            > suffice_check_share.LARGEST / 2
        ):
            raise BadInputError(f"the certificates of {len(found)} rows are too large for one file: ask for fewer rows")
        text = {**self.head(), "version": suffice_check.VERSION, "told": told, "ball": self._ball()}
        made = CertifiedShare(text, self._read(), found)
        proved = time.perf_counter()
        verdict, why = made.check()
        made.seconds, made.check_seconds = proved - began, time.perf_counter() - proved
        if verdict == suffice_check.REJECTED:
            raise SelfCheckError(f"the certificates were not accepted ({why}): please report this with the model")
        return made

    def _balls(self) -> list[ProvenBall]:
        return [one for one in self.proven if one is not None]

    def _ball(self) -> dict[str, Any]:
        """Return how distances of all rows are told."""
        said = [ball.said(0.0) for ball in self._balls()]
        measured = sorted({place for one in said for place, *_ in one["measured"]})
        return {**{key: said[0][key] for key in ("norm", "weights", "still", "missing")}, "measured": measured}

    def _read(self) -> F64:
        """Return the rows as certificates have them; NaN for those of which nothing is known."""
        balls = self._balls()
        subjects = [Subject(one.form, one.space, one.here) for one in balls]
        first = subjects[0]
        if any(one.space is not first.space and one.head != first.head for one in subjects):
            raise BadInputError(f"{OTHER_FORM}: certify them apart")
        found = np.full((len(self.proven), len(balls[0].here.row)), np.nan)
        places = [i for i, one in enumerate(self.proven) if one is not None]
        for i, subject in zip(places, subjects, strict=True):
            found[i] = subject.rows([subject.here.cells])[0]
        return found


@dataclass(frozen=True, slots=True, eq=False)
class ProvenShare(ProvenRows):
    """What is known of labelled rows.

    Attributes
    ----------
    rows : tuple of LabelledRow
        The rows.
    eps : float
        The distance, itself included.
    """

    rows: tuple[LabelledRow, ...]
    eps: float

    @property
    def proven(self) -> Sequence[ProvenBall | None]:
        """What a certificate has to know of each row."""
        return [row.proven for row in self.rows]

    def head(self) -> dict[str, Any]:
        """Return the distance, and the labels."""
        labels = [row.label for row in self.rows]
        return {"format": suffice_check_share.FORMAT, "eps": self.eps.hex(), "labels": labels}

    def of_row(self, i: int, told: str, deadline: Deadline) -> Certificate | None:
        """Return the certificate that a row stays as it is labelled, or does not; None if that is not known."""
        row = self.rows[i]
        if row.proven is None or row.stays is None:
            return None
        if row.stays:
            near = self.eps * (1 + 2.0**-30)  # as sums of distances are told
            radius = near if self.eps < near < row.radius else row.radius
            return row.proven.certificate(radius, None, told, deadline)
        if row.witness is None:
            return _decided_otherwise(row.proven, row.label, told, deadline)
        one = row.proven.certificate(0.0, row.witness, told, deadline)
        far = float.fromhex(one.head["claim"]["says"]["reached"]["distance"])
        return one if far <= self.eps else None  # a witness with few digits may be a last bit further away


@dataclass(frozen=True, slots=True, eq=False)
class ProvenRadii(ProvenRows):
    """How far rows may be moved.

    Attributes
    ----------
    rows : tuple of (ProvenBall or None, float, witness or None)
        What is known of each row, its radius, and a row that is decided otherwise, with its numbers as they are
        written.
    """

    rows: tuple[tuple[ProvenBall | None, float, tuple[Row, Sequence[float]] | None], ...]

    @property
    def proven(self) -> Sequence[ProvenBall | None]:
        """What a certificate has to know of each row."""
        return [proven for proven, _, _ in self.rows]

    def head(self) -> dict[str, Any]:
        """Return what kind of file it is."""
        return {"format": suffice_check_share.RADII}

    def of_row(self, i: int, told: str, deadline: Deadline) -> Certificate | None:
        """Return the certificate of a radius, if one is known."""
        proven, radius, witness = self.rows[i]
        if proven is None or (radius <= 0 and witness is None):
            return None
        return proven.certificate(radius, witness, told, deadline)


def _loaded(path: Any) -> tuple[dict[str, Any], F64, dict[int, Certificate]]:
    head, rows, parts = suffice_check_share.load(path)
    suffice_check_share.kind_of(head)
    return head, rows, {i: Certificate(*loaded(io.BytesIO(part))) for i, part in parts.items()}


def _decided_otherwise(ball: ProvenBall, label: int, told: str, deadline: Deadline) -> Certificate:
    """Return the certificate that a row is not decided as it is labelled."""
    wanted = classes_claimed([label] if label >= 0 else [])
    prover = Prover(Subject(ball.form, ball.space, ball.here), wanted, deadline)
    prover.sure([ball.here.cells])
    prover.points.append(ball.here.cells)
    claims = Claims.of_all(prover)
    claims.says["refuted"] = {}
    return claims.certificate([], told)
