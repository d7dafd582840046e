"""Files written by hand whose claims are false of their own numbers: rejected, and nearly the same ones are not."""

import io
import json
import resource
import zipfile

import numpy as np
import pytest
from suffice.engine.errors import FormatError
from suffice.explainers.certificates import suffice_check
from suffice.explainers.certificates.certificate import Certificate
from suffice.explainers.certificates.suffice_check import ACCEPTED, REJECTED
from suffice.explainers.certificates.suffice_check_all import Every

from tests.explainers.certificates.hand_made import bare_check, feature, of_models, of_pairs, whole, written
from tests.explainers.certificates.test_suffice_check import what_is_wrong

STEP = [(0, ">=", 1.0)]
STUMP = (1, [0.0], [1.0])
NUMBER = feature(0.0, 3.0)
BOUND, SUM, CLAUSE = 0, 1, 2
HUGE = 2.0**62
REFUTED = {"says": {"refuted": {}}, "sets": []}
LISTED = [feature(0.0, 1.0, 2.0, kind="listed")]
APART = [(0, "!=", 0.0), (0, "!=", 1.0), (0, "==", 2.0)]  # a row that passes the first two passes the third one


def false(certificate, why=""):
    """Brute force finds it false, and the checker rejects it, in words."""
    assert what_is_wrong(certificate)
    rejected(certificate, why)


def rejected(certificate, why=""):
    verdict, told = bare_check(certificate)
    assert verdict == REJECTED and why in told, told
    assert certificate.check()[0] == REJECTED


def true(certificate):
    """Brute force finds it true, and the checker accepts it; what it says is returned."""
    assert not what_is_wrong(certificate)
    verdict, told = certificate.check()
    assert verdict == ACCEPTED, told
    return told


def test_a_condition_is_true_of_what_is_missing_or_not():
    def missing(how, value=0.0):
        tree, gone = (1, [1.0], [value]), feature(0.0, 0.5, np.nan)
        return written([(0, ">=", 1.0, how)], [tree], [gone], split=[1, 0, 0], proof=[[SUM, 0, 0]] * 2)

    false(missing(2), "condition")
    false(missing(-1), "condition")
    false(missing(1))
    true(missing(1, 1.0))


@pytest.mark.parametrize(("kind", "top", "reading"), [("numerical", 0.1, "float32"), ("integer", 2.5, "float64")])
def test_the_greatest_value_is_one_of_the_precision(kind, top, reading):
    def up_to(value):
        where = [(0, ">", float(np.nextafter(value, 0)))]
        return written(where, [STUMP], [feature(0, value, kind=kind)], reading=reading, witness=[[value]], wanted=[0],
                       **REFUTED)  # fmt: skip

    false(up_to(top), "domain")
    true(up_to(2.0))


def folded(worth, last=1.0):
    """A tree with a leaf that no row reaches, below a node that no row of a box does, though each test may be so."""
    return (1, [last], (2, [0.0], (3, [worth], [0.0])))


def test_leaves_that_no_row_reaches_overflow_no_bound():
    def two(worth, last):
        trees, proof = [folded(worth, last)] * 2, [[BOUND, 0, 0]] * 2
        return written(APART, trees, LISTED, wanted=[0], split=[3, 0, 0], proof=proof)

    false(two(HUGE, 1.0), "overflow")
    true(two(0.0, 0.0))


def test_leaves_that_no_row_reaches_overflow_no_formula():
    def three(last):
        lemmas = whole([-4, 0, -5, 0, -6, 0, 0])
        says = {"says": {"forced": {}}, "sets": [], "lemmas": lemmas}
        return written(APART, [folded(HUGE, last)] * 3, LISTED, wanted=[0], threshold=1.5, **says)

    false(three(1.0), "propagation")
    true(three(0.0))


def bounded(value, wanted, **label):
    """A model of one value, or one a score, with the best bound that the checker knows."""
    leaf = value if isinstance(value, list) else [value]
    trees = [(1, leaf, leaf)] * label.pop("trees", 1)
    made = written(STEP, trees, [NUMBER], wanted=[wanted], split=[0], proof=[[BOUND, 0, 0]], **label)
    domain = suffice_check.Domain(made.head, made.arrays)
    model = suffice_check.Model(made.head, made.arrays, domain)
    ((way, *_), *_) = suffice_check.routes_out(model, made.head["claim"]["outcomes"], False)
    made.arrays["proof_bound"][:] = way.need - 1
    return made


