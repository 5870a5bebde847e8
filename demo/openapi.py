"""`python -m demo.openapi docs/openapi`: the OpenAPI document of each service, as the running service gives it."""

import json
import sys
import tempfile
from pathlib import Path

import httpx

from concord_client.errors import ConcordError
from concord_client.launch import Deployment, Site
from concord_client.up import data_folder, interruptible


def write_documents(deployment: Deployment, folder: Path) -> list[Path]:
    """One file per service, keys sorted, so that a change of the interface is a small difference of the file."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for service, address in deployment.addresses.items():
        document = httpx.get(f"{address}/openapi.json", timeout=30, trust_env=False).raise_for_status().json()
        file = folder / f"{service}.json"
        file.write_text(json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
        written.append(file)
    return written


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: python -m demo.openapi FOLDER", file=sys.stderr)
        return 2
    try:
        with interruptible(), tempfile.TemporaryDirectory() as temporary:
            site = Site(folder=Path(temporary), data=data_folder(), keys=Path(temporary) / "keys")
            with Deployment(site) as deployment:
                deployment.open()
                for file in write_documents(deployment, Path(arguments[0])):
                    print(file)
    except ConcordError as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
