"""What searches answer, and how far widening goes, in the core's numbers."""

from typing import Final

NONE: Final = 0  # proved: there is nothing
FOUND: Final = 1
UNKNOWN: Final = 2  # given up

ALONE: Final = 0  # the bounds of the whole box decide: what each tree on its own can still do
QUICK: Final = 1  # what the bounds allow is dropped
EXACT: Final = 2  # searches decide