def test_rounding_near_zero():
    least, divisor = 2.0**-1074, 1.5 * 2.0**1023
    near = 2.5 * (least * divisor) * (1 + 2.0**-40)  # a little more than two and a half of the least numbers
    false(bounded(near, 0, divisor=divisor, threshold=3 * least), "bound")
    true(bounded(near, 0, divisor=divisor, threshold=2.0**-990))
    single = {"single": True, "trees": 2}
    false(bounded(1.4 * 2.0**-149, 1, threshold=2.5 * 2.0**-149, **single), "bound")
    true(bounded(1.4 * 2.0**-149, 1, threshold=-(2.0**-140), **single))


def test_scores_that_are_too_great_after_the_division():
    with pytest.raises(ValueError, match="overflow"):
        bounded([1.0, 2.0], 1, rule="greatest", divisor=2.0**-1070)
    made = bounded([1.0, 2.0], 1, rule="greatest")
    true(made)
    made.head["model"]["labels"][0]["divisor"] = (2.0**-1070).hex()
    false(made, "overflow")


@pytest.mark.parametrize("items", [[False, True], [0.0], ["0"], [True, 0]])
def test_items_are_whole_numbers(items):
    """Numpy takes a list of true and false for a choice of columns."""
    two = [(0, ">=", 2.0), (0, ">=", 1.0)]
    made = written(two, [STUMP], [NUMBER], items=items, row=[[2.5]], witness=[[1.5]], **REFUTED)
    rejected(made, "item")
    made.head["claim"]["items"] = [1]
    true(made)


def test_the_numbers_of_rows_and_scores_are_whole():
    def attained(said):
        return written(STEP, [STUMP], [NUMBER], wanted=[0, 1], row=[[1.5], [0.5]], says={"attained": said}, sets=[])

    false(attained([[True, 0, "0x1p+0"]]))
    rejected(attained([[-2, 0, "0x1p+0"]]))
    rejected(attained([]))
    assert "score 0 of row 0 is 1.0" in true(attained([[0, 0, "0x1p+0"]]))


def test_classes_that_are_none_are_not_told():
    """The last class would be told as one that is claimed."""

    def classes(wanted, more=()):
        stump = (1, [1.0, 0.0, 0.0], [0.0, 0.0, 1.0])
        how = {"rule": "greatest", "classes": ["a", "b", "c"], "wanted": wanted, "witness": [[2.0]], **REFUTED}
        made = written(STEP, [stump], [NUMBER], **how)
        made.head["claim"]["outcomes"][0].update(more)
        return made

    true(classes([0]))
    for wanted, more in (
        ([0, -1], {}), ([0, True], {}), ([0, 3], {}), ([0], {"of": 1}), ([0], {"label": -1}),
        ([1], {"lead": "0x1p+7", "range": ["-0x1p+0", "0x1p-1"]}),
    ):  # fmt: skip
        rejected(classes(wanted, more), "class")
    one = written(STEP, [STUMP], [NUMBER], wanted=[0], witness=[[2.0]], **REFUTED)
    true(one)
    one.head["claim"]["outcomes"][0]["lead"] = "0x1p+7"
    rejected(one, "lead")


def test_what_is_missing_is_told():
    made = written([(0, ">=", 1.0, 1)], [STUMP], [feature(0.0, 3.0, np.nan)], wanted=[0], items=[0], sets=[[0]],
                   row=[[0.5]], split=[0], proof=[[SUM, 0, 0]])  # fmt: skip
    assert "not (f1 >= 1.0 or missing)" in true(made)


def test_that_no_row_is_shown_is_told():
    none = {"clauses": [[1], [-1]], "split": [1, 0, 0], "proof": [[CLAUSE, 0, 0]] * 2}
    assert "that there is such a row is not shown" in true(written(STEP, [STUMP], [NUMBER], wanted=[0], **none))
    some = {"given": [[-1]], "split": [1, 0, 0], "proof": [[CLAUSE, 0, 0], [SUM, 0, 0]]}
    assert "not shown" not in true(written(STEP, [STUMP], [NUMBER], wanted=[0], **some))


def test_a_model_that_reads_nothing():
    true(written([], [[1.0]], [], split=[0], proof=[[SUM, 0, 0]]))
    false(written([], [[0.0]], [], split=[0], proof=[[SUM, 0, 0]]), "sum")


