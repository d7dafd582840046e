"""Explainers that travel: as the bytes of their file, and made again once a process."""

from __future__ import annotations

import hashlib
import pickle
import threading
from collections import OrderedDict
from typing import Any, NamedTuple

from ...engine.errors import BadInputError, CapabilityError, SufficeError, shown
from ..keeping.audit import form_hash
from ..saving.container import is_saved
from ..saving.loading import loaded
from ..saving.writing import saved_bytes
from ..session.gate import room_of

_KEPT = 4  # explainers that a process keeps
_LOCK = threading.Lock()
_MADE: OrderedDict[str, Any] = OrderedDict()


class Carried(NamedTuple):
    """An explainer as bytes.

    Attributes
    ----------
    data : bytes
        A saved explainer, which needs neither its model nor the model's library; where a file does not hold it, the
        pickled explainer with its model.
    name : str
        What tells these bytes from others.
    """

    data: bytes
    name: str


def carried(explainer: Any) -> Carried:
    """Return an explainer as bytes.

    Raises
    ------
    CapabilityError
        If neither a file nor a pickle holds it.
    """
    try:
        data = saved_bytes(room_of(explainer))
        loaded(data)
    except (SufficeError, AttributeError):
        try:
            data = pickle.dumps(explainer)
        except Exception as error:
            raise CapabilityError(
                f"this {type(explainer).__name__} cannot be sent to other processes ({type(error).__name__}: "
                f"{shown(str(error), 160)}): use engine='local', or a model whose class can be imported"
            ) from None
    return Carried(data, hashlib.sha256(data).hexdigest())


def arrived(sent: Carried) -> Any:
    """Return the explainer of bytes, which all threads of this process share."""
    with _LOCK:
        found = _MADE.pop(sent.name, None)
        if found is None:
            found = loaded(sent.data) if is_saved(sent.data) else pickle.loads(sent.data)
        _MADE[sent.name] = found
        while len(_MADE) > _KEPT:
            _MADE.popitem(last=False)
    return found


def told_apart(explainer: Any) -> str:
    """Return what tells an explainer from others: what its model was compiled to, its domain and what is excluded.

    Explainers of equal models that were declared alike have the same, in whatever process they were made.
    """
    session = explainer.session
    if not hasattr(session, "compiled"):
        raise BadInputError(f"{shown(explainer)}: expected an explainer of a model")
    names = session.compiled.vocabulary.names
    excluded = sorted(str(names[column]) for column in session.excluded_columns)
    domain = repr((session.features, session.theory_on, excluded, session.interval)).encode()
    return f"{form_hash(session.compiled)}-{hashlib.sha256(domain).hexdigest()[:16]}"
