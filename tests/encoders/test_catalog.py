"""One list of encoders: who is asked first, how often, and what each of them tells."""

import ast
import inspect

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import (
    AdaBoostClassifier,
    AdaBoostRegressor,
    BaggingClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    IsolationForest,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import FixedThresholdClassifier, GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import BernoulliNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from suffice import Between, Binarizer, Builder, Explainer, Output
from suffice.encoders import registry
from suffice.encoders.binarized.models import BinarizedModel
from suffice.encoders.catalog import ENCODERS, encoder_at, find, search_once
from suffice.encoders.encoder import Encoder, Traits
from suffice.explainers.saving.loading import loaded
from suffice.explainers.saving.writing import saved_bytes

from tests.house.layout import ROOT, parsed

RNG = np.random.default_rng(3)
ROWS = RNG.integers(0, 3, (60, 4)).astype(float)
BITS = (ROWS > 0).astype(float)
Y = (ROWS[:, 0] + ROWS[:, 1] > 2).astype(int)
BOTH = np.column_stack([Y, ROWS[:, 2] > 1]).astype(int)

TREE = DecisionTreeClassifier(max_depth=2)


def hand_built(left, right):
    node = Builder.DecisionNode(1, threshold=1.0, left=Builder.LeafNode(left), right=Builder.LeafNode(right))
    return Builder.DecisionTree(4, node)


def behind_bits(model):
    binarizer = Binarizer(n_thresholds=2).fit(ROWS)
    return BinarizedModel(binarizer, model.fit(binarizer.transform(ROWS), Y))


def xgboost_model():
    return pytest.importorskip("xgboost").XGBClassifier(n_estimators=3, max_depth=2).fit(ROWS, Y)


def catboost_model():
    made = pytest.importorskip("catboost").CatBoostClassifier(
        iterations=3, depth=2, verbose=0, allow_writing_files=False
    )
    return made.fit(ROWS, Y)


def lightgbm_model():
    return pytest.importorskip("lightgbm").LGBMClassifier(n_estimators=3, min_child_samples=5, verbose=-1).fit(ROWS, Y)


def interpret_model():
    glassbox = pytest.importorskip("interpret.glassbox")
    return glassbox.ExplainableBoostingClassifier(interactions=1, max_rounds=5, outer_bags=1, n_jobs=1).fit(ROWS, Y)


def onnx_model():
    onnx = pytest.importorskip("skl2onnx")
    pytest.importorskip("onnxruntime")
    return onnx.to_onnx(DecisionTreeClassifier(max_depth=2).fit(ROWS, Y), ROWS[:1].astype(np.float32))


MODELS = {  # place -> what makes a model of that encoder
    "meta.one_vs_rest": lambda: OneVsRestClassifier(DecisionTreeClassifier(max_depth=2)).fit(ROWS, ROWS[:, 3]),
    "meta.multilabel": lambda: DecisionTreeClassifier(max_depth=2).fit(ROWS, BOTH),
    "saved.models": lambda: loaded(saved_bytes(Explainer(hand_built(0, 1)))).get_model(),
    "meta.output": lambda: Output(DecisionTreeRegressor(max_depth=2).fit(ROWS, ROWS[:, :2]), 1),
    "meta.between": lambda: Between(AdaBoostRegressor(n_estimators=3, random_state=0).fit(ROWS, ROWS[:, 0]), 1, 2),
    "builders.labels": lambda: Builder.LabelCNF([("f1", "f2"), ("f3", "f4")]),
    "builders.tree": lambda: hand_built(0, 1),
    "builders.forest": lambda: Builder.RandomForest([hand_built(0, 1)], n_classes=2),
    "builders.boosting": lambda: Builder.BoostedTrees([hand_built(-1.0, 1.0)], n_classes=2),
    "builders.linear": lambda: Builder.LinearModel([1.0, -2.0, 0.5, 0.0], 0.25, class_names=["no", "yes"]),
    "sklearn.trees": lambda: DecisionTreeClassifier(max_depth=2).fit(ROWS, Y),
    "sklearn.forests": lambda: RandomForestClassifier(3, max_depth=2, random_state=0).fit(ROWS, Y),
    "sklearn.boosting": lambda: GradientBoostingClassifier(n_estimators=3, max_depth=2).fit(ROWS, Y),
    "sklearn.hist_boosting": lambda: HistGradientBoostingClassifier(max_iter=3, min_samples_leaf=5).fit(ROWS, Y),
    "sklearn.ada_boost": lambda: AdaBoostClassifier(DecisionTreeClassifier(max_depth=2), n_estimators=3).fit(ROWS, Y),
    "sklearn.isolation": lambda: IsolationForest(n_estimators=3, random_state=0).fit(ROWS),
    "xgboost.models": xgboost_model,
    "lightgbm.models": lightgbm_model,
    "catboost.models": catboost_model,
    "onnx.models": onnx_model,
    "interpret.boosting": interpret_model,
    "imodels.trees": lambda: pytest.importorskip("imodels").FIGSClassifier(max_rules=4).fit(ROWS, Y),
    "sklearn.bayes": lambda: BernoulliNB().fit(BITS, Y),
    "sklearn.linear": lambda: LogisticRegression().fit(ROWS, Y),
    "sklearn.linear_regression": lambda: Ridge().fit(ROWS, Y * 2.5),
    "sklearn.kernel_machines": lambda: SVC(kernel="linear").fit(ROWS, Y),
    "networks.models": lambda: Builder.BinarizedNetwork([[[1, -1, 1, 1]]]),
    "binarized.models": lambda: behind_bits(RandomForestClassifier(3, max_depth=2, random_state=0)),
    "meta.cuts": lambda: FixedThresholdClassifier(DecisionTreeClassifier(max_depth=2), threshold=0.4).fit(ROWS, Y),
    "meta.calibrated": lambda: CalibratedClassifierCV(DecisionTreeClassifier(max_depth=2), cv=3).fit(ROWS, Y),
    "meta.thresholds": lambda: FixedThresholdClassifier(CalibratedClassifierCV(TREE, cv=2)).fit(ROWS, Y),
    "meta.voting": lambda: VotingClassifier([("a", TREE), ("b", TREE)]).fit(ROWS, Y),
    "meta.bagging": lambda: BaggingClassifier(RandomForestClassifier(2, max_depth=2), 2).fit(ROWS, Y),
    "meta.stacking": lambda: StackingClassifier([("a", TREE), ("b", TREE)], cv=2).fit(ROWS, Y),
    "meta.regressors": lambda: VotingRegressor([("a", DecisionTreeRegressor(max_depth=2))]).fit(ROWS, ROWS[:, 0]),
    "text.models": lambda: make_pipeline(CountVectorizer(), LogisticRegression()).fit(TEXTS, [1, 0, 1, 0]),
    "meta.wrapped": lambda: GridSearchCV(DecisionTreeClassifier(max_depth=2), {}, cv=2).fit(ROWS, Y),
    "meta.target": lambda: TransformedTargetRegressor(DecisionTreeRegressor(max_depth=2)).fit(ROWS, ROWS[:, 0]),
    "pipelines.models": lambda: make_pipeline(StandardScaler(), DecisionTreeClassifier(max_depth=2)).fit(ROWS, Y),
}

TEXTS = ["a good film", "an awful film", "good fun", "awful and dull"]
ON_BITS = ("sklearn.bayes", "networks.models", "builders.labels")
LISTED = {"categorical": {f"f{i}": [0, 1, 2] for i in range(1, 5)}}
TYPES = {
    "sklearn.linear": LISTED,
    "sklearn.linear_regression": LISTED,
    "sklearn.kernel_machines": LISTED,
    "builders.linear": LISTED,
}
MAY_TAKE = {  # what the reasons in the catalogue speak of
    "meta.one_vs_rest": {"meta.multilabel"},
    "meta.multilabel": {"sklearn.trees", "sklearn.forests"},
    "meta.cuts": {"meta.calibrated", "meta.thresholds"},
    "text.models": {"pipelines.models"},
}
NAMES = [entry.module for entry in ENCODERS]


@pytest.fixture
def asked(monkeypatch):
    """Who was asked whether it takes which model: a list of (place, id of the model)."""
    calls = []

    def counted(module, accepts):
        def accepts_and_counts(model):
            calls.append((module, id(model)))
            return accepts(model)

        return accepts_and_counts

    for module in NAMES:
        monkeypatch.setattr(encoder_at(module), "accepts", counted(module, encoder_at(module).accepts))
    return calls


def test_every_encoder_has_a_model_here():
    assert list(MODELS) == NAMES


@pytest.mark.parametrize("module", NAMES)
def test_the_contract_is_kept(module):
    encoder = encoder_at(module)
    wanted = {name: value for name, value in vars(Encoder).items() if inspect.isfunction(value) and name[0] != "_"}
    assert set(wanted) == {"accepts", "column_names", "takes_missing", "compile_model"}
    for name, function in wanted.items():
        mine, there = inspect.signature(getattr(encoder, name)).parameters, inspect.signature(function).parameters
        missing = [p for p in list(there)[1:] if p not in mine]
        assert missing == [], name
        more = [p for p in mine if p not in there and mine[p].default is inspect.Parameter.empty]
        assert more == [], name
    assert isinstance(encoder.TRAITS, Traits)


@pytest.mark.parametrize("module", NAMES)
def test_traits_and_arguments_go_together(module):
    arguments = inspect.signature(encoder_at(module).compile_model).parameters
    traits, usual = encoder_at(module).TRAITS, Traits()
    assert ("voting" in arguments) == (traits.takes_voting is not usual.takes_voting)
    assert ("types" in arguments) == (traits.takes_types is not usual.takes_types)
    assert ("dtypes" in arguments) == (traits.dtypes_reader is not None)
    assert ("rows_show" in arguments) == (traits.shows is not usual.shows)
    assert ("output" in arguments) == (traits.outputs is not usual.outputs)


@pytest.mark.parametrize("module", NAMES)
def test_functions_that_traits_speak_of_are_in_them(module):
    """A module that defines ``own_names`` and forgets to say so would silently be told otherwise."""
    fields = set(Traits.__dataclass_fields__)
    tree = parsed(ROOT / "encoders" / f"{module.replace('.', '/')}.py")
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)} & fields
    for name in defined:
        assert getattr(encoder_at(module).TRAITS, name) is getattr(encoder_at(module), name), name


