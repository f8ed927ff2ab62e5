"""Real PortAudio without hardware."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from ctypes.util import find_library
from pathlib import Path

import pytest

from .sound_server import Driver, SoundServer

PACKAGES = "pulseaudio pulseaudio-utils libasound2-plugins libportaudio2"


@pytest.fixture
def stopped_sound_server() -> Iterator[SoundServer]:
    missing = [tool for tool in ("pulseaudio", "pactl", "paplay") if shutil.which(tool) is None]
    if find_library("portaudio") is None:
        missing.append("libportaudio")
    plugin = "alsa-lib/libasound_module_pcm_pulse.so"
    if not any(found for place in ("lib*", "lib/*") for found in Path("/usr").glob(f"{place}/{plugin}")):
        missing.append("ALSA's plugin for PulseAudio")
    if missing:
        reason = f"{', '.join(missing)} missing; on Debian: sudo apt install {PACKAGES}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    # Not pytest's folder: a socket's path may have 107 characters at most.
    with tempfile.TemporaryDirectory(prefix="coach-", ignore_cleanup_errors=True) as folder:
        server = SoundServer(Path(folder))
        try:
            yield server
        finally:
            server.kill()


@pytest.fixture
def sound_server(stopped_sound_server: SoundServer) -> SoundServer:
    stopped_sound_server.start()
    return stopped_sound_server


@pytest.fixture
def driver(stopped_sound_server: SoundServer) -> Iterator[Driver]:
    driver = Driver(stopped_sound_server.environment)
    try:
        yield driver
    finally:
        driver.process.kill()
        driver.process.communicate()
