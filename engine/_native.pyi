"""
The compiled core: searches, sums and hitting sets. Its arrays are numpy arrays of exactly the types told.
"""

from collections.abc import Sequence
from typing import Annotated, overload

import numpy
from numpy.typing import NDArray


class Clock:
    """The stop flag and clock that every loop of a query looks at."""

    def __init__(self) -> None: ...

    def begin(self, seconds: float, steps: int = 9223372036854775807) -> None:
        """
        Start anew: work may go on for so many seconds, and so many steps (of about 100 nanoseconds).
        """

    def stop(self) -> None:
        """Make all loops stop."""

    @property
    def timed_out(self) -> bool:
        """Whether time was up."""

    @property
    def out_of_steps(self) -> bool:
        """Whether its steps were used up."""

    @property
    def work(self) -> int:
        """How many steps were taken since it began."""

    @property
    def halted(self) -> bool:
        """Whether work had to stop."""

    @property
    def looks(self) -> int:
        """How often loops looked at it so far."""

    def take_error(self) -> object:
        """
        Return the exception that a signal raised meanwhile, and forget it; None if there was none.
        """

class Circuit:
    """Monotone functions of the scores of an ensemble, on intervals."""

    def __init__(self, op: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], at: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], argument: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], own: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], number: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)], table_at: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], x: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)], y: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)], n_scores: int) -> None: ...

    @property
    def n_scores(self) -> int: ...

    def __len__(self) -> int: ...

    def intervals(self, low: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)], high: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)], gates: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu')]:
        """
        Return the lower and upper ends of some gates for each row of intervals of the scores.
        """

    def __reduce__(self) -> tuple[object, ...]: ...

class Relaxation:
    """What weighted sums of scores must reach in intervals of them."""

    def __init__(self, start: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)], least: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)], side: Annotated[NDArray[numpy.int8], dict(shape=(None,), order='C', device='cpu', writable=False)], cells: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)], shift: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], lost: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> None: ...

class Goal:
    """A question about a circuit over the scores of an ensemble."""

    def __init__(self, circuit: Circuit, at: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], left: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], right: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], strict: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)], margin: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], away: bool, upward: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], downward: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], low: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)], high: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)], shift: int, error: int, relaxed: Relaxation) -> None: ...

    def __len__(self) -> int:
        """Return the number of questions."""

    def bad(self, scores: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> bool:
        """Tell whether the library decides outside O for these scores."""

class Layout:
    """The trees of an ensemble over the elements of a space."""

    @property
    def n_trees(self) -> int: ...

    @property
    def n_nodes(self) -> int: ...

    @property
    def n_elements(self) -> int: ...

    @property
    def n_attributes(self) -> int: ...

    @property
    def n_clauses(self) -> int: ...

    @property
    def n_listed_cells(self) -> int:
        """Number of cells of all attributes that cuts do not describe."""

    @property
    def base(self) -> Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu')]:
        """First element of each attribute, and one more number that ends them."""

    @property
    def cell_base(self) -> Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu')]:
        """
        Where the cells of attributes that cuts do not describe begin, and where the last ones end.
        """

    @property
    def n_cells(self) -> Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu')]:
        """Number of cells of each attribute."""

    @property
    def interval(self) -> Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu')]:
        """Which attributes cuts describe."""

def lay_out(root: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], literal: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], left: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], right: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], leaf: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], element: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], side: Annotated[NDArray[numpy.int8], dict(shape=(None,), order='C', device='cpu', writable=False)], attribute: Annotated[NDArray[numpy.int64], dict(shape=(None, None), order='C', device='cpu', writable=False)], test: Annotated[NDArray[numpy.int64], dict(shape=(None, None), order='C', device='cpu', writable=False)], truth: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], clause_at: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], clause: Annotated[NDArray[numpy.int64], dict(shape=(None, None), order='C', device='cpu', writable=False)]) -> Layout:
    """Return trees over elements, without tests that paths decide."""

def reach_rows(layout: Layout, point: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu')]:
    """Return the leaf row that each tree reaches at a point of cells."""

class Models:
    """
    Several models whose trees lie side by side: all are outside O, or one is.
    """

    def __init__(self, sums: Sequence[Arithmetic], trees: Sequence[Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)]], together: bool, apart: float = float('nan')) -> None: ...

class Arithmetic:
    """The model's own arithmetic and O."""

    def __init__(self, values: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)], start: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)], divisor: float, good: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)], lower: float, upper: float, enter: bool = False, single: bool = False, link: int = 0, goal: Goal | None = None, models: Models | None = None) -> None: ...

    @property
    def values(self) -> Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)]: ...

    @property
    def start(self) -> Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

    @property
    def good(self) -> Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

    @property
    def divisor(self) -> float: ...

    @property
    def lower(self) -> float: ...

    @property
    def upper(self) -> float: ...

    @property
    def enter(self) -> bool: ...

    @property
    def single(self) -> bool: ...

    @property
    def link(self) -> int: ...

class Columns:
    """A question in whole numbers."""

    def __init__(self, worth: Annotated[NDArray[numpy.int64], dict(shape=(None, None), order='C', device='cpu', writable=False)], offset: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], need: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], together: bool, kind: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], goal: Goal | None = None) -> None: ...

    @property
    def worth(self) -> Annotated[NDArray[numpy.int64], dict(shape=(None, None), order='C', device='cpu', writable=False)]: ...

    @property
    def offset(self) -> Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

    @property
    def need(self) -> Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

    @property
    def kind(self) -> Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

    @property
    def together(self) -> bool: ...

class Problem:
    """An ensemble and what is asked of it."""

    def __init__(self, layout: Layout, sums: Arithmetic, columns: Columns) -> None: ...

    @property
    def by_leaves(self) -> bool:
        """Whether the leaves of each tree decide on their own."""

    @property
    def layout(self) -> Layout: ...

    @property
    def sums(self) -> Arithmetic: ...

    @property
    def columns(self) -> Columns: ...