def test_a_claim_of_nothing():
    made = written(STEP, [STUMP], [NUMBER])
    made.head["claim"]["outcomes"] = []
    rejected(made, "outcome")
    empty = {"wanted": [0], "says": {"complete": {"excluded": []}}, "sets": [], "witness": [[1.5]]}
    rejected(written(STEP, [STUMP], [NUMBER], cover_split=whole([0]), cover_set=whole([-1]), **empty), "row")


def test_excluded_items_are_told():
    how = {"wanted": [1], "row": [[1.5]], "items": [], "sets": [[]], "split": [1, 0, 0], "proof": [[SUM, 0, 0]] * 2}
    same = (1, [1.0], [1.0])
    says = {"forces": {}, "cheapest": {"cost": 0, "excluded": [0]}}
    made = written(STEP, [same], [NUMBER], says=says, prices=whole([1]), cover_split=whole([0]), **how)
    assert "cheapest: without f1 >= 1.0, at 0, by the prices of the file" in true(made)
    made.head["claim"]["says"]["cheapest"]["excluded"] = ["0"]
    rejected(made, "excluded")


def test_pairs_of_one_score():
    """What would follow from two scores does not follow from the first of them."""

    def pairs(*values):
        proof = {"split": [1, 0, 0], "proof": [[BOUND, 3, 0], [BOUND, 0, 0]]}
        made = written(STEP, [(1, [0.0, *values], [1.0, *values])], [NUMBER], says={"no_pair": {}}, width=2,
                       unit=[0, 1], **proof)  # fmt: skip
        return of_pairs(made)

    rejected(pairs(0.0), "score")
    rejected(pairs(), "bound")
    made = pairs()
    made.arrays["leaf_values"][:] = 1.0  # there is no such pair now
    made.arrays |= {"proof_split": whole([0]), "proof_at": whole([0, 1]), "proof_kind": whole([BOUND])}
    made.arrays |= {"proof_way": whole([2]), "proof_bound": whole([-1])}
    true(made)


def test_pairs_of_no_outcomes():
    made = of_pairs(written(STEP, [STUMP], [NUMBER], says={"no_pair": {}}, unit=[0, 1], width=2), outcomes=[])
    rejected(made, "outcomes")


def test_rows_have_no_more_columns_than_are_told():
    """Which of two numbers is greater would be read off another column."""

    def pair(rows, width):
        made = written([(0, "==", 1.0)], [STUMP], LISTED, says={"pair": {}}, sets=[], unit=[0, 1], width=width,
                       witness=rows)  # fmt: skip
        return of_pairs(made, order=1)

    rejected(pair([[1.0, 0.0, 5.0]], 3), "columns")
    rejected(pair([[1.0, 0.0]], 2), "order")
    true(pair([[1.0, 2.0]], 2))


def test_boxes_of_two_models_name_conditions():
    def models(literal):
        walk, proof = [1, 0, 0] * 2, [[BOUND, 1, 0], [BOUND, 1, 0], [CLAUSE, 0, 0], [BOUND, 0, 0]]
        made = written(STEP, [(1, [0.0, 0.0], [1.0, 0.0])], [NUMBER], says={"agree": {}}, sets=[], split=walk,
                       proof=proof)  # fmt: skip
        made.arrays["proof_at"] = whole([0, 3, 6])
        return of_models(made, [{"given": [[literal]], "decided": [1, 0]}])

    true(models(1))
    for literal in (0, 1.0, True, -2, 10**30):
        rejected(models(literal), "condition")
    rejected(of_models(written(STEP, [(1, [0.0, 0.0], [1.0, 0.0])], [NUMBER], says={"differ": {}}, sets=[],
                               witness=[[2.0]]), [], [(-1, 0), (0, 0)]), "outcomes")  # fmt: skip


def test_routes_are_not_multiplied_without_end():
    four = (1, [1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0])
    made = written(STEP, [four], [NUMBER], rule="greatest", classes=["a", "b", "c", "d"], wanted=[0], **REFUTED)
    made.head["claim"] |= {"outcomes": made.head["claim"]["outcomes"] * 30, "together": True}
    rejected(made, "routes")


