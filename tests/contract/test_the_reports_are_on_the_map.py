"""Every stage the reports speak of is on the map in their words, contradictions side by side, the law beside it."""

import csv
from collections import defaultdict
from typing import Any

import httpx
import pytest

from concord_registry.database import open_database
from concord_registry.main import build_app
from tests.contract.conftest import REFERENCE_DATA, Served, prepare, settings
from tests.support.signing import Signing

NOW, THEN = "2014-06-01", "2012-06-01"
PATHWAYS = ("lung", "breast", "choriocarcinoma", "childrens", "leukaemia", "rarer")
"""Together they have every stage."""

SAID: dict[str, tuple[str, ...]] = {
    "prevention": (
        "Local Authorities are responsible for commissioning or providing a range of preventative services such as "
        "smoking cessation, or weight management programmes.",
        "public health has responsibility for prevention and awareness-raising",
        "Others were unclear whether CCGs have any responsibility for prevention and screening",
    ),
    "awareness": (
        "public health has responsibility for prevention and awareness-raising",
        "prevention and screening drives are being neglected as a result",
    ),
    "screening": (
        "new screening programmes funded by Public Health England and commissioned by the NHS Commissioning Board",
        "The Board will commission screening services (funded by Public Health England)",
        "the screening programmes now commissioned jointly by Public Health England and NHS England",
        "to what extent screening is the responsibility of public health or NHS England",
        "There was also a lack of clarity over the roles of Local Authorities and Public Health England in "
        "commissioning screening programmes and how to access this support.",
    ),
    "primary_care": (
        "as well as primary care services, from where most patients still receive their initial referral",
        "all the way through primary care, which I don’t commission",
    ),
    "early_stages": ("The early and end of life stages of the pathway are commissioned by CCGs",),
    "diagnostics": (
        "The early and end of life stages of the pathway are commissioned by CCGs",
        "specific concerns regarding diagnostic capacity",
        "early diagnosis which will fund two million extra tests",
    ),
    "generalist_care": ("all the way to generalist care, which I do commission",),
    "treatment_common": (
        "CCGs are currently responsible for commissioning certain elements of treatment for more common cancers",
        "commissioning the ‘big four’ cancers at a local level with the others commissioned centrally",
        "Some CCG representatives even assumed that all or most cancer treatment would be commissioned by others "
        "because it sits with tertiary rather than secondary care.",
    ),
    "treatment_specialised": (
        "some specialist treatment for either rarer cancers or high cost treatments",
        "specialist services are commissioned by NHS England local area teams",
        "there is a lack of clarity over the boundaries between specialised and non-specialised commissioning of "
        "cancer services",
    ),
    "radiotherapy": (
        "NHS England is currently responsible for commissioning radiotherapy and chemotherapy services",
        "some radiotherapy services",
        "whilst breast cancer care is commissioned locally, the radiotherapy which forms the rest of the ‘package’ is "
        "commissioned as a specialist service",
    ),
    "chemotherapy": (
        "NHS England is currently responsible for commissioning radiotherapy and chemotherapy services",
        "This includes chemotherapy and radiotherapy services",
    ),
    "ssnds_services": (
        "services designated by the NHS Specialised Services Definitions Set (eg choriocarcinoma, eye cancer treatment "
        "and children’s cancer services)",
        "the SSNDS will change on a fairly consistent basis, with new services being provided by the NHS and other "
        "services becoming more commonplace, so that they are no longer classified as specialised",
    ),
    "highly_specialised": (
        "60 highly specialised services are commissioned on a national basis",
        "national specialised commissioning is delegated by the Strategic Health Authorities to NHS London, who host "
        "the National Specialised Commissioning Team",
    ),
    "regional_specialised": ("the ten regional SCGs will no longer exist in their current form",),
    "cancer_drugs": (
        "It is still possible for PCTs to decide not to fund drugs, and at present there are no sanctions.",
        "The CDF is funded until April 2014",
    ),
    "nurse_specialists": (
        "who pays for the operation, who pays for the outpatient appointment, at no point does it say, whose "
        "responsibility it is to fund enough",
        "maintained by commissioners",
    ),
    "psychosocial": (
        "holistic aspects of care are falling through the cracks between different commissioners, or are seen as the "
        "responsibility of the voluntary sector",
        "psychological support services for people with cancer are severely stretched, or at risk of being "
        "decommissioned",
    ),
    "rehabilitation": (
        "Both are commissioned locally, though the GP may not be aware of the patient’s need, the funding may not "
        "exist or local waiting times maybe lengthy.",
        "management of rehabilitation could often fall between the GP, cancer units and cancer centres",
        "cannot influence local providers or GPs and does not hold the purse strings",
    ),
    "follow_up": (
        "These new patients are subject to waiting time targets, in a way that surveillance patients are not",
        "In cases where the patient had been cured and is on a follow up regime, it was felt this too lacked "
        "sufficient support.",
    ),
    "survivorship": (
        "prevention, diagnosis, survivorship* and end of life care are comparatively underfunded",
        "survivorship and palliative care were not felt to be as embedded in the whole pathway as they might be",
    ),
    "post_treatment_support": ("with only post-treatment support being coordinated at a local or CCG level",),
    "palliative_eol": (
        "The early and end of life stages of the pathway are commissioned by CCGs",
        "There is confusion about whether end of life and palliative care is the responsibility of tertiary care or "
        "the charity sector.",
    ),
    "social_care": (
        "join up the commissioning of healthcare by CCGs with the commissioning of social care and public health "
        "improvement",
    ),
    "care_coordination": ("The use of cancer Care Coordinators should be explored.",),
    "engagement_groups": (
        "it is unclear who is able to, and responsible for, facilitating user and clinical engagement groups in the "
        "absence of the former networks",
    ),
    "integration": (
        "many SCNs didn’t feel it was within their remit to drive integration, yet no other body is accountable or "
        "responsible for doing this",
    ),
    "peer_review": (
        "might receive less attention now included the peer review process, provider performance management",
    ),
    "cancer_data": ("The move of the Cancer Registries into Public Health England (PHE)",),
    "needs_assessment": (
        "local authorities and commissioners will each have an equal and explicit obligation to prepare the Joint "
        "Strategic Needs Assessment",
    ),
    "research": (
        "CCGs will also have a new duty to promote research and innovation",
        "embed research as a core function of the NHS",
    ),
}
"""The reports' stage -> what they say of it, word for word."""

