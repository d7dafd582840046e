"""A kit that shows whether a backend keeps the protocols; for our own backends and for anybody's.

With pytest, in a test module of yours::

    from suffice.solvers.conformance import SatConformance

    class TestMine(SatConformance):
        def make(self):
            return MyBackend()

Without it, ``run(MyBackend())`` returns a report. A check that needs a capability which the backend does not
declare is skipped. pytest is not needed to import this package.
"""

from ._common import Conformance, Report, run
from .counter import CounterConformance
from .hitting import HittingConformance
from .maxsat import MaxSatConformance
from .mip import MipConformance
from .sat import SatConformance

__all__ = [
    "Conformance",
    "CounterConformance",
    "HittingConformance",
    "MaxSatConformance",
    "MipConformance",
    "Report",
    "SatConformance",
    "run",
]
