"""What models return and what counts as a module: exported programs, named outputs, functions of tensors."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
from suffice import SufficeError  # noqa: E402
from suffice.neural import CEM  # noqa: E402
from torch import nn  # noqa: E402

from tests.brute.amounts import sized  # noqa: E402


def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3)).eval()


class Wrapped(nn.Module):
    """Returns what `form` makes of the scores."""

    def __init__(self, inner, form):
        super().__init__()
        self.inner, self.form = inner, form

    def forward(self, rows):
        return self.form(self.inner(rows), rows)


class Told:
    def __init__(self, logits):
        self.logits = logits


QUICK = sized({}, {"max_iterations": 20, "c_steps": 4})
ROWS = np.random.default_rng(0).normal(size=(4, 6)).astype(np.float32)


def explained(model, **options):
    return CEM(model, "PN", no_info=0.0, feature_range=(-3, 3), **QUICK, **options).explain(ROWS)


FORMS = {
    "object": lambda scores, rows: Told(scores),
    "dict": lambda scores, rows: {"hidden": rows, "logits": scores},
    "dict of one": lambda scores, rows: {"scores": scores},
    "tuple of one": lambda scores, rows: (scores,),
}


@pytest.mark.parametrize("form", FORMS)
def test_scores_are_found_in_what_a_module_returns(form):
    plain, wrapped = explained(network()), explained(Wrapped(network(), FORMS[form]).eval())
    assert plain.found.all()
    np.testing.assert_array_equal(plain.point, wrapped.point)


@pytest.mark.parametrize("grad", ["auto", "numeric"])
def test_functions_of_tensors_are_modules(grad):
    net = network()
    plain, function = explained(net, grad=grad), explained(lambda rows: FORMS["dict"](net(rows), rows), grad=grad)
    assert function.found.all()
    np.testing.assert_allclose(plain.objective, function.objective, rtol=1e-2)
    assert np.isnan(function.grads_graph).sum() == 0
    assert net(torch.from_numpy(function.point)).argmax(1).tolist() == function.prediction.tolist()


def test_a_function_of_a_double_network_is_asked_in_double():
    net = network().double()
    assert explained(lambda rows: net(rows) + 0).work.verified == "float64"


@pytest.mark.parametrize("rows", [1, 3, None])
@pytest.mark.parametrize("as_module", [False, True])
def test_exported_programs_of_any_number_of_rows(rows, as_module):
    if as_module and rows == 3:
        pytest.skip("the module alone does not tell its number of rows")
    net = network()
    shapes = None if rows else ({0: torch.export.Dim("n")},)
    program = torch.export.export(net, (torch.zeros(rows or 2, 6),), dynamic_shapes=shapes)
    found = explained(program.module() if as_module else program)
    assert found.found.all()
    np.testing.assert_allclose(found.objective, explained(net).objective, rtol=1e-4)


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (Wrapped(network(), lambda scores, rows: (scores, rows)).eval(), "tuple of 2"),
        (Wrapped(network(), lambda scores, rows: {"a": scores, "b": rows}).eval(), "with a, b"),
        (Wrapped(network(), lambda scores, rows: "yes").eval(), "'yes'"),
        (lambda rows: None.nothing, "the model fails"),
    ],
)
def test_other_outputs_are_refused_in_words(model, said):
    with pytest.raises(SufficeError, match=said):
        explained(model)


def test_gradients_that_are_no_numbers_are_named():
    class Root(nn.Module):
        def forward(self, rows):
            root = torch.sqrt(rows)
            return torch.stack([root[:, 0] + root[:, 1], 0.8 + 0 * root[:, 1]], 1)

    cem = CEM(Root().eval(), "PN", no_info=0.0, feature_range=(0, 1), feature_names=["a", "b"], refine=False)
    row = np.array([[0.0, 0.25]])
    with pytest.warns(UserWarning, match=r"NaN or infinite at \d+ of \d+ points \(feature.* 'a'.*grad=\"numeric\""):
        cem.explain(row)
    numeric = CEM(Root().eval(), "PN", no_info=0.0, feature_range=(0, 1), grad="numeric").explain(row)
    assert numeric.found.all()


def test_reproducible_can_be_given_up_and_chance_is_still_refused():
    plain, quick = explained(network()), explained(network(), reproducible=False)
    np.testing.assert_allclose(plain.objective, quick.objective, rtol=1e-4)
    one = CEM(network(), "PN", no_info=0.0, feature_range=(-3, 3), reproducible=False).explain(ROWS[:1])
    assert (
        one.work.predict_rows
        < CEM(network(), "PN", no_info=0.0, feature_range=(-3, 3)).explain(ROWS[:1]).work.predict_rows / 2
    )
    chance = Wrapped(network(), lambda scores, rows: scores + torch.rand_like(scores)).eval()
    with pytest.raises(SufficeError, match="different outputs for the same rows"):
        explained(chance, reproducible=False)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"eps": -1}, "eps"),
        ({"eps": "a"}, "eps"),
        ({"eps": (1, 2, 3)}, "eps"),
        ({"compile": "yes"}, "compile"),
        ({"reproducible": 1}, "reproducible"),
        ({"groups": 3}, "groups"),
        ({"groups": [1, 2]}, "groups"),
        ({"autoencoder": 5}, "autoencoder"),
        ({"scale": "x"}, "scale"),
        ({"scale": "std"}, "fit"),
        ({"scale": [1.0, 2.0]}, "scale"),
        ({"scale": 0.0}, "scale"),
    ],
)
def test_settings_are_checked_also_where_they_have_no_effect(options, said):
    with pytest.raises(SufficeError, match=said):
        explained(network(), **options)