def outside(sums: Arithmetic, leaves: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> bool:
    """
    Tell whether the model's own arithmetic decides outside O for one leaf row a tree.
    """

class Outer:
    """
    The cells that an input may have at most; those of the instance are among them.
    """

    def __init__(self, lo: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], hi: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], barred: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> None: ...

    @property
    def lo(self) -> Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

    @property
    def hi(self) -> Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

    @property
    def barred(self) -> Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

class ChangeQuestion:
    """
    What is asked of an ensemble at an instance, and where changes may lead.
    """

    def __init__(self, problem: Problem, cells: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], outer: Outer) -> None: ...

    @property
    def cells(self) -> Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

    @property
    def outer(self) -> Outer: ...

    @property
    def problem(self) -> Problem: ...

class Groups:
    """
    Attributes that change together: those of g are members[at[g]:at[g + 1]].
    """

    def __init__(self, at: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], members: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> None: ...

    @property
    def n(self) -> int:
        """Number of groups."""

    @property
    def at(self) -> Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

    @property
    def members(self) -> Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

class Box:
    """Allowed cells, and the best that each tree can still reach there."""

    def __init__(self, layout: Layout, columns: Columns, cells: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> None:
        """Make the box of one cell an attribute."""

    @property
    def lo(self) -> Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu')]: ...

    @property
    def hi(self) -> Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu')]: ...

    @property
    def barred(self) -> Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu')]: ...

    @property
    def side(self) -> Annotated[NDArray[numpy.int8], dict(shape=(None,), order='C', device='cpu')]: ...

    @property
    def best(self) -> Annotated[NDArray[numpy.int64], dict(shape=(None, None), order='C', device='cpu')]: ...

    @property
    def bound(self) -> Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu')]: ...

def place(layout: Layout, columns: Columns, box: Box, cells: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> None:
    """Make the box the one of these cells, from nothing."""

def open_attribute(layout: Layout, box: Box, a: int) -> None:
    """Allow all cells of an attribute."""

def fix_attribute(layout: Layout, box: Box, a: int, cell: int) -> None:
    """Allow one cell of an attribute only."""

def bounds_decide(columns: Columns, box: Box) -> bool:
    """Tell whether the bounds alone show that no input in the box is bad."""

class Workspace:
    """Room for searches, made once and used again."""

    def __init__(self, layout: Layout, n_columns: int, n_outputs: int, clock: Clock, *, patience: int = 250, widest: int = 64) -> None:
        """Make room for searches over a layout, by so many columns at once."""

    @property
    def nodes(self) -> int:
        """Nodes of all searches so far."""

    @nodes.setter
    def nodes(self, arg: int, /) -> None: ...

    @property
    def limit(self) -> int:
        """Nodes at which to give up."""

    @limit.setter
    def limit(self, arg: int, /) -> None: ...

    @property
    def point(self) -> Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu')]: ...

def differing_elements(layout: Layout, cells: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], point: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu')]:
    """
    Return the elements whose literals are true at the instance and false at the point.
    """

def differing_groups(groups: Groups, cells: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], point: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu')]:
    """Return the groups on which the point differs from the instance."""

def open_within(q: ChangeQuestion, box: Box, a: int) -> None:
    """Allow all cells of an attribute that the outer box has."""

def narrow_literals(q: ChangeQuestion, box: Box, point: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu')], order: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], work: Workspace) -> int:
    """
    Make a counterexample (in place) one that differs on a minimal set of literals: NONE, or UNKNOWN (given up).
    """

def narrow_groups(q: ChangeQuestion, box: Box, groups: Groups, point: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu')], order: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], work: Workspace) -> int:
    """
    Make a counterexample (in place) one that differs on a minimal set of groups: NONE, or UNKNOWN (given up).
    """

def harvest(q: ChangeQuestion, groups: Groups, by_group: bool, start: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], orders: Annotated[NDArray[numpy.int32], dict(shape=(None, None), order='C', device='cpu', writable=False)], points: Annotated[NDArray[numpy.int32], dict(shape=(None, None), order='C', device='cpu')], work: Workspace) -> int:
    """
    Bring a counterexample near in each of some orders; return how many rows of `points` are written.
    """

class FewestGroups:
    """Finds all sets of the fewest groups that are enough, one by one."""

    def __init__(self, q: ChangeQuestion, groups: Groups, limit: int, start: int = 1) -> None: ...

    def find(self, work: Workspace) -> int:
        """
        Look for the next set: FOUND, NONE (there are no more) or UNKNOWN (given up; call again).
        """

    @property
    def chosen(self) -> list[int]:
        """The set that was found last, sorted."""

    @property
    def proved(self) -> int:
        """No set of so many groups, or fewer, is enough."""

class Costs:
    """What each cell costs: cell c of attribute a costs of[at[a] + c]."""

    def __init__(self, at: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], of: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> None: ...

    @property
    def at(self) -> Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

    @property
    def of(self) -> Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

def cost_of(costs: Costs, point: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> float:
    """Return what a point costs."""

class Nearest:
    """The cheapest counterexample that is known."""

    def __init__(self, q: ChangeQuestion, costs: Costs, start: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)] | None = None) -> None:
        """Begin with a counterexample in the outer box, or with none."""

    @property
    def status(self) -> int:
        """
        FOUND: none is cheaper; NONE: there is no counterexample; UNKNOWN: given up.
        """

    @property
    def point(self) -> Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu')] | None:
        """The best one known; None: there is none."""

    @property
    def cost(self) -> float:
        """What it costs (infinite without one)."""

    @property
    def lower(self) -> float:
        """No counterexample costs less."""

def find_nearest(q: ChangeQuestion, known: Nearest, work: Workspace) -> int:
    """
    Look for the cheapest counterexample, from the known one on if there is one; return the status.
    """

class PlanSearch:
    """
    Looks for the cheapest points that reach what all columns need, by tables and rules.
    """

    def __init__(self, problem: Problem, at: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], of: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)], most: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)], single: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], only: int, cells: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> None: ...

    def begin(self, limit: float, diving: bool) -> None:
        """
        Look for points that cost less than a limit, from the start (`diving`: for any).
        """

    def add(self, rule: Sequence[tuple[int, Sequence[tuple[int, int]]]]) -> None:
        """Add a rule: of pairs of an attribute and runs of cells, one holds."""

    def next(self, work: Workspace) -> int:
        """
        Return FOUND (`point`, which is to be accepted or refused), NONE or UNKNOWN (given up).
        """

    def restrict(self, lo: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], hi: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> None:
        """From the next start on, look only at these cells of each attribute."""

    def accept(self) -> None:
        """The point is one: only cheaper ones are looked for from now on."""

    def refuse(self) -> None:
        """The point is none: look on."""

    @property
    def point(self) -> Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu')]:
        """The point that was found last."""

    @property
    def cost(self) -> float:
        """What it costs."""

