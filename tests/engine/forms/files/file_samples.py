"""Small texts of every format of forms, and of a table."""

from suffice.engine.forms import Cnf, Linear, Wcnf
from suffice.engine.forms.files.dimacs import to_dimacs, to_wcnf
from suffice.engine.forms.files.lp import to_lp
from suffice.engine.forms.files.mps import to_mps
from suffice.engine.forms.files.opb import to_opb

INF = float("inf")


def texts(suffix):
    """Return texts of the format of a suffix."""
    clauses = [(1, -2, 3), (2,), (-1, -3), (4, -1)]
    mixed = Linear.build(
        [1.5, -2, 0, 1e-7], [({0: 1.0, 1: 3.25}, 2, INF), ({2: -1, 3: 2}, -4.5, 7), ({1: 1}, 1, 1), ({0: 2}, -INF, 3)],
        [0, -INF, 1, -2.5], [INF, 4, 1, 9], [True, False, False, True], 2.5, ["age", "b <= 2.5 é", "c", "x9"],
    )  # fmt: skip
    binary = Linear.build(
        [1, -2, 3], [({0: 1, 1: 3}, 2, INF), ({1: -1, 2: 2}, -1, 1)], 0, 1, True, 4, ["a", "b 2", "c"]
    )
    wcnf = Wcnf.from_clauses(clauses, [(1,), (-4, 2)], [3, 5], 4)
    cnf = Cnf.from_clauses(clauses, 5)
    return {
        ".cnf": lambda: [to_dimacs(cnf, ["a comment"]), "p cnf 2 2\n1 -2 0 2\n0\n"],
        ".wcnf": lambda: [to_wcnf(wcnf, ["a comment"]), to_wcnf(wcnf, old=True)],
        ".lp": lambda: [
            to_lp(mixed), to_lp(binary),
            "Minimize\n x + 2 y\nst\n x + y >= 1\n -3 <= x - y <= 4\nBinary\n x y\nEnd",
        ],
        ".mps": lambda: [to_mps(mixed), to_mps(binary)],
        ".opb": lambda: [to_opb(binary), "* #variable= 3 #constraint= 1\nmin: +1 ~x1 -2 x3 ;\n+1 x1 +1 ~x2 >= 1 ;\n"],
        ".csv": lambda: ["a,b,y\n1,2.5,0\n3,-4,1\n", 'a,"b, c",y\n1e3,2,no\n3,4,"y,es"\n'],
    }[suffix]()  # fmt: skip
