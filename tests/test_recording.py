"""Reading sound: every format, every way a file can be bad, and the FLAC that is kept."""

from __future__ import annotations

import os
import resource
import stat
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.errors import AudioError, StoreError
from coach.recording import SAMPLE_RATE, Recording, audio_chunks, probe, read_flac, read_recording, write_flac

SECONDS = 3.0

FORMATS = {  # file name: container, codec, sample rate
    "talk.wav": ("wav", "pcm_s16le", 44_100),
    "talk24.wav": ("wav", "pcm_s24le", 48_000),
    "float.wav": ("wav", "pcm_f32le", 48_000),
    "talk.flac": ("flac", "flac", 48_000),
    "talk.mp3": ("mp3", "libmp3lame", 44_100),
    "talk.m4a": ("mp4", "aac", 44_100),
    "talk.aac": ("adts", "aac", 48_000),
    "talk.ogg": ("ogg", "libopus", 48_000),
    "talk.opus": ("ogg", "libopus", 48_000),
    "talk.webm": ("webm", "libopus", 48_000),
    "talk.mp4": ("mp4", "aac", 48_000),
    "talk.mov": ("mov", "aac", 48_000),
    "telephone.wav": ("wav", "pcm_s16le", 8_000),
    "studio.wav": ("wav", "pcm_s16le", 192_000),
    "studio.flac": ("flac", "flac", 96_000),
}


def chirps(rate: int, seconds: float = SECONDS) -> np.ndarray:
    """(n,) float32: a tone that rises from 200 to 1200 Hz in each half second; its shape gives away any shift."""
    t = np.arange(round(seconds * rate)) / rate
    within = t % 0.5
    return (0.5 * np.sin(2 * np.pi * (200 * within + 1000 * within**2)) * np.sin(2 * np.pi * within)).astype(
        "f4"
    )


def encode(
    path: Path, container: str, codec: str, rate: int, channels: np.ndarray, video: bool = False
) -> Path:
    """``channels`` (channels, n) float32 as a file, by the library's own encoders."""
    layout = {1: "mono", 2: "stereo", 8: "7.1"}[len(channels)]
    with av.open(str(path), "w", format=container) as output:
        if video:
            pictures = output.add_stream("mpeg4", rate=5)
            pictures.width = pictures.height = 64
            pictures.pix_fmt = "yuv420p"
        stream = output.add_stream(codec, rate=rate, layout=layout)
        if video:
            for _ in range(5):
                output.mux(pictures.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8))))
            output.mux(pictures.encode(None))
        step = stream.codec_context.frame_size or 1024
        for start in range(0, channels.shape[1], step):
            part = np.ascontiguousarray(channels[:, start : start + step].T).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(part, format="flt", layout=layout)
            frame.sample_rate, frame.pts = rate, start
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return path


def wav(path: Path, samples: np.ndarray, rate: int = SAMPLE_RATE) -> Path:
    return encode(path, "wav", "pcm_f32le", rate, np.atleast_2d(samples).astype(np.float32))


def refusal(path: Path) -> str:
    """The sentence with which reading refuses; probing must refuse too."""
    with pytest.raises(AudioError):
        probe(path)
    with pytest.raises(AudioError) as caught:
        read_recording(path)
    message = str(caught.value)
    assert str(path) in message
    assert "Errno" not in message
    return message


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_read_in_full_and_in_time(tmp_path: Path, name: str) -> None:
    container, codec, rate = FORMATS[name]
    path = encode(
        tmp_path / name, container, codec, rate, chirps(rate)[np.newaxis], name.endswith((".mp4", ".mov"))
    )
    recording = read_recording(path)
    wanted = chirps(SAMPLE_RATE)
    assert recording.pcm.dtype == np.int16
    assert recording.duration == pytest.approx(SECONDS, abs=0.1)
    assert recording.source_sample_rate_hz == rate
    assert recording.source_channels == 1
    heard = recording.samples
    shifts = (
        range(-1100, 2300, 1) if name == "talk.aac" else range(-200, 201)
    )  # raw AAC does not say its padding
    middle = slice(8_000, 40_000)
    fits = [float(np.corrcoef(wanted[middle], heard[8_000 + s : 40_000 + s])[0, 1]) for s in shifts]
    assert max(fits) > 0.97
    assert np.std(heard) == pytest.approx(np.std(wanted), rel=0.07)