class Units:
    """Which variable excludes a cell (variables are numbered from 0)."""

    def __init__(self, at: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], block: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], member_at: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], members: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], whole: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> None: ...

    @property
    def at(self) -> Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

    @property
    def block(self) -> Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

    @property
    def member_at(self) -> Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

    @property
    def members(self) -> Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

    @property
    def whole(self) -> Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

class Gathering:
    """A set of variables, and the counterexamples that it does not exclude."""

    def __init__(self, problem: Problem, cells: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], units: Units, order: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], room: int) -> None: ...

    @property
    def on(self) -> Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu')]: ...

    @property
    def order(self) -> Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu')]: ...

    @property
    def clauses(self) -> Annotated[NDArray[numpy.bool_], dict(shape=(None, None), order='C', device='cpu')]: ...

    @property
    def points(self) -> Annotated[NDArray[numpy.int32], dict(shape=(None, None), order='C', device='cpu')]: ...

    @property
    def found(self) -> int:
        """Number of clauses that the last gathering found."""

    def place(self, box: Box) -> None:
        """Make the box what the set leaves."""

    def gather(self, box: Box, room: int, work: Workspace) -> int:
        """
        Add to the set until it holds (0), there is no room for more clauses (3), or it is given up (2).
        """

    def drop(self, box: Box, order: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], work: Workspace) -> int:
        """
        Drop variables of a set that holds while it still does: 0, or 2 if it is given up.
        """

def is_bad(problem: Problem, point: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], work: Workspace) -> bool:
    """
    Tell whether the model's own arithmetic decides outside O at a point that meets all clauses.
    """

def search(problem: Problem, box: Box, only: int, prefer: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], work: Workspace) -> int:
    """
    Look for an input outside O in the box, by one column or (-1) by all of them together.
    """

def box_holds(problem: Problem, box: Box, prefer: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], work: Workspace) -> int:
    """
    Answer whether some input in the box is outside O: NONE, FOUND (`work.point`) or UNKNOWN.
    """

def climb(problem: Problem, box: Box, start: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], seed: int, rounds: int, work: Workspace) -> int:
    """
    Climb towards an input outside O, at which all columns reach what they need: FOUND (`work.point`) or UNKNOWN.
    """

def alone_decides(problem: Problem, box: Box, work: Workspace) -> bool:
    """
    Tell whether the sums of the trees' exact best worths show that no input in the box is bad.
    """

def prove_cells(problem: Problem, box: Box, a: int, work: Workspace) -> Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu')]:
    """
    Tell of each cell of a listed attribute that the box bars whether nothing is bad with it alone, each tree on its own.
    """

class ProofLog:
    """A tree of boxes, written down in the order of a walk."""

    def __init__(self) -> None:
        """Begin with nothing."""

    @property
    def split(self) -> Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

    @property
    def kind(self) -> Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

    @property
    def way(self) -> Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

    @property
    def bound(self) -> Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

def prove(problem: Problem, box: Box, only: int, values: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)], start: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)], divisor: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)], single: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)], sign: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)], limit: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)], margin: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)], strict: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)], prefer: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], most: int, work: Workspace, log: ProofLog) -> int:
    """
    Write a proof that no input in the box meets a way out (-1: all together): NONE, FOUND or UNKNOWN.
    """

class Leaves:
    """
    The leaves of an ensemble, tree by tree, and room for a search over them.
    """

    def __init__(self, layout: Layout) -> None:
        """
        List the leaves, if all attributes are listed and there are not too many (else none).
        """

    @property
    def n(self) -> int:
        """Number of leaves."""

    @property
    def any(self) -> bool:
        """Whether there are leaves to search over."""

    def hold(self, problem: Problem, box: Box, work: Workspace) -> int:
        """
        Tell whether some input in the box is outside O: 0 (none is), 1 (``work.point`` is) or 2 (given up).
        """

def set_box(layout: Layout, box: Box, cells: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], kept: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)], late: bool) -> None:
    """
    Make the box what a closed set of elements leaves; `late`: it is settled later.
    """

def set_region(layout: Layout, box: Box, low: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], high: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], allowed: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)], late: bool) -> None:
    """
    Make the box a range for each interval attribute, and allowed cells for the others (not empty); `late`: it is settled later.
    """

