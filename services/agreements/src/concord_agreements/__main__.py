"""`python -m concord_agreements migrate | load <folder> | serve | verify | unpark`."""

from concord_agreements.database import open_database
from concord_agreements.load import load
from concord_agreements.settings import AgreementsSettings
from concord_kit.command_line import Service, main

SERVICE = Service(
    "agreements", AgreementsSettings, open_database, "concord_agreements.main:build_app", commands={"load": load}
)

if __name__ == "__main__":
    main(SERVICE)
