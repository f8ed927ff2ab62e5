"""What Coach needs at run time may be used by anybody: permissive licences or the LGPL."""

from __future__ import annotations

import json
import re
import subprocess
import sys

from coach.bundled import bundled

PERMISSIVE = re.compile(
    r"MIT|BSD|Apache|ISC|PSF|Python Software Foundation|HPND|Historical Permission|Unlicense|Zlib|0BSD|CC0|"
    r"LGPL|Lesser General Public|Mozilla Public License 2|MPL-2|Public Domain",
    re.IGNORECASE,
)
GPL = re.compile(r"(?<![L])GPL|(?<!Lesser )General Public License")
# Compiled packages carry GCC's run-time libraries, whose exception lets programs of any licence use them.
GCC_EXCEPTION = re.compile(r"GCC Runtime Library Exception", re.IGNORECASE)


def runtime_packages() -> list[str]:
    """The names in the run-time lock and in the models' list, without the build tools."""
    root = bundled("streamlit_app.py").parent
    lock = (root / "requirements.lock").read_text(encoding="utf-8") + bundled("models.txt").read_text(
        encoding="utf-8"
    )
    return re.findall(r"^([A-Za-z0-9_.-]+)==", lock, re.MULTILINE)


def licences() -> dict[str, str]:
    """The licence of each run-time package that is installed here (some are for other systems only)."""
    listed = subprocess.run(
        [sys.executable, "-m", "piplicenses", "--from=all", "--format=json", "--with-system", "--packages",
         *runtime_packages()],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return {
        row["Name"]: " / ".join(str(row[key]) for key in row if key.startswith("License"))
        for row in json.loads(listed.stdout)
    }


def allowed(text: str) -> bool:
    """Whether a package with this licence text may be used by anybody."""
    return bool(PERMISSIVE.search(text)) and (not GPL.search(text) or bool(GCC_EXCEPTION.search(text)))


def test_every_run_time_package_is_permissive_or_lgpl() -> None:
    found = licences()
    assert len(found) > 60
    wrong = {name: text for name, text in found.items() if not allowed(text)}
    assert wrong == {}


def test_the_gpl_voice_is_no_run_time_package() -> None:
    assert not {name for name in runtime_packages() if "piper" in name or "parselmouth" in name}
