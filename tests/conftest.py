"""Shared by all tests: a COACH_HOME of their own, the real models put together once, and no skipping in CI."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from coach.bundled import bundled
from coach.coverage import PairVerifier, SentenceEncoder
from coach.settings import model_store

IN_CI = os.environ.get("CI", "").lower() in {"1", "true"}


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder that the whole run shares: weights are put together once."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="session")
def judges(models: Path) -> tuple[SentenceEncoder, PairVerifier]:
    """The two models of coverage, loaded once."""
    return SentenceEncoder(models), PairVerifier(models)


@pytest.fixture
def home(tmp_path: Path, models: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty COACH_HOME with the shared models in it, set in the environment."""
    folder = tmp_path / "home"
    folder.mkdir()
    model_store(folder).symlink_to(models, target_is_directory=True)
    monkeypatch.setenv("COACH_HOME", str(folder))
    for name in ("MODEL", "DEVICE", "COMPUTE_TYPE", "LANGUAGE"):
        monkeypatch.delenv(f"COACH_{name}", raising=False)
    return folder


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of the sample talks."""
    return bundled("samples")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """In CI a skipped test is a failed run: a missing tool must not hide there."""
    skipped = terminalreporter.stats.get("skipped", [])
    if IN_CI and skipped:
        terminalreporter.write_line(f"{len(skipped)} skipped, which CI does not allow:", red=True)
        for report in skipped:
            terminalreporter.write_line(f"  {report.nodeid}: {report.longrepr}", red=True)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if IN_CI and exitstatus == 0 and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture
def free_port() -> int:
    """A port on this machine that nobody listens on."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
