"""Texts with given counts, made of a text: some of its words are left out, others are added at its end.

What comes out is counted again by the vectorizer itself: a text that has other counts is none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from ...engine.arrays import F64, Bools
from .domain import Column
from .tokens import Tokens

_GAPS = ("__", "xx", "zzz", "qqqq", "0000", "x")  # words that stand for those that are left out between others
_PIECE = re.compile(r"\S+")


class Writer:
    """Writes texts around one.

    Parameters
    ----------
    text : str
        The text.
    columns : sequence of Column
        What is counted.
    tokens : Tokens
        The vectorizer's tokens.
    read : callable
        Text -> the values of the columns; None if it has other words that the model looks at.
    words : callable
        Text -> its single words, as the vectorizer takes them before it makes n-grams.
    matters : ndarray of bool
        Which of the columns the model tests: the others may come out as they do between their ends.
    """

    def __init__(
        self, text: str, columns: Sequence[Column], tokens: Tokens, read: Callable[[str], F64 | None],
        words: Callable[[str], list[str]] | None, matters: Bools,
    ) -> None:  # fmt: skip
        self._text, self._columns, self._tokens, self._read, self._words = text, columns, tokens, read, words
        self._matters = matters
        self._low = np.array([column.low for column in columns], np.float64)
        self._high = np.array([column.high for column in columns], np.float64)

    def write(self, values: F64) -> str | None:
        """Return a text in which the columns have these values; None if none was found."""
        wanted = np.asarray(values, np.float64)
        if bool((wanted == [column.own for column in self._columns]).all()):
            return self._text
        for made in self._tries(wanted):
            read = self._read(made)
            if read is not None and self._is(read, wanted):
                return made
        return None

    def _is(self, read: F64, wanted: F64) -> bool:
        """Tell whether a text has what is wanted of it, and otherwise no more nor less than may be."""
        inside = (read >= self._low) & (read <= self._high)
        return bool((inside & ((read == wanted) | ~self._matters)).all())

    def _tries(self, wanted: F64) -> Iterator[str]:
        """Yield texts that may do."""
        surplus, lack = self._moves(wanted)
        added = "".join(f" {token}" * count for token, count in lack.items())
        if self._words is None:  # n-grams of characters, or a function of the user's: whole pieces go
            yield (self._without_pieces(surplus) + added).strip()
            yield self._without_letters(surplus) + "".join(token * count for token, count in lack.items())
            return
        yield (self._without_words(surplus, "") + added).strip()
        for gap in filter(self._is_gap, _GAPS):
            between = f" {gap}" if lack else ""
            spaced = "".join(f"{between} {token}" * count for token, count in lack.items())
            yield (self._without_words(surplus, gap) + spaced).strip()
            yield self._anew(np.where(self._matters, wanted, np.clip(0.0, self._low, self._high)), gap)

    def _moves(self, wanted: F64) -> tuple[Counter[str], dict[str, int]]:
        """Return how many occurrences of which tokens go, and how many of which come."""
        own = Counter(self._tokens.of(self._text))
        surplus, lack = Counter[str](), dict[str, int]()
        for column, value in zip(self._columns, wanted.tolist(), strict=True):
            more = int(value) - column.own
            fall, rise = (-1, 1) if more > 0 else (1, -1)
            steps = abs(more)
            for token, side in reversed(column.tokens):  # first, what adds to the other side goes
                if (side if column.sign == 0 else 1) == fall and steps:
                    gone = own[token] if column.high == 1 and column.sign and value == 0 else min(steps, own[token])
                    surplus[token] += gone
                    steps -= min(steps, gone)
            named = [token for token, side in column.tokens if (side if column.sign == 0 else 1) == rise]
            if steps and named:
                lack[named[-1]] = steps
        return +surplus, lack

    def _without_pieces(self, surplus: Counter[str]) -> str:
        """Return the text without the pieces between its blanks that have a token that goes."""
        left = Counter(surplus)

        def kept(match: re.Match[str]) -> str:
            own = [token for token in self._tokens.of(match[0]) if left[token] > 0]
            left.subtract(own)
            return "" if own else match[0]

        return " ".join(_PIECE.sub(kept, self._text).split())

    def _without_letters(self, surplus: Counter[str]) -> str:
        """Return the text without some letters, the last ones first."""
        left, kept = Counter(surplus), list[str]()
        for letter in reversed(self._text):
            token = letter if left[letter] > 0 else letter.lower()
            if left[token] > 0:
                left[token] -= 1
            else:
                kept.append(letter)
        return "".join(reversed(kept))

    def _without_words(self, surplus: Counter[str], gap: str) -> str:
        """Return the text without some words, the last ones first; n-grams that go are broken by a gap."""
        assert self._words is not None
        left = Counter({token: n for token, n in surplus.items() if self._words(token) == [token]})
        pieces: list[list[str]] = []
        told: list[str] = []
        for match in reversed(list(_PIECE.finditer(self._text))):
            words = self._words(match[0])
            kept = [*words]
            for place in range(len(words) - 1, -1, -1):
                if left[words[place]] > 0:
                    left[words[place]] -= 1
                    kept[place] = ""
            whole = all(kept)
            pieces.append(words if whole else kept)
            told.append(match[0] if whole else "")
        if not gap:
            found = [text or " ".join(filter(None, kept)) for text, kept in zip(told, pieces, strict=True)]
            return " ".join(filter(None, reversed(found)))
        return self._broken(pieces[::-1], told[::-1], surplus, gap)

    def _broken(self, pieces: list[list[str]], told: list[str], surplus: Counter[str], gap: str) -> str:
        """Return words with gaps where some are left out, and in n-grams that have to go."""
        assert self._words is not None
        flat: list[tuple[str, int]] = [(word, i) for i, words in enumerate(pieces) for word in words]
        own = Counter(self._tokens.of(self._text))
        grams = {token: own[token] - n for token, n in surplus.items() if self._words(token) != [token]}
        breaks: set[int] = set()  # before these words
        for token, kept in grams.items():
            parts = token.split(" ")
            at = [i for i in range(len(flat)) if [w for w, _ in flat[i : i + len(parts)]] == parts]
            whole = [i for i in at if not breaks & set(range(i + 1, i + len(parts)))]
            for i in whole[max(0, kept) :]:
                breaks.add(i + 1)
        split = {flat[i][1] for i in breaks if flat[i - 1][1] == flat[i][1]}  # pieces that are broken inside
        out: list[str] = []
        shown: set[int] = set()
        for i, (word, piece) in enumerate(flat):
            if (not word or i in breaks) and out and out[-1] != gap:
                out.append(gap)
            if not word or piece in shown:
                continue
            if told[piece] and piece not in split:
                shown.add(piece)
                out.append(told[piece])
            else:
                out.append(word)
        return " ".join(out[:-1] if out and out[-1] == gap else out)

    def _is_gap(self, gap: str) -> bool:
        """Tell whether a word stands between others, and is nothing that the model knows."""
        assert self._words is not None
        return self._words(gap) == [gap] and self._read(gap) is not None

    def _anew(self, wanted: F64, gap: str) -> str:
        """Return wanted n-grams one after the other, the longest first, with gaps between."""
        left = Counter[str]()
        for column, value in zip(self._columns, wanted.tolist(), strict=True):
            if column.sign and value > 0:
                left[column.tokens[0][0]] += int(value)
        parts: list[str] = []
        for token in sorted(left, key=lambda token: -len(token.split(" "))):
            while left[token] > 0:
                left.subtract(self._tokens.of(token))
                parts.append(token)
        return f" {gap} ".join(parts)


def single_words(vectorizer: Any) -> Callable[[str], list[str]] | None:
    """Return what tells the single words of a text; None where tokens are no words, or n-grams, of them."""
    if vectorizer.analyzer != "word":
        return None
    from copy import copy

    alone = copy(vectorizer)
    alone.ngram_range = (1, 1)
    analyze = alone.build_analyzer()
    return lambda text: [str(word) for word in analyze(text)]
