"""Files are whole or not there: what was there before stays if writing fails, and nothing is left beside it."""

from __future__ import annotations

import os

import pytest
from suffice.engine.errors import FormatError
from suffice.engine.whole_files import read_object, write_whole, written_whole


@pytest.mark.parametrize("sync", [False, True])
@pytest.mark.parametrize("content", [b"\x00\xff", "größer\r\nals\n"])
def test_all_of_it_is_there(tmp_path, content, sync):
    path = tmp_path / ("n" * 250)
    write_whole(path, content, sync=sync)
    write_whole(str(path), content, sync=sync)  # over itself
    assert path.read_bytes() == (content if isinstance(content, bytes) else content.encode())
    assert os.listdir(tmp_path) == [path.name]


def test_what_was_there_stays_if_writing_fails(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("before")

    def fails(made):
        assert made.parent == tmp_path and made.suffix == ".csv"
        made.write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        written_whole(path, fails)
    assert path.read_text() == "before" and os.listdir(tmp_path) == ["a.csv"]


def test_it_is_as_readable_as_other_new_files(tmp_path):
    write_whole(tmp_path / "a", b"")
    (tmp_path / "b").write_bytes(b"")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(OSError, match="No such file"):
        write_whole(tmp_path / "no" / "a", b"")


def test_objects_in_files(tmp_path):
    path = tmp_path / "told.json"
    write_whole(path, '{"größe": 1}')
    assert read_object(path, "") == {"größe": 1}
    for damaged in ("[1]", "{", b"\xff"):
        write_whole(path, damaged)
        with pytest.raises(FormatError, match=r"told.json is damaged \(.+\): ask anew$"):
            read_object(path, "ask anew")
    with pytest.raises(FormatError, match="is damaged"):
        read_object(tmp_path / "gone.json", "ask anew")