def test_probe_tells_what_is_in_the_file(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.flac", "flac", "flac", 44_100, np.stack([chirps(44_100)] * 2))
    info = probe(path)
    assert info.duration == pytest.approx(SECONDS, abs=0.01)
    assert (info.sample_rate, info.channels, info.codec) == (44_100, 2, "flac")


def test_eight_channels_are_averaged(tmp_path: Path) -> None:
    levels = np.array([0.8, -0.4, 0.2, 0.0, 0.4, 0.0, 0.0, 0.6], np.float32)
    recording = read_recording(wav(tmp_path / "eight.wav", np.outer(levels, np.ones(16_000))))
    assert recording.source_channels == 8
    assert np.abs(recording.samples - levels.mean()).max() <= 0.5 / 32768


@pytest.mark.parametrize(("container", "codec"), [("flac", "flac"), ("mp4", "aac")])
def test_eight_channels_of_other_codecs(tmp_path: Path, container: str, codec: str) -> None:
    channels = np.stack([chirps(48_000)] * 8) * np.linspace(0.2, 1.0, 8, dtype=np.float32)[:, np.newaxis]
    recording = read_recording(encode(tmp_path / "a", container, codec, 48_000, channels))
    assert recording.source_channels == 8
    wanted = np.std(Recording.of(channels.T, 48_000).samples)
    assert np.std(recording.samples) == pytest.approx(wanted, rel=0.15)  # AAC thins out the bass channel


def test_floats_beyond_full_scale_are_clipped_not_wrapped(tmp_path: Path) -> None:
    recording = read_recording(wav(tmp_path / "loud.wav", np.repeat([3.0, -3.0, 0.25], 8000)))
    assert recording.pcm[[4000, 12_000, 20_000]].tolist() == [32767, -32768, 8192]


def test_chunks_are_about_a_second_and_add_up(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", chirps(48_000, 10.4), 48_000)
    chunks = list(audio_chunks(path))
    assert len(chunks) >= 10
    assert max(map(len, chunks)) < 1.5 * SAMPLE_RATE
    assert np.array_equal(np.concatenate(chunks), read_recording(path).pcm)
    assert sum(map(len, chunks)) == pytest.approx(10.4 * SAMPLE_RATE, abs=2)


def test_samples_and_a_file_of_them_give_the_same_recording(tmp_path: Path) -> None:
    samples = chirps(44_100)
    assert np.array_equal(
        read_recording(wav(tmp_path / "a.wav", samples, 44_100)).pcm, Recording.of(samples, 44_100).pcm
    )


class TestBadFiles:
    def test_missing(self, tmp_path: Path) -> None:
        assert "There is no file" in refusal(tmp_path / "none.wav")

    def test_below_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("x")
        assert "could not be read" in refusal(tmp_path / "file" / "none.wav")

    def test_name_too_long(self, tmp_path: Path) -> None:
        assert "could not be read" in refusal(tmp_path / ("x" * 5000))

    def test_name_with_a_zero_byte(self, tmp_path: Path) -> None:
        assert "could not be read" in refusal(tmp_path / "a\0.wav")

    def test_folder(self, tmp_path: Path) -> None:
        assert "is a folder" in refusal(tmp_path)

    def test_pipe(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        assert "not a regular file" in refusal(tmp_path / "pipe")

    def test_empty(self, tmp_path: Path) -> None:
        (tmp_path / "a.wav").touch()
        assert "0 bytes" in refusal(tmp_path / "a.wav")

    def test_text_renamed(self, tmp_path: Path) -> None:
        (tmp_path / "a.wav").write_text("Gradient descent — explained.\n" * 100)
        assert "holds text" in refusal(tmp_path / "a.wav")

    def test_playlist_opens_nothing_else(self, tmp_path: Path) -> None:
        talk = wav(tmp_path / "talk.wav", chirps(SAMPLE_RATE))
        (tmp_path / "list.wav").write_text(f"ffconcat version 1.0\nfile '{talk}'\n")
        assert "holds text" in refusal(tmp_path / "list.wav")
        (tmp_path / "list.m4a").write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\n{talk}\n")
        assert "holds text" in refusal(tmp_path / "list.m4a")

    def test_random_bytes(self, tmp_path: Path) -> None:
        (tmp_path / "a.mp3").write_bytes(np.random.default_rng(3).bytes(3000).replace(b"\xff", b"\0"))
        assert "damaged" in refusal(tmp_path / "a.mp3")

    def test_mp4_that_lost_its_index(self, tmp_path: Path) -> None:
        path = encode(tmp_path / "a.m4a", "mp4", "aac", 48_000, chirps(48_000)[np.newaxis])
        path.write_bytes(path.read_bytes()[:8000])
        assert "damaged" in refusal(path)

    def test_zero_length(self, tmp_path: Path) -> None:
        path = wav(tmp_path / "a.wav", chirps(SAMPLE_RATE))
        data = path.read_bytes()
        start = data.index(b"data")
        path.write_bytes(data[:start] + b"data" + bytes(4))
        assert "zero length" in refusal(path)

    def test_pictures_without_sound(self, tmp_path: Path) -> None:
        with av.open(str(tmp_path / "a.mp4"), "w") as output:
            stream = output.add_stream("mpeg4", rate=5)
            stream.width = stream.height = 64
            stream.pix_fmt = "yuv420p"
            output.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8))))
            output.mux(stream.encode(None))
        assert "has no sound" in refusal(tmp_path / "a.mp4")

    @pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
    def test_not_finite(self, tmp_path: Path, value: float) -> None:
        samples = chirps(SAMPLE_RATE)
        samples[20_000] = value
        path = wav(tmp_path / "a.wav", samples)
        with pytest.raises(AudioError, match=r"not numbers .* at 1\.25 s"):
            read_recording(path)

    def test_no_permission(self, tmp_path: Path) -> None:
        """As another user when the tests run as root, whom no permission stops."""
        path = wav(tmp_path / "a.wav", chirps(SAMPLE_RATE))
        path.chmod(0)
        if os.geteuid() != 0:
            assert "no permission" in refusal(path)
            return
        script = (
            "import os, sys\nimport av, soxr\nfrom pathlib import Path\n"
            "from coach.errors import AudioError\nfrom coach.recording import read_recording\n"
            "path = Path(sys.argv[1])\nos.chdir(path.parent)\nos.setgroups([])\nos.setgid(65534)\n"
            "os.setuid(65534)\n"
            "try:\n    read_recording(Path(path.name))\nexcept AudioError as error:\n    print(error)\n"
        )
        for folder in (tmp_path, tmp_path.parent):
            folder.chmod(0o755)
        done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert "no permission" in done.stdout


