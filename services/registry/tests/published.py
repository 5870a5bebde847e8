"""Files as publishers write them, in small: made here, so that the tests need no folder beside the checkout."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import openpyxl


def written(
    rows: Iterable[Sequence[str]], *, delimiter: str = ",", ends: str = "\n", quoting: int = csv.QUOTE_ALL
) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=ends, quoting=quoting).writerows(rows)  # type: ignore[arg-type]
    return out.getvalue()


def efile_row(code: str, name: str, opened: str = "20130401", closed: str = "", **more: str) -> list[str]:
    """A line of an ODS e-file: `role`, `region`, `office`, `postcode`, `parent`, `joined`, `left`."""
    cells = [""] * 27
    cells[0], cells[1], cells[10], cells[11], cells[21] = code, name, opened, closed, "0"
    keys = {2: "region", 3: "office", 9: "postcode", 13: "role", 14: "parent", 15: "joined", 16: "left"}
    for position, key in keys.items():
        cells[position] = more.get(key, "")
    return cells


ECCG = [
    efile_row("02A", "NHS TRAFFORD CCG", role="C", region="Y54", office="Q46"),
    efile_row("01Y", "NHS TAMESIDE AND GLOSSOP CCG", role="C", region="Y54", office="Q46"),
    efile_row("00F", "NHS GATESHEAD CCG", closed="20150331", role="C", region="Y54", office="Q49"),
    efile_row("13T", "NHS NEWCASTLE GATESHEAD CCG", "20150401", role="C", region="Y54", office="Q49"),
    efile_row("12J", "GREATER MANCHESTER COMMISSIONING HUB", closed="20150331", role="H", office="Q46"),
    efile_row("13W", "LANCASHIRE AND GREATER MANCHESTER COMMISSIONING HUB", "20150401", role="H", office="Q83"),
    efile_row("13Q", "NATIONAL COMMISSIONING HUB 1 (NOT A CCG)", role="H"),
]
"""CCGs of 2016 with NHS England's hubs among them."""

ECCG_LATER = [
    efile_row("02A", "NHS GREATER MANCHESTER ICB - 02A", role="RO319", region="Y62", office="QOP"),
    efile_row("01Y", "NHS GREATER MANCHESTER ICB - 01Y", role="RO319|RO326", region="Y62", office="QOP"),
    efile_row("00F", "NHS GATESHEAD CCG", closed="20150331", region="Y63"),
    efile_row("13T", "NHS NEWCASTLE GATESHEAD CCG", "20150401", "20210331", region="Y63"),
    efile_row("13W", "LANCASHIRE AND GREATER MANCHESTER COMMISSIONING HUB", "20150401", "20200331", role="RO218"),
    efile_row("13Q", "NATIONAL COMMISSIONING HUB 1 (NOT A CCG)", role="RO218"),
    efile_row("A4R1E", "NEWHAM - SUB-ICB REPORTING ENTITY", "20240401", role="RO327", office="QMF"),
]
"""The same list nine years later: one code, another name; the first hub is not listed any more."""


def efile(rows: Sequence[Sequence[str]] = ECCG) -> bytes:
    return written(rows, ends="\r\n").encode("cp1252")


def table(*lines: str, encoding: str = "utf-8") -> bytes:
    return ("\n".join(lines) + "\n").encode(encoding)


