"""`python -m concord_allocation migrate | load <folder> | serve | verify | retention`."""

from concord_allocation import removing
from concord_allocation.load import load
from concord_allocation.main import NAME, build_app, open_database
from concord_allocation.settings import AllocationSettings
from concord_kit.command_line import Service, main

if __name__ == "__main__":
    commands = {"load": load, "retention": removing.command}
    main(Service(NAME, AllocationSettings, open_database, build_app, commands=commands))