def test_a_truncated_mp3_gives_what_there_is(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.mp3", "mp3", "libmp3lame", 44_100, chirps(44_100)[np.newaxis])
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2 + 7])
    assert read_recording(path).duration == pytest.approx(SECONDS / 2, abs=0.2)


def test_damage_in_the_middle_costs_only_the_middle(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.flac", "flac", "flac", 16_000, chirps(16_000)[np.newaxis])
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 40] = bytes(40)
    path.write_bytes(data)
    assert SECONDS - 1.0 < read_recording(path).duration <= SECONDS


class TestTooLong:
    @pytest.mark.parametrize("name", ["talk.wav", "talk.mp3", "talk.webm"])
    def test_is_refused_with_both_lengths(self, tmp_path: Path, name: str) -> None:
        container, codec, rate = FORMATS[name]
        path = encode(tmp_path / name, container, codec, rate, np.zeros((1, 180 * rate), np.float32))
        with pytest.raises(AudioError, match=r"3 min long; Coach scores up to 2 min"):
            read_recording(path, max_seconds=120)

    def test_or_gives_its_beginning(self, tmp_path: Path) -> None:
        path = wav(tmp_path / "a.wav", chirps(SAMPLE_RATE, 8.0))
        first = read_recording(path, max_seconds=2.5, truncate=True)
        assert np.array_equal(first.pcm, read_recording(path).pcm[:40_000])

    def test_decoding_stops_at_the_limit(self, tmp_path: Path) -> None:
        """What comes after it is never looked at, so that a sample there that is not a number goes unnoticed."""
        samples = chirps(SAMPLE_RATE, 10.0)
        samples[-1] = np.nan
        path = wav(tmp_path / "a.wav", samples)
        assert read_recording(path, max_seconds=2.0, truncate=True).duration == 2.0

    def test_exactly_the_limit_is_fine(self, tmp_path: Path) -> None:
        path = wav(tmp_path / "a.wav", chirps(SAMPLE_RATE, 2.0))
        assert read_recording(path, max_seconds=2.0).duration == 2.0

    def test_without_a_stated_length(self, tmp_path: Path) -> None:
        path = tmp_path / "live.webm"
        encode(path, "webm", "libopus", 48_000, chirps(48_000, 6.0)[np.newaxis])
        data = path.read_bytes()
        path.write_bytes(
            data.replace(b"\x44\x89\x88", b"\xec\x82\x88", 1)
        )  # Duration becomes Void-like filler
        with pytest.raises(AudioError, match="Coach scores up to"):
            read_recording(path, max_seconds=3.0)


