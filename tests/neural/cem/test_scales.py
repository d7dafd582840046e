"""Units of features: a search in units is the search on rows that were divided by them."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
from suffice.neural import CEM  # noqa: E402
from torch import nn  # noqa: E402

from tests.brute.amounts import sized  # noqa: E402

QUICK = sized({}, {"max_iterations": 30, "c_steps": 4})
UNITS = np.array([1.0, 100.0, 0.01, 3.0, 1.0, 1.0])
ROWS = np.hstack([np.random.default_rng(1).normal(size=(5, 4)), np.eye(2)[[0, 1, 0, 1, 1]]])


def plain_network():
    torch.manual_seed(3)
    return nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3)).eval().double()


class InUnits(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner, self.units = plain_network(), nn.Parameter(torch.from_numpy(UNITS), requires_grad=False)

    def forward(self, rows):
        return self.inner(rows / self.units)


@pytest.mark.parametrize("mode", ["PN", "PP"])
@pytest.mark.parametrize("options", [{}, {"groups": [[4, 5]]}, {"pp_space": "delta"}, {"gamma": 0.3}])
def test_units_are_the_same_as_divided_rows(mode, options):
    if mode == "PN" and "pp_space" in options:
        pytest.skip("says nothing about negatives")
    encoder = {"autoencoder": np.tanh} if "gamma" in options else {}
    here = CEM(plain_network(), mode, no_info=0.0, feature_range=(-3, 3), **QUICK, **options, **encoder).explain(ROWS)
    of_units = {"feature_range": (-3 * UNITS, 3 * UNITS), "scale": UNITS}
    there = CEM(InUnits().eval(), mode, no_info=0.0, **of_units, **QUICK, **options, **encoder).explain(ROWS * UNITS)
    assert here.found.tolist() == there.found.tolist() and here.found.any()
    if "gamma" not in options:  # the auto-encoder sees the user's numbers
        np.testing.assert_allclose(here.objective, there.objective, rtol=1e-4)
        np.testing.assert_allclose(here.point, there.point / UNITS, rtol=1e-4, atol=1e-6)
    still = there.delta == 0
    if "pp_space" not in options and mode == "PN":
        assert (there.point[still] == (ROWS * UNITS)[still]).all()  # bit for bit


@pytest.mark.parametrize("kind", ["std", "mad"])
def test_units_from_data(kind):
    data = ROWS[:, :4] * UNITS[:4]
    data[:, 3] = 7.0  # constant
    data[:4, 2] = 1.0  # its median absolute deviation is 0
    torch.manual_seed(0)
    net = nn.Linear(4, 2).eval()
    told = CEM(net, "PN", scale=kind).fit(data)
    spread = data.std(0)
    if kind == "mad":
        by_median = 1.4826 * np.median(np.abs(data - np.median(data, 0)), 0)
        spread = np.where(by_median > 0, by_median, spread)
    spread[3] = 1.0
    found, same = told.explain(data), CEM(net, "PN", scale=spread, no_info=np.median(data, 0)).explain(data)
    np.testing.assert_array_equal(found.point, same.point)
    change = found.delta / spread
    np.testing.assert_allclose(found.l1[found.found], np.abs(change).sum(1)[found.found], rtol=1e-6)
