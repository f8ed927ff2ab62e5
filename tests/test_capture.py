"""A recording in progress survives kills, full disks and being read while it is written."""

from __future__ import annotations

import errno
import itertools
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from coach.capture import (
    PIECE_SECONDS,
    CaptureEnd,
    CaptureWriter,
    capture_duration,
    capture_end,
    capture_info,
    follow_capture,
    read_capture,
)
from coach.errors import AudioError, StoreError

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="mounts and limits of Linux")


def noise(frames: int, seed: int = 1) -> NDArray[np.int16]:
    return np.random.default_rng(seed).integers(-20_000, 20_000, frames, dtype=np.int16)


def joined(chunks: Iterator[NDArray[np.int16]]) -> NDArray[np.int16]:
    parts = list(chunks)
    assert all(part.dtype == np.int16 and part.size for part in parts)
    return np.concatenate(parts) if parts else np.empty(0, np.int16)


def captured(folder: Path, samples: NDArray[np.int16], rate: int, cuts: list[int]) -> Path:
    writer = CaptureWriter(folder, rate)
    for part in np.split(samples, sorted(cuts)):
        writer.write(part)
    writer.close("stopped")
    return folder


def test_what_was_written_is_read_back_bit_for_bit_at_16_khz(tmp_path: Path) -> None:
    samples = noise(16_000 * 5 + 123)
    writer = CaptureWriter(tmp_path / "attempt" / "capture", 16_000, device="Mikrofon (öäü)")
    writer.write(samples[:40_000])
    writer.write(samples[40_000:])
    writer.close("stopped", "done")
    assert np.array_equal(joined(read_capture(writer.folder)), samples)
    assert capture_duration(writer.folder) == len(samples) / 16_000 == writer.duration
    assert capture_info(writer.folder).device == "Mikrofon (öäü)"
    assert capture_end(writer.folder) == CaptureEnd("stopped", "done", len(samples))
    assert [p.name for p in sorted(writer.folder.iterdir())] == [
        "000000.pcm",
        "000001.pcm",
        "000002.pcm",
        "capture.json",
        "ended.json",
    ]
    assert {p.stat().st_size for p in sorted(writer.folder.glob("*.pcm"))[:-1]} == {PIECE_SECONDS * 32_000}


@settings(max_examples=25, deadline=None)
@given(
    rate=st.sampled_from([8_000, 11_025, 44_100, 48_000, 96_000]),
    cuts=st.lists(st.integers(0, 50_000), max_size=12),
)
def test_the_sound_does_not_depend_on_the_cuts(
    tmp_path_factory: pytest.TempPathFactory, rate: int, cuts: list[int]
) -> None:
    base = tmp_path_factory.mktemp("cuts")
    samples = noise(50_000)
    whole = joined(read_capture(captured(base / "whole", samples, rate, [])))
    cut = captured(base / "cut", samples, rate, cuts)
    # Pieces of any other length hold the same recording.
    recut = base / "recut"
    recut.mkdir()
    (recut / "capture.json").write_bytes((cut / "capture.json").read_bytes())
    bounds = [0, *sorted(set(cuts)), len(samples)]
    for number, (start, end) in enumerate(itertools.pairwise(bounds)):
        (recut / f"{number:06d}.pcm").write_bytes(samples[start:end].tobytes())
    assert np.array_equal(joined(read_capture(cut)), whole)
    assert np.array_equal(joined(read_capture(recut)), whole)
    assert len(whole) == pytest.approx(len(samples) * 16_000 / rate, abs=1)


def test_a_tone_keeps_its_pitch_and_level_through_resampling(tmp_path: Path) -> None:
    tone = np.round(8_000 * np.sin(2 * np.pi * 1_000 * np.arange(44_100 * 3) / 44_100)).astype(np.int16)
    heard = joined(read_capture(captured(tmp_path / "c", tone, 44_100, [500, 70_000])))
    expected = 8_000 * np.sin(2 * np.pi * 1_000 * np.arange(len(heard)) / 16_000)
    assert np.abs(heard - expected)[200:-200].max() < 8


