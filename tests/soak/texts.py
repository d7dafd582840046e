"""Pipelines that read texts: their worlds are the counts of the words that may come and go around one text."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer
from suffice import Explainer
from suffice.engine.errors import BadInputError

from tests.brute.choices import Choices
from tests.encoders.text.texts import COUNTED, NORMED, SUMS, TREES, WORDS, random_pipeline
from tests.soak.kinds import Kind, Ready, UnfitError
from tests.soak.worlds import Column, World

Row = tuple[float, ...]
GAP = "__"  # a word that no model knows
GAPS = {GAP, "xx", "zzz", "qqqq", "0000", "x"}  # words that are written where others go, if they are not looked at


class Read:
    """A pipeline as a model of the columns of one text's form: each row is a text with these counts."""

    def __init__(self, pipeline: Any, text: str, explainer: Any, declared: dict[str, tuple[int, int]]) -> None:
        self.pipeline, self.text, self.declared = pipeline, text, declared
        self.instance = text
        self.columns = explainer.session.compiled.around.columns
        vectorizer = pipeline.steps[0][1]
        self.binary = bool(getattr(vectorizer, "binary", False))
        self.pairs = getattr(vectorizer, "ngram_range", (1, 1))[1] == 2
        self.free = self.pairs and not self.binary  # of each other, or else clauses with counts: no table of rows
        self.texts = dict(self._left() if self.free else self._pairs() if self.pairs else self._words())
        told = pipeline.predict(list(self.texts.values()))
        self.said = dict(zip(self.texts, told.tolist(), strict=True))
        self.classes_ = np.asarray(pipeline.classes_)

    def counted(self, text: str) -> Row:
        """The columns of a text, by counting its words (and pairs of words)."""
        words = text.split()
        found = Counter([*words, *(f"{a} {b}" for a, b in itertools.pairwise(words) if self.pairs)])
        values = [sum((side if c.sign == 0 else 1) * found[token] for token, side in c.tokens) for c in self.columns]
        return tuple(float(min(value, 1) if self.binary else value) for value in values)

    def bounds(self) -> dict[str, tuple[int, int]]:
        """How often each word may occur: as it does or less, and as is declared."""
        own = Counter(self.text.split())
        found = {word: (0, count) for word, count in own.items()}
        for word, (low, high) in self.declared.items():
            found[word] = min(low, own[word]), max(high, own[word])
        return found

    def _words(self) -> Any:
        """All texts of single words, each row with one of them; those of one row have to be decided alike."""
        bounds = self.bounds()
        for counts in itertools.product(*(range(low, high + 1) for low, high in bounds.values())):
            text = " ".join(word for word, count in zip(bounds, counts, strict=True) for _ in range(count))
            yield self.counted(text), text

    def _pairs(self) -> Any:
        """Which words and pairs there are: all that hold the words of their pairs."""
        names = [column.name for column in self.columns]
        for bits in itertools.product((0.0, 1.0), repeat=len(names)):
            there = dict(zip(names, bits, strict=True))
            if all(there.get(word, 1) for name in names if there[name] for word in name.split()):
                some = [name for name in names if there[name]]
                text = f" {GAP} ".join(some)
                yield bits, text

    def _left(self) -> Any:
        """What is left of the text: words go, gaps come in their places or between others; no pair that it lacks."""
        words, vectorizer = self.text.split(), self.pipeline.steps[0][1]
        own = vectorizer.transform([self.text]).toarray()[0]
        for kept in itertools.product(range(4), repeat=len(words)):
            left = " ".join([word, f"{GAP} {word}", GAP, ""][k] for word, k in zip(words, kept, strict=True))
            if (vectorizer.transform([left]).toarray()[0] <= own).all():
                yield self.counted(left), left

    def predict(self, rows: Any) -> np.ndarray:
        """What the pipeline says of the texts of some rows."""
        return np.array([self.said[self._held(row)] for row in np.asarray(rows, dtype=np.float64).tolist()])

    def _held(self, row: list[float]) -> Row:
        """A row without pairs whose words are not there: no condition tests such a pair, or a clause forbids it."""
        if tuple(row) in self.said:
            return tuple(row)
        there = dict(zip((column.name for column in self.columns), row, strict=True))
        return tuple(
            value if all(there.get(word, 1) for word in name.split()) else 0.0 for name, value in there.items()
        )

    def read_row(self, row: Any) -> np.ndarray:
        """The columns of a text that was told."""
        return np.array(self.counted(row["text"]))

    def write(self, row: Any) -> str:
        """A text of a row."""
        return self.texts[tuple(np.asarray(row, dtype=np.float64).tolist())]

    def margins(self) -> np.ndarray:
        """By how much each text is decided."""
        if not hasattr(self.pipeline, "predict_proba") and not hasattr(self.pipeline, "decision_function"):
            return np.ones(1)
        ask = getattr(self.pipeline, "decision_function", None) or self.pipeline.predict_proba
        told = np.asarray(ask(list(self.texts.values())))
        ranked = np.sort(np.column_stack([told, -told]) if told.ndim == 1 else told, axis=1)
        margins: np.ndarray = ranked[:, -1] - ranked[:, -2]
        return margins


