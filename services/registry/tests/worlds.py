"""A world small enough to hold in one's head: two CCGs, two councils, NHS England, two pathways.

Trafford's list lies wholly in council P; Tameside and Glossop's three quarters in P, the rest in Q.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from concord_contracts.registry import ClaimStatus, Role
from concord_kit.clock import Clock, utc_now
from concord_kit.database import Database
from concord_kit.journal import Intent
from concord_kit.migrations import upgrade
from concord_registry.files import check
from concord_registry.store import claims as store
from concord_registry.store.loads import apply
from concord_registry.store.reference import read_reference
from concord_registry.tables import Base
from concord_registry.world import Claim, Reference

DAY = date(2014, 1, 15)

FILES: Mapping[str, str] = {
    "sources.csv": """source,title,publisher
report-2014,A report on cancer commissioning,Macmillan
law,The Act,Parliament
""",
    "bodies.csv": """body,kind,legal_person,valid_from,valid_to,source
ods:X24,nhs_england,yes,2013-04-01,9999-12-31,law
ods:Q46,area_team,no,2013-04-01,9999-12-31,law
ods:02A,ccg,yes,2013-04-01,9999-12-31,law
ods:01Y,ccg,yes,2013-04-01,9999-12-31,law
ods:OLD,pct,yes,2002-04-01,2013-04-01,law
ods:0AJ,csu,no,2013-04-01,9999-12-31,law
gss:P,council,yes,1974-04-01,9999-12-31,law
gss:Q,council,yes,1974-04-01,9999-12-31,law
concord:phe,agency,yes,2013-04-01,9999-12-31,law
""",
    "body_names.csv": """body,name,valid_from,valid_to,source
ods:X24,NHS England,2013-04-01,9999-12-31,law
ods:Q46,Greater Manchester area team,2013-04-01,9999-12-31,law
ods:02A,NHS Trafford CCG,2013-04-01,9999-12-31,law
ods:01Y,NHS Tameside CCG,2013-04-01,2014-01-01,law
ods:01Y,NHS Tameside and Glossop CCG,2014-01-01,9999-12-31,law
ods:OLD,Trafford PCT,2002-04-01,2013-04-01,law
ods:0AJ,Greater Manchester CSU,2013-04-01,9999-12-31,law
gss:P,P Council,1974-04-01,9999-12-31,law
gss:Q,Q County Council,1974-04-01,9999-12-31,law
concord:phe,Public Health England,2013-04-01,9999-12-31,law
""",
    "body_codes.csv": """body,scheme,code,valid_from,valid_to,source
ods:02A,ods,02A,2013-04-01,9999-12-31,law
ods:02A,gss,E38000187,2013-04-01,9999-12-31,law
""",
    "relations.csv": """subject,type,object,valid_from,valid_to,source,note
ods:Q46,office_of,ods:X24,2013-04-01,9999-12-31,law,
ods:Q46,area_team_of,ods:02A,2013-04-01,9999-12-31,law,
ods:Q46,area_team_of,ods:01Y,2013-04-01,9999-12-31,law,
""",
    "relation_types.csv": """type,name,inverse,inverse_name,note
office_of,is an office of,has_office,has the office,
area_team_of,is the area team of,has_area_team,has the area team,
supported_by,is supported by,supports,supports,
hosted_by,is hosted by,hosts,hosts,
""",
    "powers.csv": """holder,over,stage,power,words,citation,quotation,source,note,valid_from,valid_to
council,ccg,*,refer_back,can send its plans back,s.14Z13,,law,,2013-04-01,9999-12-31
""",
    "population_ages.csv": """body,on,age_from,age_to,persons,basis,source,note
ods:02A,2013-06-30,0,64,190000,published,law,
ods:02A,2013-06-30,65,,40000,published,law,
ods:01Y,2013-06-30,0,64,200001,published,law,
""",
    "succession.csv": """predecessor,successor,kind,on,share,basis,source,note
ods:OLD,ods:02A,transfer,2013-04-01,1.0,published,law,
""",
    "places.csv": """place,kind,name,body,valid_from,valid_to,source
