"""Runs the console blocks of README.md and writes what they print under each command.

    python scripts/refresh_readme.py

Blocks marked ``<!-- not run -->`` are left as they are. Run it with the environment's ``cswitch`` on the path.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"(?P<mark><!-- not run -->\n)?```console\n(?P<body>.*?)```\n", re.DOTALL)


def main() -> None:
    """Rewrites the README in place."""
    readme = ROOT / "README.md"
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "data").symlink_to(ROOT / "data")
        environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "NO_COLOR": "1"}

        def refreshed(match: re.Match[str]) -> str:
            if match["mark"]:
                return match[0]
            commands = [line[2:] for line in match["body"].splitlines() if line.startswith("$ ")]
            return f"```console\n{''.join(shown(command, folder, environment) for command in commands)}```\n"

        readme.write_text(BLOCK.sub(refreshed, readme.read_text("utf-8")), encoding="utf-8")


def shown(command: str, folder: str, environment: dict[str, str]) -> str:
    """A command and what it prints, both streams in order."""
    done = subprocess.run(
        command, shell=True, cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode:
        raise SystemExit(f"{command}\n{done.stdout}")
    return f"$ {command}\n{done.stdout}"


if __name__ == "__main__":
    main()
