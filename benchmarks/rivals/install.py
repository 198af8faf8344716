"""Gets what the rivals need, into `artefacts/bench/`: a virtual environment, node packages, and nginx unpacked.

Nothing is installed on the machine. What cannot be had is named, and its rivals are left out.
"""

import shutil
import subprocess
import tomllib
import venv
from collections.abc import Callable
from functools import cache
from pathlib import Path

from benchmarks.machine import ARTEFACTS, ROOT

VENV = ARTEFACTS / "python"
PYTHON = VENV / "bin" / "python"
NODE_FOLDER = ARTEFACTS / "node"
NODE = NODE_FOLDER / "node_modules"
NGINX = ARTEFACTS / "nginx"

NODE_PACKAGES = ["ws@8.23.0", "@trufflesuite/uws-js-unofficial@20.30.0-unofficial.0"]
DEBIAN_PACKAGES = ["nginx", "libnginx-mod-nchan"]


class Missing(Exception):
    """What cannot be had, and why."""


@cache
def missing(need: str) -> str:
    """Why the rivals that need this cannot run; empty if they can."""
    try:
        NEEDS[need]()
    except (Missing, OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", None) or str(error)
        return " ".join(str(said).strip().split("\n")[-1:]) or type(error).__name__
    return ""


def versions() -> dict[str, str]:
    """What was got, in which version."""
    found = {}
    if PYTHON.exists():
        lines = _run([str(PYTHON), "-m", "pip", "list", "--format=freeze"]).split()
        wanted = ("picows=", "starlette=", "uvicorn=", "websockets=", "uvloop=", "httptools=")
        found["Rivals in Python"] = ", ".join(line.replace("==", " ") for line in lines if line.startswith(wanted))
    if NODE.exists():
        found["Rivals in node"] = f"node {_run(['node', '--version']).strip()}, {', '.join(NODE_PACKAGES)}"
    if nginx_program().exists():
        said = subprocess.run([nginx_program(), "-v"], capture_output=True, text=True, check=False).stderr
        nchan = next(iter(NGINX.glob("libnginx-mod-nchan_*")), NGINX).name.split("_")
        found["nginx"] = (
            f"{said.strip().rpartition('/')[2]}, nchan {nchan[1].replace('%3a', ':') if nchan[1:] else '?'}"
        )
    return found


def nginx_program() -> Path:
    """Where nginx is unpacked."""
    return NGINX / "root/usr/sbin/nginx"


def nginx_module() -> Path:
    """Where nchan is unpacked."""
    return NGINX / "root/usr/lib/nginx/modules/ngx_nchan_module.so"


def _gcc() -> None:
    if not shutil.which("gcc"):
        raise Missing("gcc is not installed")


def _python() -> None:
    marker = VENV / "installed"
    if marker.exists() and marker.stat().st_mtime > (ROOT / "pyproject.toml").stat().st_mtime:
        return
    venv.create(VENV, with_pip=True, clear=True)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    packages = [*project["dependencies"], *project["optional-dependencies"]["bench"]]
    _run([str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages])
    marker.touch()


def _node() -> None:
    for tool in ("node", "npm"):
        if not shutil.which(tool):
            raise Missing(f"{tool} is not installed")
    if not (NODE / "ws").exists() or not (NODE / "@trufflesuite").exists():
        NODE_FOLDER.mkdir(parents=True, exist_ok=True)
        _run(["npm", "install", "--prefix", str(NODE_FOLDER), "--no-audit", "--no-fund", *NODE_PACKAGES])


def _nginx() -> None:
    if nginx_module().exists():
        return
    for tool in ("apt-get", "dpkg-deb"):
        if not shutil.which(tool):
            raise Missing(f"{tool} is not installed: nginx and nchan are taken from Debian's packages")
    NGINX.mkdir(parents=True, exist_ok=True)
    _run(["apt-get", "download", *DEBIAN_PACKAGES], cwd=NGINX)
    for package in NGINX.glob("*.deb"):
        _run(["dpkg-deb", "--extract", str(package), str(NGINX / "root")])
    _run([str(nginx_program()), "-v"])


NEEDS: dict[str, Callable[[], None]] = {"gcc": _gcc, "python": _python, "node": _node, "nginx": _nginx}


def _run(command: list[str], cwd: Path | None = None) -> str:
    return subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True, timeout=600).stdout
