import random

import pytest
from suffice.engine.budget import Deadline
from suffice.engine.errors import BackendError, MissingBackendError
from suffice.engine.forms import Wcnf
from suffice.engine.status import Status, Stop
from suffice.solvers.backends.maxsat_hitting import MaxSatHitting
from suffice.solvers.backends.rc2 import Rc2Hitting, Rc2MaxSat


def hard_sets(n=300, size=25):
    rng = random.Random(0)
    return [rng.sample(range(1, n + 1), size) for _ in range(400)]


def test_best_so_far_has_model_and_lower_bound():
    rng = random.Random(1)
    wcnf = Wcnf.from_clauses(hard_sets(), [[-e] for e in range(1, 301)], [rng.randint(1, 1000) for _ in range(300)])
    deadline = Deadline(0.4)
    found = Rc2MaxSat().solve(wcnf, deadline)
    assert found.status is Status.BEST_SO_FAR
    assert (found.stop, deadline.stop) == (Stop.TIME_LIMIT, Stop.TIME_LIMIT)
    assert 0 < found.lower < found.cost == wcnf.cost(found.model)
    assert wcnf.hard.satisfied_by(found.model)


def test_hitting_session_goes_on_after_a_time_limit():
    with Rc2Hitting().open() as session:
        session.add_set([1, 2])
        assert session.minimum().cost == 1
        for elements in hard_sets():
            session.add_set(elements)
        first = session.minimum(0.3)
        second = session.minimum(0.3)
        assert first.status is second.status is Status.BEST_SO_FAR
        assert 1 <= first.lower <= second.lower <= second.cost
        assert all(set(second.model) & set(s) for s in hard_sets())


def test_sparse_elements_and_late_weights():
    weights = {10**6: 5, 7: 2}
    for backend in (Rc2Hitting(), MaxSatHitting(Rc2MaxSat())):
        with backend.open(weights) as session:
            session.add_set([10**6, 7, 7])
            assert session.minimum().model == (7,)
            session.add_clause([-7])
            found = session.minimum()
            assert (found.model, found.cost, found.lower) == ((10**6,), 5, 5)
            session.add_set([3, 10**6])
            session.add_clause([3, -3])
            assert session.minimum().cost == 5


def test_many_rounds_stay_exact():
    rng = random.Random(3)
    weights = {e: rng.randint(1, 30) for e in range(1, 41)}
    with Rc2Hitting().open(weights) as fast, MaxSatHitting(Rc2MaxSat("cadical153")).open(weights) as slow:
        last = 0
        for round_ in range(40):
            elements = rng.sample(range(1, 41), rng.randint(2, 6))
            fast.add_set(elements)
            slow.add_set(elements)
            found = fast.minimum()
            assert found.status is Status.OPTIMAL
            assert found.cost >= last
            last = found.cost
            if round_ % 5 == 4:
                assert slow.minimum().cost == found.cost


def test_closed_sessions_say_so():
    session = Rc2Hitting().open()
    session.close()
    with pytest.raises(BackendError, match="closed"):
        session.add_set([1])


def test_unknown_solver_below():
    with pytest.raises(MissingBackendError, match="rc2 over 'foo'"):
        Rc2MaxSat("foo")
