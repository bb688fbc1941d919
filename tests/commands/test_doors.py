"""The commands as somebody meets them: every one is listed, explains itself and has an example."""

import shlex

import pytest

from autograd.__main__ import main
from autograd.commands.doors import COMMANDS, DOORS


def help_of(capsys, *command):
    with pytest.raises(SystemExit) as stop:
        main([*command, "--help"])
    assert stop.value.code == 0
    return capsys.readouterr().out


def test_help_lists_every_command_on_a_line_by_its_door(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    lines = help_of(capsys).splitlines()
    for door, commands in DOORS.items():
        start = lines.index(f"{door}:")
        for place, (name, command) in enumerate(commands.items(), start + 1):
            assert lines[place] == f"  {name:<12} {command.line}"


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_fits_eighty_columns_and_has_an_example(command, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    text = help_of(capsys, *filter(None, [command]))
    assert max(map(len, text.splitlines())) <= 80
    before, _, example = text.partition("\nexample:\n")
    assert example.startswith(f"  python -m autograd {command}".rstrip())
    words = shlex.split(example)
    assert words[0] == "python" and before


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("notebooks steping", "did you mean stepping?"),
        ("check troch", "did you mean torch?"),
        ("check hips", "--python PATH takes one that has HIPS autograd"),
        ("check torch --limit 0", "--limit takes a number above 0, not '0'\n"),
        ("explain tahn(x) x=1", "'tahn': did you mean tan? It must be one of"),
        ("--numbers float explain x*x x=1", "a command comes first: chainrule explain"),
        ("drwa x*x x=1", "did you mean draw?"),
        ("exercises --cuont 3", "did you mean --count?"),
    ],
)
def test_a_slip_of_the_fingers_is_asked_about(line, said, capsys):
    with pytest.raises(SystemExit) as stop:
        main(line.split())
    assert stop.value.code == 2
    told = capsys.readouterr().err
    assert said in told and told.count("\n") == 1


@pytest.mark.parametrize("command", ["explain", "draw", "steps", "live"])
def test_the_example_of_an_expression_works(command, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    _, _, example = help_of(capsys, command).partition("\nexample:\n")
    assert main(shlex.split(example)[3:]) == 0
    said = capsys.readouterr().out
    assert "wrote " in said or "∂E/∂w" in said
