import random
import shutil
import subprocess
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from suffice.engine.errors import BadInputError, FormatError
from suffice.engine.forms import Linear
from suffice.engine.forms.files.lp import to_lp
from suffice.engine.forms.files.mps import to_mps
from suffice.engine.forms.files.opb import to_opb

from tests.engine.forms.files.readers import from_lp, from_mps, from_opb

INF = float("inf")


def random_linear(rng, integers_only=False):
    n = rng.randint(1, 6)
    draw = (
        (lambda: float(rng.randint(-9, 9))) if integers_only else (lambda: rng.choice([rng.uniform(-5, 5), 1e-7, 3.0]))
    )
    rows = []
    for _ in range(rng.randint(0, 5)):
        a, b = sorted((draw(), draw()))
        bounds = rng.choice([(a, INF), (-INF, b), (a, a), (a, b), (-INF, INF)])
        rows.append(({j: draw() for j in range(n) if rng.random() < 0.7}, *bounds))
    if integers_only:
        return Linear.build([draw() for _ in range(n)], rows, 0, 1, True, draw())
    low = [rng.choice([0.0, -INF, draw() - 6]) for _ in range(n)]
    high = [rng.choice([INF, 6.5]) for _ in range(n)]
    names = rng.choice(
        [(), [f"age{j}" for j in range(n)], [f"age <= {j}.5 é" for j in range(n)], [f"x{j + 1}" for j in range(n)]]
    )
    whole = [rng.random() < 0.5 for _ in range(n)]
    return Linear.build(
        [draw() if rng.random() < 0.7 else 0 for _ in range(n)], rows, low, high, whole, rng.choice([0, draw()]), names
    )


@pytest.mark.parametrize(("write", "read"), [(to_lp, from_lp), (to_mps, from_mps)])
def test_round_trip(write, read):
    rng = random.Random(0)
    for _ in range(200):
        linear = random_linear(rng)
        assert read(write(linear)) == linear, write(linear)


@pytest.mark.parametrize("suffix", [".lp", ".mps", ".opb", ".LP"])
def test_files(tmp_path, suffix):
    linear = Linear.build([1, -2], [({0: 1, 1: 3}, 2, INF)], 0, 1, True, 4, ["first", "second one"])
    path = tmp_path / f"a{suffix}"
    linear.write(path)
    assert Linear.read(path) == linear
    with pytest.raises(BadInputError, match="ends in"):
        linear.write(tmp_path / "a.txt")


def test_opb_says_the_same():
    rng = random.Random(1)
    for _ in range(100):
        linear = random_linear(rng, integers_only=True)
        again = from_opb(to_opb(linear))
        for point in range(2**linear.n_vars):
            x = np.array([point >> j & 1 for j in range(linear.n_vars)], dtype=float)
            assert (linear.violation(x) == 0) == (again.violation(x) == 0)
            assert linear.cost(x) == again.cost(x)


def test_opb_rounds_bounds_between_whole_numbers_inwards():
    linear = Linear.build([1, 1], [({0: 2, 1: 3}, 0.5, 4.5), ({0: 1}, 0.5, 0.5)], 0, 1, True)
    again = from_opb(to_opb(linear))
    for point in range(4):
        x = np.array([point >> j & 1 for j in range(2)], dtype=float)
        assert again.violation(x) > 0  # no whole number is a half
    lines = to_opb(linear).splitlines()
    assert lines[3:5] == ["+2 x1 +3 x2 >= 1 ;", "+2 x1 +3 x2 <= 4 ;"]


def test_opb_text():
    linear = Linear.build([2, 0], [({0: 1, 1: -1}, 0, 1), ({1: 3}, 3, 3)], [0, 1], 1, True, -3)
    assert to_opb(linear).splitlines() == [
        "* #variable= 2 #constraint= 4",
        "* offset= -3",
        "min: +2 x1 ;",
        "+1 x1 -1 x2 >= 0 ;",
        "+1 x1 -1 x2 <= 1 ;",
        "+3 x2 = 3 ;",
        "+1 x2 = 1 ;",
    ]
    read = from_opb("* a comment\nmin: 2 ~x1 +1 x2;\n1 x1 2 ~x2\n >= 2;")
    assert read == Linear.build([-2, 1], [({0: 1, 1: -2}, 0, INF)], 0, 1, True, 2)