def kept_in_box(layout: Layout, box: Box, kept: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu')]) -> None:
    """
    Write the closed set of elements that a box stands for (literals that all of its cells satisfy).
    """

def written_literals(layout: Layout, cells: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], kept: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu')]:
    """
    Tell of each literal of a closed set whether the others do not imply it.
    """

def path_depths(layout: Layout, cells: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu')]:
    """
    Return for each attribute the least depth at which a tree tests it on the instance's path (else 1e6).
    """

def set_point(layout: Layout, box: Box, cells: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], late: bool) -> None:
    """
    Make the box one of one cell an attribute; `late`: it is settled later.
    """

def settle(layout: Layout, box: Box, whole: bool) -> None:
    """
    Bring what trees can reach up to date after late changes; `whole`: by one sweep over all nodes.
    """

class GreedyBoxes:
    """The first of the shortest boxes of greedy runs."""

    def __init__(self, layout: Layout) -> None:
        """Make room for a box."""

    @property
    def lo(self) -> Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu')]: ...

    @property
    def hi(self) -> Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu')]: ...

    @property
    def runs(self) -> int:
        """How many runs were made."""

    @property
    def size(self) -> int:
        """Literals of the box (-1: there is none)."""

    @property
    def partial(self) -> bool:
        """Whether it is of a run that was cut short."""

def greedy_runs(problem: Problem, box: Box, orders: Annotated[NDArray[numpy.int32], dict(shape=(None, None), order='C', device='cpu', writable=False)], out: GreedyBoxes, work: Workspace) -> int:
    """
    Widen a box that the bounds alone decide in each of these orders of attributes, and keep the shortest.
    """

def shrink_literals(problem: Problem, box: Box, cells: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], kept: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu')], order: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], mode: int, guide: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu')], pool: Annotated[NDArray[numpy.int32], dict(shape=(None, None), order='C', device='cpu')], work: Workspace) -> int:
    """
    Widen a box that holds until no literal can be dropped, attributes in the given order: 0, or 2 (given up).
    """

def shrink_listed(problem: Problem, leaves: Leaves, box: Box, cells: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], kept: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu')], order: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], mode: int, guide: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu')], pool: Annotated[NDArray[numpy.int32], dict(shape=(None, None), order='C', device='cpu')], work: Workspace) -> int:
    """
    Do what ``shrink_literals`` does where all attributes are listed, with searches over leaves.
    """

def shrink_groups(problem: Problem, box: Box, cells: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], free: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu')], groups: Groups, order: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], mode: int, guide: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu')], pool: Annotated[NDArray[numpy.int32], dict(shape=(None, None), order='C', device='cpu')], work: Workspace) -> int:
    """
    Free whole groups of attributes one after another while the box holds: 0, or 2 (given up).
    """

def loss_of_groups(problem: Problem, box: Box, cells: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], groups: Groups, out: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu')], work: Workspace) -> int:
    """
    Write how much nearer the freedom of each group alone brings the bounds to being bad (0: not at all).
    """

def most_general(problem: Problem, box: Box, cells: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], open: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)], certain: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], mass: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)], first: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], scale: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)], log: bool, whole: bool, work: Workspace) -> tuple[int, float, float, int, int]:
    """
    Make a box that holds the heaviest one that does: 0 (proved) or 2 (given up), what it weighs, what none exceeds, and how many blocks and parts it took.
    """

class Walker:
    """A walk over all reasons of an ensemble, of literals or of features."""

    def __init__(self, question: ChangeQuestion, unit: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], cut: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], item_of: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], item_of_cell: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], groups: Groups, back: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], *, literals: bool, over_sufficient: bool, with_points: bool, most_put_off: int) -> None:
        """
        Items (by rank) have a unit, the attribute of a literal or the group of a feature, and a cut, or a cell (-1: a feature). Of what is put off, so many words are kept.
        """

    @property
    def walk(self) -> Walk:
        """Where it is, and what was found."""

    def begin(self, points: Annotated[NDArray[numpy.int32], dict(shape=(None, None), order='C', device='cpu', writable=False)]) -> None:
        """Make counterexamples that are as near as they can be the first edges."""

    def go_on(self, work: Workspace) -> int:
        """
        Go on until it has ended (0), there is something to read or enough was done (1), or it is given up (2).
        """

class ChosenChanges:
    """All contrastive reasons where the leaves of each tree decide."""

    def __init__(self, question: ChangeQuestion, order: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> None: ...

    @property
    def n_found(self) -> int:
        """Points that were written."""

    def go_on(self, points: Annotated[NDArray[numpy.int32], dict(shape=(None, None), order='C', device='cpu')], most: int, work: Workspace) -> int:
        """
        Write further points until there are no more (0), no more room or so many groups have chosen (1), or it is given up (2).
        """

class Conditions:
    """Tests 'feature operator threshold', and where they are true."""

    def __init__(self, feature: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], operation: Annotated[NDArray[numpy.int8], dict(shape=(None,), order='C', device='cpu', writable=False)], threshold: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)], missing: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> None: ...

    @property
    def feature(self) -> Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

    @property
    def operation(self) -> Annotated[NDArray[numpy.int8], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

    @property
    def threshold(self) -> Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

    @property
    def missing(self) -> Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

    def __len__(self) -> int: ...

    def __reduce__(self) -> tuple[object, ...]: ...

def is_listed(value: float, mask: float) -> bool:
    """Tell whether a value is one of the codes whose bits are set in a mask."""

class Tree:
    """A decision tree over conditions."""

    def __init__(self, literal: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], left: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], right: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], outcome: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> None: ...

    def outcome_at(self, truth: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> int:
        """Return the class index for the truth of the conditions."""

    def path(self, truth: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu')]:
        """
        Return the literals on an input's path, as they are true there, in their order.
        """

    def outcomes(self, conditions: Conditions, rows: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)]) -> Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu')]:
        """Return the class index of each row of values."""

    def walk_ranks(self, truth: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu')]:
        """
        Return the rank of each condition in the walk [subtree that agrees, node, other subtree].
        """

    def __reduce__(self) -> tuple[object, ...]: ...

class Ensemble:
    """An additive tree ensemble over conditions."""

    def __init__(self, root: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], literal: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], left: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], right: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], leaf: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], values: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)], base: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)], divisor: float, single: bool) -> None: ...

    def rows_at(self, truth: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu')]:
        """Return the row of `values` that each tree reaches."""

    def scores_at(self, truth: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu')]:
        """Return the scores for the truth of the conditions."""

    def add_up(self, rows: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu')]:
        """Return the scores of one row of `values` a tree, added in their order."""

    def passed(self, truth: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu')]:
        """Return the conditions that some tree tests on its way."""

    def scores(self, conditions: Conditions, rows: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)]) -> Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu')]:
        """Return the scores of each row of values, shape (m, n_outputs)."""

    def __reduce__(self) -> tuple[object, ...]: ...

def decide(scores: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)], link: int) -> int:
    """
    Return the first greatest score, or the first of the greatest probabilities that a softmax makes of them.
    """

