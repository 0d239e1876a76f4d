"""Completions of bash, zsh and fish know what the command's own help knows."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import dialogue
import peers
import pytest
from peers import handfast

FOLDER = peers.ROOT / "tools/completions"
COMMANDS = ("connect", "serve", "verify")


def options_of(command: str) -> set[str]:
    """Every option, long and short, in the help of a command."""
    text = handfast("help", command).text.partition("\n\n")[2]
    found = set()
    for line in re.findall(r"^  (-[^ ].*)$", text, re.MULTILINE):
        found |= set(re.findall(r"(?:^|, )(--?[a-z0-9-]+)", line))
    assert len(found) >= 10
    return found


def commands_of() -> set[str]:
    return set(re.findall(r"^  ([a-z]+) +\S", handfast("help").text, re.MULTILINE))


def need(shell: str) -> str:
    path = shutil.which(shell)
    if path is None:
        pytest.skip(f"{shell} is not installed")
    return path


# ---- bash ----


def bash(*words: str, folder: Path | None = None) -> list[str]:
    """What bash would offer for the last word."""
    script = f"""
source {FOLDER / "handfast.bash"}
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_handfast
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    done = subprocess.run(
        [need("bash"), "--norc", "-c", script, "bash", *words],
        capture_output=True,
        text=True,
        timeout=peers.PATIENCE,
        check=True,
        cwd=folder,
    )
    assert done.stderr == ""
    return [line for line in done.stdout.splitlines() if line]


def test_bash(tmp_path: Path) -> None:
    (tmp_path / "root 1.pem").write_text("")
    (tmp_path / "other").write_text("")
    assert set(bash("handfast", "")) == commands_of()
    assert set(bash("handfast", "help", "")) == commands_of()
    assert bash("handfast", "ver") == ["verify", "version"]
    for command in COMMANDS:
        assert set(bash("handfast", command, "-")) == options_of(command)
    starttls = list(dialogue.UPGRADES)
    assert bash("handfast", "connect", "--starttls", "") == starttls
    assert bash("handfast", "connect", "--starttls", "=", "po") == ["pop3", "postgres"]
    assert bash("handfast", "connect", "--starttls", "=") == starttls
    assert bash("handfast", "connect", "--alpn", "h2,h") == ["h2,h2", "h2,http/1.1"]
    assert bash("handfast", "connect", "--groups", "-") == []
    assert bash("handfast", "connect", "--proxy", "s") == ["socks5"]
    assert bash("handfast", "verify", "--profile", "w") == ["web-pki"]
    assert bash("handfast", "connect", "--profile", "c") == ["compatible"]
    files = ("handfast", "connect", "--cafile", "r"), ("handfast", "verify", "r")
    for words in files:
        assert bash(*words, folder=tmp_path) == ["root 1.pem"]
    assert bash("handfast", "connect", "") == []
    assert bash("handfast", "version", "--") == []


# ---- fish ----


def fish(line: str, folder: Path) -> list[str]:
    script = f"source {FOLDER / 'handfast.fish'}; complete -C {line!r}"
    environment = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    done = subprocess.run(
        [need("fish"), "--no-config", "-c", script],
        capture_output=True,
        text=True,
        timeout=peers.PATIENCE,
        check=True,
        cwd=folder,
        env=os.environ | environment,
    )
    assert done.stderr == ""
    return [found.partition("\t")[0] for found in done.stdout.splitlines()]


