"""Reads commands of the AWS CLI from standard input, each a JSON list of arguments in a line, and writes a line for each: what is
wrong with it, as a JSON string, empty if the CLI accepts it. The CLI's own parser reads each command and the models of its services
validate the parameters. Nothing is sent, and no command runs.
"""
import contextlib
import io
import json
import re
import sys

from awscli.clidriver import CLIOperationCaller, create_clidriver
from awscli.customizations.commands import BasicCommand
from botocore.validate import ParamValidator


def validate(self, service_name, operation_name, parameters, parsed_globals):
    model = self._session.get_service_model(service_name).operation_model(operation_name)
    if model.input_shape is not None:
        report = ParamValidator().validate(parameters, model.input_shape)
        if report.has_errors():
            raise ValueError(report.generate_report())
    return 0


def disarm(command):
    """Commands that the CLI itself makes of several calls, or of none, end where they would run."""
    for subclass in command.__subclasses__():
        subclass._run_main = lambda self, parsed_args, parsed_globals: 0
        disarm(subclass)


sys.argv = ["aws"]
CLIOperationCaller.invoke = validate
driver = create_clidriver()
for line in sys.stdin:
    disarm(BasicCommand)
    # A file that the reader has to write first holds some document, and a profile is the reader's own.
    arguments = ["{}" if a.startswith("file://") else a for a in json.loads(line)]
    # What the reader fills in is upper case; only ARNs have a shape that the CLI validates.
    arguments = ["arn:aws:iam::111122223333:policy/example" if re.fullmatch("[A-Z_]*ARN", a) else a for a in arguments]
    if "--profile" in arguments[:-1]:
        at = arguments.index("--profile")
        del arguments[at : at + 2]
    errors = io.StringIO()
    with contextlib.redirect_stderr(errors), contextlib.redirect_stdout(io.StringIO()):
        try:
            code = driver.main(arguments)
        except SystemExit as end:
            code = end.code
    said = [line for line in errors.getvalue().splitlines() if line.strip() and not line.startswith(("usage: ", "Note:", "To see help", "  aws "))]
    print(json.dumps("" if code == 0 else "\n".join(said[-3:]) or f"exit code {code}"), flush=True)