def test_full_scale_does_not_wrap_around(tmp_path: Path) -> None:
    square = np.where(np.arange(48_000) // 240 % 2, 32_767, -32_768).astype(np.int16)
    heard = joined(read_capture(captured(tmp_path / "c", square, 48_000, [])))
    phase = np.arange(len(heard)) // 80 % 2
    middle = np.arange(len(heard)) % 80 == 40
    assert (heard[middle & (phase == 1)] > 25_000).all()
    assert (heard[middle & (phase == 0)] < -25_000).all()


def test_a_killed_writer_leaves_everything_it_wrote(tmp_path: Path) -> None:
    folder = tmp_path / "capture"
    program = (
        "import sys, time, numpy as np; from pathlib import Path; from coach.capture import CaptureWriter\n"
        f"w = CaptureWriter(Path({str(folder)!r}), 16000)\n"
        "for i in range(50): w.write(np.full(1600, i, np.int16))\n"
        "print('written', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "written\n"
        process.kill()
    assert process.returncode != 0
    assert np.array_equal(joined(read_capture(folder)), np.repeat(np.arange(50, dtype=np.int16), 1600))
    assert capture_end(folder) is None
    # Following it ends as soon as the caller knows that nobody writes any more.
    assert len(joined(follow_capture(folder, stop=lambda: True))) == 80_000


def test_a_last_piece_with_half_a_sample_is_read_up_to_it(tmp_path: Path) -> None:
    folder = captured(tmp_path / "c", noise(40_000), 16_000, [])
    with (folder / "000001.pcm").open("ab") as file:
        file.write(b"\x7f")
    assert np.array_equal(joined(read_capture(folder)), noise(40_000))
    assert capture_duration(folder) == 2.5


def test_an_end_cut_short_is_still_an_end(tmp_path: Path) -> None:
    folder = captured(tmp_path / "c", noise(1_000), 16_000, [])
    (folder / "ended.json").write_text('{"outcome": "sto')
    assert capture_end(folder) == CaptureEnd(None)
    assert np.array_equal(joined(follow_capture(folder, stop=lambda: False)), noise(1_000))


@pytest.mark.parametrize(
    "content", [None, "", '{"sample_rate": 48', "[]", '{"sample_rate": 0, "started_at": ""}']
)
def test_no_readable_description_is_explained(tmp_path: Path, content: str | None) -> None:
    folder = captured(tmp_path / "c", noise(1_000), 16_000, [])
    if content is None:
        (folder / "capture.json").unlink()
    else:
        (folder / "capture.json").write_text(content)
    for read in (read_capture, capture_duration, capture_info):
        with pytest.raises(AudioError, match=r"capture\.json"):
            read(folder)


def test_a_missing_piece_is_not_passed_over(tmp_path: Path) -> None:
    folder = captured(tmp_path / "c", noise(16_000 * 7), 16_000, [])
    (folder / "000001.pcm").unlink()
    with pytest.raises(AudioError, match=r"missing.*000003\.pcm"):
        joined(read_capture(folder))


def test_an_empty_capture_is_empty(tmp_path: Path) -> None:
    folder = captured(tmp_path / "c", np.empty(0, np.int16), 48_000, [])
    assert joined(read_capture(folder)).size == 0
    assert capture_duration(folder) == 0


def test_following_gives_what_reading_gives(tmp_path: Path) -> None:
    samples = noise(48_000 * 5)
    writer = CaptureWriter(tmp_path / "c", 48_000)
    heard: list[NDArray[np.int16]] = []
    progressed = threading.Event()

    def follow() -> None:
        for chunk in follow_capture(writer.folder, stop=lambda: False, poll=0.005):
            heard.append(chunk)
            progressed.set()

    follower = threading.Thread(target=follow)
    follower.start()
    for part in np.split(samples, range(0, len(samples), 7_001)):
        writer.write(part)
        if writer.frames > 48_000:
            # Sound comes out while the recording is still going on.
            assert progressed.wait(10)
    assert follower.is_alive()
    writer.close("stopped")
    follower.join(10)
    assert not follower.is_alive()
    assert np.array_equal(np.concatenate(heard), joined(read_capture(writer.folder)))


def test_following_waits_for_a_capture_that_is_not_there_yet(tmp_path: Path) -> None:
    folder = tmp_path / "later"
    timer = threading.Timer(0.1, lambda: captured(folder, noise(3_000), 16_000, []))
    timer.start()
    assert np.array_equal(joined(follow_capture(folder, stop=lambda: False, poll=0.01)), noise(3_000))
    timer.join()


def test_a_recording_is_never_overwritten(tmp_path: Path) -> None:
    folder = captured(tmp_path / "c", noise(1_000), 16_000, [])
    with pytest.raises(StoreError, match="already holds a recording"):
        CaptureWriter(folder, 16_000)
    assert np.array_equal(joined(read_capture(folder)), noise(1_000))


def test_samples_of_another_type_are_refused(tmp_path: Path) -> None:
    writer = CaptureWriter(tmp_path / "c", 16_000)
    with pytest.raises(TypeError):
        writer.write(np.zeros(10, np.float32))  # type: ignore[arg-type]


def test_a_folder_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match=r"can't be written to .*file.*record again"):
        CaptureWriter(tmp_path / "file" / "capture", 16_000)


@contextmanager
def limited_files(size: int) -> Iterator[None]:
    """The system refuses to let any file of this process grow beyond ``size`` bytes."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 256 KiB; where nobody may mount one, a limit on the size of files."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)]
    for sudo in ([], ["sudo", "-n"]):
        try:
            mounted = subprocess.run([*sudo, *mount], check=False, capture_output=True).returncode == 0
        except FileNotFoundError:
            continue
        if mounted:
            try:
                yield disk
            finally:
                subprocess.run([*sudo, "umount", str(disk)], check=True)
            return
    with limited_files(50_000):
        yield disk


def write_all(writer: CaptureWriter, samples: NDArray[np.int16]) -> None:
    for part in np.split(samples, range(0, len(samples), 1_600)):
        writer.write(part)


@linux_only
def test_a_disk_that_fills_keeps_what_it_took(small_disk: Path) -> None:
    samples = noise(16_000 * 30)
    writer = CaptureWriter(small_disk / "capture", 16_000)
    with pytest.raises(StoreError) as caught:
        write_all(writer, samples)
    assert isinstance(caught.value.__cause__, OSError)
    assert caught.value.__cause__.errno in {errno.ENOSPC, errno.EFBIG}
    message = str(caught.value)
    assert f"{writer.duration:.1f} s" in message
    assert "kept" in message
    assert "Make room" in message
    assert str(writer.folder) in message
    # The end is noted although the disk is full.
    writer.close("disk_full", message)
    assert capture_end(writer.folder) == CaptureEnd("disk_full", message, writer.frames)
    heard = joined(read_capture(writer.folder))
    assert len(heard) == writer.frames > 20_000
    assert np.array_equal(heard, samples[: len(heard)])


@linux_only
def test_a_write_cut_inside_a_sample_keeps_the_whole_samples(tmp_path: Path) -> None:
    writer = CaptureWriter(tmp_path / "capture", 16_000)
    with limited_files(50_001), pytest.raises(StoreError, match=r"after 1\.6 s \(File too large\)"):
        writer.write(noise(32_000))
    assert (writer.folder / "000000.pcm").stat().st_size == 50_001
    writer.close("disk_full")
    assert np.array_equal(joined(read_capture(writer.folder)), noise(32_000)[:25_000])


@linux_only
def test_a_disk_that_is_full_from_the_start_is_explained(tmp_path: Path) -> None:
    with limited_files(0), pytest.raises(StoreError, match=r"can't be written.*File too large.*Make room"):
        CaptureWriter(tmp_path / "capture", 16_000)