england,england,England,,2013-04-01,9999-12-31,law
gm,area,Greater Manchester,ods:Q46,2013-04-01,9999-12-31,law
ccg-02A,ccg,Trafford,ods:02A,2013-04-01,9999-12-31,law
ccg-01Y,ccg,Tameside and Glossop,ods:01Y,2013-04-01,9999-12-31,law
la-P,council,P,gss:P,2013-04-01,9999-12-31,law
la-Q,council,Q,gss:Q,2013-04-01,9999-12-31,law
ccg-01Y~la-Q,part,High Peak part,,2013-04-01,9999-12-31,law
""",
    "place_parents.csv": """child,parent,valid_from,valid_to,source
gm,england,2013-04-01,9999-12-31,law
ccg-02A,gm,2013-04-01,9999-12-31,law
ccg-01Y,gm,2013-04-01,9999-12-31,law
la-P,gm,2013-04-01,9999-12-31,law
la-Q,england,2013-04-01,9999-12-31,law
ccg-01Y~la-Q,ccg-01Y,2013-04-01,9999-12-31,law
ccg-01Y~la-Q,la-Q,2013-04-01,9999-12-31,law
""",
    "footprints.csv": (
        "ccg_place,council_place,part_place,small_areas,share_of_ccg,share_of_council,"
        "valid_from,valid_to,basis,source,note\n"
        "ccg-02A,la-P,,60,1.0,0.5,2013-04-01,9999-12-31,derived,law,\n"
        "ccg-01Y,la-P,,60,0.75,0.5,2013-04-01,9999-12-31,derived,law,\n"
        "ccg-01Y,la-Q,ccg-01Y~la-Q,20,0.25,0.1,2013-04-01,9999-12-31,derived,law,\n"
    ),
    "populations.csv": """place,year,population_basis,persons,basis,source,note,low,high
ccg-02A,2013-14,registered,230000,published,law,,,
ccg-01Y,2013-14,registered,240000,published,law,,,
la-P,2013-14,resident,220000,assumption,,a stand-in,200000,240000
""",
    "stages.csv": (
        "stage,name,kind,order,allocation_stage,seed_key,planning_population_min,planning_population_max,"
        "planning_note,source\n"
        "prevention,Prevention,stage,10,prevention,prevention,,,,law\n"
        "gp,General practice,stage,20,gp,primary_care,,,,law\n"
        "imaging,Imaging,stage,30,imaging,diagnostics,300000,,T1,law\n"
        "surgery,Thoracic surgery,stage,40,surgery,treatment,1000000,,T1,law\n"
        "support,Support,stage,50,,psychosocial,,,,law\n"
        "registration,Cancer registration,function,90,,cancer_data,,,,law\n"
    ),
    "pathways.csv": """pathway,name,tumour_group,icd10,big_four,source
lung,Lung cancer,Lung,C33 C34,yes,law
breast,Breast cancer,Breast,C50,yes,law
""",
    "pathway_stages.csv": """pathway,stage,order,valid_from,valid_to,source,note
lung,prevention,1,2000-01-01,9999-12-31,law,
lung,gp,2,2000-01-01,9999-12-31,law,
lung,imaging,3,2000-01-01,9999-12-31,law,
lung,surgery,4,2000-01-01,9999-12-31,law,
lung,support,5,2000-01-01,9999-12-31,law,
breast,prevention,1,2000-01-01,9999-12-31,law,
breast,imaging,2,2000-01-01,9999-12-31,law,
""",
    "rules.csv": (
        "rule,stage,pathway,commissioner,office,office_default,population_basis,procedure_class,naming,citation,"
        "quotation,note,mark,valid_from,valid_to,source\n"
        "r-prevention,prevention,*,upper_tier_council_of_place,,,resident,none,named,s.2B,,,V,2013-04-01,9999-12-31,law\n"
        "r-gp,gp,*,nhs_england,area_team_of_place,,registered,none,named,s.83,,,V,2013-04-01,9999-12-31,law\n"
        "r-imaging,imaging,*,ccg_of_place,,,registered,none,residual,s.3,,,M,2013-04-01,9999-12-31,law\n"
        "r-imaging-breast,imaging,breast,nhs_england,,,registered,none,named,s.7A,,,V,2013-04-01,9999-12-31,law\n"
        "r-surgery,surgery,*,nhs_england,specialised_by_provider,ods:Q46,provider,surgery,named,s.3B,,,V,"
        "2013-04-01,9999-12-31,law\n"
        "r-support,support,*,none_named,,,registered,none,residual,no provision found,,,V,2013-04-01,9999-12-31,law\n"
        "r-registration,registration,*,concord:phe,,,resident,none,named,PHE,,,V,2013-04-01,9999-12-31,law\n"
    ),
    "planning_thresholds.csv": """threshold,rule,measure,at_least,at_most,unit,stages,quotation,source,note
