"""What every test may ask for: the real data, and a small workspace."""

from __future__ import annotations

import gc
import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from fairview.catalog import Workspace

_ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real data; a test that needs it is skipped where it is absent."""
    folder = Path(os.environ.get("FAIRVIEW_DATA") or _ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"the real data isn't in {folder}; set FAIRVIEW_DATA to its folder")
    return folder


@contextmanager
def _sockets_left_to_the_collector() -> Iterator[None]:
    """Pyspark closes its sockets by leaving them to the collector; collect them here and now."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "unclosed <socket", ResourceWarning)
        yield
        gc.collect()


@pytest.fixture(scope="session")
def spark_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """A small Spark session with Hive's tables; tests that ask for it run on one worker."""
    pytest.importorskip("pyspark", reason="pyspark isn't installed")
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        pytest.skip("Spark needs Java, and there is none; set JAVA_HOME")
    from fairview.measure.engines import spark

    folder = tmp_path_factory.mktemp("spark")
    settings = {
        "spark.master": "local[2]",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.memory": "2g",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.shuffle.partitions": "4",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.driver.extraJavaOptions": f"-Dderby.system.home={folder}",
    }
    session = spark.spark_session(settings, hive=True)
    session.sparkContext.setLogLevel("OFF")
    yield session
    with _sockets_left_to_the_collector():
        session.stop()


@pytest.fixture(scope="session")
def collected(spark_session: SparkSession) -> Callable[[], AbstractContextManager[None]]:
    """What fixtures of a larger scope wrap around their work with Spark."""
    return _sockets_left_to_the_collector


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give tests that ask for Spark one worker, and bear with the sockets that it leaves."""
    for item in items:
        if "spark_session" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("spark"))
            item.add_marker(pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"))


@pytest.fixture
def spark(spark_session: SparkSession) -> Iterator[SparkSession]:
    """The small Spark session, for one test."""
    yield spark_session
    with _sockets_left_to_the_collector():
        pass


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A new, empty workspace that keeps small pictures and works in one process."""
    from fairview.catalog import Workspace

    return Workspace.create(
        tmp_path / "workspace", name="test", catalog={"picture_side": 128}, signals={"processes": 1}
    )