def test_fish(tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_text("")
    assert set(fish("handfast ", tmp_path)) == commands_of()
    assert set(fish("handfast help ", tmp_path)) == commands_of()
    for command in COMMANDS:
        offered = fish(f"handfast {command} -", tmp_path)
        offered += fish(f"handfast {command} --", tmp_path)
        assert set(offered) == options_of(command)
    offered = fish("handfast connect --starttls ", tmp_path)
    assert sorted(offered) == sorted(dialogue.UPGRADES)
    for command in COMMANDS:
        profiles = sorted(fish(f"handfast {command} --profile ", tmp_path))
        assert profiles == ["compatible", "default", "web-pki"]
    for line in ("handfast verify r", "handfast verify --untrusted r"):
        assert fish(line, tmp_path) == ["root.pem"]


# ---- zsh: it completes on a terminal alone ----


def until(main: int, ready: Callable[[bytes], bool]) -> bytes:
    output, end = b"", time.monotonic() + peers.PATIENCE
    while not ready(output):
        wait = end - time.monotonic()
        if wait <= 0 or not select.select([main], [], [], wait)[0]:
            raise TimeoutError(output)
        output += os.read(main, 65536)
    return output


def zsh(line: str, folder: Path) -> str:
    """What stands on the terminal after TAB, with a list of all that fits."""
    (folder / ".zshrc").write_text(
        f"fpath=({FOLDER} $fpath)\n"
        "autoload -Uz compinit && compinit -u -d ./dump\n"
        "zstyle ':completion:*' list-packed no\n"
        "LISTMAX=1000; PROMPT='READY> '; unsetopt PROMPT_SP ZLE_BRACKETED_PASTE\n"
        "setopt NO_ALWAYS_LAST_PROMPT; unset zle_bracketed_paste\n"
        "bindkey '^I' list-choices\n"
    )
    shell = need("zsh")
    main, other = pty.openpty()
    subprocess.run(["stty", "rows", "200", "cols", "200"], stdin=other, check=True)
    environment = {"HOME": str(folder), "ZDOTDIR": str(folder), "TERM": "dumb"}
    with subprocess.Popen(
        [shell, "-i", "-o", "NO_GLOBAL_RCS"],
        stdin=other,
        stdout=other,
        stderr=other,
        cwd=folder,
        env=os.environ | environment,
        start_new_session=True,
    ) as process:
        os.close(other)
        until(main, lambda got: got.endswith(b"READY> "))
        os.write(main, f"{line}\t".encode())
        # The prompt and the line stand below the list again.
        again = f"READY> {line}".encode()
        output = until(main, lambda got: got.rstrip(b" ").endswith(again.rstrip()))
        process.kill()
    os.close(main)
    return output.decode()


def test_zsh_reads_it() -> None:
    script = FOLDER / "_handfast"
    subprocess.run([need("zsh"), "-n", str(script)], check=True, timeout=peers.PATIENCE)
    assert script.read_text().startswith("#compdef handfast\n")


@pytest.mark.parametrize("command", COMMANDS)
def test_zsh_names_every_option(command: str, tmp_path: Path) -> None:
    shown = zsh(f"handfast {command} -", tmp_path)
    found = set(re.findall(r"(?:^|[\s,])(--?[a-z0-9-]+)(?=\s)", shown))
    assert found - {"--"} == options_of(command), shown


def test_zsh_names_every_command(tmp_path: Path) -> None:
    shown = zsh("handfast ", tmp_path)
    assert set(re.findall(r"^([a-z]+) +-- ", shown, re.MULTILINE)) == commands_of()


# ---- installed ----


def test_they_are_installed(tmp_path: Path) -> None:
    """Where each shell looks for them."""
    build = Path(peers.COMMAND).resolve().parents[1]
    if not (build / "CMakeCache.txt").exists():
        pytest.skip(f"{peers.COMMAND} does not lie in a build")
    command = ["cmake", "--install", str(build), "--component", "tools"]
    subprocess.run([*command, "--prefix", str(tmp_path)], check=True, capture_output=True)
    for place, name in (
        ("share/bash-completion/completions/handfast", "handfast.bash"),
        ("share/zsh/site-functions/_handfast", "_handfast"),
        ("share/fish/vendor_completions.d/handfast.fish", "handfast.fish"),
    ):
        assert (tmp_path / place).read_bytes() == (FOLDER / name).read_bytes()
