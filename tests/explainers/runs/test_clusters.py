"""Real clusters on this machine: the same bytes as threads, and workers that are killed lose nothing."""

import os
import shutil
import signal
import threading
import time

import pytest
from suffice import BackendError, BadInputError
from suffice.batch import Mapper, run

from tests.explainers.runs.cases import explainer, ran, rows, sums

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def ray_settings():
    ray = pytest.importorskip("ray")
    ray.init(num_cpus=2, log_to_driver=False, include_dashboard=False)
    yield {"n_workers": 2}
    ray.shutdown()


@pytest.fixture(scope="module")
def dask_settings():
    distributed = pytest.importorskip("distributed")
    with distributed.Client(n_workers=2, threads_per_worker=1, dashboard_address=None) as client:
        yield {"client": client}


@pytest.fixture(scope="module")
def spark_settings():
    sql = pytest.importorskip("pyspark.sql")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java")
    builder = sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    session = builder.config("spark.task.maxFailures", "4").getOrCreate()
    yield {"session": session}
    session.stop()


@pytest.fixture(params=["ray", "dask", "spark"])
def cluster(request):
    return {"engine": request.param, "settings": request.getfixturevalue(f"{request.param}_settings")}


def test_a_cluster_writes_the_bytes_of_threads(tmp_path, cluster):
    here = ran(tmp_path / "here")
    there = ran(tmp_path / "there", **cluster)
    assert there.status is here.status and sums(tmp_path / "there") == sums(tmp_path / "here")
    assert not (tmp_path / "there" / "_rows.parquet").exists()
    assert {line["worker"].partition(".")[0] for line in there.parts.values()}.isdisjoint({str(os.getpid())})


def test_runs_go_on_in_another_engine(tmp_path, cluster):
    source = tmp_path / "a.csv"
    rows().to_csv(source, index=False)
    ran(tmp_path / "whole", source)
    ran(tmp_path / "out", source, **cluster)
    for part in (1, 6):
        (tmp_path / "out" / f"part-{part:06d}.parquet").unlink()
    ran(tmp_path / "out", source)
    for part in (0, 7):
        (tmp_path / "out" / f"part-{part:06d}.parquet").unlink()
    ran(tmp_path / "out", source, **cluster)
    assert sums(tmp_path / "out") == sums(tmp_path / "whole")


def test_a_killed_worker_loses_nothing(tmp_path, cluster):
    if cluster["engine"] == "spark":
        pytest.skip("local Spark has no workers of its own that could be killed")
    ran(tmp_path / "whole", part_rows=3)
    killed = []

    def kill():
        end = time.monotonic() + 100
        while not killed and time.monotonic() < end:
            if len(list((tmp_path / "out").glob("part-*"))) >= 3:
                for pid in workers_of(cluster):
                    os.kill(pid, signal.SIGKILL)
                    killed.append(pid)
                    break
            time.sleep(0.005)

    thread = threading.Thread(target=kill)
    thread.start()
    found = ran(tmp_path / "out", part_rows=3, **cluster)
    thread.join()
    assert killed and found.n_done == 300
    assert sums(tmp_path / "out") == sums(tmp_path / "whole")


def workers_of(cluster):
    """Processes that do parts."""
    if cluster["engine"] == "dask":
        return list(cluster["settings"]["client"].run(os.getpid).values())
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as stream:
                if b"MapWorker" in stream.read():
                    found.append(int(pid))
        except OSError:
            continue
    return found


def test_a_cluster_that_gives_up_says_so(tmp_path, cluster):
    source = tmp_path / "a.parquet"
    rows().to_parquet(source, row_group_size=40)
    ran(tmp_path / "out", source, **cluster)
    (tmp_path / "out" / "part-000002.parquet").unlink()
    os.truncate(source, 600)
    with pytest.raises((BackendError, BadInputError)):
        ran(tmp_path / "out", source, **cluster)
    assert len(sums(tmp_path / "out")) == 7


def test_settings_are_checked(tmp_path, cluster):
    with pytest.raises(BadInputError, match="speed"):
        ran(tmp_path / "out", engine=cluster["engine"], settings={"speed": 1, **cluster["settings"]})


def test_frames_of_clusters_are_mapped(cluster):
    frame, mapper = rows()[:60], Mapper(explainer(), "contrastive_reason", keep="id")
    here = mapper(frame).set_index("id")
    if cluster["engine"] == "ray":
        import ray.data

        found = ray.data.from_pandas(frame).map_batches(mapper, batch_format="pyarrow", batch_size=7).to_pandas()
    elif cluster["engine"] == "dask":
        import dask.dataframe

        parts = dask.dataframe.from_pandas(frame, npartitions=4)
        found = parts.map_partitions(mapper, meta=mapper.meta(parts)).compute()
    else:
        session = cluster["settings"]["session"]
        parts = session.createDataFrame(frame).repartition(3)
        found = parts.mapInArrow(mapper.batches, mapper.spark_schema(parts)).toPandas()
    found = found.set_index("id").loc[here.index]
    assert found.witness.tolist() == here.witness.tolist() and found.status.tolist() == here.status.tolist()
    assert [list(one) for one in found.features] == [list(one) for one in here.features]


def test_without_a_cluster_it_is_said_how_to_get_one(tmp_path):
    with pytest.raises(BadInputError, match="client"):
        run(explainer(), rows(), tmp_path / "out", engine="dask", settings={"client": 3})
