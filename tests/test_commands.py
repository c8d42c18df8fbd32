"""The commands that the documents show …"""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from server import parser
from settings import Settings
from tests.processes import as_typed
from wiring.installation import secrets_of

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
BLOCKS = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
SERVICES = set(re.findall(r"^  (\w+):$", (ROOT / "compose.yaml").read_text(), re.MULTILINE))

ONLY_CHECKED = {
    "docker": "needs a container engine: its services are looked up in compose.yaml",
    "apt-get": "needs root: run by `make test-deployment`",
    "useradd": "needs root: run by `make test-deployment`",
    "chgrp": "needs the user: run by `make test-deployment`",
    "runuser": "needs root: run by `make test-deployment`",
    "install": "needs root: run by `make test-deployment`",
    "systemctl": "needs root: run by `make test-deployment`, which stands in for systemd",
    "nginx": "needs root: run by `make test-deployment`",
    "mkdir": "in /etc: run by `make test-deployment`",
    "openssl": "run by `make test-deployment`",
    "rm": "in /etc: run by `make test-deployment`",
    "cd": "run by `make test-deployment`",
    "git": "needs a mirror: run by `make test-deployment`",
    "curl": "needs a server: run by `make test-deployment`",
}
RUN = {
    "make": "its target must be there; those for operators are run below, those for developers by everybody",
    "python3": "run below",
    "cp": "what it copies must be there; the settings are run below",
    "chmod": "run below",
    "cat": "run below",
    "api": "run by test_readme.py",
    "TOKEN": "run by test_readme.py",
    "WELLMATE": "a setting: it must be there",
}


def blocks() -> Iterator[str]:
    for document in DOCUMENTS:
        yield from BLOCKS.findall(document.read_text())


def commands() -> list[str]:
    """Each command of each line, without what is fed to it and without comments."""
    text = "\n".join(re.sub(r"<<END\n.*?^END$", "", block, flags=re.MULTILINE | re.DOTALL) for block in blocks())
    lines = [re.sub(r"\s+#.*", "", line).strip() for line in text.splitlines()]
    return [part.strip() for line in lines for part in line.split(" && ") if part.strip()]


def words() -> str:
    return "\n".join(document.read_text() for document in DOCUMENTS)


def test_are_run_or_else_looked_at() -> None:
    kinds = {re.split(r"[ =_()]", command)[0] for command in commands()}
    assert kinds == RUN.keys() | ONLY_CHECKED.keys()


def test_of_make_are_there() -> None:
    named = set(re.findall(r"`make ([a-z][a-z-]+)", words()))
    named |= {found for command in commands() for found in re.findall(r"^(?:runuser .* )?make ([a-z][a-z-]+)", command)}
    assert "backup" in named
    assert named <= TARGETS


def test_of_the_server_are_there() -> None:
    named = set(re.findall(r"server\.py ([a-z][a-z-]+)", words()))
    assert {"check", "backup", "reseal"} <= named
    for command in named:
        with pytest.raises(SystemExit) as done:
            parser().parse_args([command, "--help"])
        assert done.value.code == 0, command


def test_copy_what_is_there() -> None:
    copied = [command.split()[1] for command in commands() if command.startswith("cp ")]
    assert {".env.example", "deploy/wellmate.service", "deploy/nginx-single.conf"} <= set(copied)
    for path in copied:
        assert (ROOT / path).exists(), path


def test_of_docker_name_services_that_are_there() -> None:
    named = {
        word.partition(":")[0]
        for command in commands()
        if command.startswith("docker compose ")
        for word in command.split()[3:]
        if word.partition(":")[0] in {"serve", "worker", "postgres", "redis", "nginx"}
    }
    assert {"serve", "worker"} <= named <= SERVICES


def test_and_texts_name_settings_that_are_there() -> None:
    known = {f"WELLMATE_{name.upper()}" for name in Settings.model_fields}
    for name, rest in re.findall(r"(WELLMATE_[A-Z0-9_]*[A-Z0-9])(_?…)?", words()):
        assert name in known or (rest and any(one.startswith(f"{name}_") for one in known)), name


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A folder in which the settings were made as the document for operators says, as far as it needs no root."""
    (block,) = [block for block in blocks() if "<<END" in block]
    (tmp_path / ".env.example").write_bytes((ROOT / ".env.example").read_bytes())
    script = block.partition("END\ncp ")[0] + "END"
    mine = script.replace("chgrp wellmate .env && ", "")
    assert mine != script
    subprocess.run(["bash", "-euc", mine], cwd=tmp_path, check=True, timeout=30)
    return tmp_path


def test_make_settings_with_which_a_server_starts(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("WELLMATE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(written)
    settings = Settings()
    assert settings.in_production
    assert secrets_of(settings).data_keys
    assert (written / ".env").stat().st_mode & 0o777 == 0o640


def test_make_a_secret_that_is_long_enough() -> None:
    (command,) = {command for command in commands() if command.startswith("python3 ")}
    made = [subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True).stdout for _ in "ab"]
    assert len(made[0].strip()) >= 32
    assert made[0] != made[1]


@pytest.mark.slow
def test_of_operators_fill_a_clinic_keep_it_and_bring_it_back(tmp_path: Path) -> None:
    environment = as_typed() | {"WELLMATE_DATA_DIR": str(tmp_path / "data")}

    def make(*words: str) -> str:
        done = subprocess.run(
            ["make", *words], cwd=ROOT, env=environment, input="yes\n", capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    assert "password" in make("demo")
    assert "Backed up to" in make("backup", f"TO={tmp_path}")
    (kept,) = tmp_path.glob("wellmate-*.tar")
    assert f"Restored {kept}" in make("restore", f"FROM={kept}")
    assert make("demo").strip() == "The demonstration clinic is there already."
