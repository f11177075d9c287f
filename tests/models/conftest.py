"""What the models' tests share: no hub, one thread a process, the workers' environments, and the count of what was driven.

Nothing is downloaded: weights are tiny random ones that a test writes to a folder and that the adapters load as they load
real ones. `make test-models` makes the environment; elsewhere give `--environments HOME`, a LOOPCOPILOT_HOME in which
`loopcopilot worker install audiocraft` was run.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from playing import DRIVEN, home_with

from ensemble.capabilities import CAPABILITIES
from ensemble.registry import MODELS
from state.settings import Settings

os.environ["HF_HUB_OFFLINE"] = "1"  # read when the hub's package is imported; also for the processes that tests start
os.environ["OMP_NUM_THREADS"] = "1"


def pytest_addoption(parser: pytest.Parser) -> None:
    default = Path(sys.prefix) / "home"
    parser.addoption("--environments", type=Path, default=default, help="a home with the workers' environments")


def pytest_configure(config: pytest.Config) -> None:
    if find_spec("torch") is None:
        raise pytest.UsageError("these tests need the models' packages: make test-models")
    config.stash[_COUNT] = Counter()


_COUNT = pytest.StashKey[Counter[tuple[str, str]]]()


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    """The machine is shared with the other test processes."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def environments(pytestconfig: pytest.Config) -> Path:
    """The folder that holds the workers' environments. Tests fail, and are not skipped, where it is not there."""
    folder: Path = pytestconfig.getoption("--environments") / "environments"
    if not folder.is_dir():
        pytest.fail(f"no worker's environment is built in {folder}; `make test-models` builds them")
    return folder


@pytest.fixture
def settings(tmp_path: Path, pytestconfig: pytest.Config) -> Settings:
    """Settings below a folder of the test's own, with the workers' environments in it where they are built."""
    home = home_with(tmp_path / "home", pytestconfig.getoption("--environments") / "environments")
    return Settings.read({"LOOPCOPILOT_TRACKING": "off"}, home=home)


class _Driven:
    """Counts what the tests of every process say they drove; registered once, where the reports come together."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and report.passed:
            for name, value in report.user_properties:
                if name == DRIVEN:
                    capability, model, _ = str(value).split(" ")
                    self.config.stash[_COUNT][capability, model] += 1


def pytest_sessionstart(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):
        session.config.pluginmanager.register(_Driven(session.config))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A whole run in which a capability was driven zero times fails, whatever became of its tests."""
    if _whole(session.config) and _idle(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    count = config.stash[_COUNT]
    if not _whole(config):
        return
    terminalreporter.section("calls through the whole graph, by `loopcopilot play`")
    for capability in CAPABILITIES:
        can = [entry.name for entry in MODELS.values() if capability in entry.capabilities]
        told = ", ".join(f"{name} {count[capability, name]}" for name in can)
        terminalreporter.line(f"{capability:<10} {told}")
    for capability in _idle(config):
        terminalreporter.line(f"FAILED: {capability} was driven by no model", red=True)


def _whole(config: pytest.Config) -> bool:
    """Whether this run, seen from where reports come together, ran all tests of this folder."""
    chosen = config.getoption("keyword") or config.getoption("markexpr") or config.getoption("collectonly")
    here = Path(__file__).parent
    whole = all((config.invocation_params.dir / argument).resolve() == here for argument in config.args)
    return whole and not chosen and not hasattr(config, "workerinput")


def _idle(config: pytest.Config) -> list[str]:
    driven = {capability for capability, _ in config.stash[_COUNT]}
    return [capability for capability in CAPABILITIES if capability not in driven]
