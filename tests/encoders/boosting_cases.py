"""Random boosted models' training data, and their compiled forms compared with what the libraries say."""

import numpy as np
from hypothesis import strategies as st
from suffice.encoders.registry import compile_model
from suffice.encoders.selfcheck import border_rows, self_check
from suffice.engine.domain.conditions import cut_of
from suffice.engine.domain.space import build_space
from suffice.engine.domain.theory import Theory

from tests.encoders.forest_cases import data


@st.composite
def tables(draw, classes=(2, 3)):
    """A generator, training rows, columns with holes, classes of the rows and numbers that go with them."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    columns = draw(st.sampled_from([1, 2, 4]))
    rows = draw(st.sampled_from([12, 40, 120]))
    holes = frozenset(c for c in range(columns) if draw(st.integers(0, 2)) == 2)
    X = np.clip(data(rng, rows, columns, holes), -1e30, 1e30)
    count = draw(st.sampled_from(classes))
    y = np.where(rng.random(rows) < 0.3, rng.integers(0, count, rows), np.nan_to_num(X[:, 0]) > 1).astype(int)
    y[:count] = np.arange(count)
    return rng, X, holes, y, y + rng.random(rows).round(2)


def compiled_with_space(model, missing=frozenset(), **options):
    compiled = compile_model(model, missing=missing, **options)
    space = build_space(compiled.vocabulary, compiled.features, Theory(compiled.features, (), compiled.missing))
    return compiled, space


def rows_of(compiled, space, X):
    """Training rows that may occur and rows at all borders, as the compiled form reads them."""
    open_to = [c for c in range(X.shape[1]) if c not in compiled.missing]
    known = X[~np.isnan(X[:, open_to].astype(float)).any(axis=1)]
    rows = border_rows(compiled, space)
    return np.concatenate([compiled.read(known), rows]) if len(known) else rows


def user_rows(compiled, X, rng):
    """Rows in double precision: each number is a threshold or a double next to it (or next to its float32)."""
    width = len(compiled.vocabulary.names)
    pools = [[0.0, -0.0, *np.unique(X[:, c][~np.isnan(X[:, c])])[:3]] for c in range(width)]
    for condition in compiled.vocabulary.conditions:
        for border in (condition.threshold, *cut_of(condition, compiled.vocabulary.reading)):
            if abs(border) < 1e37:
                single = np.float32(border)
                around = [float(np.nextafter(single, np.float32(s))) for s in (-np.inf, np.inf)]
                middles = [(border + near) / 2 for near in around]
                near = [np.nextafter(v, s) for v in (border, *middles) for s in (-np.inf, np.inf)]
                pools[condition.feature] += [border, *around, *middles, *near]
    for column in compiled.missing:
        pools[column].append(np.nan)
    longest = max(map(len, pools))
    return np.column_stack([rng.choice(pool, size=3 * longest) for pool in pools])


def assert_same_numbers(mine, own):
    """The same numbers, bit by bit (negative zeros apart), whatever the precision that the library gives them in."""
    own = np.asarray(own, dtype=np.float64)
    assert mine.shape == own.shape
    assert np.array_equal(mine, own), (mine[mine != own][:3], own[mine != own][:3])


def assert_faithful(model, X, missing, margins, predict, seed=0):
    """Compare margins and predictions with the library; return the compiled form.

    ``margins`` and ``predict`` are the library's own functions of user rows.
    """
    compiled, space = compiled_with_space(model, missing)
    rows = np.concatenate([rows_of(compiled, space, X), user_rows(compiled, X, np.random.default_rng(seed))])
    read = compiled.read(rows)
    scores = compiled.trees.scores_of_rows(read, space.codes)
    assert_same_numbers(scores, np.asarray(margins(rows)).reshape(len(rows), -1))
    said = np.asarray(predict(rows))
    if compiled.regression:
        assert_same_numbers(compiled.values(space, read), said)
        at = [compiled.value_at(space.truth(row)) for row in read[:5]]
        assert at == compiled.values(space, read[:5]).tolist()
        assert_interval(compiled, scores[:, 0])
    else:
        mine = [compiled.classes[i] for i in compiled.outcomes(space, read)]
        assert mine == said.tolist() == compiled.predict(read).tolist()
        assert [compiled.outcome_at(space.truth(row)) for row in read[:5]] == compiled.outcomes(
            space, read[:5]
        ).tolist()
    assert self_check(compiled, space, read) >= len(rows)
    return compiled


def assert_interval(compiled, margins):
    """The margins of an interval of predictions are those whose predictions lie in it."""
    given = margins if compiled.transform is None else compiled.transform(margins)
    low, high = np.quantile(given, [0.3, 0.6])
    least, greatest = compiled.margins_of_interval(float(low), float(high))
    assert np.array_equal((margins >= least) & (margins <= greatest), (given >= low) & (given <= high))
    assert compiled.margins_of_interval(-np.inf, np.inf) == (-np.inf, np.inf)
    assert compiled.margins_of_interval(float(high), float(np.nextafter(high, -np.inf))) == (np.inf, -np.inf)