def decide_rows(scores: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)], link: int) -> Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu')]:
    """Return `decide` of each row of scores."""

def softmax(scores: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)], link: int) -> Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu')]:
    """
    Return the softmax of scores as the library computes it: in single precision but for the sum, or in double.
    """

class Walk:
    """A walk over minimal hitting sets of a family that grows on the way."""

    def begin_turn(self, steps: int, most_sets: int) -> None:
        """Begin a turn of so many steps that finds so many sets at most."""

    def skip_edges(self) -> None:
        """Take all edges as read."""

    def read_sets(self) -> tuple[Annotated[NDArray[numpy.bool_], dict(shape=(None, None), order='C', device='cpu')], Annotated[NDArray[numpy.int32], dict(shape=(None, None), order='C', device='cpu')]]:
        """Return the sets of this turn as rows over the items, and their points."""

    def read_edges(self) -> tuple[Annotated[NDArray[numpy.bool_], dict(shape=(None, None), order='C', device='cpu')], Annotated[NDArray[numpy.int32], dict(shape=(None, None), order='C', device='cpu')]]:
        """
        Return the edges that were added since they were last read, by written items, and their points.
        """

    @property
    def n_edges(self) -> int:
        """How many edges are known."""

    @property
    def n_sets(self) -> int:
        """How many sets were found in this turn."""

    @property
    def tired(self) -> bool:
        """Whether the turn was as long as it may be."""

    @property
    def full(self) -> bool:
        """Whether there is no more memory for edges."""

class HittingSearch:
    """
    Sets of variables that hit all clauses and cost no more than a budget, one after another.
    """

    def __init__(self, prices: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> None:
        """Begin without clauses; each variable has its price."""

    def add(self, rows: Annotated[NDArray[numpy.bool_], dict(shape=(None, None), order='C', device='cpu', writable=False)]) -> None:
        """Add clauses: truth values of the variables, one row each."""

    def restart(self, budget: int) -> None:
        """Begin anew, with another budget."""

    def tighten(self, budget: int) -> None:
        """Go on with a smaller budget."""

    def step(self, nodes: int, clock: Clock) -> int:
        """
        Search on: FOUND (see `chosen`), NONE (there is no more), or UNKNOWN after so many nodes or at the limit.
        """

    def skip(self) -> None:
        """Leave the set that was found, and all that contain it."""

    def nodes_in(self, milliseconds: float) -> int:
        """
        Return how many nodes take about so long at least (by their size, so the same on every machine).
        """

    def guess(self, target: int, chosen: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu')], steps: int, seed: int, clock: Clock) -> bool:
        """
        Look by local search, from `chosen`, for a set that costs at most `target`; it replaces `chosen` if found.
        """

    @property
    def chosen(self) -> Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu')]:
        """The set that was found."""

    @property
    def outside(self) -> Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu')]:
        """The variables that are out where it was found."""

    @property
    def beyond(self) -> int:
        """
        After NONE: a lower bound of what a set costs that was left out because of the budget.
        """

    @property
    def nodes(self) -> int:
        """How many nodes were looked at so far."""

    NONE: int = 0

    FOUND: int = 1

    UNKNOWN: int = 2

def holds_same(now: dict[str, object], names: tuple[str, ...], values: tuple[object, ...]) -> bool:
    """Tell whether names lead to these very objects in a mapping."""

def depth_first(root: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], left: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], right: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu')]:
    """Return the nodes of all trees in the order node, left, right."""

def sigmoid32(margins: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu')]:
    """Return 1 / (1 + exp(-m)) of float32 margins as XGBoost computes it."""

def exp32(margins: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu')]:
    """Return exp(m) in float32."""

def log32(numbers: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu')]:
    """Return the logarithms of float32 numbers in float32."""

def logit32(numbers: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu')]:
    """Return -log(1 / p - 1) of float32 numbers in float32."""

def exp64(margins: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu')]:
    """Return exp(m)."""

def sigmoid64(margins: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)], slope: float) -> Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu')]:
    """Return 1 / (1 + exp(-slope * m)) as LightGBM computes it."""

def log1p_exp64(margins: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu')]:
    """Return log(1 + exp(m)) as LightGBM computes it."""

def signed_square64(margins: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu')]:
    """Return m * |m|."""

class CellTable:
    """The attributes of a space with all their cells numbered in one row."""

    def __init__(self, attribute_of: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], interval: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)], cell_base: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], cut: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], rising: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)], truth_at: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], truth: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> None: ...

class LeafBlocks:
    """What shuts out each unwanted leaf of an ensemble at an instance."""

    @property
    def tree(self) -> Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

    @property
    def start(self) -> Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

    @property
    def entry(self) -> Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

    @property
    def span(self) -> Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

    @property
    def cell(self) -> Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

def leaf_blocks(root: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], literal: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], left: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], right: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], leaf: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], table: CellTable, cells: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], wanted: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)], clock: Clock) -> LeafBlocks:
    """Return what shuts out each unwanted leaf; less if the clock was up."""

