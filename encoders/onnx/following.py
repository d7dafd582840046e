"""From the inputs of a graph to one of its tensors."""

from __future__ import annotations

from ...engine.errors import SufficeError, UnsupportedModelError, shown
from .flow import Flow, Tensor, damaged, not_taken
from .graph import Node
from .nodes import RULES
from .sessions import Runner

_BY_CHANCE = ("Bernoulli", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike")


def reach(flow: Flow, name: str) -> Tensor:
    """Return the columns of a tensor.

    Raises
    ------
    UnsupportedModelError
        If a node on the way is not taken; it names the node.
    """
    for node in flow.graph.needed([name], flow.known):
        if all(one in flow.constants or not one for one in node.inputs):
            _fold(flow, node)
            continue
        rule = RULES.get(node.op) if node.domain in ("", "ai.onnx.ml") else None
        if rule is None:
            raise not_taken(flow, node)
        try:
            made = rule(flow, node)
        except (TypeError, ValueError, IndexError, AttributeError) as error:
            if isinstance(error, SufficeError):
                raise
            raise damaged(flow, node, f"whose attributes do not fit ({shown(str(error), 60)})") from None
        flow.known.update({node.outputs[0]: made} if isinstance(made, Tensor) else made)
    found = flow.known.get(name)
    if found is None:
        raise UnsupportedModelError(f"{flow.graph.where} says the same for all rows: there is nothing to explain")
    return found


def _fold(flow: Flow, node: Node) -> None:
    """Calculate a node that depends on constants alone."""
    if node.op in _BY_CHANCE:
        raise not_taken(flow, node)
    names = [one for one in node.outputs if one]
    flow.constants.update(zip(names, Runner(flow.graph, names)({}), strict=True))