def _declared(choose: Choices, known: bool) -> tuple[Any, dict[str, tuple[int, int]]]:
    """Draw which words may come, as it is told, and how often each."""
    one, other = choose.some(WORDS, 2, 2)
    ways: list[tuple[Any, dict[str, tuple[int, int]]]] = [
        (None, {}), (None, {}), ({"binary": [one]}, {one: (0, 1)}), ({"integer": {one: (0, 2)}}, {one: (0, 2)}),
        ({"integer": {one: (1, 2)}, "binary": [other]}, {one: (1, 2), other: (0, 1)}),
        ({"categorical": {one: range(3)}}, {one: (0, 2)}),
    ]  # fmt: skip
    if known:
        ways.append(({"binary": Explainer.DEFAULT}, dict.fromkeys(WORDS, (0, 1))))
    return choose.one_of(ways)


def _read(steps: dict[str, Any], models: dict[str, Any], *, pairs: bool = False) -> Callable[..., Ready]:
    """What makes a scene of a text: a pipeline of one of these steps and models."""

    def ready(choose: Choices, seed: int) -> Ready:
        name = choose.one_of(sorted(steps))
        pipeline, text = random_pipeline(steps[name](), models[choose.one_of(sorted(models))](), seed)
        if pipeline is None:
            raise UnfitError("one class alone, or negative counts")
        known = hasattr(pipeline.steps[0][1], "vocabulary_")
        types, declared = (None, {}) if pairs else _declared(choose, known)
        if known:
            declared = {word: ends for word, ends in declared.items() if word in pipeline.steps[0][1].vocabulary_}
        try:
            explainer = Explainer(pipeline, text, types)
        except BadInputError as error:
            if "logarithm" in str(error) or "names no" in str(error):  # of negative counts; of a word that is unknown
                raise UnfitError(str(error)) from error
            raise
        model = Read(pipeline, text, explainer, declared)
        if not model.free and (model.margins() < 1e-9).any():
            raise UnfitError("rounding decides some text, of which nothing is claimed")
        columns = [Column(column.name, (i,), _values(model, i), "integer") for i, column in enumerate(model.columns)]
        own = World(tuple(columns), tuple(column.name for column in columns))
        own.__dict__["rows"] = np.array(list(model.texts)).reshape(len(model.texts), len(columns))
        return Ready(model, own, np.array(model.counted(text)), explainer, _implied(model, explainer))

    return ready


def _values(model: Read, i: int) -> tuple[tuple[float, ...], ...]:
    return tuple((value,) for value in sorted({row[i] for row in model.texts}))


def _implied(model: Read, explainer: Any) -> tuple[tuple[int, ...], ...]:
    """Clauses of pairs whose words are columns: where the pair is, so are they."""
    if not model.pairs or model.free:
        return ()
    number = {model.columns[c.feature].name: v for v, c in enumerate(explainer.vocabulary.conditions, 1)}
    return tuple((-v, number[word]) for name, v in number.items() if " " in name for word in dict.fromkeys(name.split())
                 if word in number)  # fmt: skip


COUNTS_PAIRS = {"pairs": lambda: CountVectorizer(ngram_range=(1, 2))}
FOUND_PAIRS = {"pairs": lambda: CountVectorizer(binary=True, ngram_range=(1, 2))}
ASKED = (
    "sufficient_reason", "minimal_sufficient_reason", "sufficient_reasons", "preferred_sufficient_reason",
    "necessary_literals", "direct_reason", "n_sufficient_reasons", "is_sufficient_reason", "time_limit",
    "contrastive_reason", "contrastive_reasons", "attribution", "scores", "precision", "probable_reason",
    "most_general_reason", "most_general_reason of a reason", "texts", "certificate", "certificate of another answer",
    "certificate, changed",
)  # fmt: skip


def _xgboost() -> Any:
    from xgboost import XGBClassifier

    return XGBClassifier(n_estimators=3, max_depth=3, min_child_weight=0, n_jobs=1)


TEXTS: dict[str, Kind] = {
    "text, sums": Kind("text", ready=_read(COUNTED, SUMS), asked=ASKED),
    "text, trees": Kind("text", ready=_read(COUNTED, TREES), asked=ASKED),
    "text, xgboost": Kind("text", ready=_read(COUNTED, {"xgboost": _xgboost}), asked=ASKED, needs="xgboost"),
    "text, norms": Kind("text", ready=_read(NORMED, SUMS), asked=ASKED),
    "text, pairs": Kind("text", ready=_read(FOUND_PAIRS, {**SUMS, **TREES}, pairs=True), asked=ASKED),
    "text, counted pairs": Kind("text", ready=_read(COUNTS_PAIRS, SUMS, pairs=True), asked=("texts",)),
}