@pytest.mark.parametrize(
    ("linear", "message"),
    [
        (Linear.build([0.5], (), 0, 1, True), "integers only: cost"),
        (Linear.build([1], (), 0, 2, True), "binary"),
        (Linear.build([1], [({0: 1}, 2.0**60, INF)], 0, 1, True), "bound"),
    ],
)
def test_what_opb_cannot_hold(linear, message):
    with pytest.raises(BadInputError, match=message):
        to_opb(linear)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("min: x1 ;", "line 1: 'x1' needs a number"),
        ("max: 1 x1 ;", "'max:' is not part"),
        ("1 x1 x2 >= 1 ;", "products"),
        ("1 x1 >= 1", "does not end with"),
        ("1 x1 ;", "expected '>="),
        ("1 2 x1 >= 1 ;", "two numbers"),
        ("1 x0 >= 1 ;", "x1 and up"),
        ("1 x1 >= 1 ;\nmin: 1 x1 ;", "line 2: 'min:' must come first"),
        ("[3] 1 x1 >= 1 ;", r"'\[3\]' is not part"),
    ],
)
def test_bad_opb(text, message):
    with pytest.raises(FormatError, match=message):
        from_opb(text)


def test_lp_text():
    linear = Linear.build(
        [1, -2.5], [({0: 1, 1: 1}, -INF, 4), ({0: 2}, 0, 3)], [-INF, 0], [INF, 7], [False, True], 3, ["a", "b"]
    )
    assert to_lp(linear).splitlines() == [
        "\\ names: as written",
        "\\ pair r1 r1u",
        "Minimize",
        " obj: + 1 a - 2.5 b + 3",
        "Subject To",
        " r0: + 1 a + 1 b <= 4",
        " r1: + 2 a >= 0",
        " r1u: + 2 a <= 3",
        "Bounds",
        " a free",
        " 0 <= b <= 7",
        "General",
        " b",
        "End",
    ]


def test_lp_as_others_write_it():
    text = """\\ a comment
    min
      obj: 3 x + 2y - z + 0.5
         + 4 w
    st
      c1: x + y >= 1   \\ another
      c2: x + y
          - z <= 10
      x - w = 0
      c4: 2 >= w
      c5: -3 <= 2 x + z <= 8
    bounds
      x <= 4
      -2 <= y
      z free
      w >= 1
      y < 1e1
    binaries
      x
    generals
      w
    end
    """
    linear = from_lp(text.replace("2y", "2 y"))
    assert linear.names == ("x", "y", "z", "w")
    assert linear.costs.tolist() == [3, 2, -1, 4]
    assert linear.offset == 0.5
    assert linear.row_lower.tolist() == [1, -INF, 0, -INF, -3]
    assert linear.row_upper.tolist() == [INF, 10, 0, 2, 8]
    assert linear.lower.tolist() == [0, -2, -INF, 1]
    assert linear.upper.tolist() == [1, 10, INF, INF]
    assert linear.integer.tolist() == [True, False, False, True]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Maximize\n x\nEnd\n", "line 1: 'Maximize' is not read"),
        ("x + y\n", "outside of every section"),
        ("Minimize\n x\nSubject To\n x + 1\nEnd", "one relation"),
        ("Minimize\n x\nSubject To\n x >= x\nEnd", "one side only"),
        ("Minimize\n 1 2 x\nEnd", "two numbers"),
        ("Minimize\n x\nBounds\n y <= 1\nEnd", "'y' occurs in no sum"),
        ("Minimize\n x\nBounds\n x\nEnd", "expected a bound"),
        ("Minimize\n x\nBounds\n 3 <= x <= 2\nEnd", "lower <= upper"),
    ],
)
def test_bad_lp(text, message):
    with pytest.raises(FormatError, match=message):
        from_lp(text)