class LeafCover:
    """Leaves of trees, each shut out if one of its blocks is true."""

    def __init__(self, tree: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], start: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], block: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> None: ...

    @property
    def tree(self) -> Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

    @property
    def start(self) -> Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

    @property
    def block(self) -> Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

    def reduced(self, side: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], level: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], clock: Clock) -> LeafCover:
        """
        Return the leaves that are not shut out with others of their tree; fewer if the clock was up.
        """

    def forced(self, is_true: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu')]:
        """Tell for each tree whether every leaf has a block that is true."""

class ForcedCount:
    """How many trees a set of blocks forces."""

    def __init__(self, leaves: LeafCover, n_blocks: int) -> None: ...

    def begin(self, is_true: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> int:
        """
        Start from the blocks that are true, and return how many trees they force.
        """

    def give_up(self, blocks: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], needed: int) -> bool:
        """
        Make true blocks false if so many trees stay forced, and tell whether that was done.
        """

class CheapestFirst:
    """The sets of a family one by one, cheapest first."""

    def next(self) -> tuple[float, Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu')]] | None:
        """
        The next cost, and its set of elements (ascending); None if there is none.
        """

class Diagram:
    """A finished decision diagram."""

    @property
    def n_nodes(self) -> int: ...

    @property
    def nodes(self) -> Annotated[NDArray[numpy.int32], dict(shape=(None, None), order='C', device='cpu')]:
        """
        Variable, low and high child of each node, children first; 0 and 1 are the terminals (of a constant alone).
        """

    @property
    def is_bottom(self) -> bool:
        """Whether it is the constant without a model."""

    def magnitude(self, clock: Clock) -> float | None:
        """
        The number of paths to the terminal 1, in floating point; None if time is up.
        """

    def count_sets(self, primes: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], group: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], n_groups: int, clock: Clock) -> Annotated[NDArray[numpy.uint64], dict(shape=(None, None), order='C', device='cpu')] | None:
        """
        The number of sets (column 0), and of those with a variable of each group, modulo 2^64 and each prime.
        """

    def count_models(self, primes: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], clock: Clock) -> Annotated[NDArray[numpy.uint64], dict(shape=(None,), order='C', device='cpu')] | None:
        """The number of models over all variables, modulo 2^64 and each prime."""

    def cheapest_first(self, element: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], cost: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> CheapestFirst:
        """
        List the sets of a family by the sum of the non-negative costs of their elements.
        """

class FamilyBuild:
    """The minimal closed hitting sets of edges, being built."""

    def __init__(self, start: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], member: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], parent: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], joint_start: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], joint_member: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], hint: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> None: ...

    def go_on(self, node_limit: int, clock: Clock) -> Diagram:
        """
        The family; None if so many nodes do not suffice or time is up (call again to go on).
        """

    @property
    def n_nodes(self) -> int: ...

    @property
    def element(self) -> Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu')]: ...

class ModelBuild:
    """The models of a conjunction of clauses, being gathered."""

    def __init__(self, start: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], member: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], positive: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)], n_variables: int) -> None: ...

    def go_on(self, node_limit: int, clock: Clock) -> Diagram:
        """
        The models; None if so many nodes do not suffice or time is up (call again to go on).
        """

    @property
    def n_nodes(self) -> int: ...

class Listing:
    """Minimal closed hitting sets that are listed one by one, to count them."""

    def __init__(self, start: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], member: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], parent: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], group: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], n_groups: int) -> None: ...

    def go_on(self, node_limit: int, clock: Clock) -> bool:
        """
        Go on until all sets are listed (True), so many nodes are visited in all, or time is up (False).
        """

    @property
    def total(self) -> int: ...

    @property
    def n_nodes(self) -> int: ...

    def each(self) -> Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu')]:
        """How many sets have each element."""

    def grouped(self) -> Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu')]:
        """How many sets have an element of each group."""

class UnitProblem:
    """A cheapest hitting set of edges over units, by branch and bound."""

    def __init__(self, start: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], member: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], cost: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> None: ...

    def search(self, node_limit: int, clock: Clock) -> None:
        """
        Search on until the best set is proved, so many nodes are visited, or time is up.
        """

    def chosen(self) -> Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu')]:
        """The units of the best hitting set found."""

    @property
    def upper(self) -> int: ...

    @property
    def lower(self) -> int: ...

class Edges:
    """Sets that every reason must hit, over a forest of local elements."""

    def __init__(self, ids: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], parent: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], start: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], member: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], source: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> None: ...

    @property
    def ids(self) -> Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

    @property
    def parent(self) -> Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

    @property
    def start(self) -> Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

    @property
    def member(self) -> Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

    @property
    def source(self) -> Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)]: ...

    def __len__(self) -> int: ...

    def minimal_set(self, cost: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)], within: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)] | None = None) -> Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu')] | None:
        """
        Return a minimal closed set that hits all edges (within one), as marks; None if there is none.
        """

    def minimal_elements(self) -> Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu')] | None:
        """
        Return the written global elements of a minimal closed set that hits all edges; None if there is none.
        """

    @property
    def chains(self) -> bool:
        """Whether the forest is made of chains only."""

    def cheapest(self, cost: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], node_limit: int, clock: Clock) -> tuple[Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu')], int] | None:
        """
        Return the written elements of a cheapest closed set that hits all edges, and its cost; None if that is not proved over so many nodes or in time.
        """

    @property
    def hopeless(self) -> bool:
        """Whether nothing hits one of them."""

    def written(self, kept: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu')]:
        """Return the global elements of a closed set that no others in it imply."""

    def reduced(self, clock: Clock) -> tuple[Edges, Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu')]] | None:
        """
        Return the edges that no others make redundant, smallest first, and the old numbers of their elements; None if the clock was up.
        """

    def singles(self) -> Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu')]:
        """
        Return the global elements that are written in every closed set that hits all edges.
        """

def read_finite(rows: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)], single: bool) -> Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu')] | None:
    """
    Return a copy of numbers (rounded to float32 if `single`); None if one of them is not finite.
    """

class Space:
    """The domain of a model as a product of attributes."""

    def __init__(self, conditions: Conditions, base: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], literal: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], owner: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], interval: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)], feature: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], element: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], n_features: int, chained: bool) -> None: ...

    @property
    def conditions(self) -> Conditions: ...

    @property
    def all_interval(self) -> bool:
        """Whether cuts describe all attributes."""

    def truth(self, row: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu')]:
        """Return the truth of each condition on a row of values."""

    def cells(self, truth: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu')]:
        """
        Return the cell of each attribute that cuts describe, 0 for the others.
        """

    def place(self, row: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> tuple[Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu')], Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu')]]:
        """
        Return the truth of each condition on a row of values, and its cells as `cells` does.
        """

    def non_implied(self, truth: NDArray[numpy.bool_], cells: NDArray[numpy.int32], literals: NDArray[numpy.int32]) -> tuple[int, ...]:
        """
        Return those of some literals that imply the others, where cuts describe all attributes, in their order.
        """

    def literals(self, truth: NDArray[numpy.bool_], elements: NDArray[numpy.int32]) -> tuple[int, ...]:
        """
        Return the literals of elements as they are true at an instance, in the order of their numbers.
        """

    def __reduce__(self) -> tuple[object, ...]: ...

class LeafTable:
    """The leaves of trees as boxes of cells."""

    def __init__(self, start: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], attribute: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], low: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], high: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], first: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], cells: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], outcome: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> None: ...

    def __len__(self) -> int: ...

    def first_reached(self, good: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)], low: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], high: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], allowed: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)], base: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> int:
        """
        Return the first leaf with an outcome outside O that meets a region, or -1.
        """

    def __reduce__(self) -> tuple[object, ...]: ...

