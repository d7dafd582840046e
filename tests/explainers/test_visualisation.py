"""Pages and pictures under their published names."""

from __future__ import annotations

import webbrowser

import pytest
from suffice import BadInputError, Builder, Explaining, NoInstanceError


@pytest.fixture
def explainer():
    trees = [Builder.DecisionTree(3, Builder.DecisionNode(f, left=0, right=1)) for f in (1, 2, 3)]
    return Explaining.initialize(Builder.RandomForest(trees, n_classes=2), (1, 1, 0))


def test_a_page_is_written_and_shown_where_there_is_a_screen(explainer, monkeypatch, capsys):
    shown = []
    monkeypatch.setattr(webbrowser, "open", shown.append)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    page = explainer.visualisation.gui()
    assert "f1" in page.read_text(encoding="utf-8")
    assert str(page) in capsys.readouterr().out
    assert not shown
    monkeypatch.setenv("DISPLAY", ":0")
    assert shown == [explainer.visualisation.gui().as_uri()] or len(shown) == 1


def test_pictures_of_reasons(explainer, tmp_path):
    pytest.importorskip("matplotlib")
    reason = explainer.sufficient_reason()
    file = explainer.visualisation.save_png(tmp_path / "new" / "reason.png", (1, 1, 0), reason)
    assert file.read_bytes().startswith(b"\x89PNG")
    written = [text.get_text() for text in explainer.visualisation.notebook(None, reason).axes[0].texts]
    assert all(any(statement in line for line in written) for statement in reason.features)
    assert explainer.visualisation.screen(None, reason) is not None
    with pytest.raises(BadInputError, match="expected a reason"):
        explainer.visualisation.notebook(None, (1, 2))


def test_without_an_instance():
    tree = Builder.DecisionTree(1, Builder.DecisionNode(1, left=0, right=1))
    with pytest.raises(NoInstanceError, match="set_instance"):
        Explaining.initialize(tree).visualisation.gui()