T1,Specialised above a million,planning_population,1000000,,persons,surgery,more than a million people,law,
T5,Governed together,planning_population,400000,600000,persons,,a set population,law,
""",
    "services.csv": (
        "service,name,stage,pathways,population_basis,planning_population_min,planning_population_max,minimum_volume,"
        "volume_unit,hospitals_max,threshold,commissioner,citation,valid_from,valid_to,basis,source,note,low,high\n"
        "scanning,CT scanning,imaging,*,registered,300000,500000,,,,T1,,,2013-04-01,9999-12-31,published,law,,,\n"
        "ambulance,Emergency ambulance,gp,lung,present,,,,,,,ccg_of_place,Sch 1,2013-04-01,9999-12-31,derived,law,,,\n"
    ),
    "comparators.csv": (
        "comparator,name,stages,pathways,direction,value,unit,measured_from,measured_to,measured_as,kind,"
        "valid_from,valid_to,basis,source,note,low,high\n"
        "wait,Two weeks,gp imaging,*,at_least,0.93,share,referral,first seen,waiting-62-day-all-cancer,standard,"
        "2009-01-01,2023-10-01,published,law,,,\n"
        "resection,Operated on,surgery,lung,at_least,0.17,share,,,,best_area,2013-04-01,9999-12-31,published,law,,,\n"
    ),
    "comparator_values.csv": """comparator,place,period,value,basis,source,note,low,high
wait,england,2013-14,0.96,published,law,,,
wait,england,2012-13,0.955,published,law,,,
resection,england,2013,0.151,published,law,,,
""",
    "guidance.csv": (
        "guidance,title,publisher,kind,published_on,date_precision,version,superseded_by,valid_from,valid_to,mark,"
        "address,source,note\n"
        "strategy-2011,A strategy,Department of Health,strategy,2011-01-12,month,,strategy-2015,2011-01-12,2015-07-19,"
        "V,,law,\n"
        "strategy-2015,The next,Taskforce,strategy,2015-07-19,month,,,2015-07-19,9999-12-31,M,,,from memory\n"
    ),
    "guidance_links.csv": """guidance,stage,pathway,organisation,note
strategy-2011,imaging,*,ccg_of_place,money for tests
strategy-2015,imaging,*,,
""",
    "responsible_rules.csv": (
        "responsible_rule,population_basis,person,taken_from,words,citation,quotation,note,mark,valid_from,valid_to,"
        "source\n"
        "registered,registered,registered,registration,the CCG of the practice,s.3(1A),,,V,2013-04-01,9999-12-31,law\n"
        "unregistered,registered,unregistered,residence,the CCG of the home,s.3(1A),,,V,2013-04-01,9999-12-31,law\n"
        "resident,resident,any,residence,the council of the home,s.2B,,,M,2013-04-01,9999-12-31,law\n"
        "present,present,any,presence,the CCG of where it happens,Sch 1,,,V,2013-04-01,9999-12-31,law\n"
        "specialised,provider,any,none,one body for England,s.3B,,,V,2013-04-01,9999-12-31,law\n"
    ),
    "claims.csv": (
        "claim,claim_type,role,organisation,stage,pathway,place,function,status,asserted_by,quotation,authority,"
        "stated_on,valid_from,valid_to,seed_key,source,note\n"
        "n-prevention,who,commissions,upper_tier_council_of_place,prevention,*,england,*,stated,report-2014,they do,,"
        "2014-01-01,2013-04-01,9999-12-31,prevention,report-2014,\n"
        "n-surgery,who,commissions,nhs_england,surgery,*,england,*,stated,report-2014,they do,,2014-01-01,2013-04-01,"
        "9999-12-31,treatment,report-2014,\n"
        "n-support,none_named,commissions,,support,*,england,*,stated,report-2014,nobody,,2014-01-01,2013-04-01,"
        "9999-12-31,psychosocial,report-2014,\n"
    ),
    "mandates.csv": """holder,body,actions,limit_gbp,valid_from,valid_to,basis,source,note