def edges_of_ranges(space: Space, leaves: LeafTable, cells: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], good: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)], per_feature: bool, banned: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> Edges:
    """
    Return the edges of all leaves with an outcome outside O, where cuts describe all attributes.
    """

def edges_of_cells(space: Space, leaves: LeafTable, cells: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], good: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)], per_feature: bool, banned: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)], base: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], own: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], up: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], limit: int) -> Edges | None:
    """
    Return the edges of all leaves, one for each choice of a nearest cell; None if there would be too many.
    """

def changes_of_literals(space: Space, truth: NDArray[numpy.bool_], edges: Edges) -> list[tuple[tuple[int, ...], int]]:
    """
    Return the literals of each edge and its number, the shortest first, then by the numbers of literals.
    """

def explain_rows(space: Space, tree: Tree, leaves: LeafTable, rows: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)], banned: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)], clock: Clock) -> tuple[Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu')], Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu')], Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu')]]:
    """
    Return the class of each row, where its reason ends, and the literals of all reasons (a 0: there is none).
    """

class Placed:
    """A row in a space."""

    def __init__(self, row: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)], truth: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)], cells: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> None: ...

    @property
    def row(self) -> Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu')]: ...

    @property
    def truth(self) -> Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu')]: ...

    @property
    def cells(self) -> Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu')]: ...

def take(space: Space, array: object, width: int, single: bool) -> Placed | None:
    """
    Place an array that is one row of finite float64 or float32 numbers, as they are or rounded to float32; None if it is something else.
    """

class TreeQuestion:
    """A tree in a domain, and what no reason may use."""

    def __init__(self, space: Space, tree: Tree, leaves: LeafTable, banned: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)], per_feature: bool) -> None: ...

    def ask(self, placed: Placed) -> Asked:
        """Return what answers questions about an instance."""

class Asked:
    """
    What is asked of a tree about its decision at an instance, by one thread at a time.
    """

    @property
    def outcome(self) -> int:
        """The class that the tree decides for."""

    @property
    def edges(self) -> Edges:
        """The edges of all leaves of other classes."""

    @property
    def reduced(self) -> Edges:
        """The edges that no others make redundant."""

    def sufficient(self) -> tuple[int, ...] | None:
        """
        Return the literals (features) of one sufficient reason; None if there is none.
        """

    def necessary(self) -> tuple[int, ...]:
        """Return what every sufficient reason is written with."""

    def relevant(self) -> tuple[int, ...]:
        """Return what some sufficient reason is written with."""

    def changes(self) -> list[tuple[tuple[int, ...], int]]:
        """
        Return what each reduced edge is made of and its number, the shortest first, then by their items.
        """

