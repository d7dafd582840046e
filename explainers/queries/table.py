"""All queries as data: what they are called, what they take, who answers them, and why others do not.

A row says everything once; ``offered`` reads it for error texts, ``docs/queries.md`` is written from it, and
``tests/house/test_queries.py`` compares it with the methods of all families. A new query is a row here and a method in
the facet that the row names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

FAMILIES: Mapping[str, str] = {  # a family -> what an explainer of it explains
    "tree": "a decision tree",
    "forest": "a forest",
    "boosted": "boosted trees, regressors and sums",
    "composed": "a model of models: calibrated, voting, stacked",
    "multilabel": "a model of several labels",
    "surrogate": "a surrogate of any function",
}
NOT_OF_A_ROW = ("ranges", "labels", "pictures", "rows", "domain", "words")  # facets that a batch does not ask
Why = Mapping[str, str]  # a family -> why it has none, and what to do instead


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """A query, as all families know it.

    Attributes
    ----------
    name : str
        The method.
    facet : str
        The group that it belongs to.
    says : str
        What it answers, in one line.
    takes : str
        What all families together take, as Python writes the arguments of a function.
    absent : mapping from family to str
        Families without the query: why, and what to ask instead. A surrogate has the queries of what it was made of,
        unless it is named here.
    lacks : mapping from argument to (mapping from family to str)
        Families that answer without an argument: why, and what to do instead.
    otherwise : mapping from family to str
        Families in which arguments have other defaults, which are written as in `takes`.
    kept : tuple of str
        Arguments that are rows of data, which the query reads once for many instances: it takes a ``Kept``.
    """

    name: str
    facet: str
    says: str
    takes: str = ""
    absent: Why = field(default_factory=dict)
    lacks: Mapping[str, Why] = field(default_factory=dict)
    otherwise: Why = field(default_factory=dict)
    kept: tuple[str, ...] = ()


def but(why: str, *families: str) -> dict[str, str]:
    """Return the same reason for some families."""
    return dict.fromkeys(families, why)


_TRAINED = ("tree", "forest", "boosted", "composed")  # families of one label
_ONE = but("it is for models of several labels: leave it out", *_TRAINED)
_LABELS = {"labels": _ONE}
_MODES = {"labels": _ONE, "mode": _ONE}
_CHANGE = {"flip": _ONE, "labels": _ONE, "others": _ONE}
_SEVERAL = but("the model has one label: there is nothing to compare it with", *_TRAINED)
_PICTURE = but("it draws several labels: draw_statements of suffice.explainers.report.TEMPLATE draws any reason",
               *_TRAINED)  # fmt: skip

_MANY = "n=1, time_limit=None, over='literals', solver=None"
_ALLOWED = "immutable=(), monotone=None"
_WHOLE = f"*, target=None, flip=None, labels=None, others='free', {_MANY}, {_ALLOWED}"
_PAIR = "label, other, *, given=(), time_limit=None"
_WEIGHED = "weights=None, features_partition=None"
_CHECK = "over='literals', n_samples=None, time_limit=None"

_VOTES: Why = {
    "tree": "a single tree is its own majority: ask for sufficient_reason instead",
    "boosted": "boosted trees and regressors do not vote: ask for tree_specific_reason instead",
    "composed": "members decide together by numbers, not by votes of trees: ask for sufficient_reason instead",
    "multilabel": "several models vote, each for its labels: ask for sufficient_reason, or explain one label's forest",
}
_WORST: Why = {
    "tree": "a single tree's worst leaf is its decision: ask for sufficient_reason instead",
    "forest": "the trees of a forest vote: ask for majoritary_reason instead",
    "composed": "trees of several members have no worst case on their own: ask for sufficient_reason instead",
    "multilabel": "each label has trees of its own: ask for sufficient_reason, or explain one label's model",
}
_SCORES = but("it is about numbers, and this model gives classes: is_implicant tells which of them is possible",
              "tree", "forest", "composed", "multilabel")  # fmt: skip
_COUNTED = but("its reasons are counted while they are found, no formula has them as models: leave it out",
               "forest", "boosted", "composed", "multilabel")  # fmt: skip
_WRITTEN = but("what members' functions make of sums is no formula: is_reason proves reasons instead", "composed")
_PROGRAMS = {**but("the labels have a program each: export that of a label's own model", "multilabel"), **_WRITTEN}
_PREDICTION = but("name the outcome with prediction=", *_TRAINED)
_CLASSES = "labels have names in a model of several: set the classes of this one when it is fitted"
_ALONE = but("each label decides on its own: ask the explainer of one label's model", "multilabel")
_NEAR = but("it is faithful near its instance alone: make another one for other rows", "surrogate")

_SUFFICIENT = (
    Query("sufficient_reason", "sufficient", "one, several or all minimal sets of literals (features) that force the "
          "outcome", f"*, labels=None, mode='exact', {_MANY}", lacks=_MODES),
    Query("sufficient_reasons", "sufficient", "all of them, one after the other",
          "*, labels=None, mode='exact', time_limit=None, over='literals', solver=None", lacks=_MODES),
    Query("minimal_sufficient_reason", "sufficient", "those with the fewest literals (features)",
          f"*, labels=None, {_MANY}", lacks=_LABELS),
    Query("preferred_sufficient_reason", "sufficient", "those with the least sum of weights",
          f"*, method, labels=None, {_MANY}, {_WEIGHED}", lacks=_LABELS),
    Query("necessary_literals", "sufficient", "literals of every sufficient reason", "*, labels=None, time_limit=None",
          lacks=_LABELS),
    Query("relevant_literals", "sufficient", "literals of some sufficient reason", "*, labels=None, time_limit=None",
          lacks=_LABELS),
    Query("necessary_features", "sufficient", "features of every sufficient reason over features",
          "*, labels=None, time_limit=None", lacks=_LABELS),
    Query("relevant_features", "sufficient", "features of some sufficient reason over features",
          "*, labels=None, time_limit=None", lacks=_LABELS),
    Query("direct_reason", "sufficient", "the literals on the paths of the instance", "*, labels=None", lacks=_LABELS),
)  # fmt: skip

_GENERAL = (
    Query("most_general_reason", "boxes", "the largest box around the instance on which the decision never changes",
          "*, weight='cells', data=None, reason=None, row=None, time_limit=None", absent=_ALONE),
    Query("anchored_reason", "boxes", "a sufficient reason that covers so many reference rows with the predicted label",
          "*, n_anchors=2, reference_instances=None, type_references='normal', check=False, time_limit=None",
          absent=_ALONE),
    Query("most_anchored_reason", "boxes", "one that covers as many of them as can be",
          "*, type_references='normal', check=False, time_limit=None", absent=_ALONE),
    Query("group_reason", "boxes", "one sufficient reason for the instance and all of some rows",
          "rows, *, time_limit=None", absent=_ALONE),
)  # fmt: skip

_CONTRASTIVE = (
    Query("contrastive_reason", "contrastive", "one, several or all minimal sets whose change can change the outcome",
          f"{_WHOLE}, mode='exact'", lacks={**_CHANGE, "mode": _ONE}),
    Query("contrastive_reasons", "contrastive", "all of them, one after the other",
          "*, target=None, flip=None, labels=None, others='free', mode='exact', time_limit=None, over='literals', "
          f"solver=None, {_ALLOWED}", lacks={**_CHANGE, "mode": _ONE}),
    Query("minimal_contrastive_reason", "contrastive", "those with the fewest literals (features), or the nearest "
          "change", f"{_WHOLE}, distance=None, weights=None", lacks=_CHANGE),
)  # fmt: skip

_PLANS = (
    Query("recourse", "recourse", "the cheapest plan with which the model decides as wanted, within what may change",
          "*, target=None, avoid=None, score=None, margin=0.0, immutable=(), monotone=None, ranges=None, steps=None, "
          "moves=None, missing=None, at_most=None, together=(), rules=(), linear=(), cost='l1', scale=None, "
          "prices=None, fixed=0.0, data=None, within_data=False, support=0, density=None, plausible=(), also=(), "
          "leaf_change=0.0, slack=None, n=1, differ=1, rounded=False, time_limit=None",
          absent=but("a plan has to hold for the model itself: contrastive_reason tells changes of the surrogate",
                     "surrogate"), kept=("data",)),
)  # fmt: skip

_CHECKS = (
    Query("is_implicant", "checks", "do literals force an outcome, at the instance or not?",
          "reason, *, labels=None, target=None, prediction=None, time_limit=None",
          lacks={"labels": _ONE, "target": _PREDICTION}),
    Query("is_reason", "checks", "do literals (features) of the instance force the outcome?",
          f"reason, *, labels=None, {_CHECK}", lacks=_LABELS),
    Query("is_sufficient_reason", "checks", "do they, and can none be weakened?",
          f"reason, *, labels=None, {_CHECK}", lacks=_LABELS),
    Query("is_contrastive_reason", "checks", "can changing them change the outcome, and changing fewer cannot?",
          f"reason, *, target=None, flip=None, labels=None, others='free', {_CHECK}", lacks=_CHANGE),
    Query("is_majoritary_reason", "checks", "do they force more than half of the trees, and can none be weakened?",
          f"reason, *, {_CHECK}, k=None", absent=_VOTES),
    Query("is_tree_specific_reason", "checks", "do they force the outcome with each tree on its own?",
          "reason, check_minimal_inclusion=False, *, theta=0.0, over='literals', time_limit=None", absent=_WORST),
    Query("confirm", "checks", "does the function itself bear a reason of its surrogate out?", "reason",
          absent=but("the reasons of a model itself are proved: is_reason and is_contrastive_reason check them",
                     *_TRAINED, "multilabel")),
)  # fmt: skip

_HOW = "labels=None, distribution='data', data=None, over='literals', time_limit=None"
_OF_FUNCTION = but("it would be the chance of the surrogate, not of its model: is_reason of it is exact there",
                   "surrogate")  # fmt: skip

_CHANCES = (
    Query("precision", "chances", "how likely an input that agrees with a reason has the same outcome",
          f"reason, *, {_HOW}", absent=_OF_FUNCTION, lacks=_LABELS),
    Query("probable_reason", "chances", "a locally minimal set that forces the outcome with a chance of at least delta",
          f"*, delta=0.95, {_HOW}", absent=_OF_FUNCTION, lacks=_LABELS),
    Query("minimal_probable_reason", "chances", "one with the fewest literals (features)", f"*, delta=0.95, {_HOW}",
          absent=_OF_FUNCTION, lacks=_LABELS),
    Query("probable_majoritary_reason", "chances", "a set with which a majority of the trees is likely to vote as now",
          "*, delta=0.95, distribution='data', data=None, over='literals', time_limit=None",
          absent={**_VOTES, **_OF_FUNCTION}),
)  # fmt: skip

_AWAY = "radius, norm='linf', *, labels=None, weights=None, over='literals', time_limit=None"
_AWAY_CHANGE = ("radius, norm='linf', *, target=None, flip=None, labels=None, others='free', weights=None, "
                "over='literals', immutable=(), monotone=None, time_limit=None")  # fmt: skip
_OF_BORDERS = but("distances would be those to the surrogate's borders: ask explainer.explainer, if it is meant",
                  "surrogate")  # fmt: skip

_NEARNESS = (
    Query("restricted_reason", "nearness", "a minimal set that forces the outcome of all inputs up to a distance",
          _AWAY, absent=_OF_BORDERS, lacks=_LABELS),
    Query("minimal_restricted_reason", "nearness", "one with the fewest literals (features)", _AWAY, absent=_OF_BORDERS,
          lacks=_LABELS),
    Query("restricted_contrastive_reason", "nearness", "a minimal set whose change within a distance can change the "
          "outcome", _AWAY_CHANGE, absent=_OF_BORDERS, lacks=_CHANGE),
    Query("minimal_restricted_contrastive_reason", "nearness", "one with the fewest literals (features)", _AWAY_CHANGE,
          absent=_OF_BORDERS, lacks=_CHANGE),
    Query("reach", "nearness", "the largest distance within which literals (features) force the outcome",
          "reason, norm='linf', *, labels=None, weights=None, over='literals', time_limit=None", absent=_OF_BORDERS,
          lacks=_LABELS),
)  # fmt: skip

_SHARES = (
    Query("attribution", "shares", "in which share of the sufficient reasons each feature (literal) is",
          "*, kind='ffa', labels=None, over='features', shap=None, time_limit=None", lacks=_LABELS),
    Query("scores", "shares", "what each feature is worth in the game of sufficiency",
          "*, kind='shapley', labels=None, n_samples=None, seed=0, shap=None, time_limit=None", lacks=_LABELS),
)  # fmt: skip

_COUNTS = (
    Query("n_sufficient_reasons", "counts", "how many sufficient reasons there are",
          "*, labels=None, time_limit=None, over='literals', solver=None", lacks={**_LABELS, "solver": _COUNTED}),
    Query("n_sufficient_reasons_per_literal", "counts", "how many of them are written with each literal",
          "*, labels=None, time_limit=None", lacks=_LABELS),
    Query("n_sufficient_reasons_per_feature", "counts", "how many of them speak of each feature",
          "*, labels=None, time_limit=None, over='literals'", lacks=_LABELS),
)  # fmt: skip

_OF_TREES = (
    Query("majoritary_reason", "majoritary", "minimal sets that force more than half of the trees (k of them), each on "
          "its own", "*, n=1, n_iterations=50, time_limit=None, seed=0, over='literals', k=None", absent=_VOTES),
    Query("minimal_majoritary_reason", "majoritary", "those with the fewest literals (features)", f"*, {_MANY}, k=None",
          absent=_VOTES),
    Query("preferred_majoritary_reason", "majoritary", "those with the least sum of weights",
          f"*, method, {_MANY}, {_WEIGHED}, k=None", absent=_VOTES),
    Query("tree_specific_reason", "tree-specific", "a minimal set that forces the outcome with each tree on its own",
          "*, n_iterations=50, time_limit=None, seed=0, history=True, theta=0.0, over='literals'", absent=_WORST),
    Query("model_specific_reason", "tree-specific", "of a linear model: features that force the outcome however the "
          "others lie between their bounds", "*, n_iterations=50, time_limit=None, seed=0, history=True, "
          "over='features'", absent=_WORST),
    Query("minimal_tree_specific_reason", "tree-specific", "one with the fewest literals (features)",
          "*, time_limit=None, over='literals', solver=None", absent=_WORST),
    Query("minimal_tree_specific_reasons", "tree-specific", "several of them, or all",
          "*, n=10, time_limit=None, over='literals', solver=None", absent=_WORST),
    Query("extremum_range", "ranges", "the least and the greatest number that any input gets", "*, time_limit=None",
          absent=_SCORES),
    Query("range_for_partial_instance", "ranges", "the same, for the completions of a partial instance",
          "partial, *, time_limit=None", absent=_SCORES),
)  # fmt: skip

_OF_LABELS = (
    Query("implies", "labels", "does every input with one label have the other?", _PAIR, absent=_SEVERAL),
    Query("equivalent", "labels", "do two labels always hold together?", _PAIR, absent=_SEVERAL),
    Query("exclusive", "labels", "do two labels never hold together?", _PAIR, absent=_SEVERAL),
    Query("co_occur", "labels", "does some input have all of these labels?", "*labels, given=(), time_limit=None",
          absent=_SEVERAL),
    Query("reasons_subsumed", "labels", "do the reasons for one label at the instance force the other?",
          "label, other, *, time_limit=None", absent=_SEVERAL),
    Query("label_graph", "labels", "all these relations as a graph",
          "*, labels=None, given=(), co_occurrence=False, time_limit=None", absent=_SEVERAL),
    Query("draw_label_graph", "pictures", "a picture of that graph", "graph=None, *, ax=None, theme='light', **ask",
          absent=_PICTURE),
    Query("draw_reason", "pictures", "the instance as an image, with the pixels of a reason",
          "reason=None, shape=None, *, labels=None, figure=None", absent=_PICTURE),
)  # fmt: skip

_ARTEFACTS = (
    Query("to_cnf", "artefacts", "a CNF of which implicants are sufficient reasons", "label=None, value=None",
          absent=_WRITTEN, lacks={"value": _ONE}),
    Query("to_wcnf", "artefacts", "the smallest reason (sufficient, majoritary, tree-specific) as MaxSAT",
          "*, time_limit=None", absent=_PROGRAMS),
    Query("to_mip", "artefacts", "the same as a 0/1 program", "*, time_limit=None", absent=_PROGRAMS),
    Query("to_counterexample_mips", "artefacts", "inputs with another outcome as 0/1 programs", "reason=()",
          absent={"tree": "a tree's counterexamples are its paths: to_cnf writes them", **_PROGRAMS}),
    Query("rectify", "artefacts", "change the model so that conditions imply a label",
          "*, conditions, label, tests=False",
          absent={"multilabel": "rectify a label's own model, and make the model of all labels anew",
                  "composed": "it is made of members: rectify one of them, and fit what combines them anew",
                  "surrogate": "it stands for a function that stays as it is: rectify one of its models"}),
)  # fmt: skip

_ROWS = (
    Query("batch", "rows", "a query about each of many rows",
          "X, query='minimal_sufficient_reason', *, n_jobs=None, time_limit=None, progress=False, **options",
          otherwise={"surrogate": "n_jobs=1"}),
    Query("explain_rows", "rows", "a sufficient reason for each of many rows, as flat arrays",
          "rows, deadline, *, over='literals', n_jobs=None, progress=False, intervals=None", absent=_NEAR),
    Query("predict", "rows", "what the model says of an instance", "instance"),
)  # fmt: skip

_DOMAIN = (
    Query("set_instance", "domain", "what is asked about from now on", "instance", absent=_NEAR),
    Query("set_interval", "domain", "of a regressor: which numbers are one outcome", "lower=-inf, upper=inf",
          absent=but("it is for regressors, and this model predicts classes: leave it out",
                     "tree", "forest", "composed", "multilabel")),
    Query("set_reference_instances", "domain", "rows whose labels are known for sure", "reference_instances",
          absent=_ALONE),
    Query("set_features_type", "domain", "what the features are: numbers, integers, categories", "features_type"),
    Query("set_ranges", "domain", "between which numbers features lie", "ranges"),
    Query("set_excluded_features", "domain", "features that no reason may use", "excluded_features"),
    Query("unset_excluded_features", "domain", "reasons may use all features again"),
    Query("activate_theory", "domain", "reasons use what is known of the features"),
    Query("deactivate_theory", "domain", "conditions are free of each other"),
    Query("set_label_names", "domain", "other names for the labels", "names",
          absent={**but(_CLASSES, *_TRAINED), "surrogate": "its fidelity is told by label: give it label_names="}),
)  # fmt: skip

_WORDS = (
    Query("to_features", "words", "literals in words",
          "reason, *, details=False, eliminate_redundant_features=True, contrastive=False, "
          "without_intervals=False"),
    Query("reason_contains_features", "words", "does a reason speak of features?", "reason, features_name"),
    Query("literals_of", "words", "a feature's number of literals", "feature"),
    Query("get_feature_names", "words", "the names of the features"),
    Query("get_feature_names_from_literal", "words", "the feature that a literal speaks of", "literal"),
    Query("get_model", "words", "the fitted model"),
    Query("save", "words", "the explainer as a file, for `suffice.load`", "path"),
)  # fmt: skip

TABLE: tuple[Query, ...] = (
    *_SUFFICIENT, *_GENERAL, *_CONTRASTIVE, *_PLANS, *_CHECKS, *_CHANCES, *_SHARES, *_NEARNESS, *_COUNTS, *_OF_TREES,
    *_OF_LABELS,
    *_ARTEFACTS, *_ROWS,
    *_DOMAIN, *_WORDS,
)  # fmt: skip

PUBLISHED: Mapping[str, str] = {  # spellings of published scripts, which stay callable
    "prefered_sufficient_reason": "preferred_sufficient_reason",
    "prefered_majoritary_reason": "preferred_majoritary_reason",
    "n_sufficient_reasons_per_attribute": "n_sufficient_reasons_per_literal",
    "is_implicant_BT": "is_implicant",
}


def over_unasked(name: str) -> str:
    """Return what a query speaks of where it is not told ``over=``: ``"features"`` or ``"literals"``."""
    return next(("features" for row in TABLE if row.name == name and "over='features'" in row.takes), "literals")
