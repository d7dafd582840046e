"""Binarised neural networks: weights -1 and 1, activations that are signs.

The compiled form is exact: each neuron of the last hidden layer is a function of the inputs with two values: it
becomes a decision tree; the output layer adds multiples of them. All sums but that of a bias are whole numbers.

Source: Hubara, Courbariaux, Soudry, El-Yaniv, Bengio: Binarized neural networks (NeurIPS 2016).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64, I64
from ...engine.domain.conditions import Condition, Operator, Reading
from ...engine.domain.theory import Feature, Kind, cast_values, parse_features_type
from ...engine.domain.vocabulary import Vocabulary
from ...engine.errors import BadInputError, UnsupportedModelError, shown
from ...engine.forms import Cnf
from ...engine.given import list_of, numbers_of, real, reals
from ...engine.models import CompiledEnsemble, label_array
from ...engine.models.ensembles import EnsembleArrays
from ..assembly.declared import number_reader
from ..assembly.growth import Split, grow_many
from ..builders.nodes import listed_classes
from ..columns.rows import as_matrix, copy_row, default_names, listed_names
from ..encoder import Traits
from ..formulas.networks import SignNetwork, network_cnf
from .torch_layers import layers_of

__all__ = [
    "BinarizedNetwork", "accepts", "column_names", "compile_model", "own_names", "takes_missing", "takes_types"
]  # fmt: skip

_NODES = 1 << 18  # of all trees
_BITS = (0.0, 1.0)


class BinarizedNetwork(SignNetwork):
    """A binarised neural network.

    An input is -1 or 1. A hidden neuron gives 1 where its weighted sum with its bias is at least 0, else -1. The output
    layer has one neuron (class 1 where its sum is at least 0), or one for each class (the first greatest sum wins).

    Parameters
    ----------
    weights : sequence of array-like
        One matrix a layer, shape (n_neurons, n_inputs), of -1 and 1 (0 where there is no connection).
    biases : sequence of array-like, optional
        One vector a layer, shape (n_neurons,); default 0.
    inputs : pair of numbers
        What the columns hold for -1 and for 1.
    feature_names, class_names : sequence, optional
        f1, f2, … and 0, 1, … by default.

    Raises
    ------
    BadInputError
        If weights are anything else, or shapes and names do not go together.
    """

    def __init__(
        self,
        weights: Sequence[Any],
        biases: Sequence[Any] | None = None,
        *,
        inputs: tuple[float, float] = (0, 1),
        feature_names: Sequence[str] | None = None,
        class_names: Sequence[Any] | None = None,
    ) -> None:
        self.weights = _weights(weights)
        self.biases = _biases(biases, self.weights)
        self.n_features = int(self.weights[0].shape[1])
        outputs = len(self.weights[-1])
        self.inputs = _inputs(inputs)
        names = default_names(self.n_features) if feature_names is None else listed_names(feature_names)
        if len(names) != self.n_features or len(set(names)) != len(names):
            raise BadInputError(f"feature_names={shown(list(names))}: expected {self.n_features} distinct names")
        self.feature_names = names
        count = max(2, outputs)
        self.classes = tuple(range(count)) if class_names is None else listed_classes(class_names)
        if len(self.classes) != count:
            raise BadInputError(f"class_names={shown(list(self.classes))}: expected {count} names")

    @classmethod
    def from_torch(
        cls,
        module: Any,
        *,
        inputs: tuple[float, float] = (-1, 1),
        feature_names: Sequence[str] | None = None,
        class_names: Sequence[Any] | None = None,
    ) -> BinarizedNetwork:
        """Return the network of a PyTorch ``Sequential`` of linear layers, normalisations and signs.

        Parameters
        ----------
        module : torch.nn.Sequential
            In evaluation mode: ``Linear`` layers with weights -1 and 1; after all but the last one any layers that act
            on each neuron alone and end in -1 or 1 (``BatchNorm1d`` and a sign). They are asked for every sum that a
            neuron can have, in the module's own precision, so that nothing is rounded differently here.
        inputs, feature_names, class_names
            As for the class.

        Raises
        ------
        BadInputError, UnsupportedModelError, SelfCheckError
            If it holds other layers or weights, is in training mode, or the network here disagrees with the module.
        """
        weights, biases = layers_of(module)
        network = cls(weights, biases, inputs=inputs, feature_names=feature_names, class_names=class_names)
        network.check_against(module)
        return network

    def check_against(self, module: Any, n_rows: int = 500) -> None:
        """Raise SelfCheckError if a module decides otherwise on a random row (drawn with a fixed seed)."""
        from .torch_layers import compare

        compare(module, self.read_signs, self.predict_read, self.classes, self.inputs, self.n_features, n_rows)

    def predict(self, rows: Any) -> NDArray[Any]:
        """Return the label of each row.

        Raises
        ------
        BadInputError
            If a value is none of ``inputs``.
        """
        return self.predict_read(as_matrix(rows, self.feature_names, own=own_names(self)))

    def predict_read(self, matrix: F64) -> NDArray[Any]:
        """Return the label of each row of numbers."""
        sums = self.sums(self.read_signs(matrix))
        chosen = (sums[:, 0] >= 0).astype(np.intp) if sums.shape[1] == 1 else sums.argmax(axis=1)
        labels: NDArray[Any] = label_array(self.classes)[chosen]
        return labels

    def read_signs(self, matrix: F64) -> I64:
        """Return rows of numbers as -1 and 1."""
        low, high = self.inputs
        wrong = (matrix != low) & (matrix != high)
        if wrong.any():
            row, column = np.argwhere(wrong)[0]
            raise BadInputError(
                f"feature {self.feature_names[column]!r} is {float(matrix[row, column])!r} in row {row}: expected "
                f"{low:g} or {high:g}, the two values of an input"
            )
        return np.where(matrix == high, 1, -1).astype(np.int64)

    def sums(self, signs: I64) -> F64:
        """Return the sums of the output layer, shape (m, n_outputs), for inputs of -1 and 1."""
        for weights, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            signs = np.where(signs @ weights.T + bias >= 0, 1, -1)
        found: F64 = signs @ self.weights[-1].T + self.biases[-1]
        return found

    def to_cnf(self, label: Any) -> Cnf:
        """Return the CNF of "the network decides for this label" over its inputs; see ``network_cnf``."""
        return network_cnf(self, label)

    def __repr__(self) -> str:
        sizes = " → ".join(str(n) for n in (self.n_features, *(len(w) for w in self.weights)))
        return f"BinarizedNetwork({sizes}, classes {shown(list(self.classes))})"


def _weights(given: Sequence[Any]) -> list[I64]:
    hint = "expected a list of matrices, one a layer, shape (n_neurons, n_inputs), of -1 and 1"
    try:
        layers = [numbers_of(layer, "weights") for layer in list_of(given, "weights", "matrices")]
    except BadInputError:
        raise BadInputError(f"weights={shown(given)}: {hint}") from None
    if not layers or any(layer.ndim != 2 or 0 in layer.shape for layer in layers):
        raise BadInputError(f"weights={shown(given)}: {hint}")
    for i, layer in enumerate(layers, 1):
        wrong = ~np.isin(layer, (-1.0, 0.0, 1.0))
        if wrong.any():
            raise BadInputError(f"layer {i} has the weight {float(layer[wrong][0])!r}: expected -1 or 1 (0: none)")
    for i, (one, other) in enumerate(pairwise(layers), 1):
        if other.shape[1] != one.shape[0]:
            raise BadInputError(
                f"layer {i + 1} has {other.shape[1]} inputs: layer {i} has {one.shape[0]} neurons, expected as many"
            )
    return [layer.astype(np.int64) for layer in layers]


def _biases(given: Sequence[Any] | None, weights: list[I64]) -> list[F64]:
    if given is None:
        return [np.zeros(len(layer)) for layer in weights]
    try:
        layers = [reals(bias) for bias in given]
    except (TypeError, ValueError, OverflowError):
        layers = []
    shapes = [layer.shape for layer in layers]
    if shapes != [(len(layer),) for layer in weights] or not all(np.isfinite(layer).all() for layer in layers):
        raise BadInputError(
            f"biases={shown(given)}: expected a list of vectors of finite numbers: {[len(w) for w in weights]} numbers"
        )
    return layers


def _inputs(given: Any) -> tuple[float, float]:
    try:
        low, high = (real(value) for value in list_of(given, "inputs", "two numbers"))
    except (TypeError, ValueError, OverflowError):
        low = high = np.nan
    if not (np.isfinite([low, high]).all() and low < high):
        raise BadInputError(f"inputs={shown(given)}: expected the two numbers for -1 and 1, such as (0, 1)")
    return low, high


class _Neuron:
    """One neuron of the last hidden layer as a decision tree over the inputs, made node by node.

    A node is the number of inputs that are known and the sums of the first layer so far. A neuron whose sign is one
    for all that is still open is decided; what is decided is carried through the layers.
    """

    def __init__(self, network: BinarizedNetwork, number: int, tests: Sequence[Condition]) -> None:
        hidden = list(zip(network.weights[:-1], network.biases[:-1], strict=True))
        weights, bias = hidden[-1]
        hidden[-1] = (weights[number : number + 1], bias[number : number + 1])
        for i in range(len(hidden) - 1, 0, -1):  # what the neuron does not read is left out
            read = (hidden[i][0] != 0).any(axis=0)
            hidden[i] = (hidden[i][0][:, read], hidden[i][1])
            hidden[i - 1] = (hidden[i - 1][0][read], hidden[i - 1][1][read])
        self._first, self._rest = hidden[0], hidden[1:]
        self._order = np.argsort(-np.abs(self._first[0]).sum(axis=0), kind="stable")
        self._order = self._order[(self._first[0][:, self._order] != 0).any(axis=0)]
        moves = self._first[0][:, self._order].T
        self._moves = [tuple(move) for move in moves.tolist()]
        sizes = np.abs(moves)
        self._open = (
            sizes.sum(axis=0) - np.vstack([np.zeros((1, sizes.shape[1]), np.int64), np.cumsum(sizes, axis=0)])
        ).tolist()
        self._tests = tests
        self._bias = self._first[1].tolist()
        self.root = (0, (0,) * len(self._bias))

    def sign(self, node: tuple[int, tuple[int, ...]]) -> int:
        """Return the neuron's sign at a node, 0 while it is open."""
        place, sums = node
        low = [s - o + b >= 0 for s, o, b in zip(sums, self._open[place], self._bias, strict=True)]
        high = [s + o + b >= 0 for s, o, b in zip(sums, self._open[place], self._bias, strict=True)]
        for weights, bias in self._rest:
            least, most = np.where(low, 1, -1), np.where(high, 1, -1)
            up, down = np.maximum(weights, 0), np.minimum(weights, 0)
            low = list(up @ least + down @ most + bias >= 0)
            high = list(up @ most + down @ least + bias >= 0)
        return 1 if low[0] else (0 if high[0] else -1)

    def split(self, node: tuple[int, tuple[int, ...]]) -> Split | None:
        """Return the test of a node and its children, None for a leaf."""
        if self.sign(node):
            return None
        place, sums = node
        move = self._moves[place]
        less = tuple(s - m for s, m in zip(sums, move, strict=True))
        more = tuple(s + m for s, m in zip(sums, move, strict=True))
        return self._tests[self._order[place]], (place + 1, less), (place + 1, more)


