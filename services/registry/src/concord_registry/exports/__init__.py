"""The map for other systems: tables as JSON or CSV, and bodies as FHIR R4 resources. Pure but for `routes`.

exported_tables.py   which tables, and a row of each as it is written
fhir.py              bodies, relations and successions as Organization and OrganizationAffiliation
"""
