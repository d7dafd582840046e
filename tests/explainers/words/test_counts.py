"""How often a text contains something, in words: what is written is read back."""

import itertools

import pytest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from suffice import Explainer
from suffice.engine.errors import BadInputError

WORDS = ["good", "not", "contains", "once", "twice", "a, b", "rock and roll", "x at most once", "good at least 2 times"]


def explainer_of(words, count):
    """A model of these words; each may occur up to so many times."""
    model = make_pipeline(
        CountVectorizer(analyzer=lambda text: text.split("|"), vocabulary=words), LogisticRegression(C=50)
    )
    texts = ["|".join(some) for n in (1, 2) for some in itertools.combinations_with_replacement(words, n)]
    model.fit(texts, [i % 2 for i in range(len(texts))])
    return Explainer(model, "|".join(word for word in words for _ in range(count)), check=False)


@pytest.mark.parametrize("word", WORDS)
def test_what_is_written_is_read_back(word):
    explainer = explainer_of(WORDS, 4)
    words = explainer.session.words
    mine = [v for v, c in enumerate(explainer.vocabulary.conditions, 1) if WORDS[c.feature] == word]
    assert len(mine) == 4
    said = set()
    for size in (1, 2):
        for some in itertools.combinations([*mine, *(-v for v in mine)], size):
            values = words.values(some)
            if values.empty:
                continue
            (text,) = words.features(some)
            (read,) = words.asking.reader.text(text)
            assert read.values == values, text
            said.add(text)
    assert len(said) > 8


def test_the_statements():
    explainer = explainer_of(["good"], 4)
    number = {int(c.threshold): v for v, c in enumerate(explainer.vocabulary.conditions, 1)}

    def say(*counts):  # "at least so often", or not
        return explainer.session.words.features([number[abs(c)] * (1 if c > 0 else -1) for c in counts])

    assert say(1) == ("contains good",)
    assert say(-1) == ("does not contain good",)
    assert say(-2) == ("good at most once",)
    assert say(2) == ("good at least twice",)
    assert say(2, -3) == ("good exactly twice",)
    assert say(1, -4) == ("good 1 to 3 times",)
    assert say(4) == ("good at least 4 times",)


def test_other_names_are_unknown():
    explainer = explainer_of(["good"], 2)
    with pytest.raises(BadInputError, match="expected a statement"):
        explainer.is_implicant("contains bad")
