"""Folders of images on an engine: the same files as in one process."""

import pytest
from suffice.engine.budget import Deadline
from suffice.engine.errors import BadInputError
from suffice.neural.rcsb.folder.clusters import run_on
from suffice.neural.rcsb.folder.folder import run_folder
from suffice.neural.rcsb.folder.job import make_job, prepare

from tests.neural.rcsb.folder.test_folder import REGION, go, tree
from tests.neural.rcsb.small import explainer, write_images


@pytest.fixture
def images(tmp_path):
    return write_images(tmp_path / "images")


def test_batches_that_are_spread_are_the_same_files(images, tmp_path):
    go(images, tmp_path / "whole")
    job = make_job(explainer(), images, tmp_path / "out", target=1, region=REGION, targets=None, source=None, n=None,
                   seed=0, batch=2, size=None, grey=False, pictures=("counterfactuals", "masks"))  # fmt: skip
    prepare(job, explainer())
    done = []
    run_on("local", job, explainer, job.pending(), {"n_jobs": 1}, Deadline(), lambda number, s: done.append(number))
    assert sorted(done) == list(range(len(job)))
    go(images, tmp_path / "out")  # nothing is left: it writes the table
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")


@pytest.mark.cluster
def test_a_folder_on_a_cluster(images, tmp_path):
    distributed = pytest.importorskip("distributed")
    go(images, tmp_path / "whole")
    with distributed.Client(n_workers=2, threads_per_worker=1, dashboard_address=None) as client:
        found = go(images, tmp_path / "out", make=explainer, engine="dask", settings={"client": client})
    assert found.pending == 0 and tree(tmp_path / "out") == tree(tmp_path / "whole")


@pytest.mark.parametrize(
    ("options", "words"),
    [({"engine": "slurm"}, "engine"), ({"engine": "ray", "devices": 2}, "devices"),
     ({"settings": {"x": 1}}, "settings"), ({"engine": "dask", "settings": {"client": 3}}, "client"),
     ({"engine": "ray", "settings": {"x": 1}}, "x")],
)  # fmt: skip
def test_what_engines_do_not_take_is_refused(images, tmp_path, options, words):
    pytest.importorskip("ray")
    pytest.importorskip("distributed")
    with pytest.raises(BadInputError, match=words):
        run_folder(explainer(), images, tmp_path / "out", 1, REGION, batch=2, **options)
