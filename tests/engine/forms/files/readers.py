"""The readers of texts and files, each with the form that it makes."""

from suffice.engine.forms import Cnf, Linear, Wcnf
from suffice.engine.forms.files import dimacs, lp, mps, opb


def from_dimacs(text):
    return dimacs.from_dimacs(text, Cnf.from_clauses)


def from_wcnf(text):
    return dimacs.from_wcnf(text, Wcnf.from_clauses)


def from_lp(text):
    return lp.from_lp(text, Linear.build)


def from_mps(text):
    return mps.from_mps(text, Linear.build)


def from_opb(text):
    return opb.from_opb(text, Linear.build)