CCG19 = table(
    "FID,CCG19CD,CCG19CDH,CCG19NM,STP19CD,STP19NM,CAL19CD,CAL19NM",
    "1,E38000187,02A,NHS Trafford CCG,E54000007,Greater Manchester,E56000014,Greater Manchester",
    "2,E38000182,01Y,NHS Tameside and Glossop CCG,E54000007,Greater Manchester,E56000014,Greater Manchester",
    "3,E38000212,13T,NHS Newcastle Gateshead CCG,E54000049,Cumbria and North East,E56000029,Northern",
)
CCG20_SHUFFLED = table(
    "STP20NM,CCG20NM,CCG20CDH,STP20CD,CCG20CD,ObjectId",
    "Greater Manchester,NHS Trafford CCG,02A,E54000007,E38000187,1",
    "Greater Manchester,NHS Tameside and Glossop CCG,01Y,E54000007,E38000182,2",
    "Devon,NHS Devon CCG,15N,E54000037,E38000230,3",
    encoding="utf-8-sig",
)
LSOAS = table(
    "LSOA11CD,LSOA11NM,CCG17CD,CCG17CDH,CCG17NM,LAD17CD,LAD17NM",
    "E01006075,Trafford 001A,E38000187,02A,NHS Trafford CCG,E08000009,Trafford",
    "E01006076,Trafford 001B,E38000187,02A,NHS Trafford CCG,E08000009,Trafford",
    "E01005950,Tameside 001A,E38000182,01Y,NHS Tameside and Glossop CCG,E08000008,Tameside",
    "E01005951,Tameside 001B,E38000182,01Y,NHS Tameside and Glossop CCG,E08000008,Tameside",
    "E01005952,Tameside 001C,E38000182,01Y,NHS Tameside and Glossop CCG,E08000008,Tameside",
    "E01019700,High Peak 001A,E38000182,01Y,NHS Tameside and Glossop CCG,E07000037,High Peak",
)
SUCCESSORS = table(
    "from,to,legal_start", "0AJ,0CY,2014-10-01", "13W,14J,2016-04-01", "13W,14K,2016-04-01", "R0X,R0Y,2012-10-01"
)
SUPPORT = table(
    "ods_code,name,primary_role,town,postcode",
    "0AJ,NHS Greater Manchester Commissioning Support Unit,RO213,Manchester,M1 1AA",
    "0CY,NHS North West Commissioning Support Unit,RO213,Manchester,M1 1AB",
    "0DG,Optum Health Solutions (UK) Limited,RO213,Maidenhead,SL6 1EH",
)
REGISTER = table(
    "index-entry-number\tentry-number\tentry-timestamp\tkey\tlocal-authority-eng\tlocal-authority-type\tname"
    "\tofficial-name\tstart-date\tend-date",
    "1\t1\t2016-10-21T16:11:20Z\tBKM\tBKM\tCTY\tBuckinghamshire\tBuckinghamshire County Council\t\t2020-03-31",
    "2\t2\t2018-10-09T13:49:00Z\tSCR\tSCR\tCOMB\tSheffield City Region\tSheffield City Region\t2014-04-01\t",
)
COUNCILS = table(
    "local-authority-code,official-name,nice-name,gss-code,start-date,end-date,replaced-by,nation,region,"
    "local-authority-type,county-la,former-gss-codes",
    "BKM,Buckinghamshire County Council,Bucks,E10000002,2005-06-19,2020-03-31,BUC,England,,CTY,,",
    "AYL,Aylesbury Vale District Council,Aylesbury,E07000004,,2020-03-31,BUC,England,,NMD,BKM,",
    "BUC,Buckinghamshire Council,Buckinghamshire,E06000060,2020-04-01,,,England,,UA,,",
)
AGES_LONG = table(
    "ccg18cd,ccg18cdh,area_names,all_ages,age,count",
    'E38000187,02A,"NHS Trafford CCG","1,500",0,600',
    'E38000187,02A,"NHS Trafford CCG","1,500",1,"900"',
)
AGES_WIDE = table(
    "Mid-2019 estimates by clinical commissioning group,,,,,,,,,,,,,,,,,,,",
    "",
    "CCG19CD,CCG Name,All Ages," + ",".join(str(age) for age in range(16)) + ",90+",
    'E38000187,Trafford,"1,800",' + ",".join(["100"] * 16) + ",200",
)
QOF = table(
    "ccgcode,indicator_group,Register_description,disease_register_size,ccg_listsize,prevalence",
    "02A,CAN,Cancer,4600,231000,1.99",
    "01Y,CAN,Cancer,4800,240000,2.0",
)
WAITS = table(
    "period,standard,commissioner_code,commissioner_name,category_1,category_2,total,within_standard,after_standard,"
    "proportion_within",
    "2021-07,62-DAY (ALL CANCER),02A,NHS TRAFFORD CCG,ALL CARE,ALL CANCERS,40,30,10,0.75",
    "2021-07,62-DAY (ALL CANCER),UNKNOWN,UNKNOWN,ALL CARE,ALL CANCERS,0,0,0,",
)
TRUST_WAITS = table(
    "metric,period_month,period_date,org_code,org_name,total_patients,within_62d,breached_62d,compliance_rate",
    "62d_combined,2024-02,2024-02-01,R0A,MANCHESTER UNIVERSITY,100.5,60.5,40.0,0.602",
)
WEIGHTED = table(
    "sub_icb_or_former_ccg_code,former_ccg_name,icb_code,icb_name,region_code,region_name,gp_practices,pop 2022/23,"
    "G&A WP,Health Ineq WP",
    '02A,NHS Trafford CCG,QOP,NHS Greater Manchester ICB,Y62,North West,30,"250,000.5",240000,260000',
)
MORTALITY = table(
    "ccg19cd,CCG19NM,year,RGN19NM,CCGpop,Treatable_Mortality_Rate,treatable_mortality_deaths",
    "E38000187,NHS Trafford CCG,2018,North West,NA,74.3,895",
)
TUMOURS = table("icd10,cancer_site", "C34,Lung", "C50,Breast")
ROLES = b'{"primary_roles": {"RO98": "CLINICAL COMMISSIONING GROUP"}, "other_concepts": {"RE4": "IS COMMISSIONED BY"}}'
POSTCODES = table(
    "pct_ons_code,pct_nhs_code,pct_name,ccg_nhs_code,ccg_ons_code,ccg_name,percent_of_pct_postcodes",
    "E16000001,OLD,Trafford,02A,E38000187,NHS Trafford CCG,100.0",
)
PRACTICES = efile(
    [
        efile_row("P91001", "THE SURGERY", "19740401", parent="02A", joined="20130401", role="B"),
        efile_row("P91002", "HEALTH CENTRE", "19740401", "20140630", parent="02A", joined="20130401", left="20140630"),
    ]
)