@pytest.mark.parametrize("module", NAMES)
def test_a_model_is_found_and_compiled(module):
    found = find(MODELS[module]())
    assert found.encoder is encoder_at(module)
    assert find(found) is found
    of_text = module == "text.models"  # one column, whose words are those of its instance
    assert len(found.column_names()) == (1 if of_text else 4)
    missing = registry.detect_missing(found, "auto", [None], None)
    compiled = registry.compile_model(found, missing=missing, features_type=TYPES.get(module))
    assert compiled.vocabulary.names == (() if of_text else found.column_names())
    assert compiled.source is found.model


def test_the_order_matters_only_where_it_says_so():
    """Of two encoders that take one model the first one is right."""
    for module, make in MODELS.items():
        model = make()
        taking = [name for name in NAMES if encoder_at(name).accepts(model)]
        assert taking[0] == module
        assert set(taking[1:]) <= MAY_TAKE.get(module, set())


@pytest.mark.parametrize("module", NAMES)
def test_an_explainer_asks_each_encoder_once(asked, module):
    model = MODELS[module]()
    asked.clear()
    rows = TEXTS if module == "text.models" else BITS if module in ON_BITS else ROWS
    Explainer.initialize(model, rows[0], TYPES.get(module), background=rows)
    mine = [name for name, number in asked if number == id(model)]
    assert mine == NAMES[: NAMES.index(module) + 1]


def test_models_that_are_made_of_others_are_searched_once_as_well(asked):
    trees = [DecisionTreeClassifier(max_depth=2, random_state=i).fit(ROWS, BOTH[:, i]) for i in range(2)]
    model = Builder.MultiLabel(trees)
    asked.clear()
    Explainer.initialize(model, ROWS[0])
    for one in (model, *trees):
        mine = [name for name, number in asked if number == id(one)]
        assert len(set(mine)) == len(mine)


def test_a_search_is_forgotten_after_its_block(asked):
    model = DecisionTreeClassifier(max_depth=2).fit(ROWS, Y)
    with search_once():
        with search_once():
            assert find(model) is find(model)
        first = find(model)
        assert find(model) is first
        assert len([name for name, _ in asked if name == "sklearn.trees"]) == 1
    model.fit(ROWS, BOTH)  # of several labels from now on
    assert find(model).encoder is encoder_at("meta.multilabel")
    with pytest.raises(KeyError), search_once():
        raise KeyError
    assert find(model) is not find(model)
