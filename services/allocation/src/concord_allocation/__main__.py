"""`python -m concord_allocation migrate | load <folder> | serve | verify | retention`."""

from concord_allocation import removing
from concord_allocation.database import open_database
from concord_allocation.load import load
from concord_allocation.settings import AllocationSettings
from concord_kit.command_line import Service, main

COMMANDS = {"load": load, "retention": removing.command}
SERVICE = Service(
    "allocation", AllocationSettings, open_database, "concord_allocation.main:build_app", commands=COMMANDS
)

if __name__ == "__main__":
    main(SERVICE)
