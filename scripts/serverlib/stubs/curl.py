"""curl, as far as the page uses it: a file of GitLab's generic packages, up and down."""
import argparse
import os
import shutil
import sys
from pathlib import Path

parser = argparse.ArgumentParser(prog="curl")
for flag in ("--fail", "--silent", "--show-error", "--location"):
    parser.add_argument(flag, action="store_true")
for option in ("--header", "--output", "--write-out", "--upload-file"):
    parser.add_argument(option)
parser.add_argument("address")
given = parser.parse_args()
begin = f"{os.environ['CI_API_V4_URL']}/projects/{os.environ['CI_PROJECT_ID']}/packages/generic/"
path = given.address.removeprefix(begin).split("/")
if given.address == path[0] or len(path) != 3:
    sys.exit(f"curl: no such address: {given.address}")
status = 200
file = Path(os.environ["SERVER_STATE"]) / "-".join(path)
if given.header != f"JOB-TOKEN: {os.environ['CI_JOB_TOKEN']}":
    status = 401
elif os.environ.get("SERVER_IS_DOWN"):
    status = 503
elif given.upload_file:
    file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(given.upload_file, file)
    status = 201
elif file.exists():
    shutil.copyfile(file, given.output)
else:
    status = 404
if given.write_out:
    assert given.write_out == "%{http_code}", given.write_out
    print(status, end="")
if given.fail and status >= 400:
    print(f"curl: (22) The requested URL returned error: {status}", file=sys.stderr)
    sys.exit(22)