class CellMasses:
    """Masses of cells as whole numbers, 32 bits a column, least first."""

    def __init__(self, mass: Annotated[NDArray[numpy.uint32], dict(shape=(None, None), order='C', device='cpu', writable=False)], at: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> None: ...

class Chances:
    """How much of the mass of a box leaves the model in O."""

    def __init__(self, leave: Problem, stay: Problem, masses: CellMasses, lo: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], hi: Annotated[NDArray[numpy.int32], dict(shape=(None,), order='C', device='cpu', writable=False)], allowed: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> None: ...

    def go_on(self, boxes: int, clock: Clock) -> int:
        """
        Decide or split so many boxes: 0 (nothing is open), 1 (there is more to do) or 2 (time is up).
        """

    @property
    def n_decided(self) -> int:
        """Number of boxes that were decided."""

    def masses(self) -> tuple[bytes, ...]:
        """
        Return the masses of the box, and of what is inside O, outside, in doubt, and broken by a clause, each as the bytes of a whole number, least first.
        """

    def take_doubts(self) -> list[tuple[list[int], bytes]]:
        """
        Return what came into doubt since the last call: an input of each box, and its mass.
        """

def points_say(leave: Problem, stay: Problem, points: Annotated[NDArray[numpy.int32], dict(shape=(None, None), order='C', device='cpu', writable=False)]) -> Annotated[NDArray[numpy.int8], dict(shape=(None,), order='C', device='cpu')]:
    """
    Tell of points of cells whether they are in O (1), not (0), in doubt (2), or break a clause (3).
    """

class Descent32:
    """
    Steps of rows under way; it reads and writes the arrays that it is given.
    """

    def __init__(self, *, origin: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu', writable=False)], near_lo: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu', writable=False)], near_hi: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu', writable=False)], far_lo: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu', writable=False)], far_hi: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu', writable=False)], wanted: Annotated[NDArray[numpy.bool_], dict(shape=(None, None), order='C', device='cpu', writable=False)], others: Annotated[NDArray[numpy.bool_], dict(shape=(None, None), order='C', device='cpu', writable=False)], row: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], c: Annotated[NDArray[numpy.float32], dict(shape=(None,), order='C', device='cpu', writable=False)], k: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu')], a: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu')], y: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu')], moved: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu')], ahead: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu')], hit: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu')], best: Annotated[NDArray[numpy.float32], dict(shape=(None,), order='C', device='cpu')], near: Annotated[NDArray[numpy.float32], dict(shape=(None,), order='C', device='cpu')], stale: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu')], scale: Annotated[NDArray[numpy.float32], dict(shape=(None,), order='C', device='cpu', writable=False)], places: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu')], ended: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu')], state: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu')], total: Annotated[NDArray[numpy.float32], dict(shape=(None,), order='C', device='cpu')], found_c: Annotated[NDArray[numpy.float32], dict(shape=(None,), order='C', device='cpu')], nearest: Annotated[NDArray[numpy.float32], dict(shape=(None,), order='C', device='cpu')], iterations: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu')], rates: Annotated[NDArray[numpy.float32], dict(shape=(None,), order='C', device='cpu', writable=False)], beta: float, gamma: float, least_slope: float, most_slope: float, kappa: float, rounding: float, patience: int) -> None: ...

    def move(self, slope: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu', writable=False)], pull: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu', writable=False)] | None = None) -> None:
        """Step from y: write `moved` and `ahead`."""

    def look(self, scores: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu', writable=False)], states: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu', writable=False)], steep: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)] | None = None) -> int:
        """
        Take over the step; return how many states are to be judged, the first of `places`.
        """

    def judge(self, scores: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu', writable=False)]) -> int:
        """Keep the places with valid scores; return how many."""

    def accept(self, states: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu', writable=False)], errors: Annotated[NDArray[numpy.float32], dict(shape=(None,), order='C', device='cpu', writable=False)] | None = None) -> None:
        """Take over what is better at the places."""

    def finish(self) -> int:
        """Mark the rows that `ended` their round; return how many."""

class Descent64:
    """
    Steps of rows under way; it reads and writes the arrays that it is given.
    """

    def __init__(self, *, origin: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)], near_lo: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)], near_hi: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)], far_lo: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)], far_hi: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)], wanted: Annotated[NDArray[numpy.bool_], dict(shape=(None, None), order='C', device='cpu', writable=False)], others: Annotated[NDArray[numpy.bool_], dict(shape=(None, None), order='C', device='cpu', writable=False)], row: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], c: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)], k: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu')], a: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu')], y: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu')], moved: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu')], ahead: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu')], hit: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu')], best: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu')], near: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu')], stale: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu')], scale: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)], places: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu')], ended: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu')], state: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu')], total: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu')], found_c: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu')], nearest: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu')], iterations: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu')], rates: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)], beta: float, gamma: float, least_slope: float, most_slope: float, kappa: float, rounding: float, patience: int) -> None: ...

    def move(self, slope: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)], pull: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)] | None = None) -> None:
        """Step from y: write `moved` and `ahead`."""

    def look(self, scores: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)], states: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)], steep: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order='C', device='cpu', writable=False)] | None = None) -> int:
        """
        Take over the step; return how many states are to be judged, the first of `places`.
        """

    def judge(self, scores: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)]) -> int:
        """Keep the places with valid scores; return how many."""

    def accept(self, states: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)], errors: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)] | None = None) -> None:
        """Take over what is better at the places."""

    def finish(self) -> int:
        """Mark the rows that `ended` their round; return how many."""

def excess_of32(scores: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu', writable=False)], wanted: Annotated[NDArray[numpy.bool_], dict(shape=(None, None), order='C', device='cpu', writable=False)], others: Annotated[NDArray[numpy.bool_], dict(shape=(None, None), order='C', device='cpu', writable=False)], kappa: float, rounding: float) -> Annotated[NDArray[numpy.float32], dict(shape=(None,), order='C', device='cpu')]:
    """Return by how much margins exceed `kappa` and a rounding error."""

def loss_slope32(scores: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu', writable=False)], wanted: Annotated[NDArray[numpy.bool_], dict(shape=(None, None), order='C', device='cpu', writable=False)], others: Annotated[NDArray[numpy.bool_], dict(shape=(None, None), order='C', device='cpu', writable=False)], kappa: float) -> Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu')]:
    """Return the loss of margins differentiated by the scores."""

@overload
def all_finite(numbers: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu', writable=False)]) -> bool: ...

@overload
def all_finite(numbers: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)]) -> bool:
    """Whether all are finite numbers."""

def cheapest_change32(beta: float, g: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu', writable=False)], h: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu', writable=False)], e: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu', writable=False)], lo: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu', writable=False)], hi: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu', writable=False)], needed: Annotated[NDArray[numpy.float32], dict(shape=(None,), order='C', device='cpu', writable=False)], damping: Annotated[NDArray[numpy.float32], dict(shape=(None,), order='C', device='cpu', writable=False)], growths: int, steps: int) -> Annotated[NDArray[numpy.float32], dict(shape=(None, None), order='C', device='cpu')]:
    """Return the cheapest change of each row under one linear condition."""

def excess_of64(scores: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)], wanted: Annotated[NDArray[numpy.bool_], dict(shape=(None, None), order='C', device='cpu', writable=False)], others: Annotated[NDArray[numpy.bool_], dict(shape=(None, None), order='C', device='cpu', writable=False)], kappa: float, rounding: float) -> Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu')]:
    """Return by how much margins exceed `kappa` and a rounding error."""

def loss_slope64(scores: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)], wanted: Annotated[NDArray[numpy.bool_], dict(shape=(None, None), order='C', device='cpu', writable=False)], others: Annotated[NDArray[numpy.bool_], dict(shape=(None, None), order='C', device='cpu', writable=False)], kappa: float) -> Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu')]:
    """Return the loss of margins differentiated by the scores."""

def cheapest_change64(beta: float, g: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)], h: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)], e: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)], lo: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)], hi: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)], needed: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)], damping: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)], growths: int, steps: int) -> Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu')]:
    """Return the cheapest change of each row under one linear condition."""