def test_mps_as_others_write_it():
    text = """* comment
NAME          TEST
ROWS
 N  COST
 L  LIM1
 G  LIM2
 E  MYEQN
COLUMNS
    MARKER                 'MARKER'                 'INTORG'
    X         COST         1.0   LIM1         1.0
    X         LIM2         1.0
    MARKER                 'MARKER'                 'INTEND'
    Y         COST         2.0   LIM1         1.0
    Y         MYEQN       -1.0
    Z         COST        -1.0   MYEQN        1.0
RHS
    RHS       LIM1         4.0   LIM2         1.0
    RHS       MYEQN        7.0   COST        -10.0
RANGES
    RNG       LIM1         2.5   MYEQN       -3.0
BOUNDS
 UP BND       X            4.0
 BV BND       Y
 FR BND       Z
ENDATA
"""
    linear = from_mps(text)
    assert linear.names == ("X", "Y", "Z")
    assert linear.offset == 10
    assert linear.row_lower.tolist() == [1.5, 1, 4]
    assert linear.row_upper.tolist() == [4, INF, 7]
    assert linear.lower.tolist() == [0, 0, -INF]
    assert linear.upper.tolist() == [4, 1, INF]
    assert linear.integer.tolist() == [True, True, False]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("NAME\nROWS\n N obj\nCOLUMNS\n", "no ENDATA"),
        ("NAME\nROWS\nENDATA\n", "no objective"),
        ("NAME\nROWS\n X obj\nENDATA\n", "line 3: expected 'N'"),
        ("NAME\nROWS\n N obj\n L a\n L a\nENDATA\n", "line 5: row 'a' a second time"),
        ("NAME\nROWS\n N obj\nCOLUMNS\n x b 1\nENDATA\n", "line 5: row 'b' is not among"),
        ("NAME\nROWS\n N obj\nCOLUMNS\n x obj one\nENDATA\n", "line 5: expected a number"),
        ("NAME\nROWS\n N obj\nCOLUMNS\n x obj\nENDATA\n", "line 5: expected pairs"),
        ("NAME\nROWS\n N obj\nCOLUMNS\n x obj 1\n x obj 2\nENDATA\n", "line 6: column 'x' has row 'obj' twice"),
        ("NAME\nROWS\n N obj\nCOLUMNS\n x obj 1\nBOUNDS\n SC b x 1\nENDATA\n", "line 7: bound type"),
        ("NAME\nROWS\n N obj\nCOLUMNS\n x obj 1\nBOUNDS\n UP b y 1\nENDATA\n", "line 7: expected 'type"),
        ("NAME\nSOS\n", "line 2: section 'SOS'"),
        ("NAME\n x\n", "line 2: data outside"),
        ("NAME\nROWS\n N obj\nCOLUMNS\n x obj nan\nENDATA\n", "NaN"),
    ],
)
def test_bad_mps(text, message):
    with pytest.raises(FormatError, match=message):
        from_mps(text)


def test_other_programs_read_the_same_mps():
    helper = pytest.importorskip("ortools.linear_solver.python.model_builder_helper")
    rng = random.Random(2)
    for _ in range(30):
        linear = random_linear(rng)
        model = helper.ModelBuilderHelper()
        assert model.import_from_mps_string(to_mps(linear))
        assert model.num_variables() == linear.n_vars
        assert [model.var_is_integral(j) for j in range(linear.n_vars)] == linear.integer.tolist()
        assert [model.var_lower_bound(j) for j in range(linear.n_vars)] == linear.lower.tolist()
        assert [model.var_upper_bound(j) for j in range(linear.n_vars)] == linear.upper.tolist()
        assert [model.var_objective_coefficient(j) for j in range(linear.n_vars)] == linear.costs.tolist()
        assert model.objective_offset() == linear.offset


@pytest.mark.skipif(shutil.which("glpsol") is None, reason="glpsol is not installed")
def test_another_program_solves_the_same_lp(tmp_path):
    rng = random.Random(3)
    for _ in range(30):
        linear = replace(random_linear(rng, integers_only=True), offset=0.0)  # glpsol takes no constant
        if linear.n_rows == 0 or (np.isinf(linear.row_lower) & np.isinf(linear.row_upper)).any():
            continue  # nor rows without bounds, nor a program without rows
        points = (np.array(x) for x in product((0.0, 1.0), repeat=linear.n_vars))
        costs = [linear.cost(x) for x in points if linear.violation(x) == 0]
        linear.write(tmp_path / "a.lp")
        command = ["glpsol", "--lp", "a.lp", "--write", "a.out"]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=20)
        words = next(line for line in (tmp_path / "a.out").read_text().splitlines() if line.startswith("s ")).split()
        # "s mip <rows> <columns> <status> <objective>"
        assert (words[4] == "o") == bool(costs)
        if costs:
            assert float(words[5]) == min(costs)


def test_lp_needs_a_variable():
    with pytest.raises(BadInputError, match="without variables"):
        to_lp(Linear.build(np.zeros(0)))
    assert from_mps(to_mps(Linear.build(np.zeros(0), offset=2))) == Linear.build(np.zeros(0), offset=2)


def test_row_bounds_whose_distance_is_no_number():
    linear = Linear.build([1], [({0: 1}, -2.1207589513656244, 3.0)])
    assert "pair r0 r0u" in to_mps(linear)
    assert from_mps(to_mps(linear)) == linear
    assert from_lp(to_lp(linear)) == linear
