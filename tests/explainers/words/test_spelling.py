"""Names and values of any kind: what is written about them is read back as it was meant."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from suffice.engine.domain.conditions import Condition, Operator, Reading
from suffice.engine.domain.theory import Feature, Kind
from suffice.engine.domain.vocabulary import Vocabulary
from suffice.engine.reasons.spelling import parts, quoted, spelled_name, unquoted
from suffice.explainers.words.reading import Reader
from suffice.explainers.words.statements import Statements
from suffice.explainers.words.values import Values

from tests.brute.amounts import few

PIECES = st.sampled_from([
    "a", "b", "x y", " ", ",", "{", "}", '"', "'", "\\", " and ", " or ", " but not ", " in ", "not in", " is ",
    "missing", "true", "<", "<=", "=", "!=", ">", "≤", "(", ")", "3", "3.5", "1e5", "-", "\n", "\t", "é", "\u2028",
    "\x00", "(cm)", "not", "and", "inf", "nan", "*", "_", "c in {a}", "x > 3",
])  # fmt: skip
TEXTS = st.lists(PIECES, min_size=1, max_size=4).map("".join)
NAMES = st.lists(TEXTS, min_size=3, max_size=3, unique=True)


@settings(max_examples=few(200), deadline=None)
@given(NAMES, st.lists(TEXTS, min_size=2, max_size=5, unique=True), st.data())
def test_statements_about_any_names(names, values, data):
    reading = data.draw(st.sampled_from([Reading.FLOAT32, Reading.FLOAT64]))
    tests = st.tuples(st.sampled_from(list(Operator)[:6]), st.floats(-1e6, 1e6, width=32), st.booleans())
    told = data.draw(st.lists(tests, min_size=1, max_size=3))
    conditions = tuple(Condition(0, *one) for one in told)
    vocabulary = Vocabulary(conditions, tuple(names), reading, {1: tuple(values)})
    features = (
        Feature(names[0], Kind.NUMERICAL, (0,)),
        Feature(names[1], Kind.CATEGORICAL, (1,), tuple(map(float, range(len(values))))),
        Feature(names[2], Kind.BINARY, (2,), truth=data.draw(st.booleans())),
    )
    missing = frozenset(c for c in range(3) if data.draw(st.booleans()))
    statements = Statements(vocabulary, missing)
    reader = Reader(vocabulary, features, statements)
    chosen = Values(
        chosen=tuple(data.draw(st.booleans()) for _ in values), missing=1 in missing and data.draw(st.booleans())
    )
    bit = data.draw(st.booleans())
    sets = [
        statements.scale(features[0]).all_of(conditions), chosen,
        Values(chosen=(not bit, bit), missing=2 in missing and data.draw(st.booleans())),
    ]  # fmt: skip
    wanted, texts = [], []
    for i, (feature, one) in enumerate(zip(features, sets, strict=True)):
        text = statements.say(feature, one)
        if text is not None:
            wanted.append((i, one))
            texts.append(f"({text})" if " or " in text else text)
    for pair, text in zip(wanted, texts, strict=True):
        (said,) = reader.text(text)
        assert (said.feature, said.values) == pair, text
    if texts:
        assert [(one.feature, one.values) for one in reader.text(" and ".join(texts))] == wanted, texts


@given(st.text(max_size=8))
def test_quotes(text):
    assert unquoted(quoted(text)) == text
    assert quoted(text).isprintable()
    assert list(parts(f"a, {quoted(text)}", ",")) == ["a", f" {quoted(text)}"]


def test_plain_names_are_left_alone():
    for name in (
        "age",
        "petal width (cm)",
        "hours-per-week",
        "Capital Gain",
        "f1",
        "größe",
        "a_b",
        "x.y",
        "%",
        "R&D",
        "island",
    ):
        assert spelled_name(name) == name