def packed(head, arrays):
    """The bytes of a file, of which some parts are bytes already."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("certificate.json", json.dumps(head))
        for name, array in arrays.items():
            part = io.BytesIO()
            if not isinstance(array, bytes):
                np.lib.format.write_array(part, array)
            file.writestr(f"{name}.npy", array if isinstance(array, bytes) else part.getvalue())
    return out.getvalue()


def header(*shape, kind="<f8"):
    out = io.BytesIO()
    np.lib.format.write_array_header_1_0(out, {"descr": kind, "fortran_order": False, "shape": shape})
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("witness", header(10**10, 0)),
        ("leaf_values", header(10**10, 0)),
        ("more", header(10) + bytes(8)),
        ("more", b"x"),
        ("more", header(1, kind="|O") + bytes(8)),
        ("witness", header(1, 1, kind=">c16") + bytes(16)),
    ],
)
def test_arrays_that_are_none(name, part):
    made = written(STEP, [STUMP], [NUMBER], wanted=[0, 1], says={"forces": {}})
    assert made.check()[0] == ACCEPTED
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    data = packed(made.head, {**made.arrays, name: part})
    assert suffice_check.check(io.BytesIO(data), Every)[0] == REJECTED
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1 << 19  # kB


def test_a_file_that_grows_is_not_read():
    made = written(STEP, [STUMP], [NUMBER], wanted=[0, 1])
    out = io.BytesIO(packed(made.head, made.arrays))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as file, file.open("more.npy", "w", force_zip64=True) as part:
        for _ in range(9):
            part.write(bytes(1 << 27))
    out.seek(0)
    verdict, why = suffice_check.check(out, Every)
    assert verdict == REJECTED and "large" in why


def test_parts_that_are_too_large_are_refused():
    chain = [1] * 12_000  # one test again and again: its paths together are as long as their number squared
    nodes = len(chain)
    made = written(STEP, [STUMP], [NUMBER], says={"forced": {}}, sets=[], lemmas=whole([0]))
    ends = [-1] * (nodes + 1)
    made.arrays["tree_literal"] = whole([*chain, *[0] * (nodes + 1)])
    made.arrays["tree_left"] = whole([*range(nodes + 1, 2 * nodes + 1), *ends])
    made.arrays["tree_right"] = whole([*range(1, nodes + 1), *ends])
    made.arrays["tree_leaf"] = whole([*[-1] * nodes, *[0] * (nodes + 1)])
    rejected(made, "too large")
    many = [(0, ">=", i / 10_000) for i in range(30_000)]
    rejected(written(many, [STUMP], [NUMBER]), "too many")
    wide = {"rule": "greatest", "classes": ["c"] * 3000, "wanted": [0]}
    rejected(written(STEP, [[0.0] * 3000], [NUMBER], **wide), "too many")
    lines = f"pseudo-Boolean proof version 1.1\nl 1\npol 1 {f'{10**1000} * ' * 100}"
    says = {"forces": {}, "bounded": {"cost": 0, "excluded": []}}
    text = np.frombuffer(lines.encode(), np.uint8).astype(np.int64)
    rejected(written(STEP, [(1, [1.0], [1.0])], [NUMBER], row=[[0.5]], says=says, prices=whole([1]), lines=text,
                     split=[0], proof=[[BOUND, 0, -(2**30)]]))  # fmt: skip


def test_words_are_one_line():
    made = written(STEP, [STUMP], [NUMBER], wanted=[0, 1])
    made.head["claim"]["outcomes"][0]["classes"] = [0, 1]
    made.head["model"]["labels"][0]["classes"] = ["no\nother.cert: accepted", "\x1b[2Kyes"]
    assert made.check()[0] == ACCEPTED and made.check()[1].isprintable()
    made.head["features"][0] |= {"name": "f1\nother.cert: accepted", "values": ["nan", "nan"]}
    assert made.check()[0] == REJECTED and made.check()[1].isprintable()


@pytest.mark.parametrize("content", [b"", b"PK", b"x" * 100, b"\x93NUMPY", header(1) + bytes(8), b"bytes"])
def test_what_is_no_file_is_said_to_be_none(content, tmp_path):
    made = written(STEP, [STUMP], [NUMBER])
    path = tmp_path / "none.cert"
    path.write_bytes(packed(made.head, {"more": b"x"}) if content == b"bytes" else content)
    with pytest.raises(FormatError, match="no certificate"):
        Certificate.load(path)
    with pytest.raises(FileNotFoundError):
        Certificate.load(tmp_path / "not there")
