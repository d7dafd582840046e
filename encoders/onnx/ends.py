"""Where a graph ends: its model, which output is explained, and what follows the model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...engine.arrays import F64
from ...engine.errors import UnsupportedModelError
from ...engine.models.floats import first_float
from ..assembly.links import rounded32
from ..pipelines.plan import Source
from .decisions import Decision, classifier
from .flow import Column, Flow, tensor
from .following import reach
from .graph import DTYPES, REMEDY, Graph, Node
from .linear import CLASSIFIER, PRODUCTS, REGRESSOR, Linear, product, regressor
from .linear import classifier as classifier_of
from .sessions import Runner
from .trees import GTE, LEAF, LT, OPERATORS, Forest, forest_of

_CLASSIFIERS = ("TreeEnsembleClassifier",)
_ARRANGING = ("Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze")
_WAY_OUT = (
    "hand over the model that it was exported from, or use SurrogateExplainer with a function that runs the session"
)
Transform = Callable[[F64], F64]


@dataclass(frozen=True, slots=True, eq=False)
class End:
    """The model of a graph and what follows it.

    Attributes
    ----------
    node : Node
        The model.
    output : str
        The output of the graph that is explained.
    where : str
        What error messages call the model.
    model : Forest or Linear
        What it says.
    decision : Decision or None
        How trees decide; linear models by their greatest sum.
    labels : tuple
        What the graph says for each label of the decision.
    transform : callable or None
        What becomes of the sums where they are no labels.
    """

    node: Node
    output: str
    where: str
    model: Forest | Linear
    decision: Decision | None = None
    labels: tuple[Any, ...] = ()
    transform: Transform | None = None

    @property
    def forest(self) -> Forest:
        """The trees."""
        assert isinstance(self.model, Forest)
        return self.model

    @property
    def linear(self) -> Linear | None:
        """The linear model, if it is one."""
        return self.model if isinstance(self.model, Linear) else None

    @property
    def width(self) -> int:
        """The number of columns that the model reads at least."""
        return self.model.width

    @property
    def double(self) -> bool:
        """Whether the model reads float64."""
        return not self.model.single if isinstance(self.model, Forest) else self.model.double

    @property
    def strict(self) -> bool:
        """Whether all tests are ``<`` or ``>=``."""
        inner = self.forest.mode[self.forest.mode != LEAF]
        return bool(len(inner) and np.isin(inner, (LT, GTE)).all())


def end_of(graph: Graph) -> End:
    """Return the end of a graph.

    Raises
    ------
    UnsupportedModelError, FormatError
        If it ends with no model that is taken, or with several, or the model is damaged.
    """
    output = explained_output(graph)
    nodes = graph.needed([output])
    known = (*OPERATORS, CLASSIFIER, REGRESSOR)
    models = [node for node in nodes if node.domain == "ai.onnx.ml" and node.op in known]
    models = models or [node for node in nodes if not node.domain and node.op in PRODUCTS]
    if len(models) != 1:
        raise _no_model(graph, nodes, models)
    node = models[0]
    where = f"{node.told} of {graph.where}"
    dtype = _dtype_before(graph, node)
    if node.op == CLASSIFIER:
        linear, labels = classifier_of(node, dtype, where)
        return End(node, output, where, linear, None, _renamed(graph, node, output, labels, where))
    if node.op == REGRESSOR:
        linear = regressor(node, dtype, where)
        _check_number(graph, node.outputs[0], output, where)
        return End(node, output, where, linear)
    if node.op in PRODUCTS:
        linear, name = product(graph, nodes, node, dtype, where)
        if len(linear.start) == 1 and all(one.op in _ARRANGING for one in graph.needed([output], [name])):
            return End(node, output, where, linear)
        return End(node, output, where, linear, None, _of_greatest(graph, name, linear, output, where))
    forest = forest_of(graph, node, dtype)
    if node.op in _CLASSIFIERS:
        return _of_classifier(graph, node, forest, output, where)
    return _of_sums(graph, node, forest, output, where)


def _check_number(graph: Graph, name: str, output: str, where: str) -> None:
    """Raise UnsupportedModelError if the nodes after a number change it."""
    loose = [one for one in graph.needed([output], [name]) if one.op not in _ARRANGING]
    if loose:
        raise UnsupportedModelError(f"{where} is followed by {loose[0].told}: expected its number as it is; {_WAY_OUT}")


def explained_output(graph: Graph) -> str:
    """Return the output that is explained: the first of labels, else the first one."""
    tensors = [one for one in graph.proto.graph.output if one.type.WhichOneof("value") in ("tensor_type", None)]
    labels = [one for one in tensors if DTYPES.get(one.type.tensor_type.elem_type) in ("int64", "int32", "str", "bool")]
    if not tensors:
        raise UnsupportedModelError(
            f"{graph.where} gives no tensor: expected an output of labels, or of one number for each row"
        )
    return str((labels or tensors)[0].name)


def _no_model(graph: Graph, nodes: list[Node], models: list[Node]) -> UnsupportedModelError:
    if models:
        return UnsupportedModelError(
            f"{graph.where} adds up {len(models)} models ({models[0].op}, …): expected one; {_WAY_OUT}"
        )
    last, known = nodes[-1].op if nodes else "nothing", ", ".join((*OPERATORS, CLASSIFIER, REGRESSOR))
    return UnsupportedModelError(f"{graph.where} ends with {last}: expected one of {known} on columns; {_WAY_OUT}")


def _dtype_before(graph: Graph, node: Node) -> str:
    """Return the dtype of what a model reads, as far as it decides about its precision."""
    name = node.inputs[0] if node.inputs else ""
    while True:
        told = next((one.dtype for one in graph.inputs if one.name == name), None)
        if told is not None:
            return told
        made = graph.made_by.get(name)
        if made is None or not made.inputs:
            constant = graph.constants.get(name)
            return "float32" if constant is None else str(constant.dtype)
        if made.op == "Cast":
            return DTYPES.get(made.attributes.get("to", 1), "float32")
        if made.op in ("Scaler", "OneHotEncoder", "FeatureVectorizer", "Binarizer"):
            return "float32"
        if made.op == "LabelEncoder":
            return "float32"
        name = made.inputs[1 if made.op == "Where" else 0]


def _of_classifier(graph: Graph, node: Node, forest: Forest, output: str, where: str) -> End:
    decision = classifier(forest, node, where)
    return End(node, output, where, forest, decision, _renamed(graph, node, output, decision.labels, where))


def _renamed(graph: Graph, node: Node, output: str, labels: tuple[Any, ...], where: str) -> tuple[Any, ...]:
    """Return what the nodes after a label make of each.

    Raises
    ------
    UnsupportedModelError
        If the output is made of something else.
    """
    label = node.outputs[0] if node.outputs else ""
    if output != label:
        after = graph.needed([output], [label] if label else [])
        if not label or node in after:
            raise UnsupportedModelError(
                f"{where} is followed by nodes that make the output {output!r} of its probabilities: expected its own "
                "label; hand over the model that it was exported from"
            )
    if output == label:
        return labels
    texts = isinstance(labels[0], str)
    runner = Runner(graph, [output], [(label, "str" if texts else "int64", ["n"])])

    def run(some: list[Any]) -> list[Any]:
        fed = np.array(some, object if texts else np.int64)
        return list(np.asarray(runner({label: fed})[0]).reshape(-1).tolist())

    each = [run([label]) for label in labels]
    together = run(list(labels))
    if any(len(one) != 1 for one in each) or [one[0] for one in each] != together:
        raise UnsupportedModelError(f"{graph.where} makes no label a row of {label!r}")
    return tuple(together)


def _of_sums(graph: Graph, node: Node, forest: Forest, output: str, where: str) -> End:
    """Return the end of a graph whose model gives sums."""
    count = int(node.attributes.get("n_targets", 0))
    if count < 1 or int(forest.target.max(initial=0)) >= count or len(forest.base) not in (0, count):
        raise UnsupportedModelError(
            f"{where} gives to {int(forest.target.max(initial=0)) + 1} targets with {len(forest.base)} base values, "
            f"and has n_targets={count}: {REMEDY}"
        )
    trees = len(forest.roots)
    if forest.aggregate in ("MIN", "MAX") and trees > 1:
        raise UnsupportedModelError(
            f"{where} takes the {forest.aggregate} of its {trees} trees: expected their SUM or AVERAGE"
        )
    base = forest.base if len(forest.base) else np.zeros(count)
    if count > 1:
        return _of_several(graph, node, forest, base, output, where)
    average = forest.aggregate == "AVERAGE" and trees > 1
    own = _finished(forest, base, trees) if average else None
    decision = Decision(np.zeros(1, np.int64), np.zeros(1) if average else base)
    if forest.post == "PROBIT":
        raise UnsupportedModelError(f"{where} has post_transform='PROBIT': expected 'NONE'; hand over another export")
    after = _after(graph, node, output, forest)
    return End(node, output, where, forest, decision, (), _both(own, after))


def _finished(forest: Forest, base: F64, trees: int) -> Transform:
    """Return how onnxruntime makes an average of a sum: it divides, then adds the base value."""
    kind: Any = np.float32 if forest.single else np.float64

    def finish(sums: F64) -> F64:
        return np.asarray(sums.astype(kind) / kind(trees) + kind(base[0]), np.float64)

    return finish


def _both(first: Transform | None, second: Transform | None) -> Transform | None:
    if first is None or second is None:
        return first or second
    return lambda sums: second(first(sums))


def _after(graph: Graph, node: Node, output: str, forest: Forest) -> Transform | None:
    """Return what the nodes after a sum make of it: a function that never falls; None if they leave it as it is."""
    name = node.outputs[0]
    kind = _given_by(node, forest)
    if output == name:
        return None if forest.single or kind == "float64" else rounded32
    source = Column(0)
    flow = Flow(graph, [Source("the sum")], {name: tensor([source], kind, (1,))})
    reached = reach(flow, output).flat
    if len(reached) != 1 or reached[0].rising < 0 or reached[0].coded or reached[0].cut:
        raise UnsupportedModelError(
            f"{graph.where} makes no number of its model's sum that rises with it: expected one number for each row"
        )
    runner = Runner(graph, [output], [(name, kind, ["n", 1])])

    def transform(sums: F64) -> F64:
        fed = sums.astype(kind).reshape(-1, 1)
        return np.asarray(runner({name: fed})[0], np.float64).reshape(-1)

    return transform


def _given_by(node: Node, forest: Forest) -> str:
    """Return the dtype of what a node of trees gives: the older one gives float32 for sums of float64 as well."""
    return "float64" if node.op == "TreeEnsemble" and not forest.single else "float32"


def _of_several(graph: Graph, node: Node, forest: Forest, base: F64, output: str, where: str) -> End:
    """Return the end of a graph whose model gives several sums, of which the first greatest one is a label."""
    if forest.post != "NONE":
        raise UnsupportedModelError(f"{where} has post_transform={forest.post!r} for several targets: expected 'NONE'")
    if forest.aggregate == "AVERAGE" and len(forest.roots) > 1:
        raise UnsupportedModelError(f"{where} gives averages of {len(base)} targets: expected their SUM")
    decision = Decision(np.arange(len(base)), base, tuple(range(len(base))))
    labels = _by_greatest(graph, node.outputs[0], len(base), _given_by(node, forest), output, where)
    return End(node, output, where, forest, decision, labels)


def _by_greatest(graph: Graph, name: str, count: int, dtype: str, output: str, where: str) -> tuple[Any, ...]:
    """Return the labels that a graph makes of the place of the first greatest of several numbers.

    Raises
    ------
    UnsupportedModelError
        If it makes them of something else.
    """
    after = graph.needed([output], [name])
    chosen = [one for one in after if name in one.inputs]
    plain = len(chosen) == 1 and chosen[0].op == "ArgMax" and chosen[0].attributes.get("axis", 0) in (1, -1)
    if not plain or chosen[0].attributes.get("select_last_index", 0):
        raise UnsupportedModelError(
            f"{where} gives {count} numbers for each row: expected one, or ArgMax after it; export a model for each"
        )
    runner = Runner(graph, [output], [(name, dtype, ["n", count])])
    labels = np.asarray(runner({name: np.eye(count, dtype=dtype)})[0]).reshape(-1).tolist()
    if len(labels) != count:
        raise UnsupportedModelError(f"{graph.where} makes no label a row of its model's numbers")
    return tuple(labels)


def _of_greatest(graph: Graph, name: str, linear: Linear, output: str, where: str) -> tuple[Any, ...]:
    """Return the labels that a graph makes of the sums of a linear model."""
    count = len(linear.start)
    if count > 1:
        return _by_greatest(graph, name, count, linear.dtype, output, where)
    cut, labels = cut_of(graph, name, linear.dtype, output, where)
    least = np.nextafter(np.dtype(linear.dtype).type(0), np.dtype(linear.dtype).type(1))
    if cut != float(least):
        raise UnsupportedModelError(f"{where} decides by whether its sum is at least {cut}: expected above 0")
    return labels


def cut_of(graph: Graph, name: str, dtype: str, output: str, where: str) -> tuple[float, tuple[Any, Any]]:
    """Return from which number on a graph says another label, and both labels: of one number a row.

    Raises
    ------
    UnsupportedModelError
        If it says others, or by other rules than which of two numbers is greater: one that never falls where the
        number rises, and one that never rises.
    """
    argmax = next((one for one in graph.needed([output], [name]) if one.op == "ArgMax"), None)
    columns = []
    if argmax is not None and not argmax.attributes.get("select_last_index", 0):
        flow = Flow(graph, [Source("the sum")], {name: tensor([Column(0)], dtype, (1,))})
        columns = reach(flow, argmax.inputs[0]).flat
    if len(columns) != 2 or columns[0].rising > 0 or columns[1].rising < 0:
        raise UnsupportedModelError(f"{where} gives one number, of which {graph.where} makes no label that is taken")
    runner = Runner(graph, [output], [(name, dtype, ["n", 1])])

    def told(sums: F64) -> list[Any]:
        fed = sums.astype(dtype).reshape(-1, 1)
        return list(np.asarray(runner({name: fed})[0]).reshape(-1).tolist())

    largest = float(np.finfo(dtype).max)
    low, high = told(np.array([-largest, largest]))
    cut = first_float(lambda sums: np.array([one == high for one in told(sums)]), dtype == "float32")
    return cut, (low, high)