OF_THE_WHOLE = (
    "in some areas much of the responsibility for commissioning cancer services is devolved from CCGs to CSUs",
    "cannot delegate their statutory responsibility for commissioning to private companies or contractors",
    "a single CCG has taken the lead for commissioning cancer services for the other CCGs in its area and this was "
    "seen as a positive development",
    "many CCGs commission services from at least two provider trusts",
    "around rarer cancers, and where it is not necessary or cost effective to provide multiple, similar services "
    "across a wider area",
    "with the NHS Commissioning Board commissioning on its behal",
    "working in a system with single and two-tier authorities",
    "CCGs will hold the budget for some parts of the pathway and the NHSCB other parts",
    "to local determination based on patient flows and clinical relationships",
)
"""What they say of all stages at once."""


@pytest.fixture(scope="module")
def maps(tmp_path_factory: pytest.TempPathFactory, served: Served) -> list[dict[str, Any]]:
    """The maps of England under both laws, and of a CCG's place."""
    folder = tmp_path_factory.mktemp("reports-on-the-map")
    url = f"sqlite:///{folder / 'registry.db'}"
    prepare(url)
    configured = settings(url, Signing(folder))
    asked = [(pathway, day, "england") for pathway in PATHWAYS for day in (NOW, THEN)]
    asked += [(pathway, NOW, "ccg-02A") for pathway in PATHWAYS]
    with (
        served(build_app(configured, open_database(configured))) as address,
        httpx.Client(base_url=address, timeout=30) as http,
    ):
        return [
            http.get("/v1/coverage", params={"pathway": pathway, "as_of": day, "place": place}).json()
            for pathway, day, place in asked
        ]


@pytest.fixture(scope="module")
def stages_of() -> dict[str, set[str]]:
    """The reports' stage -> ours."""
    found: dict[str, set[str]] = defaultdict(set)
    with (REFERENCE_DATA / "registry" / "seed_key_stages.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found[row["seed_key"]].add(row["stage"])
    return found


def cells(maps: list[dict[str, Any]], stages: set[str]) -> list[dict[str, Any]]:
    return [cell for one in maps for cell in one["stages"] if cell["stage"] in stages]


@pytest.mark.parametrize("key", SAID)
def test_what_the_reports_say_of_a_stage_is_on_the_map_beside_the_law(
    maps: list[dict[str, Any]], stages_of: dict[str, set[str]], key: str
) -> None:
    here = cells(maps, stages_of[key])
    assert here, f"{key} is a stage of no map"
    quoted = {claim["quotation"] for cell in here for claim in cell["claims"]}
    assert [words for words in SAID[key] if words not in quoted] == []
    assert all(cell["statutory"]["citation"]["text"] for cell in here if cell["kind"] == "stage")
    assert all(claim["asserted_by_name"] for cell in here for claim in cell["claims"])


def test_the_test_knows_every_stage_of_the_reports(stages_of: dict[str, set[str]]) -> None:
    assert set(SAID) == set(stages_of)


def test_where_the_reports_disagree_all_they_say_stands_side_by_side(maps: list[dict[str, Any]]) -> None:
    with (REFERENCE_DATA / "registry" / "contradictions.csv").open(newline="", encoding="utf-8") as file:
        topics = {row["topic"]: set(row["stages"].split()) for row in csv.DictReader(file) if row["stages"]}
    assert set(topics) == {"screening", "radiotherapy", "end of life"}
    for topic, stages in topics.items():
        sides = [
            {(claim["organisation_said"], claim["status"]) for claim in cell["claims"]}
            for cell in cells(maps, stages)
            if cell["place"] == "england"
        ]
        assert max(len(side) for side in sides) > 1, topic
    disputed = {finding["stage"] for one in maps for finding in one["findings"] if finding["kind"] == "disputed"}
    assert {"screening", "palliative_eol"} <= disputed


def test_what_they_say_of_all_stages_is_on_the_map_too(maps: list[dict[str, Any]]) -> None:
    quoted = {claim["quotation"] for one in maps for claim in one["whole_pathway"]}
    assert [words for words in OF_THE_WHOLE if words not in quoted] == []
    trafford = next(one for one in maps if one["places"] == ["ccg-02A"])
    (support,) = [claim for claim in trafford["whole_pathway"] if claim["role"] == "supports"]
    assert [body["kind"] for body in support["organisations"]] == ["csu"]