ods:0AJ,ods:02A,claims.* imports.* knowledge.* contracts.* role-holders.* people.*,,2013-04-01,9999-12-31,published,law,
""",
    "networks.csv": """network,name,kind,host,pathways,stages,places,valid_from,valid_to,source
""",
}


def with_lines(file: str, *lines: str, base: Mapping[str, str] = FILES) -> dict[str, str]:
    """The files with lines added to one of them."""
    return {**base, file: base[file] + "".join(f"{line}\n" for line in lines)}


def with_regions(files: Mapping[str, str] = FILES) -> dict[str, str]:
    """The world in two regions: Greater Manchester in the north, one CCG alone in the south. Q lies in no region."""
    for file, line in (
        ("bodies.csv", "ods:99X,ccg,yes,2013-04-01,9999-12-31,law"),
        ("body_names.csv", "ods:99X,NHS South CCG,2013-04-01,9999-12-31,law"),
        ("places.csv", "north,region,North of England,,2013-04-01,9999-12-31,law"),
        ("places.csv", "south,region,South of England,,2013-04-01,9999-12-31,law"),
        ("places.csv", "ccg-99X,ccg,South,ods:99X,2013-04-01,9999-12-31,law"),
        ("place_parents.csv", "gm,north,2013-04-01,9999-12-31,law"),
        ("place_parents.csv", "north,england,2013-04-01,9999-12-31,law"),
        ("place_parents.csv", "south,england,2013-04-01,9999-12-31,law"),
        ("place_parents.csv", "ccg-99X,south,2013-04-01,9999-12-31,law"),
    ):
        files = with_lines(file, line, base=files)
    return dict(files)


def write_folder(folder: Path, files: Mapping[str, str] = FILES) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def open_registry(url: str, clock: Clock = utc_now) -> Database:
    return Database(url, metadata=Base.metadata, migrations_package="concord_registry.migrations", clock=clock)


def prepare(url: str, files: Mapping[str, str] = FILES) -> None:
    """A database at head with this world loaded."""
    database = open_registry(url)
    upgrade(database)
    with database:
        load_into(database, files)


def load_into(database: Database, files: Mapping[str, str] = FILES) -> None:
    checked = check(files)
    database.write_now(Intent("test", "reference.load"), lambda tx: apply(tx, checked))


def record(database: Database, *claims: Claim) -> None:
    database.write_now(Intent("test", "claims.assert"), lambda tx: store.record(tx, claims))


def reference_of(database: Database, as_of: date = DAY) -> Reference:
    return database.read_now(lambda tx: read_reference(tx.connection, as_of, tx.head_at))


def a_claim(**given: object) -> Claim:
    """A stated claim of Trafford's that it commissions lung imaging in its own place."""
    values: dict[str, object] = {
        "id": "c1",
        "version": 1,
        "role": Role.COMMISSIONS,
        "organisation": "ods:02A",
        "stage": "imaging",
        "pathway": "lung",
        "place": "ccg-02A",
        "status": ClaimStatus.STATED,
        "asserted_by": "ods:02A",
        "valid_from": date(2013, 4, 1),
    }
    return Claim(**(values | given))  # type: ignore[arg-type]
