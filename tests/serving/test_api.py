"""The API: what it answers, what it refuses and in which words, and what surrounds each answer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from fairview.catalog import Workspace
from fairview.discovery import SearchEngine
from fairview.serving import create_app
from fairview.serving.middleware import LARGEST_BODY, SECURITY_HEADERS


def message(response: Any) -> str:
    text: str = response.json()["error"]["message"]
    return text


def test_a_search_answers_items_with_pictures_and_reasons(client: TestClient) -> None:
    response = client.post("/v1/search", json={"q": "red coat", "k": 5})
    answer = response.json()
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    assert len(answer["items"]) == 5
    first = answer["items"][0]
    assert first["position"] == 1
    assert first["why"]
    assert client.get(first["media"]).headers["content-type"] == "image/jpeg"
    assert answer["refinements"][0]["attribute"] == "skin_tone"


@pytest.mark.parametrize("choice", [3, "6-7"])
def test_a_range_is_chosen_by_number_or_name(client: TestClient, choice: int | str) -> None:
    named = client.post("/v1/search", json={"q": "coat", "refine": {"skin_tone": choice}})
    assert named.json()["refined"] is True
    sure = [item for item in named.json()["items"] if not item["uncertain"]]
    assert sure
    assert "6-7" not in json.dumps(sure)


def test_number_and_name_of_a_range_give_the_same_items(client: TestClient) -> None:
    answers = [
        client.post("/v1/search", json={"q": "coat", "refine": {"skin_tone": choice}}).json()
        for choice in (4, "8-10")
    ]
    first, second = ([item["id"] for item in answer["items"]] for answer in answers)
    assert first == second


def test_diversity_can_be_turned_off(client: TestClient) -> None:
    answer = client.post("/v1/search", json={"q": "coat", "diversify": False}).json()
    assert answer["diversified"] is False
    assert all(item["rank_before"] == item["position"] for item in answer["items"])


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "q is missing; add it to the body."),
        ({"q": "   "}, "q is empty; give at least 1 character."),
        ({"q": "x" * 201}, "q is too long; give at most 200 characters."),
        ({"q": "coat", "k": 0}, "k is wrong: input should be greater than or equal to 1."),
        ({"q": "coat", "diversify": "yes"}, "diversify is wrong"),
        ({"q": "coat", "refine": {"skin_tone": 5}}, "a range's number is from 1 to 4"),
        ({"q": "coat", "refine": {"skin_tone": 0}}, "a range's number is from 1 to 4"),
        ({"q": "coat", "refine": {"skin_tone": True}}, "a range's number from 1, or its name"),
        ({"q": "coat", "refine": {"skin_tone": "fair"}}, "one of 1-3, 4-5, 6-7, 8-10"),
        ({"q": "coat", "refine": {"race": 1}}, "no such refinement; use one of skin_tone"),
        ({"q": "coat", "refine": [1]}, "a range's number from 1, or its name"),
        ({"q": "coat", "user": "me"}, "a field that isn't known here: a search has q, refine"),
    ],
)
def test_a_wrong_body_is_refused_in_one_sentence(
    client: TestClient, body: dict[str, Any], sentence: str
) -> None:
    response = client.post("/v1/search", json=body)
    assert response.status_code == 422
    assert sentence in message(response)
    assert response.headers["cache-control"] == "no-store"


def test_a_refused_choice_is_not_repeated(client: TestClient) -> None:
    response = client.post("/v1/search", json={"q": "coat", "refine": {"skin_tone": "secret"}})
    assert "secret" not in response.text


def test_a_refinement_that_no_signal_gives_is_refused(client: TestClient) -> None:
    response = client.post("/v1/search", json={"q": "coat", "refine": {"hair_pattern": 1}})
    assert response.status_code == 422
    assert "what can be chosen is: skin_tone" in message(response)


def test_a_body_must_be_json(client: TestClient) -> None:
    text = client.post("/v1/search", content="q=coat", headers={"content-type": "text/plain"})
    assert text.status_code == 415
    broken = client.post("/v1/search", content=b"{", headers={"content-type": "application/json"})
    assert broken.status_code == 422
    assert "isn't valid JSON" in message(broken)


def test_a_large_body_is_refused_with_and_without_its_length(client: TestClient) -> None:
    body = json.dumps({"q": "x" * (LARGEST_BODY + 1)}).encode()
    headers = {"content-type": "application/json"}
    assert client.post("/v1/search", content=body, headers=headers).status_code == 413
    parts = (body[i : i + 1000] for i in range(0, len(body), 1000))
    assert client.post("/v1/search", content=parts, headers=headers).status_code == 413


def test_a_refinement_in_an_address_does_nothing(client: TestClient) -> None:
    plain = client.get("/?q=coat").text
    assert client.get("/?q=coat&skin_tone=3&refine=3").text.count("data-item=") == plain.count(
        "data-item="
    )
    assert client.get("/v1/search?q=coat&skin_tone=3").status_code == 405


def test_another_sites_page_may_not_ask(client: TestClient) -> None:
    headers = {"sec-fetch-site": "cross-site"}
    assert client.post("/v1/search", json={"q": "coat"}, headers=headers).status_code == 403


def test_a_server_on_this_machine_answers_to_no_other_name(client: TestClient) -> None:
    assert client.get("/v1/health", headers={"host": "evil.example"}).status_code == 400
    assert client.get("/v1/health", headers={"host": "localhost:8765"}).status_code == 200
    assert client.get("/v1/health", headers={"host": "[::1]:8765"}).status_code == 200


def test_a_server_for_others_answers_to_every_name(looks: Workspace, engine: SearchEngine) -> None:
    app = create_app(engine, looks, host="0.0.0.0")
    assert TestClient(app, base_url="http://pictures.example").get("/v1/health").status_code == 200


def test_related_items_leave_out_the_item_itself(client: TestClient) -> None:
    item = client.post("/v1/search", json={"q": "lamp", "k": 1}).json()["items"][0]["id"]
    answer = client.post("/v1/related", json={"item_id": item, "k": 4}).json()
    assert len(answer["items"]) == 4
    assert item not in {each["id"] for each in answer["items"]}


def test_an_unknown_item_is_refused(client: TestClient) -> None:
    assert client.post("/v1/related", json={"item_id": "nothing"}).status_code == 422
    assert client.get("/like/nothing").status_code == 404


def test_health_queries_and_metrics(client: TestClient) -> None:
    assert client.get("/v1/health").json()["status"] == "ok"
    assert client.get("/v1/queries").json()["queries"][0] == "summer makeup"
    client.post("/v1/search", json={"q": "zanzibar", "refine": {"skin_tone": 4}})
    text = client.get("/metrics").text
    assert 'fairview_http_requests_total{route="/v1/search",method="POST",status="200"}' in text
    assert 'fairview_answers_total{surface="search"}' in text
    for secret in ("zanzibar", "skin_tone", "8-10"):
        assert secret not in text


@pytest.mark.parametrize("path", ["/", "/?q=coat", "/nothing", "/v1/health", "/audit", "/metrics"])
def test_every_answer_has_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    for name, value in SECURITY_HEADERS.items():
        assert headers[name] == value
    assert "server" not in headers


def test_pages_hold_no_inline_script_or_style(client: TestClient) -> None:
    import re

    for path in ("/", "/?q=coat", "/compare?q=coat", "/audit", "/nothing"):
        html = client.get(path).text
        assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=|<style", html), path


def test_text_from_outside_is_escaped(client: TestClient) -> None:
    html = client.get("/", params={"q": "<script>alert(1)</script>"}).text
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


@pytest.mark.parametrize(
    "path", ["/?q=" + "x" * 201, "/?q=coat&diversity=maybe", "/nothing", "/like/nothing"]
)
def test_pages_that_can_not_be_made_say_so_in_html(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code in (404, 422)
    assert response.headers["content-type"].startswith("text/html")
    assert "Back to the search" in response.text


class Broken:
    """An engine that fails in a way that nobody foresaw, and repeats the query in its message."""

    def search(self, query: str, **_: object) -> Any:
        raise RuntimeError(f"can't answer {query}")

    def related(self, item_id: str, **_: object) -> Any:
        raise RuntimeError(item_id)


def test_an_unforeseen_error_tells_nothing_of_the_request(
    looks: Workspace, log_lines: list[str]
) -> None:
    client = TestClient(create_app(Broken(), looks), base_url="http://127.0.0.1")
    page, program = client.get("/?q=hidden"), client.post("/v1/search", json={"q": "hidden"})
    assert page.status_code == program.status_code == 500
    assert "Something went wrong" in page.text
    assert program.json()["error"]["code"] == "server_error"
    assert "can't answer" not in page.text + program.text + "".join(log_lines)
    assert any('"RuntimeError"' in line for line in log_lines)
    assert not any("hidden" in line for line in log_lines if "fairview" in line)


def test_the_log_holds_routes_and_no_request(client: TestClient, log_lines: list[str]) -> None:
    client.get("/?q=zanzibar")
    client.post("/v1/search", json={"q": "zanzibar coat", "refine": {"skin_tone": 4}})
    own = [line for line in log_lines if line.startswith("fairview")]
    lines = [json.loads(line.split(" ", 1)[1]) for line in own if line.startswith("fairview.serv")]
    assert [line["route"] for line in lines] == ["/", "/v1/search"]
    assert set(lines[0]) == {"time", "id", "method", "route", "status", "seconds_at_most"}
    assert not any("zanzibar" in line or "8-10" in line or "skin" in line for line in own)


def test_the_description_of_the_api_names_its_addresses(client: TestClient) -> None:
    paths = client.get("/v1/openapi.json").json()["paths"]
    assert {"/v1/search", "/v1/related", "/v1/health", "/v1/queries", "/metrics"} <= set(paths)