class TestSamples:
    @given(st.lists(st.integers(-32768, 32767), min_size=1, max_size=200))
    @settings(max_examples=50)
    def test_16_bit_at_16_khz_stays_as_it_is(self, values: list[int]) -> None:
        pcm = np.array(values, np.int16)
        recording = Recording.of(pcm, SAMPLE_RATE)
        assert np.array_equal(recording.pcm, pcm)
        assert np.array_equal(Recording.of(recording.samples, SAMPLE_RATE).pcm, pcm)

    @pytest.mark.parametrize(
        ("dtype", "half"),
        [("u1", 192), ("i2", 2**14), ("i4", 2**30), ("f2", 0.5), ("f4", 0.5), ("f8", 0.5)],
    )
    def test_every_type_reaches_over_its_range(self, dtype: str, half: float) -> None:
        assert set(Recording.of(np.full(100, half, dtype), SAMPLE_RATE).pcm.tolist()) == {16384}

    @pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000, 96_000, 192_000])
    def test_every_rate_keeps_length_and_pitch(self, rate: int) -> None:
        tone = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(2 * rate) / rate)
        recording = Recording.of(np.stack([tone, tone], axis=1), rate)
        assert len(recording.pcm) == pytest.approx(2 * SAMPLE_RATE, abs=1)
        assert recording.source_channels == 2
        wanted = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE)
        assert np.abs(recording.samples[1000:-1000] - wanted[1000 : len(recording.pcm) - 1000]).max() < 0.002

    @pytest.mark.parametrize(
        ("samples", "rate", "sentence"),
        [
            ([], SAMPLE_RATE, "no samples"),
            (np.zeros((0, 2)), SAMPLE_RATE, "no samples"),
            ([0.0, np.nan], SAMPLE_RATE, "not numbers"),
            ([0.0, np.inf], SAMPLE_RATE, "not numbers"),
            ([1e300, 0.0], SAMPLE_RATE, "not numbers"),
            (np.zeros((2, 2, 2)), SAMPLE_RATE, "shape"),
            (0.5, SAMPLE_RATE, "shape"),
            (np.zeros((2, 16_000)), SAMPLE_RATE, "shape"),
            (["a"], SAMPLE_RATE, "type"),
            ([1, 2, 3], SAMPLE_RATE, "64-bit"),
            ([1j], SAMPLE_RATE, "type"),
            ([0.1], 0, "0 Hz"),
            (np.arange(-30000.0, 30000.0), SAMPLE_RATE, "from -1 to 1"),
        ],
    )
    def test_what_is_not_sound_is_refused(self, samples: object, rate: int, sentence: str) -> None:
        with pytest.raises(AudioError, match=sentence):
            Recording.of(samples, rate)  # type: ignore[arg-type]


class TestFlac:
    def test_comes_back_bit_for_bit(self, tmp_path: Path) -> None:
        pcm = np.random.default_rng(5).integers(-32768, 32768, 3 * SAMPLE_RATE + 17).astype(np.int16)
        recording = Recording(pcm)
        path = tmp_path / "a.flac"
        write_flac(recording, path)
        assert np.array_equal(read_flac(path).pcm, pcm)
        assert read_flac(path).sha256 == recording.sha256
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert [each.name for each in tmp_path.iterdir()] == ["a.flac"]

    def test_replaces_an_older_one(self, tmp_path: Path) -> None:
        for length in (16_000, 8_000):
            write_flac(Recording.of(chirps(SAMPLE_RATE)[:length], SAMPLE_RATE), tmp_path / "a.flac")
        assert len(read_flac(tmp_path / "a.flac").pcm) == 8_000

    def test_a_full_disk_keeps_the_older_one(self, tmp_path: Path) -> None:
        """The system itself refuses to write on: no file of this process may grow beyond 20 kB."""
        path = tmp_path / "a.flac"
        old = Recording.of(chirps(SAMPLE_RATE, 0.1), SAMPLE_RATE)
        write_flac(old, path)
        noise = Recording.of(np.random.default_rng(1).normal(0, 0.2, 5 * SAMPLE_RATE), SAMPLE_RATE)
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
        try:
            with pytest.raises(StoreError, match="make room"):
                write_flac(noise, path)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert np.array_equal(read_flac(path).pcm, old.pcm)
        assert [each.name for each in tmp_path.iterdir()] == ["a.flac"]

    def test_a_missing_folder_is_a_sentence(self, tmp_path: Path) -> None:
        with pytest.raises(StoreError, match="No such file or directory"):
            write_flac(Recording.of(chirps(SAMPLE_RATE), SAMPLE_RATE), tmp_path / "none" / "a.flac")