def workbook(rows: Sequence[Sequence[object]], folder: Path, title: str = "Table 1") -> bytes:
    """An Excel file with a page of notes before the table."""
    book = openpyxl.Workbook()
    notes = book.active
    assert notes is not None
    notes.title = "Notes"
    notes.append(["Waiting times are published monthly."])
    sheet = book.create_sheet(title)
    for row in rows:
        sheet.append(list(row))
    file = folder / "published.xlsx"
    book.save(file)
    return file.read_bytes()


PATIENTS_HEADER = "PUBLICATION,EXTRACT_DATE,TYPE,CCG_CODE,ONS_CCG_CODE,CODE,POSTCODE,SEX,AGE,NUMBER_OF_PATIENTS"


def patients(*lines: tuple[str, str, int], practice: str = "P91001") -> bytes:
    """NHS Digital's lists of practices' patients of 02A: (sex, age, patients) in each line."""
    of = f"GP_PRAC_PAT_LIST,01APR2018,GP,02A,E38000187,{practice},M33 7ZF"
    return table(PATIENTS_HEADER, *(f"{of},{sex},{age},{count}" for sex, age, count in lines))


PATIENTS_OF_ALL_AGES = patients(("ALL", "ALL", 700), ("ALL", "ALL", 800))
PATIENTS_WOMEN = patients(("FEMALE", "ALL", 30), ("FEMALE", "0", 10), ("FEMALE", "95+", 20))
PATIENTS_BY_SEX = patients(
    ("ALL", "ALL", 60), ("FEMALE", "0", 10), ("FEMALE", "95+", 20), ("MALE", "0", 15), ("MALE", "95+", 15)
)
QUINARY = ("0_4", *(f"{first}_{first + 4}" for first in range(5, 95, 5)), "95+")
PATIENTS_IN_FIVES = table(
    "PUBLICATION,EXTRACT_DATE,ORG_TYPE,ORG_CODE,ONS_CODE,POSTCODE,SEX,AGE_GROUP_5,NUMBER_OF_PATIENTS",
    *(
        f"GP_PRAC_PAT_LIST,01{month}2018,CCG,02A,E38000187,,{sex},{band},{count}"
        for month, count in (("JUL", 50),)
        for sex in ("FEMALE", "MALE")
        for band in QUINARY
    ),
)
"""NHS Digital's lists of a CCG's patients in bands of five years."""
PATIENTS_BY_YEAR = table(
    PATIENTS_HEADER,
    *(f"GP_PRAC_PAT_LIST,01APR2018,GP,02A,E38000187,P91001,M33 7ZF,ALL,{age},10" for age in range(95)),
    "GP_PRAC_PAT_LIST,01APR2018,GP,02A,E38000187,P91001,M33 7ZF,ALL,95+,30",
)
AGES_WHOLE = table(
    "ccg20cd,ccg20cdh,area_names,all_ages,age,population_2019",
    *(f"E38000187,02A,NHS Trafford CCG,910,{age},10" for age in range(91)),
)
