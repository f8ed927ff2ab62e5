"""A process that uses the microphone, told what to do on stdin; a JSON line each way.

PortAudio reads its surroundings once per process, and a test must be able to kill the one that records.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from coach.errors import CoachError
from coach.microphone import MicrophoneRecording, list_microphones, portaudio_problem

recordings: list[MicrophoneRecording] = []


def list_(rescan: bool = False) -> Any:
    return [asdict(microphone) for microphone in list_microphones(rescan=rescan)]


def start(folder: str, device: int | str | None = None, sample_rate: int | None = None) -> Any:
    recordings.append(MicrophoneRecording(Path(folder), device, sample_rate=sample_rate))
    recordings[-1].start()
    return look()


def look() -> Any:
    names = ("state", "elapsed", "level_dbfs", "peak", "clipped", "outcome", "message", "dropouts")
    return {name: getattr(recordings[-1], name) for name in names}


def stop() -> Any:
    return asdict(recordings[-1].stop())


def limit(size: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


COMMANDS = {
    "list": list_,
    "start": start,
    "look": look,
    "stop": stop,
    "limit": limit,
    "problem": portaudio_problem,
}

for line in sys.stdin:
    command, *arguments = json.loads(line)
    try:
        reply = {"reply": COMMANDS[command](*arguments)}
    except CoachError as error:
        reply = {"error": type(error).__name__, "message": str(error)}
    print(json.dumps(reply), flush=True)
