"""The code on the page runs as printed, and its table names the functions of the protocol."""

import doctest
import inspect
import re

from suffice.encoders.encoder import Encoder

from tests.house.layout import ROOT

PAGE = ROOT / "docs" / "add-a-model.md"


def test_the_page_runs_as_printed():
    outcome = doctest.testfile(str(PAGE), module_relative=False)
    assert (outcome.failed, outcome.attempted) == (0, 7)


def test_the_table_names_the_functions_of_an_encoder():
    named = re.findall(r"^\| `(\w+)[(`]", PAGE.read_text(encoding="utf-8"), re.M)
    functions = [
        name for name, value in vars(Encoder).items() if inspect.isfunction(value) and not name.startswith("_")
    ]
    assert named == [*functions, "TRAITS"]
