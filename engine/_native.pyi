"""
The compiled core: searches, sums and hitting sets. Its arrays are numpy arrays of exactly the types told.
"""



class Clock:
    """The stop flag and clock that every loop of a query looks at."""

    def __init__(self) -> None: ...

    def begin(self, seconds: float) -> None:
        """Start anew: work may go on for so many seconds."""

    def stop(self) -> None:
        """Make all loops stop."""

    @property
    def timed_out(self) -> bool:
        """Whether time was up."""

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