class _Input:
    """An input of a network without hidden layers: a tree of one test."""

    def __init__(self, test: Condition) -> None:
        self._test = test
        self.root: int = 0

    def sign(self, node: int) -> int:
        return node

    def split(self, node: int) -> Split | None:
        return None if node else (self._test, -1, 1)


def accepts(model: Any) -> bool:
    """Tell whether `model` is a binarised network."""
    return isinstance(model, BinarizedNetwork)


def takes_missing(model: Any) -> bool:
    """Tell that these models take no missing values."""
    return False


def takes_types(model: Any) -> bool:
    """Tell that what is declared of the columns is looked at: they have two values."""
    return True


def own_names(model: Any) -> tuple[str, ...] | None:
    """Return the names that a network was made with, None if they are the default ones."""
    names: tuple[str, ...] = model.feature_names
    return None if names == default_names(model.n_features) else names


def column_names(model: Any) -> tuple[str, ...]:
    """Return the names of the columns."""
    names: tuple[str, ...] = model.feature_names
    return names


def compile_model(
    model: BinarizedNetwork,
    *,
    names: tuple[str, ...] | None = None,
    missing: frozenset[int] = frozenset(),
    types: Mapping[str, Any] | None = None,
) -> CompiledEnsemble:
    """Compile a binarised network: the sums of its output layer, over trees for the neurons below.

    Raises
    ------
    BadInputError
        If columns are declared to have other values than the network's inputs, or missing values are wanted.
    UnsupportedModelError
        If the trees have more than 262 144 nodes in all.
    """
    names = names or model.feature_names
    if len(names) != model.n_features or missing:
        raise BadInputError(
            f"the network has {model.n_features} columns and takes no missing values: got {len(names)} names and "
            f"missing values in columns {sorted(missing)}"
        )
    middle = 0.5 if model.inputs == _BITS else sum(model.inputs) / 2
    tests = [Condition(c, Operator.GE, middle) for c in range(model.n_features)]
    units: list[Any] = [_Input(test) for test in tests]
    if len(model.weights) > 1:
        units = [_Neuron(model, k, tests) for k in range(len(model.weights[-2]))]
    used = 0

    def split_of(t: int, node: Any) -> Split | None:
        nonlocal used
        used += 1
        if used > _NODES:
            raise UnsupportedModelError(
                f"{model!r}: its neurons become trees of more than {_NODES} nodes; expected a small network (about 16 "
                "inputs a neuron, fewer with several hidden layers). A surrogate can explain it near an instance"
            )
        return None if t == len(units) else units[t].split(node)

    grown = grow_many([*(unit.root for unit in units), 0], split_of, Reading.FLOAT64)
    last = model.weights[-1]
    values = np.array([
        model.biases[-1] if t == len(units) else last[:, t] * units[t].sign(node) for t, node in grown.leaves
    ], dtype=np.float64)  # fmt: skip
    trees = EnsembleArrays(*grown[:5], np.ascontiguousarray(values), np.zeros(len(last)))
    return CompiledEnsemble(
        trees, Vocabulary(grown.conditions, names, Reading.FLOAT64), model.classes, _features(model, names, types),
        number_reader(names, own_names(model)), copy_row, model.predict_read, frozenset(), model, "boosted", 0.0,
    )  # fmt: skip


def _features(model: BinarizedNetwork, names: tuple[str, ...], types: Mapping[str, Any] | None) -> tuple[Feature, ...]:
    """Return the features: those that are declared, or columns of the two values."""
    kind, values = (Kind.BINARY, ()) if model.inputs == _BITS else (Kind.CATEGORICAL, model.inputs)
    own = tuple(Feature(name, kind, (c,), values) for c, name in enumerate(names))
    if types is None:
        return own
    declared = cast_values(parse_features_type(types, names), Reading.FLOAT64)
    for feature in declared:
        bits = feature.kind in (Kind.BINARY, Kind.ONE_HOT)
        listed = set(_BITS) if bits else set(feature.values)
        if feature.kind is not Kind.NUMERICAL and (not listed or not listed <= set(model.inputs)):
            raise BadInputError(
                f"feature {feature.name!r} is declared {feature.kind.value} {sorted(listed)}: the network's inputs are "
                f"{model.inputs[0]:g} and {model.inputs[1]:g}"
            )
    return tuple(own[f.columns[0]] if f.kind is Kind.NUMERICAL else f for f in declared)


TRAITS = Traits(own_names=own_names, takes_types=takes_types)
